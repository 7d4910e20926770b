"""Numbers and lists across nouns: what was collected, what is outstanding, where the money stands.

Figures are counted in roll-ups that a consumer of events keeps; what it has not read yet is added
while reading, so they always equal the ledger. Amounts of different currencies are never added. A
day is a day in the merchant's own time zone.
"""
