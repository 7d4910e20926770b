"""Paying by bank transfer: what the page tells, parts that came, and the payer's word."""

from __future__ import annotations

import io
from typing import cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Announcement, Attempt, Payment
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def account(db: None, bank: Bank, frozen_clock: FrozenClock) -> Connection:
    return banks.account(people.merchant())


@pytest.fixture
def shop(account: Connection) -> Merchant:
    assert account.merchant
    return account.merchant


@pytest.fixture
def attempt(shop: Merchant, account: Connection) -> Attempt:
    return banks.transfer(people.payment(shop, FIFTY), account)


def page(client: Client, payment: Payment) -> str:
    return client.get(f"/pay/{payment.public_id}/").content.decode()


def tell(client: Client, attempt: Attempt, **said: object) -> HttpResponse:
    answer = client.post(f"/pay/{attempt.payment.public_id}/sent/", said)
    return cast(HttpResponse, answer)


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#123456").save(out, "png")
    return SimpleUploadedFile("../bank proof.png", out.getvalue() + b"<script>", "image/png")


def test_choosing_it_leads_to_the_account_and_the_reference(
    client: Client, shop: Merchant, account: Connection
) -> None:
    payment = people.payment(shop, FIFTY)
    answer = client.post(
        f"/pay/{payment.public_id}/", {"offer": f"{account.public_id}.bank_transfer.here"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/pay/{payment.public_id}/")
    text = page(client, payment)
    for told in (payment.attempts.get().next_data["reference"], "DE89 3704", "Lin Ceramics Ltd"):
        assert told in text


def test_a_part_that_came_is_told_with_what_is_missing(client: Client, attempt: Attempt) -> None:
    part = Money(2000, "USD")
    payments.arrive(attempt, part, reference="B1", payer="Anna", at=clock.now())
    text = page(client, attempt.payment)
    assert "20.00\u00a0USD has arrived" in text
    assert "30.00\u00a0USD is still missing" in text
    assert attempt.next_data["reference"] in text
    assert "not asked for" not in text


def test_too_much_is_for_the_payee_to_decide(client: Client, attempt: Attempt) -> None:
    much = Money(6000, "USD")
    payments.arrive(attempt, much, reference="B1", payer="Anna", at=clock.now())
    assert "not as asked" in page(client, attempt.payment)


def test_a_picture_is_written_anew_and_shown_to_the_payee_alone(
    client: Client, attempt: Attempt
) -> None:
    answer = tell(client, attempt, email="anna@example.com", proof=picture())
    assert answer.status_code == 303
    kept = Announcement.objects.get()
    assert (kept.email, kept.name, kept.media_type) == (
        "anna@example.com",
        "bank proof.webp",
        "image/webp",
    )
    assert b"<script>" not in bytes(kept.content)
    assert Event.objects.get(kind="attempt.announced").data["has_proof"] is True
    assert "anna@example.com" in page(client, attempt.payment)


def test_a_word_alone_is_enough(client: Client, attempt: Attempt) -> None:
    assert tell(client, attempt).status_code == 303
    assert Announcement.objects.get().has_file is False


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg xmlns='x'><script/></svg>", "Send a PDF or a picture"),
        (b"MZ\x90\x00", "Send a PDF or a picture"),
        (b"%PDF-" + b"0" * (5 * 1024 * 1024), "larger than 5 MB"),
    ],
)
def test_anything_else_is_refused_and_nothing_is_kept(
    client: Client, attempt: Attempt, content: bytes, why: str
) -> None:
    answer = tell(client, attempt, proof=SimpleUploadedFile("proof.pdf", content))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert Announcement.objects.count() == 0


def test_an_upload_beyond_all_measure_is_not_even_read(client: Client, attempt: Attempt) -> None:
    answer = client.generic(
        "POST",
        f"/pay/{attempt.payment.public_id}/sent/",
        b"x",
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(50 * 1024 * 1024),
    )
    assert answer.status_code == 422
    assert "larger than 5 MB" in answer.content.decode()


def test_nobody_fills_the_payees_shelf(client: Client, attempt: Attempt) -> None:
    answers = [tell(client, attempt).status_code for _ in range(6)]
    assert answers == [303] * 5 + [422]
    assert Announcement.objects.count() == 5


def test_only_a_transfer_that_waits_can_be_announced(client: Client, shop: Merchant) -> None:
    payment = people.payment(shop, FIFTY)
    assert client.post(f"/pay/{payment.public_id}/sent/").status_code == 303
    assert Announcement.objects.count() == 0
