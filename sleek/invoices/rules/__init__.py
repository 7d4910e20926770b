"""Decisions about bills: what one comes to, how it reads in words, what may become of it. Pure."""

from sleek.invoices.rules import content, deduction, words
from sleek.invoices.rules.deduction import (
    DeductionStatus,
    EntitlementStatus,
    Policy,
    PolicyFlaw,
)
from sleek.invoices.rules.following_up import ANSWERS, ASK_AFTER_WORKING_DAYS, Answer
from sleek.invoices.rules.instalments import (
    MAX_INSTALMENTS,
    Stage,
    StageFlaw,
    divide,
    spread,
)
from sleek.invoices.rules.life import (
    PAYABLE,
    UNISSUED,
    DocumentKind,
    InvoiceStatus,
    Nature,
    may_become,
)
from sleek.invoices.rules.reviewing import Condition, Subject, needs_review
from sleek.invoices.rules.totals import (
    MAX_LINES,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_TAX_RATE,
    MAX_TOTAL,
    PRICE_PLACES,
    QUANTITY_PLACES,
    Figures,
    Tax,
    Totals,
    totals,
)

__all__ = [
    "ANSWERS",
    "ASK_AFTER_WORKING_DAYS",
    "MAX_INSTALMENTS",
    "MAX_LINES",
    "MAX_PRICE",
    "MAX_QUANTITY",
    "MAX_TAX_RATE",
    "MAX_TOTAL",
    "PAYABLE",
    "PRICE_PLACES",
    "QUANTITY_PLACES",
    "UNISSUED",
    "Answer",
    "Condition",
    "DeductionStatus",
    "DocumentKind",
    "EntitlementStatus",
    "Figures",
    "InvoiceStatus",
    "Nature",
    "Policy",
    "PolicyFlaw",
    "Stage",
    "StageFlaw",
    "Subject",
    "Tax",
    "Totals",
    "content",
    "deduction",
    "divide",
    "may_become",
    "needs_review",
    "spread",
    "totals",
    "words",
]
