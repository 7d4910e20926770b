"""What there is a limited number of, and who holds some of it while they pay.

A hold is taken once or released once, never both, and what is held and taken together never exceeds
what there is: the row of the stock is the lock, and the database refuses the rest.
"""
