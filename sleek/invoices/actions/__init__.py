"""The verbs of bills, one file per topic."""

from sleek.invoices.actions.deducting import (
    DeductionGone,
    NoRate,
    NotForfeitable,
    expire_entitlements,
    forfeit,
)
from sleek.invoices.actions.desk import Page, draw_up, finish, take_bills, take_lines, trial
from sleek.invoices.actions.dividing import NotDividable, divide
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
from sleek.invoices.actions.issuing import ContentChanged, NotIssuable, issue
from sleek.invoices.actions.reviewing import (
    NotInReview,
    OwnBill,
    approve,
    send_back,
    set_review_rules,
    submit,
    withdraw,
)
from sleek.invoices.actions.sending import (
    NotSendable,
    RemindedToday,
    TooManySendings,
    note_view,
    remind,
    send,
)
from sleek.invoices.actions.settling import Standing, claim_again, settle
from sleek.invoices.actions.templates import TemplateRefused, drop_template, keep_template

__all__ = [
    "ChangedMeanwhile",
    "ContentChanged",
    "DeductionGone",
    "FollowUpRefused",
    "InvalidInvoice",
    "NoRate",
    "NotADraft",
    "NotCreditableBill",
    "NotDividable",
    "NotForfeitable",
    "NotInReview",
    "NotIssuable",
    "NotSendable",
    "NotVoidable",
    "OwnBill",
    "Page",
    "RemindedToday",
    "Standing",
    "TemplateRefused",
    "TooManySendings",
    "answer",
    "approve",
    "claim_again",
    "copy",
    "create",
    "credit",
    "discard",
    "divide",
    "draw_up",
    "drop_template",
    "end",
    "expire_entitlements",
    "finish",
    "forfeit",
    "issue",
    "keep_template",
    "mark_sent",
    "note",
    "note_view",
    "plan",
    "remind",
    "replacement",
    "rewrite",
    "send",
    "send_back",
    "set_review_rules",
    "settle",
    "submit",
    "take_bills",
    "take_lines",
    "trial",
    "void",
    "withdraw",
    "write_off",
]
