"""Who did what: append-only records, each chained to the one before by its hash.

The database refuses update, delete and truncation; `verify` recomputes every chain and names the
first record that does not fit. There is one chain per scope: a merchant's public id, or "operator".
"""
