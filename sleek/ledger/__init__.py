"""Double-entry books, one closed set per merchant; the database itself keeps them honest.

An account is where money can be. A journal entry is one balanced movement; a posting is one
account's share of it. A positive posting is money flowing in, a negative one money flowing out;
each entry sums to zero per currency. `clearing:…` and `bank` stand for the outside world, so they
are negative by what it holds for the merchant; all other accounts are never negative. Entries and
postings are never changed or deleted: corrections are new entries.
"""
