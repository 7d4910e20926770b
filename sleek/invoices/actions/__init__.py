"""The verbs of bills, one file per topic."""

from sleek.invoices.actions.deducting import DeductionGone, NoRate, expire_entitlements
from sleek.invoices.actions.desk import Page, draw_up, finish, trial
from sleek.invoices.actions.drafting import (
    ChangedMeanwhile,
    InvalidInvoice,
    NotADraft,
    copy,
    create,
    discard,
    note,
    rewrite,
)
from sleek.invoices.actions.ending import (
    NotCreditableBill,
    NotVoidable,
    credit,
    replacement,
    void,
    write_off,
)
from sleek.invoices.actions.following_up import (
    FollowUpRefused,
    answer,
    end,
    mark_sent,
    plan,
)
from sleek.invoices.actions.issuing import NotIssuable, issue
from sleek.invoices.actions.reviewing import (
    ContentChanged,
    NotInReview,
    OwnBill,
    approve,
    send_back,
    set_review_rules,
    submit,
    withdraw,
)
from sleek.invoices.actions.sending import NotSendable, TooManySendings, send
from sleek.invoices.actions.settling import Standing, settle
from sleek.invoices.actions.templates import TemplateRefused, drop_template, keep_template
from sleek.invoices.actions.viewing import note_view

__all__ = [
    "ChangedMeanwhile",
    "ContentChanged",
    "DeductionGone",
    "FollowUpRefused",
    "InvalidInvoice",
    "NoRate",
    "NotADraft",
    "NotCreditableBill",
    "NotInReview",
    "NotIssuable",
    "NotSendable",
    "NotVoidable",
    "OwnBill",
    "Page",
    "Standing",
    "TemplateRefused",
    "TooManySendings",
    "answer",
    "approve",
    "copy",
    "create",
    "credit",
    "discard",
    "draw_up",
    "drop_template",
    "end",
    "expire_entitlements",
    "finish",
    "issue",
    "keep_template",
    "mark_sent",
    "note",
    "note_view",
    "plan",
    "replacement",
    "rewrite",
    "send",
    "send_back",
    "set_review_rules",
    "settle",
    "submit",
    "trial",
    "void",
    "withdraw",
    "write_off",
]
