"""Messages leave once, are tried again when they cannot, and go nowhere they may not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from django.core import mail

from sleek.core.money import Money
from sleek.links import actions as links
from sleek.merchants.models import Membership, Merchant, User
from sleek.notifications import actions as notifications
from sleek.notifications import tasks
from sleek.notifications.actions import Draft, UnsafeAddress
from sleek.notifications.models import Gateway, Message
from sleek.notifications.rules import Letter, Medium
from tests import people
from tests.notifications.conftest import told
from tests.web.dashboard import office

HELLO = Letter("Hello, Lin", "Good morning.", "Open", "https://pay.example/wallet")


class Inbox(BaseHTTPRequestHandler):
    """A gateway on this machine that takes everything, or nothing."""

    got: ClassVar[list[tuple[str, Any]]] = []
    answer: ClassVar[int] = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append((self.path, json.loads(body)))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def inbox() -> Iterator[str]:
    Inbox.got.clear()
    Inbox.answer = 200
    server = HTTPServer(("127.0.0.1", 0), Inbox)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/inbox/im"
    server.shutdown()
    thread.join()
    server.server_close()


def written(shop: Merchant, key: str = "k", gateway: Gateway | None = None) -> Message:
    email = "" if gateway else "lin@example.com"
    draft = Draft(shop.pk, "greeting", "about", key, "en", HELLO, email=email, gateway=gateway)
    notifications.write([draft])
    return Message.objects.get(key=key)


def room(shop: Merchant, address: str) -> Gateway:
    owner = shop.memberships.get(role="owner").user
    return notifications.add_gateway(shop, Medium.IM, "Office", address, by=owner)


def test_a_message_is_written_once_and_sent_once(shop):
    written(shop)
    message = written(shop)
    tasks.send_due(0)
    tasks.send_due(0)

    [sent] = mail.outbox
    assert (sent.subject, sent.to) == ("Hello, Lin", ["lin@example.com"])
    assert "https://pay.example/wallet" in str(sent.body)
    message.refresh_from_db()
    assert (message.status, message.tries, message.send_at) == ("sent", 1, None)


def test_what_somebody_wrote_is_no_markup_in_a_mail(shop):
    draft = Draft(
        shop.pk, "plea", "lnk", "k", "en", Letter("<b>Hi</b>", "<script>", "Open", "u"), email="a@b"
    )
    notifications.write([draft])
    tasks.send_due(0)

    html = str(mail.outbox[0].alternatives[0][0])  # type: ignore[union-attr]
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_a_message_goes_to_a_gateway(shop, inbox):
    message = written(shop, gateway=room(shop, inbox))
    tasks.send_due(0)

    [(path, said)] = Inbox.got
    assert path == "/inbox/im"
    assert (said["title"], said["message"]) == (
        "Hello, Lin",
        "Good morning.\nhttps://pay.example/wallet",
    )
    message.refresh_from_db()
    assert message.status == "sent"


def test_what_cannot_leave_is_tried_again_and_at_last_given_up(shop, inbox, frozen_clock):
    Inbox.answer = 500
    message = written(shop, gateway=room(shop, inbox))
    tasks.send_due(0)
    tasks.send_due(0)
    message.refresh_from_db()
    assert (message.status, message.tries) == ("queued", 1)
    assert message.error == "json did not take it"
    assert message.send_at == frozen_clock.now + timedelta(minutes=1)

    for _ in range(7):
        frozen_clock.advance(hours=8)
        tasks.send_due(0)

    message.refresh_from_db()
    assert (message.status, message.tries) == ("failed", 6)
    assert not Message.objects.exclude(send_at=None).exists()
    assert len(Inbox.got) == 6


def test_a_message_that_is_being_sent_is_not_sent_by_another(shop, frozen_clock):
    from sleek.notifications.actions import messages

    message = written(shop)
    assert messages._claim(message.pk)
    tasks.send_due(0)
    assert mail.outbox == []

    frozen_clock.advance(minutes=2)  # whoever had it is gone
    tasks.send_due(0)

    assert len(mail.outbox) == 1


def test_a_removed_gateway_is_called_no_more(shop, inbox):
    gateway = room(shop, inbox)
    message = written(shop, gateway=gateway)
    notifications.remove_gateway(gateway, by=shop.memberships.get().user)
    tasks.send_due(0)

    message.refresh_from_db()
    assert Inbox.got == []
    assert message.status == "queued"
    assert message.tries == 1


def test_an_address_that_became_forbidden_is_called_no_more(shop, inbox, settings):
    written(shop, gateway=room(shop, inbox))
    settings.MODE = "production"
    tasks.send_due(0)

    assert Inbox.got == []
    assert Message.objects.get().error == "the address may not be called"


@pytest.mark.parametrize("address", ["json://10.0.0.1/inbox/im", "slack://only-one", "hello"])
def test_an_address_that_may_not_be_called_is_not_added(shop, address):
    with pytest.raises(UnsafeAddress):
        room(shop, address)
    assert not Gateway.objects.exists()


def test_an_address_is_kept_sealed_and_moves_to_a_new_key(shop):
    gateway = room(shop, "slack://aaaaaaaaa/bbbbbbbbb/cccccccccccccccccccccccc")

    assert b"ccccccccc" not in bytes(gateway.address)
    assert notifications.rewrap_gateways() == 1
    gateway.refresh_from_db()
    assert gateway.unseal().startswith("slack://aaaaaaaaa")


def asked(shop: Merchant, email: str, note: str = "Still want the vase") -> None:
    link = shop.links.first() or people.link(shop, Money(5000, "USD"))
    links.ask_for_new(link, email=email, note=note, language="en")


def test_a_payers_plea_is_told_to_those_who_may_answer(shop):
    for role in ("sales", "viewer"):
        user = User.objects.create_user(f"{role}@example.com", language="en")
        Membership.objects.create(user=user, merchant=shop, role=role)
    asked_link = people_link(shop)
    links.ask_for_new(asked_link, email="anna@example.com", note="The vase", language="en")

    told()
    told()

    assert set(Message.objects.values_list("recipient", flat=True)) == {
        "lin@example.com",
        "sales@example.com",
    }
    text = Message.objects.get(recipient="sales@example.com").text
    assert "anna@example.com" in text
    assert "They write: The vase" in text


def people_link(shop: Merchant) -> Any:
    from sleek.links.models import PaymentLink

    return PaymentLink.objects.create(
        merchant=shop,
        brand=shop.brands.get(is_default=True),
        amount=5000,
        currency="USD",
        reason="Vase",
        created_by=shop.memberships.get(role="owner").user,
    )


def test_strangers_cannot_flood_a_mailbox(shop, frozen_clock):
    for number in range(10):
        asked(shop, f"payer{number}@example.com")
    assert len(told()) == 3

    frozen_clock.advance(hours=1, seconds=1)
    asked(shop, "late@example.com")

    assert len(told()) > 3


def test_a_wrong_sum_is_told_to_those_who_may_give_it_back(shop):
    office.wrongly_paid(shop, Money(4900, "USD"))

    told()

    [message] = Message.objects.all()
    assert "49.00" in message.subject
    assert "50.00" in message.subject
    assert "/payments/pay_" in message.url


def test_what_goes_back_by_itself_is_not_told(shop):
    payment = people.payment(shop, Money(5000, "USD"))
    first, second = people.attempt(payment), people.attempt(payment, people.qr(shop))
    from sleek.channels.base import Outcome, Report
    from sleek.payments import actions as payments

    payments.apply_reports(
        [Report(a.public_id, Outcome.SUCCEEDED, Money(5000, "USD")) for a in (first, second)]
    )

    assert told() == []
