"""Reading payments: what can be offered to a payer, what is due, what is still owed."""

from sleek.payments.queries.bills import (
    bills_of,
    methods_of,
    paid_of,
    payments_of,
    refunded_of,
    spread,
    under_way,
)
from sleek.payments.queries.charges import charged, charges
from sleek.payments.queries.due import DUE, attempts_to_check, payments_to_expire
from sleek.payments.queries.offers import Misfit, Offer, Survey, offers, survey
from sleek.payments.queries.owed import guarded_as, terms_of, terms_owed
from sleek.payments.queries.routes import Guide, Route, Way, answered, is_used, rate
from sleek.payments.queries.saved import (
    browser_hash,
    email_of,
    known_in,
    may_save,
    saved_of,
    saved_offers,
    saved_to_forget,
    saves,
)

__all__ = [
    "DUE",
    "Guide",
    "Misfit",
    "Offer",
    "Route",
    "Survey",
    "Way",
    "answered",
    "attempts_to_check",
    "bills_of",
    "browser_hash",
    "charged",
    "charges",
    "email_of",
    "guarded_as",
    "is_used",
    "known_in",
    "may_save",
    "methods_of",
    "offers",
    "paid_of",
    "payments_of",
    "payments_to_expire",
    "rate",
    "refunded_of",
    "saved_of",
    "saved_offers",
    "saved_to_forget",
    "saves",
    "spread",
    "survey",
    "terms_of",
    "terms_owed",
    "under_way",
]
