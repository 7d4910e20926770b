"""Tables of bills, one file per topic."""

from sleek.invoices.models.aftercare import CreditNote, FollowUp
from sleek.invoices.models.batches import Batch, BatchItem
from sleek.invoices.models.bills import Instalment, Invoice, Line, RelatedDocument
from sleek.invoices.models.deductions import Deduction, Entitlement
from sleek.invoices.models.reaching import Sending, Views
from sleek.invoices.models.reviews import Review, ReviewRule
from sleek.invoices.models.templates import WordTemplate

__all__ = [
    "Batch",
    "BatchItem",
    "CreditNote",
    "Deduction",
    "Entitlement",
    "FollowUp",
    "Instalment",
    "Invoice",
    "Line",
    "RelatedDocument",
    "Review",
    "ReviewRule",
    "Sending",
    "Views",
    "WordTemplate",
]
