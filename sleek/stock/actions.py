"""Holding, taking and releasing stock. Each verb runs inside its caller's transaction.

Whoever holds several stocks locks them in order of their ids, after the payment and before the
ledger, so nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant
from sleek.stock.models import Hold, Stock
from sleek.stock.rules import MOVES, HoldStatus


class SoldOut(SleekError):
    """There is not enough left: taken, or held by others who are paying just now."""

    code = "sold_out"


def create(merchant: Merchant, total: int) -> Stock:
    return Stock.objects.create(merchant=merchant, total=total)


def hold(owner: str, wanted: Mapping[int, int], *, until: datetime) -> None:
    """Keep `wanted` (stock's key: quantity) for the owner; what they hold already lasts longer.

    All or nothing: raises `SoldOut`.
    """
    stocks = _lock(wanted)
    holds = {each.stock_id: each for each in Hold.objects.filter(owner=owner)}
    for stock_id, quantity in wanted.items():
        known = holds.get(stock_id)
        if known is None:
            _reserve(stocks[stock_id], quantity)
            Hold.objects.create(stock_id=stock_id, owner=owner, quantity=quantity, ends_at=until)
        elif known.status == HoldStatus.RELEASED:
            _reserve(stocks[stock_id], known.quantity)
            _move(known, HoldStatus.HELD, ends_at=until)
        elif known.status == HoldStatus.HELD:
            _move(known, HoldStatus.HELD, ends_at=max(known.ends_at, until))


def lock(owners: Collection[str]) -> None:
    """Lock what these owners hold, before taking or releasing for several of them."""
    if owners:
        _lock(set(Hold.objects.filter(owner__in=owners).values_list("stock_id", flat=True)))


def take(owner: str) -> bool:
    """The owner paid. False when their hold had ended and there is not enough left: nothing is
    taken then.
    """
    lock([owner])
    holds = [each for each in _of(owner) if each.status != HoldStatus.TAKEN]
    late = [each for each in holds if each.status == HoldStatus.RELEASED]
    if any(each.stock.left < each.quantity for each in late):
        return False
    for each in holds:
        was_held = each.quantity if each.status == HoldStatus.HELD else 0
        Stock.objects.filter(pk=each.stock_id).update(
            held=F("held") - was_held, taken=F("taken") + each.quantity
        )
        _move(each, HoldStatus.TAKEN)
    return True


def release(owner: str) -> int:
    """Give back what the owner still holds, and say how many holds that were: 0 the second time."""
    lock([owner])
    holds = [each for each in _of(owner) if each.status == HoldStatus.HELD]
    for each in holds:
        Stock.objects.filter(pk=each.stock_id).update(held=F("held") - each.quantity)
        _move(each, HoldStatus.RELEASED)
    return len(holds)


def extend(owner: str, *, until: datetime) -> None:
    """Their outcome is still open: keep it for them."""
    lock([owner])
    Hold.objects.filter(owner=owner, status=HoldStatus.HELD).update(
        ends_at=until, updated_at=clock.now()
    )


def _lock(stock_ids: Collection[int]) -> dict[int, Stock]:
    rows = Stock.objects.select_for_update(no_key=True).filter(pk__in=stock_ids).order_by("pk")
    return {row.pk: row for row in rows}


def _of(owner: str) -> list[Hold]:
    """Read once the stocks are locked: their figures are the newest."""
    return list(Hold.objects.select_related("stock").filter(owner=owner).order_by("stock_id"))


def _reserve(stock: Stock, quantity: int) -> None:
    if stock.left < quantity:
        raise SoldOut(f"{stock.left} are left.")
    Stock.objects.filter(pk=stock.pk).update(held=F("held") + quantity)


def _move(hold: Hold, status: HoldStatus, *, ends_at: datetime | None = None) -> None:
    if status != hold.status and status not in MOVES[HoldStatus(hold.status)]:
        raise ValueError(f"a hold that is {hold.status} cannot become {status}")
    hold.status, hold.updated_at = status, clock.now()
    hold.ends_at = ends_at or hold.ends_at
    hold.save(update_fields=["status", "ends_at", "updated_at"])
