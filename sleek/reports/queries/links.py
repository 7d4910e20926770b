"""Payment links with what they brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.links import rules
from sleek.links.models import PaymentLink, Plea, Sticker, Views
from sleek.links.rules import LinkState, LinkStatus
from sleek.merchants.models import Merchant
from sleek.payments.models import Payment
from sleek.payments.rules import PaymentStatus
from sleek.reports.queries import pages
from sleek.reports.queries.pages import Page, Place

EXPORT_LIMIT = 50_000  # rows of one file
CHUNK = 500  # links read at a time for an export
TAGS_SHOWN = 30  # choices of the filter


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty is any."""

    text: str = ""
    state: str = ""
    kind: str = ""
    tag: str = ""

    @property
    def details(self) -> int:
        """How many of the less common ones are set."""
        return sum(map(bool, (self.kind, self.tag)))

    def __bool__(self) -> bool:
        return any((self.text, self.state, self.kind, self.tag))


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a link, or of one of its stickers. `collected` is what succeeded, before
    refunds; `refunded` is what of it went back.
    """

    views: int = 0
    started: int = 0
    paid: int = 0
    collected: int = 0
    refunded: int = 0

    @property
    def conversion(self) -> float | None:
        """Of those who looked, how many paid. Nothing while nobody was counted looking."""
        return min(self.paid / self.views, 1.0) if self.views else None


@dataclass(frozen=True, slots=True)
class LinkRow:
    link: PaymentLink
    state: LinkState
    figures: Figures

    @property
    def collected(self) -> Money:
        return Money(self.figures.collected, self.link.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.figures.refunded, self.link.currency)


@dataclass(frozen=True, slots=True)
class StickerRow:
    sticker: Sticker
    figures: Figures

    @property
    def collected(self) -> Money:
        return Money(self.figures.collected, self.sticker.link.currency)


def links(
    rows: QuerySet[PaymentLink], place: Place, filters: Filters, *, now: datetime
) -> Page[PaymentLink]:
    """A page of the links that fit, the newest first."""
    found = matching(rows, filters, now=now).select_related("brand", "uses", "pieces")
    return pages.page(found, place, by="created_at")


def matching(
    rows: QuerySet[PaymentLink], filters: Filters, *, now: datetime
) -> QuerySet[PaymentLink]:
    if filters.kind:
        rows = rows.filter(amount_kind=filters.kind)
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag])
    return _in_state(_matching(rows, filters.text), filters.state, now)


def export(rows: QuerySet[PaymentLink], filters: Filters, *, now: datetime) -> Iterator[LinkRow]:
    """All that fit, newest first, up to the limit; in chunks, so a big file costs little memory."""
    found = matching(rows, filters, now=now).select_related("brand__merchant", "uses", "pieces")
    chunk: list[PaymentLink] = []
    ordered = found.order_by("-created_at", "-pk")[:EXPORT_LIMIT]
    for link in ordered.iterator(chunk_size=CHUNK):
        chunk.append(link)
        if len(chunk) == CHUNK:
            yield from with_figures(chunk, now)
            chunk = []
    yield from with_figures(chunk, now)


def with_figures(found: list[PaymentLink], now: datetime) -> list[LinkRow]:
    """What each link brought, in two queries for all of them."""
    figures = _figures(
        Payment.objects.filter(link__in=found), Views.objects.filter(link__in=found), "link_id"
    )
    return [LinkRow(link, _state(link, figures, now), _of(figures, link.pk)) for link in found]


def with_stickers(link: PaymentLink) -> list[StickerRow]:
    """The link's stickers, those that are good first, with what each brought."""
    stickers = list(
        link.stickers.select_related("link").order_by(F("revoked_at").asc(nulls_first=True), "pk")
    )
    of_stickers = Payment.objects.filter(link=link, sticker__isnull=False)
    views = Views.objects.filter(link=link, sticker__isnull=False)
    figures = _figures(of_stickers, views, "sticker_id")
    return [StickerRow(sticker, _of(figures, sticker.pk)) for sticker in stickers]


def open_pleas(merchant: Merchant, link: PaymentLink | None = None) -> QuerySet[Plea]:
    """Payers who ask for a new link and have not been answered, the longest waiting first."""
    rows = Plea.objects.filter(merchant=merchant, answered_at=None).select_related("link__brand")
    return (rows.filter(link=link) if link else rows).order_by("created_at")


def guarded(link: PaymentLink, since: datetime) -> Event | None:
    """The last word that so many tries were made on it that further ones must prove themselves."""
    news = Event.objects.filter(subject=link.public_id, kind="link.guarded", created_at__gte=since)
    return news.order_by("-pk").first()


def tags_of(rows: QuerySet[PaymentLink]) -> list[str]:
    """The tags in use, the newest first. Read from the newest links: old campaigns are over."""
    recent = rows.exclude(tags=[]).order_by("-created_at").values_list("tags", flat=True)[:500]
    return list(dict.fromkeys(tag for tags in recent for tag in tags))[:TAGS_SHOWN]


def _figures(payments: QuerySet[Payment], views: QuerySet[Views], key: str) -> dict[int, Figures]:
    has_succeeded = Q(status=PaymentStatus.SUCCEEDED)
    brought = payments.values_list(key).annotate(
        started=Count("pk"),
        paid=Count("pk", filter=has_succeeded),
        collected=Sum("amount", filter=has_succeeded),
        refunded=Sum("amount_refunded", filter=has_succeeded),
    )
    seen = dict(views.values_list(key).annotate(total=Sum("count")))
    figures = {pk: Figures(views=count) for pk, count in seen.items()}
    for pk, started, paid, collected, refunded in brought:
        views_count = seen.get(pk, 0)
        figures[pk] = Figures(views_count, started, paid, collected or 0, refunded or 0)
    return figures


def _of(figures: dict[int, Figures], pk: int) -> Figures:
    return figures.get(pk, Figures())


def _state(link: PaymentLink, figures: dict[int, Figures], now: datetime) -> LinkState:
    return rules.state(
        LinkStatus(link.status),
        expires_at=link.expires_at,
        is_paid=bool(_of(figures, link.pk).paid) and not link.is_reusable,
        is_used_up=any(stock and stock.is_sold_out for stock in (link.uses, link.pieces)),
        now=now,
    )


def _matching(rows: QuerySet[PaymentLink], text: str) -> QuerySet[PaymentLink]:
    if not text:
        return rows
    fits = Q(reason__icontains=text) | Q(public_id=text) | Q(token=text) | Q(tags__contains=[text])
    for amount in rules.amounts(text):
        fits |= Q(amount=amount.minor, currency=amount.currency)
    return rows.filter(fits)


def _in_state(rows: QuerySet[PaymentLink], state: str, now: datetime) -> QuerySet[PaymentLink]:
    paid = Exists(
        Payment.objects.filter(single_link=OuterRef("pk"), status=PaymentStatus.SUCCEEDED)
    )
    if state == LinkState.PAID:
        return rows.filter(paid)
    expired = Q(expires_at__lte=now)
    used_up = Q(uses__taken__gte=F("uses__total")) | Q(pieces__taken__gte=F("pieces__total"))
    # As in `rules.state`: what is named first there is left out of what follows.
    rest = rows.exclude(paid)
    if state == LinkState.ARCHIVED:
        return rest.filter(status=LinkStatus.ARCHIVED)
    rest = rest.exclude(status=LinkStatus.ARCHIVED)
    match state:
        case LinkState.USED_UP:
            return rest.filter(used_up)
        case LinkState.EXPIRED:
            return rest.filter(expired).exclude(used_up)
        case LinkState.PAUSED | LinkState.ACTIVE:
            return rest.filter(status=state).exclude(expired).exclude(used_up)
    return rows.exclude(status=LinkStatus.ARCHIVED)
