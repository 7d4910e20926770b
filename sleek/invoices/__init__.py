"""Bills (收款单): from a draft, over review, to a numbered and sealed paper that is paid.

Until it is issued a bill is words that may change, and every change takes back an approval. Issued,
what it says never changes: it is corrected by voiding it and issuing another, or by a credit note.
A bill is asked for in instalments, one at least, and each has an address of its own to be paid at.
What was paid is the payments' to say; here it only arrives, always as a whole sum, so that saying
it twice changes nothing.
"""
