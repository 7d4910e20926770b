"""As a consumer of events: what people should be told, written in the transaction of the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.links.models import Plea
from sleek.merchants.models import Membership, User
from sleek.merchants.rules import Right, may
from sleek.notifications import letters
from sleek.notifications.actions import alerts
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.models import Message
from sleek.payments.models import Payment
from sleek.payments.rules import RETURNED_BY_ITSELF

# Anybody may ask for a new link, so what that can send is bounded. The overview shows all of them.
PLEA_MAILS_PER_HOUR = 3  # to one person about one link

# After these the available balance may be another one.
MONEY_MOVED = frozenset(
    {"settlement.recorded", "refund.promised", "refund.succeeded", "refund.failed"}
)
FOLLOWED = MONEY_MOVED | {"link.asked_for", "payment.surplus_received"}


def follow(batch: Sequence[Event]) -> None:
    for event in batch:
        if event.kind == "link.asked_for":
            _tell_of_plea(event)
        elif event.kind == "payment.surplus_received":
            _tell_of_surplus(event)
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
            for person in _people_who_may(Right.ANSWER_PAYERS, plea.merchant_id)
            if _told_lately(person, plea.link.public_id) < PLEA_MAILS_PER_HOUR
        ]
    )


def _told_lately(person: User, about: str) -> int:
    an_hour_ago = clock.now() - timedelta(hours=1)
    told = Message.objects.filter(about=about, template="plea", created_at__gt=an_hour_ago)
    return told.filter(recipient=person.email).count()


def _tell_of_surplus(event: Event) -> None:
    """Money that does not go back by itself waits for somebody's decision."""
    if event.data["surplus"] in RETURNED_BY_ITSELF:
        return
    payment = Payment.objects.get(public_id=event.subject)
    received = Money(int(event.data["amount"]), str(event.data["currency"]))
    write(
        [
            Draft(
                merchant_id=payment.merchant_id,
                template="surplus",
                about=payment.public_id,
                key=f"{event.data['attempt']}:{person.public_id}",
                language=person.language,
                letter=letters.decision_wanted(payment, received, person.language),
                email=person.email,
            )
            for person in _people_who_may(Right.GIVE_MONEY_BACK, payment.merchant_id)
        ]
    )


def _people_who_may(right: Right, merchant_id: int) -> list[User]:
    places = Membership.objects.filter(merchant_id=merchant_id).select_related("user")
    return [
        place.user
        for place in places.order_by("pk")
        if may(place.role, right) and place.user.is_active
    ]
