"""What happened, and who is told: an append-only table written in the transaction of the change
itself.

Consumers read it in order with their own cursor, so each can be replayed. Order is (transaction id,
id) and only transactions older than every running one are visible, so no consumer ever steps over a
late commit.
"""
