"""With a view's own scoping removed on purpose, a member still meets no foreign row."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import Client

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments import actions as payments
from sleek.payments.models import Payment
from sleek.web.dashboard import access, confinement
from tests import people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank


@pytest.fixture
def shops(db: None, bank: Bank, frozen_clock: FrozenClock) -> tuple[Merchant, Merchant]:
    """Lin, who looks, and Berg, who was paid."""
    lin, berg = people.merchant(), people.merchant("Berg", "berg@example.com")
    for shop, amount in ((lin, 1200), (berg, 98700)):
        attempt = people.attempt(people.payment(shop, Money(amount, "USD")))
        payments.apply_reports([bank.pay(attempt.public_id)])
    return lin, berg


@pytest.fixture
def lin(shops: tuple[Merchant, Merchant], client: Client) -> Client:
    client.force_login(shops[0].memberships.get().user)
    client.cookies["sleek_language"] = "en"
    return client


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-ups of all views forget whose rows they may show."""
    monkeypatch.setattr(access, "own", lambda request, rows: rows)


@pytest.mark.parametrize(
    "address", ["/payments", "/payments.csv", "/links", "/overview", "/wallet"]
)
def test_a_list_without_its_scope_shows_no_foreign_row(
    forgetful: None, lin: Client, shops: tuple[Merchant, Merchant], address: str
) -> None:
    answer = lin.get(address)
    page = answer.getvalue().decode()
    assert answer.status_code == 200
    assert "12.00" in page
    assert "987.00" not in page
    assert not [p for p in Payment.objects.filter(merchant=shops[1]) if p.public_id in page]


def test_a_page_without_its_scope_is_not_found(
    forgetful: None, lin: Client, shops: tuple[Merchant, Merchant]
) -> None:
    [own, foreign] = Payment.objects.order_by("pk")
    link = foreign.link
    assert link is not None
    assert lin.get(f"/payments/{own.public_id}").status_code == 200
    assert lin.get(f"/payments/{foreign.public_id}").status_code == 404
    assert lin.get(f"/links/{link.public_id}").status_code == 404
    assert lin.post(f"/links/{link.public_id}/pause").status_code == 404
    link.refresh_from_db()
    assert link.status == "active"


def test_without_that_lock_the_same_list_would_show_it(
    forgetful: None, lin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the tests above can fail."""
    monkeypatch.setattr(confinement, "confined", lambda merchant, person, answer: answer())
    assert "987.00" in lin.get("/payments").content.decode()


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        return str(cursor.fetchone()[0])


def test_a_file_is_read_as_a_member_until_its_last_line(lin: Client) -> None:
    answer = lin.get("/payments.csv")
    lines = iter(answer.streaming_content)  # type: ignore[attr-defined]
    assert role() == "none"
    next(lines)
    assert role() == "sleek_member"
    assert len(list(lines)) > 0
    assert role() == "none"


def test_a_reader_who_goes_away_in_the_middle_leaves_nothing_behind(
    shops: tuple[Merchant, Merchant],
) -> None:
    file = StreamingHttpResponse(iter([b"1", b"2"]))
    answer = confinement.confined(shops[0].pk, 1, lambda: file)
    assert isinstance(answer, StreamingHttpResponse)
    [closing] = answer._resource_closers  # type: ignore[attr-defined]  # called by `close`
    assert next(iter(answer)) == b"1"
    assert role() == "sleek_member"
    closing()
    assert role() == "none"


def test_a_page_put_together_after_its_view_is_read_as_a_member(
    shops: tuple[Merchant, Merchant],
) -> None:
    page = engines["django"].from_string("{% for shop in shops %}{{ shop }},{% endfor %}")
    late = SimpleTemplateResponse(page, {"shops": Merchant.objects.order_by("pk")})
    assert confinement.confined(shops[0].pk, 1, lambda: late) is late
    assert late.content == b"Lin Ceramics,"
    assert role() == "none"
