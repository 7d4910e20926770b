"""Telling of a merchant's own connection that no longer answers, and that it is back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sleek.channels.models import Connection
from sleek.core import clock
from sleek.events.models import Event
from sleek.merchants.models import User
from sleek.merchants.queries import people_who_may
from sleek.merchants.rules import Right
from sleek.notifications import letters
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.models import Message

FOLLOWED = frozenset({"connection.unwell", "connection.recovered"})
MAILS_PER_HOUR = 4  # to one person about one connection; one that comes and goes is known by then
_TEMPLATE = "connection"


def tell(news: Sequence[Event]) -> None:
    """In the caller's transaction. The operator's own are watched by the operator."""
    own = [event for event in news if event.merchant_id]
    rows = Connection.objects.in_bulk({event.subject for event in own}, field_name="public_id")
    for event in own:
        connection = rows[event.subject]
        people = people_who_may(Right.MANAGE_CHANNELS, event.merchant_id or 0)
        wanting = [each for each in people if _told_lately(each, connection) < MAILS_PER_HOUR]
        write([_draft(event, connection, person) for person in wanting])


def _draft(event: Event, connection: Connection, person: User) -> Draft:
    is_unwell = event.kind == "connection.unwell"
    letter = letters.connection_unwell if is_unwell else letters.connection_recovered
    return Draft(
        merchant_id=event.merchant_id or 0,
        template=_TEMPLATE,
        about=connection.public_id,
        key=f"{event.public_id}:{person.public_id}",
        language=person.language,
        letter=letter(connection, person.language),
        email=person.email,
    )


def _told_lately(person: User, connection: Connection) -> int:
    an_hour_ago = clock.now() - timedelta(hours=1)
    told = Message.objects.filter(about=connection.public_id, template=_TEMPLATE)
    return told.filter(recipient=person.email, created_at__gt=an_hour_ago).count()
