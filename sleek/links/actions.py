"""Making payment links, dressing them, and ending them.

What is asked for is fixed when the link is made: there is no verb that changes it, because somebody
may be looking at the page right now. Pausing keeps new payers out; a try that is already at its
provider may still come to an end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.links import rules
from sleek.links.models import LinkPicture, PaymentLink, Plea, Sticker
from sleek.links.rules import AmountKind, Ask, Field, Flaw, LinkStatus
from sleek.merchants.models import Brand, Merchant, Picture, User
from sleek.stock import actions as stock


class InvalidLink(SleekError):
    """What was entered makes no link; `flaws` says why."""

    code = "invalid_link"

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(", ".join(flaws))
        self.flaws = flaws


class LinkExpired(SleekError):
    """The link's end has passed; a new one is needed."""

    code = "link_expired"


class LinkArchived(SleekError):
    """The link was put away for good."""

    code = "link_archived"


class TooManyStickers(SleekError):
    """A link has as many stickers as one may have."""

    code = "too_many_stickers"


@dataclass(frozen=True, slots=True)
class Limits:
    """How often, for how many pieces, and until when a link may be paid. `uses` and `pieces` None
    mean any number; both only apply to a reusable link.
    """

    is_reusable: bool = False
    uses: int | None = None
    pieces: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What the page shows and asks besides the amount. Without a brand it wears the default one."""

    brand: Brand | None = None
    description: str = ""
    thank_you: str = ""
    redirect_url: str = ""
    pictures: Sequence[Picture] = ()
    fields: Sequence[Field] = ()
    asks_terms: bool = False
    tags: Sequence[str] = field(default=())


PLAIN = Look()
ONCE = Limits()


@transaction.atomic
def create(
    merchant: Merchant,
    ask: Ask,
    reason: str,
    *,
    by: User,
    limits: Limits = ONCE,
    look: Look = PLAIN,
) -> PaymentLink:
    """Raises `InvalidLink`."""
    reason = " ".join(reason.split())
    limits = _fitting(ask, limits)
    flaws = rules.flaws(ask, reason)
    flaws += rules.limit_flaws(
        uses=limits.uses, pieces=limits.pieces, expires_at=limits.expires_at, now=clock.now()
    )
    flaws += _look_flaws(look)
    if flaws:
        raise InvalidLink(flaws)

    link = PaymentLink(
        merchant=merchant,
        amount_kind=ask.kind,
        amount=ask.amount,
        amount_min=ask.minimum,
        amount_max=ask.maximum,
        quantity_max=ask.quantity_max,
        currency=ask.currency,
        reason=reason,
        is_reusable=limits.is_reusable,
        uses=stock.create(merchant, limits.uses) if limits.uses else None,
        pieces=stock.create(merchant, limits.pieces) if limits.pieces else None,
        expires_at=limits.expires_at,
        created_by=by,
    )
    _dress(link, look)
    link.save(force_insert=True)
    _hang(link, look.pictures)
    _record(link, "link.created", by, amount=link.amount, currency=link.currency)
    return link


@transaction.atomic
def customise(link: PaymentLink, look: Look, *, by: User) -> PaymentLink:
    """Change how the page looks and what it asks. Raises `InvalidLink`, `LinkArchived`."""
    flaws = _look_flaws(look)
    if flaws:
        raise InvalidLink(flaws)
    link = _living(_lock(link))
    _dress(link, look)
    link.save(update_fields=[*_LOOK_COLUMNS])
    link.link_pictures.all().delete()
    _hang(link, look.pictures)
    _record(link, "link.customised", by)
    return link


@transaction.atomic
def pause(link: PaymentLink, *, by: User) -> PaymentLink:
    link = _living(_lock(link))
    if link.status == LinkStatus.PAUSED:
        return link
    return _change(link, LinkStatus.PAUSED, "link.paused", by)


@transaction.atomic
def resume(link: PaymentLink, *, by: User) -> PaymentLink:
    link = _living(_lock(link))
    if link.status == LinkStatus.ACTIVE:
        return link
    if link.expires_at is not None and link.expires_at <= clock.now():
        raise LinkExpired(_("The link has expired. Make a new one like it."))
    return _change(link, LinkStatus.ACTIVE, "link.resumed", by)


@transaction.atomic
def archive(link: PaymentLink, *, by: User) -> PaymentLink:
    """Put it away for good: off the list, and nobody pays it any more. What was paid stays."""
    link = _lock(link)
    if link.status == LinkStatus.ARCHIVED:
        return link
    return _change(link, LinkStatus.ARCHIVED, "link.archived", by)


@transaction.atomic
def add_stickers(link: PaymentLink, labels: Sequence[str], *, by: User) -> list[Sticker]:
    """One for each label, all or none. Raises `LinkArchived`, `TooManyStickers`."""
    link = _living(_lock(link))
    if link.stickers.filter(revoked_at=None).count() + len(labels) > rules.MAX_STICKERS:
        raise TooManyStickers(
            _("A link has at most %(limit)s stickers.") % {"limit": rules.MAX_STICKERS}
        )
    return [_stick(link, label, by) for label in labels]


def _stick(link: PaymentLink, label: str, by: User) -> Sticker:
    sticker = Sticker.objects.create(
        merchant_id=link.merchant_id, link=link, label=" ".join(label.split()), created_by=by
    )
    _record(link, "sticker.created", by, sticker=sticker.public_id, label=sticker.label)
    return sticker


@transaction.atomic
def revoke_sticker(sticker: Sticker, *, by: User) -> Sticker:
    """Whoever scans it from now on reads that it is no longer good. The others stay as they are."""
    sticker = Sticker.objects.select_for_update(no_key=True, of=("self",)).get(pk=sticker.pk)
    if sticker.revoked_at is None:
        sticker.revoked_at = clock.now()
        sticker.save(update_fields=["revoked_at"])
        _record(sticker.link, "sticker.revoked", by, sticker=sticker.public_id)
    return sticker


@transaction.atomic
def ask_for_new(link: PaymentLink, *, email: str, note: str, language: str) -> Plea:
    """A payer before a closed link asks its merchant for another. Asking again changes nothing."""
    plea, is_new = Plea.objects.get_or_create(
        link=link,
        email=email.lower(),
        answered_at=None,
        defaults={"merchant_id": link.merchant_id, "note": note, "language": language},
    )
    if is_new:
        data: dict[str, object] = {"plea": plea.public_id}
        events.record([Fact("link.asked_for", link.public_id, link.merchant_id, data)])
    return plea


@transaction.atomic
def answer_plea(plea: Plea, *, by: User) -> Plea:
    """The merchant has seen to it."""
    plea = Plea.objects.select_for_update(no_key=True, of=("self",)).get(pk=plea.pk)
    if plea.answered_at is None:
        plea.answered_at = clock.now()
        plea.save(update_fields=["answered_at"])
        _record(plea.link, "link.plea_answered", by, plea=plea.public_id)
    return plea


def count_view(link: PaymentLink, sticker: Sticker | None, *, on: date) -> None:
    """Somebody opened the page. The caller has sorted out bots and repeated looks."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_VIEW, [link.merchant_id, link.pk, sticker.pk if sticker else None, on]
        )


# A payer's page does not wait for the disk: a crash may cost the counts of the last moment.
_COUNT_VIEW = """
    WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO links_views (merchant_id, link_id, sticker_id, "on", count)
    SELECT %s, %s, %s, %s::date, 1 FROM unhurried
    ON CONFLICT (link_id, sticker_id, "on") DO UPDATE SET count = links_views.count + 1
"""


@contextmanager
def rehearsed(
    brand: Brand, ask: Ask, reason: str, *, look: Look, pieces: int | None = None
) -> Iterator[PaymentLink]:
    """A link as it would be, and its brand with it, for as long as the block runs.

    Whatever the block does with it happens in a transaction that is taken back: nothing stays, and
    nobody else ever sees it. So a preview is drawn by the very page that payers get.
    """
    with transaction.atomic():
        if brand.pk is None:
            brand.save(force_insert=True)
        is_counted = ask.kind == AmountKind.QUANTITY
        link = PaymentLink(
            merchant=brand.merchant,
            amount_kind=ask.kind,
            amount=ask.amount,
            amount_min=ask.minimum,
            amount_max=ask.maximum,
            quantity_max=ask.quantity_max,
            currency=ask.currency,
            reason=reason,
            is_reusable=ask.kind != AmountKind.FIXED,
            pieces=stock.create(brand.merchant, pieces) if pieces and is_counted else None,
            created_by=User.objects.filter(memberships__merchant=brand.merchant)[0],
        )
        _dress(link, replace(look, brand=brand))
        link.save(force_insert=True)
        _hang(link, look.pictures)
        yield link
        transaction.set_rollback(True)


def _fitting(ask: Ask, limits: Limits) -> Limits:
    """A payer who chooses makes a payment of their own: "once" is then a limit of one use."""
    if ask.kind == AmountKind.FIXED and not limits.is_reusable:
        return Limits(expires_at=limits.expires_at)
    uses = limits.uses if limits.is_reusable else 1
    pieces = limits.pieces if ask.kind == AmountKind.QUANTITY else None
    return Limits(is_reusable=True, uses=uses, pieces=pieces, expires_at=limits.expires_at)


def _look_flaws(look: Look) -> list[Flaw]:
    return rules.look_flaws(
        look.fields, look.tags, pictures=len(look.pictures), redirect_url=look.redirect_url
    )


_LOOK_COLUMNS = (
    *("brand", "description", "thank_you", "redirect_url", "fields", "asks_terms", "tags"),
)


def _dress(link: PaymentLink, look: Look) -> None:
    link.brand = look.brand or link.merchant.brands.get(is_default=True)
    link.description = look.description.strip()
    link.thank_you = look.thank_you.strip()
    link.redirect_url = look.redirect_url
    link.fields = [each.pack() for each in look.fields]
    link.asks_terms = look.asks_terms
    link.tags = list(dict.fromkeys(look.tags))


def _hang(link: PaymentLink, pictures: Sequence[Picture]) -> None:
    LinkPicture.objects.bulk_create(
        LinkPicture(link=link, picture=picture, position=position)
        for position, picture in enumerate(pictures)
    )


def _lock(link: PaymentLink) -> PaymentLink:
    return PaymentLink.objects.select_for_update(no_key=True, of=("self",)).get(pk=link.pk)


def _living(link: PaymentLink) -> PaymentLink:
    if link.status == LinkStatus.ARCHIVED:
        raise LinkArchived(_("The link is archived. Make a new one like it."))
    return link


def _change(link: PaymentLink, status: LinkStatus, kind: str, by: User) -> PaymentLink:
    link.status = status
    link.save(update_fields=["status"])
    _record(link, kind, by)
    return link


def _record(link: PaymentLink, kind: str, by: User, **data: object) -> None:
    audit.record(kind, link.public_id, scope=link.merchant.public_id, actor=by.public_id, data=data)
    events.record([Fact(kind, link.public_id, link.merchant_id, data)])
