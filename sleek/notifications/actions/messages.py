"""Messages, in three steps: write it, send it, learn whether it left.

Writing is part of the transaction that it tells of. Sending holds no transaction: the message is
claimed for a while first, so that no two workers send it, and a crash leaves it to be sent again
when the claim is over. It may then arrive twice, which is better than never.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from sleek.core import clock
from sleek.notifications import delivery, rules
from sleek.notifications.delivery import NotDelivered
from sleek.notifications.models import Gateway, Message
from sleek.notifications.rules import Letter, Medium, MessageStatus
from sleek.papers.models import Paper

logger = logging.getLogger(__name__)

CLAIMED_FOR = timedelta(minutes=2)  # longer than a mail server or a gateway may take


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter for one recipient. The same `key` is written once, whoever comes again."""

    merchant_id: int
    template: str
    about: str
    key: str
    language: str
    letter: Letter
    email: str = ""
    gateway: Gateway | None = None
    paper: Paper | None = None  # goes along with a mail


def write(drafts: Sequence[Draft]) -> None:
    """In the caller's transaction; what was written before stays as it is."""
    Message.objects.bulk_create([_message(draft) for draft in drafts], ignore_conflicts=True)


def _message(draft: Draft) -> Message:
    gateway = draft.gateway
    return Message(
        merchant_id=draft.merchant_id,
        medium=gateway.medium if gateway else Medium.MAIL,
        recipient=gateway.name if gateway else draft.email,
        gateway=gateway,
        template=draft.template,
        about=draft.about,
        key=draft.key,
        language=draft.language,
        subject=" ".join(draft.letter.subject.split())[:200],
        text=draft.letter.text,
        button=draft.letter.button,
        url=draft.letter.url,
        paper=draft.paper,
    )


def send(message_id: int) -> None:
    """Claim it, hand it to the mail server or gateway, and note what came of it."""
    message = _claim(message_id)
    if message is None:
        return
    try:
        delivery.deliver(message)
    except NotDelivered as error:
        logger.warning(
            "messages.not_delivered",
            extra={"id": message.public_id, "medium": message.medium, "error": error.message},
        )
        _learn(message, error.message)
    else:
        _learn(message, "")


@transaction.atomic
def _claim(message_id: int) -> Message | None:
    due = Message.objects.select_for_update(of=("self",), skip_locked=True)
    message = due.filter(pk=message_id, send_at__lte=clock.now()).first()
    if message is None:
        return None
    message.tries += 1
    message.send_at = clock.now() + CLAIMED_FOR
    message.save(update_fields=["tries", "send_at"])
    return message


@transaction.atomic
def _learn(message: Message, error: str) -> None:
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.status == MessageStatus.SENT:
        return
    now = clock.now()
    message.error = error[:200]
    if not error:
        message.status, message.send_at, message.sent_at = MessageStatus.SENT, None, now
    else:
        message.send_at = rules.next_try(now, message.tries)
        message.status = MessageStatus.QUEUED if message.send_at else MessageStatus.FAILED
    message.save(update_fields=["status", "error", "send_at", "sent_at"])
