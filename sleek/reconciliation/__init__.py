"""What channels paid out to the bank, set against what they hold: money in transit becomes
available here.

Only what a channel is known to hold can arrive. For now a person who sees the money on the bank
statement records it.
"""
