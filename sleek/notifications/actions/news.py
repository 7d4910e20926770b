"""As a consumer of events: what people should be told, written in the transaction of the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sleek.core import clock
from sleek.events.models import Event
from sleek.links.models import Plea
from sleek.merchants.models import User
from sleek.merchants.queries import people_who_may
from sleek.merchants.rules import Right
from sleek.notifications import letters
from sleek.notifications.actions import (
    alerts,
    anomalies,
    bills,
    connections,
    refunds,
    transfers,
)
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.models import Message

# Anybody may ask for a new link, so what that can send is bounded. The overview shows all of them.
PLEA_MAILS_PER_HOUR = 3  # to one person about one link

# After these the available balance may be another one.
MONEY_MOVED = frozenset(
    {
        "settlement.recorded",
        "bank_line.matched",
        "balance.paid",
        "balance.received",
        "balance.refunded",
        "refund.promised",
        "refund.succeeded",
        "refund.failed",
    }
)
FOLLOWED = (
    MONEY_MOVED
    | refunds.FOLLOWED
    | connections.FOLLOWED
    | bills.FOLLOWED
    | {"link.asked_for", "anomaly.opened"}
)


def follow(batch: Sequence[Event]) -> None:
    for event in batch:
        if event.kind == "link.asked_for":
            _tell_of_plea(event)
    anomalies.tell([event for event in batch if event.kind == "anomaly.opened"])
    refunds.tell([event for event in batch if event.kind in refunds.FOLLOWED])
    connections.tell([event for event in batch if event.kind in connections.FOLLOWED])
    bills.tell([event for event in batch if event.kind in bills.FOLLOWED])
    transfers.tell([event for event in batch if event.kind in transfers.FOLLOWED])
    alerts.look({e.merchant_id for e in batch if e.kind in MONEY_MOVED and e.merchant_id})


def _tell_of_plea(event: Event) -> None:
    plea = Plea.objects.select_related("link").get(public_id=event.data["plea"])
    if plea.answered_at:
        return
    write(
        [
            Draft(
                merchant_id=plea.merchant_id,
                template="plea",
                about=plea.link.public_id,
                key=f"{plea.public_id}:{person.public_id}",
                language=person.language,
                letter=letters.new_link_wanted(plea, person.language),
                email=person.email,
            )
            for person in people_who_may(Right.ANSWER_PAYERS, plea.merchant_id)
            if _told_lately(person, plea.link.public_id) < PLEA_MAILS_PER_HOUR
        ]
    )


def _told_lately(person: User, about: str) -> int:
    an_hour_ago = clock.now() - timedelta(hours=1)
    told = Message.objects.filter(about=about, template="plea", created_at__gt=an_hour_ago)
    return told.filter(recipient=person.email).count()
