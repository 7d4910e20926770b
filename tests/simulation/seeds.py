"""Seeds of worlds in which something was found, and what it was."""

from __future__ import annotations

REGRESSIONS = {
    14: "a bank transfer was given up after a day, though it may be paid for longer",
    60: "a provider that cannot close was asked at every round of the janitor",
    262: "a credit paid for what was held for somebody else",
    288: "a credit paid for what its payer had never begun to buy",
}

# Where each planted bug shows itself first: looked at before others, to save time.
FOUND_IN: dict[str, tuple[int, ...]] = {
    "a second payment is kept": (2,),
    "the key for the provider is new each time": (4,),
    "called off is believed for ever": (31,),
    "the janitor gives up after a minute": (5,),
    "a refund is sent again under another key": (13,),
    "stock is sold without a look": (5,),
    "no answer is taken for a no": (13,),
    "a double click is two tries": (1,),
    "a failed refund gives nothing back": (25,),
    "a refund may go two ways at once": (4,),
    "any amount pays": (7,),
    "wrong money holds nothing": (85,),
    "parts pay before they are enough": (7,),
    "a payment ends while its outcome is open": (85,),
    "stock is never released": (8,),
    "events are lost when their consumer stumbles": (92,),
    "what was canceled elsewhere counts as unpaid": (12,),
    "a no is believed while an earlier request is at work": (480,),
    "a credit may be used twice": (15,),
    "any currency pays": (55,),
    "a promise is good before its bill is paid": (91,),
    "the page decides what is owed": (115,),
    "a credit note leaves the sum as it was": (139,),
    "what was meant counts and not what came": (19,),
    "bills hear of no refund": (91,),
    "too much is not told with the rest": (139,),
    "a receipt confirms what was asked": (19,),
}
