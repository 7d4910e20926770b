"""Read-only numbers and lists across nouns: what was collected, and where the money stands.

Figures come from succeeded payments and must equal the ledger. Amounts of different currencies are
never added. A day is a day in the merchant's own time zone.
"""
