"""As a consumer of events: return what was paid twice or too late; ask about refunds a notice spoke
of.
"""

from __future__ import annotations

from collections.abc import Sequence

from sleek.core import clock
from sleek.events.models import Event
from sleek.payments.rules import RETURNED_BY_ITSELF
from sleek.refunds.actions import promising
from sleek.refunds.models import Refund
from sleek.refunds.rules import RefundStatus

FOLLOWED = frozenset({"payment.surplus_received", "refund.reported"})


def follow(news: Sequence[Event]) -> None:
    promising.return_surpluses(
        [
            str(event.data["attempt"])
            for event in news
            if event.kind == "payment.surplus_received"
            and event.data["surplus"] in RETURNED_BY_ITSELF
        ]
    )
    _check_reported([event.subject for event in news if event.kind == "refund.reported"])


def _check_reported(keys: list[str]) -> None:
    known = Refund.objects.filter(public_id__in=keys).exclude(status=RefundStatus.IN_REVIEW)
    known.update(check_at=clock.now())
