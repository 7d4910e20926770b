"""Bills in the formats of others: an e-invoice within the PDF, a workbook, a document of Word.

Each says what the bill's paper says, with the figures of `rules.totals`, and takes no text for
anything but text. The paper stays what counts.
"""
