"""The audit log in words: what somebody did, to what, and what it was before.

An act that is missing here is shown by its own name; a test compares this list with docs/events.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from sleek.audit.actions import SYSTEM
from sleek.audit.models import Record
from sleek.core.money import InvalidAmount, Money
from sleek.core.tables import Cell
from sleek.merchants.models import Invitation, Merchant, Role, User
from sleek.web.dashboard.forms.merchant import countries
from sleek.web.dashboard.telling.act_words import ACTS, FIELDS, UNTOLD, VALUES
from sleek.web.dashboard.templatetags.splits import share_percent
from sleek.web.ui import words
from sleek.web.ui.templatetags.sleek_ui import plain_money


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that the act was about; `before` only where it changed."""

    name: str
    value: str
    before: str | None = None

    def __str__(self) -> str:
        told = self.value if self.before is None else f"{self.before or '—'} → {self.value or '—'}"
        return f"{self.name}: {told}"


@dataclass(frozen=True, slots=True)
class Act:
    """One record of the log, told."""

    at: datetime
    sequence: int
    who: str
    what: str
    action: str
    subject: str
    url: str
    address: str
    details: list[Detail]


def tell(merchant: Merchant, records: list[Record]) -> list[Act]:
    names = _Names(merchant, records)
    return [
        Act(
            at=record.created_at,
            sequence=record.sequence,
            who=names.person(record.actor),
            what=_what(record.action),
            action=record.action,
            subject=record.subject,
            url=_url(record.subject),
            address=record.address or "",
            details=[*names.details(record)],
        )
        for record in records
    ]


def choices(actions: list[str]) -> list[tuple[str, str]]:
    """For the filter, in the order of their words."""
    return sorted(((action, _what(action)) for action in actions), key=lambda pair: pair[1])


def listed(merchant: Merchant, chunks: Iterable[list[Record]]) -> Iterator[Sequence[Cell]]:
    yield [
        _("Number"),
        _("Time (%(zone)s)") % {"zone": merchant.zone.key},
        _("Person"),
        _("What happened"),
        _("About"),
        _("Details"),
        _("Address"),
        _("Hash"),
    ]
    for records in chunks:
        for act, record in zip(tell(merchant, records), records, strict=True):
            yield [
                act.sequence,
                act.at.astimezone(merchant.zone),
                act.who,
                act.what,
                act.subject,
                "; ".join(map(str, act.details)),
                act.address,
                record.hash,
            ]


class _Names:
    """What the ids in some records stand for, looked up together."""

    def __init__(self, merchant: Merchant, records: list[Record]) -> None:
        ids = {record.actor for record in records}
        ids |= {
            str(record.data[who]) for record in records for who in _PEOPLE if who in record.data
        }
        self.people = {user.public_id: user for user in User.objects.filter(public_id__in=ids)}
        subjects = {record.subject for record in records if record.subject.startswith("ivt_")}
        invited = Invitation.objects.filter(merchant=merchant, public_id__in=subjects)
        self.invited = {invitation.public_id: invitation.email for invitation in invited}

    def person(self, public_id: str) -> str:
        if public_id == SYSTEM:
            return _("Sleek itself")
        user = self.people.get(public_id)
        return str(user) if user else public_id

    def details(self, record: Record) -> Iterator[Detail]:
        if record.subject in self.invited:
            yield Detail(_("Invited"), self.invited[record.subject])
        data = dict(record.data)
        if money := _money(data):
            data = {name: v for name, v in data.items() if name not in ("amount", "currency")}
            yield Detail(_("Amount"), money)
        user = data.pop("user", record.actor)
        if user != record.actor:
            yield Detail(_("Person"), self.person(str(user)))
        currency = str(record.data.get("currency", ""))
        for name, value in data.items():
            if value is not None and name not in UNTOLD:
                yield self._detail(name, value, currency)

    def _detail(self, name: str, value: object, currency: str) -> Detail:
        told = _field(name)
        if name == "starter":
            return Detail(told, self.person(str(value)))
        if name in _LEVELS and isinstance(value, int) and currency:
            return Detail(told, plain_money(Money(value, currency)))
        if isinstance(value, list) and len(value) == 2 and name not in _SEVERAL:
            return Detail(told, _value(name, value[1]), _value(name, value[0]))
        return Detail(told, _value(name, value))


def _what(action: str) -> str:
    return str(ACTS.get(action, action))


def _field(name: str) -> str:
    return str(FIELDS.get(name, name))


def _value(name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(name, part) for part in value)
    if isinstance(value, bool):
        return str(_YES[value])
    text = "" if value is None else str(value)
    if name in _TOLD:
        return _TOLD[name](text)
    return str(VALUES.get(name, {}).get(text, text))


def _country(code: str) -> str:
    return dict(countries(to_locale(get_language() or "en"))).get(code, code)


_TOLD: dict[str, Callable[[str], str]] = {
    "role": lambda role: str(Role(role).label) if role in Role.values else role,
    "channel": words.channel,
    "country": _country,
    "language": lambda code: str(dict(settings.LANGUAGES).get(code, code)),
    "fields": lambda names: ", ".join(_field(name) for name in names.split()),
    "millionths": lambda share: share_percent(int(share)),
}
_PEOPLE = ("user", "starter")
_LEVELS = ("threshold", "rearm")  # amounts in the record's currency
# Lists whose two parts are two things, and not what it was before and is now.
_SEVERAL = frozenset({"fields", "methods", "prices", "clues", "millionths", "tags"})
_YES: dict[bool, Promise] = {True: gettext_lazy("yes"), False: gettext_lazy("no")}


def _money(data: dict[str, object]) -> str:
    amount, currency = data.get("amount"), data.get("currency")
    if not isinstance(amount, int) or not isinstance(currency, str):
        return ""
    try:
        return plain_money(Money(amount, currency))
    except InvalidAmount:
        return ""


_PAGES = {"lnk": "link-show", "pay": "payment-show", "cus": "customer-show", "inv": "bill-show"}


def _url(subject: str) -> str:
    page = _PAGES.get(subject.partition("_")[0])
    return reverse(page, args=[subject]) if page else ""
