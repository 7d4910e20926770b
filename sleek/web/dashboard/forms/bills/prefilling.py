"""What one would type to make a bill: a fresh one, or one that is there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import get_language

from sleek.core.money import Money, exponent
from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft, LineWish, Reference
from sleek.invoices.rules import Nature, Stage
from sleek.merchants.models import Merchant
from sleek.web.dashboard.forms.bills import rows
from sleek.web.dashboard.forms.bills.editing import (
    BY_AMOUNT,
    BY_PERCENT,
    IN_DAYS,
    ON_DAY,
    ONCE,
    PAYER,
    SEVERAL,
    USUAL_DAYS,
)


def fresh(merchant: Merchant) -> QueryDict:
    """As the last bill was, in what seldom changes."""
    last = merchant.invoices.order_by("-created_at").first()
    is_chinese = (get_language() or "").startswith("zh")
    data = QueryDict(mutable=True)
    data.update(
        {
            "keeps": "on",
            "nature": _nature(last),
            "currency": last.currency if last else merchant.default_currency,
            "tax": "without" if last and not last.is_tax_inclusive else "with",
            "language": last.language if last else "zh-hans" if is_chinese else "en",
            "due": IN_DAYS,
            "due_days": str(last.due_days if last and last.due_days else USUAL_DAYS),
            "deducts": "on",
            "policy_final": "on",
            "policy_use": ONCE,
            "policy_currency": last.currency if last else merchant.default_currency,
        }
    )
    rows.put(data, rows.LINE, [dict(rows.LINE_DEFAULTS)])
    rows.put(data, rows.DOCUMENT, [])
    rows.put(data, rows.STAGE, [])
    return data


def of(invoice: Invoice) -> QueryDict:
    draft = queries.draft_of(invoice)
    data = QueryDict(mutable=True)
    data.update({key: text for key, text in _fields(draft).items() if text})
    data.setlist("methods", list(draft.methods))
    rows.put(data, rows.LINE, [_line(line, draft.currency) for line in _unquoted(draft)] or [{}])
    rows.put(data, rows.DOCUMENT, [_document(each) for each in draft.documents])
    rows.put(data, rows.STAGE, [_stage(stage) for stage in draft.stages])
    return data


def _fields(draft: Draft) -> dict[str, str]:
    by_amount = any(stage.amount is not None for stage in draft.stages)
    split = (BY_AMOUNT if by_amount else BY_PERCENT) if draft.stages else ""
    return {
        **{f"payer_{name}": getattr(draft.payer, name) for name in PAYER},
        "customer": draft.customer.public_id if draft.customer else "",
        "nature": draft.nature.value,
        "title": draft.title,
        "currency": draft.currency,
        "tax": "with" if draft.is_tax_inclusive else "without",
        "is_hourly": "on" if any(line.is_hourly for line in draft.lines) else "",
        "language": draft.language,
        "due": ON_DAY if draft.due_on else IN_DAYS,
        "due_on": draft.due_on.isoformat() if draft.due_on else "",
        "due_days": "" if draft.due_days is None else str(draft.due_days),
        "split": split,
        "takes_parts": "on" if draft.takes_parts else "",
        "wants_xml": "on" if draft.wants_xml else "",
        "deducts": "on" if draft.deducts else "",
        "remarks": draft.remarks,
        "memo": draft.memo,
        "tag_list": ", ".join(draft.tags),
        "design": draft.design.public_id if draft.design else "",
        "brand": draft.brand.public_id if draft.brand else "",
        "policy_final": "on" if _is_final(draft) else "",
        "policy_use": ONCE,
        "policy_currency": draft.currency,
        **_policy(draft),
    }


def _nature(last: Invoice | None) -> str:
    """After a deposit comes what it is deducted from."""
    if last is None:
        return Nature.SAMPLING.value
    return Nature.BALANCE.value if last.nature == Nature.DEPOSIT else last.nature


def _is_final(draft: Draft) -> bool:
    """Ticked beforehand for whoever makes a deposit of it; one that is a deposit says so itself."""
    is_other = draft.nature != Nature.DEPOSIT
    return is_other or draft.is_deposit or not draft.lines


def _policy(draft: Draft) -> dict[str, str]:
    policy = draft.policy
    if policy is None:
        return {}
    days, currency = str(policy.valid_days or ""), policy.threshold.currency
    if draft.is_deposit:
        return {"policy_days": days, "policy_currency": currency}
    return {
        "policy_amount": _money(policy.amount),
        "policy_threshold": _money(policy.threshold),
        "policy_currency": currency,
        "policy_days": days,
        "policy_use": ONCE if policy.is_once else SEVERAL,
        "policy_counts_courier": "on" if policy.counts_courier else "",
    }


def _unquoted(draft: Draft) -> tuple[LineWish, ...]:
    """Without prices that the documents say anyway; those that somebody typed stay."""
    bare = tuple(replace(line, quoted_price=None) for line in draft.lines)
    known = queries.quoted(replace(draft, lines=bare))
    return tuple(
        line if said.quoted_price is None else replace(line, quoted_price=None)
        for line, said in zip(draft.lines, known, strict=True)
    )


def _line(line: LineWish, currency: str) -> dict[str, str]:
    figures = line.figures
    return {
        "item": line.item,
        "spec": line.spec,
        "quantity": _plain(figures.quantity),
        "unit": line.unit,
        "hours": _plain(figures.hours) if line.is_hourly else "",
        "price": _plain(figures.price, exponent(currency)),
        "tax_rate": _plain(figures.tax_rate) if figures.tax_rate else "",
        "quoted": _plain(line.quoted_price, exponent(currency)) if line.quoted_price else "",
        "is_courier": "on" if line.is_courier else "",
    }


def _document(document: Reference) -> dict[str, str]:
    said = document.listing.mark if document.listing else ""
    return {"kind": document.kind.value, "number": document.number, "said": said}


def _stage(stage: Stage) -> dict[str, str]:
    share = stage.percent if stage.percent is not None else None
    return {
        "label": stage.label,
        "deliverable": stage.deliverable,
        "share": _plain(share) if share is not None else _money(stage.amount),
        "due_on": stage.due_on.isoformat() if stage.due_on else "",
    }


def _money(money: Money | None) -> str:
    return f"{money.decimal:f}" if money else ""


def _plain(number: Decimal, places: int = 0) -> str:
    """Without idle zeros, but with the currency's own decimals."""
    shortest = number.normalize()
    decimals = shortest.as_tuple().exponent
    most = max(places, -decimals if isinstance(decimals, int) else 0)
    return f"{shortest:.{most}f}"
