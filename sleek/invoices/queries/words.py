"""What natures, documents and statuses of bills are called, for people and on paper."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sleek.core import amounts
from sleek.invoices.rules import DocumentKind, Nature, Policy

NATURES: dict[str, str | Promise] = {
    Nature.SAMPLING: _("Sample fee"),
    Nature.TOOLING: _("Tooling fee"),
    Nature.TESTING: _("Sample testing fee"),
    Nature.DEPOSIT: _("Deposit"),
    Nature.BALANCE: pgettext_lazy("what is still to be paid", "Balance"),
    Nature.GOODS: _("Goods"),
    Nature.SERVICE: _("Service"),
    Nature.OTHER: pgettext_lazy("nature of a fee", "Other"),
}
DOCUMENTS: dict[str, str | Promise] = {
    DocumentKind.SALES_ORDER: _("Sales order"),
    DocumentKind.PURCHASE_ORDER: _("PO number"),
    DocumentKind.CONTRACT: _("Contract"),
    DocumentKind.PROJECT: _("Project"),
    DocumentKind.QUOTATION: _("Quotation"),
    DocumentKind.OTHER: _("Other document"),
}


_ON_ANY = _("Once this bill is paid, %(amount)s is deducted from the final bill.")
_ON_LARGE = _(
    "Once this bill is paid, %(amount)s is deducted from a later bill of %(threshold)s or more."
)


def policy_in_words(policy: Policy) -> str:
    said = _ON_ANY if policy.for_any_bill else _ON_LARGE
    words = {
        "amount": amounts.plain_money(policy.amount),
        "threshold": amounts.plain_money(policy.threshold),
    }
    sentences = [str(said) % words]
    if policy.valid_days:
        valid = _("Valid for %(days)s days after the date of issue.")
        sentences.append(str(valid) % {"days": policy.valid_days})
    sentences.append(str(_("It can be used once.") if policy.is_once else _("In parts, too.")))
    if not policy.counts_courier and not policy.for_any_bill:
        sentences.append(str(_("Courier costs do not count towards that sum.")))
    return ("" if _is_unspaced() else " ").join(sentences)


def _is_unspaced() -> bool:
    """Whether sentences follow each other without a space."""
    return (get_language() or "").startswith(("zh", "ja"))
