"""What is printed: numbered, drawn, sealed, signed, and kept as it was.

A paper says what its sheet says, and a sheet is words only: whoever has a bill or a receipt writes
the sheet, and nothing here knows either. Numbers have no holes: each is the one after the number
before it, and taking one lasts until its paper's transaction ends. What was kept is never changed.
"""
