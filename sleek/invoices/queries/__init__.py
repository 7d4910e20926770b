"""Reading bills, one file per topic."""

from sleek.invoices.queries.deductions import open_entitlements, plan, plan_deductions
from sleek.invoices.queries.drafts import (
    Draft,
    LineWish,
    Payer,
    Reference,
    content_hash,
    draft_of,
    is_below_quotation,
    payer_of,
    policy_of,
)
from sleek.invoices.queries.dues import next_due
from sleek.invoices.queries.following_up import follow_ups_due, to_end, to_plan
from sleek.invoices.queries.papers import Speech, Word, filled, in_words, payee, stamp
from sleek.invoices.queries.reviewing import conditions, may_approve, needs_review
from sleek.invoices.queries.sheets import COLUMNS, pay_url, sheet
from sleek.invoices.queries.words import DOCUMENTS, NATURES, policy_in_words

__all__ = [
    "COLUMNS",
    "DOCUMENTS",
    "NATURES",
    "Draft",
    "LineWish",
    "Payer",
    "Reference",
    "Speech",
    "Word",
    "conditions",
    "content_hash",
    "draft_of",
    "filled",
    "follow_ups_due",
    "in_words",
    "is_below_quotation",
    "may_approve",
    "needs_review",
    "next_due",
    "open_entitlements",
    "pay_url",
    "payee",
    "payer_of",
    "plan",
    "plan_deductions",
    "policy_in_words",
    "policy_of",
    "sheet",
    "stamp",
    "to_end",
    "to_plan",
]
