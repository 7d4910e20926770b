"""Learning how admitted tries ended, and forgetting what no window holds any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db import connection, transaction

from sleek.channels.base import Failure
from sleek.core import arrays
from sleek.events.models import Event
from sleek.risk import rules
from sleek.risk.actions import counting
from sleek.risk.models import Admission
from sleek.risk.rules import Window

# A surplus is paid, too: whoever pays twice tests no cards.
_WON = frozenset({"payment.succeeded", "payment.surplus_received"})
_LOST = frozenset({"attempt.declined", "attempt.failed"})
FOLLOWED = _WON | _LOST


def follow(news: Sequence[Event]) -> None:
    """As a consumer of events. What is told twice counts once.

    A try that its payer gave up is neither: it is only one that was not paid.
    """
    won = {str(event.data["attempt"]) for event in news if event.kind in _WON}
    lost = {str(event.data["attempt"]) for event in news if _is_loss(event)}
    admissions = Admission.objects.select_for_update().filter(pk__in=won | lost).order_by("pk")
    changes: Counter[tuple[str, int, str]] = Counter()
    for admission in admissions:
        _learn(changes, admission, is_won=admission.pk in won, is_lost=admission.pk in lost)
    _write(changes)


def _is_loss(event: Event) -> bool:
    """A provider that does not answer, or finds its own fault, says nothing about the payer."""
    return event.kind in _LOST and event.data["failure"] != Failure.PROVIDER


def _learn(
    changes: Counter[tuple[str, int, str]], admission: Admission, *, is_won: bool, is_lost: bool
) -> None:
    """Paid in the end is paid, whatever was declined on the way."""
    before = (admission.is_won, admission.is_lost)
    admission.is_won |= is_won
    admission.is_lost = not admission.is_won and (admission.is_lost or is_lost)
    wins, losses = admission.is_won - before[0], admission.is_lost - before[1]
    if wins or losses:
        admission.save(update_fields=["is_won", "is_lost"])
        for key in admission.keys:
            changes[key, admission.slot, "wins"] += wins
            changes[key, admission.slot, "losses"] += losses


def _write(changes: Counter[tuple[str, int, str]]) -> None:
    places = sorted({(key, slot) for key, slot, _ in changes})
    if not places:
        return
    rows = (
        (key, slot, changes[key, slot, "wins"], changes[key, slot, "losses"])
        for key, slot in places
    )
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, arrays.literals(rows))


# Locked in the order of the keys, as counting does.
_LEARN = """
    WITH told AS (
        SELECT * FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[])
            AS told (key, slot, wins, losses)
    ), locked AS (
        SELECT tally.key, tally.slot FROM risk_tally tally JOIN told USING (key, slot)
        ORDER BY tally.key, tally.slot FOR UPDATE OF tally
    )
    UPDATE risk_tally tally
    SET wins = tally.wins + told.wins, losses = tally.losses + told.losses
    FROM locked JOIN told USING (key, slot)
    WHERE tally.key = locked.key AND tally.slot = locked.slot
"""


@transaction.atomic
def forget() -> int:
    """Delete what is older than the longest window; returns how many rows."""
    first = rules.first_slot(counting.present(), Window.HOUR)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM risk_admission WHERE slot < %s", [first])
        admissions: int = cursor.rowcount
        cursor.execute("DELETE FROM risk_tally WHERE slot < %s", [first])
        tallies: int = cursor.rowcount
    return admissions + tallies
