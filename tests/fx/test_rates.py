"""The snapshot shipped, quotes, and learning a new day."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from sleek.core import clock
from sleek.core.money import MAX_MINOR, Money
from sleek.fx import actions as fx
from sleek.fx import queries, tasks
from sleek.fx.models import Rate
from sleek.fx.queries import Quote
from sleek.fx.rules import Day
from tests.fx.conftest import SHEET

SHIPPED = date(2026, 10, 30)
MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def on_that_monday(db: None) -> Iterator[None]:
    with clock.frozen(datetime(2026, 11, 2, 16, 20, tzinfo=UTC)):
        yield


def converted(amount: Money, currency: str) -> Quote:
    quote = queries.convert(amount, currency)
    assert quote
    return quote


def learn(on: date, **per_euro: str) -> list[str]:
    rates = {currency: Decimal(rate) for currency, rate in per_euro.items()}
    believed = fx.learn(Day(on, rates, "ECB"))
    queries.forget()
    return believed


def test_the_snapshot_shipped_says_its_day() -> None:
    quote = converted(Money(10000, "USD"), "CNY")
    assert quote == Quote(Money(66529, "CNY"), Decimal("6.6528822"), SHIPPED, "ECB")


def test_the_euro_is_a_currency_like_any_other() -> None:
    assert converted(Money(11172, "USD"), "EUR").amount == Money(10000, "EUR")
    assert converted(Money(10000, "EUR"), "JPY").amount == Money(17568, "JPY")


def test_an_amount_in_its_own_currency_stays_what_it_is() -> None:
    quote = converted(Money(12345, "USD"), "USD")
    assert (quote.amount, quote.rate) == (Money(12345, "USD"), Decimal(1))


def test_no_rate_no_quote() -> None:
    assert queries.convert(Money(100, "USD"), "XPF") is None
    assert queries.convert(Money(100, "XPF"), "USD") is None
    assert queries.convert(Money(MAX_MINOR, "EUR"), "IDR") is None


def test_what_can_be_converted() -> None:
    known = queries.currencies()
    assert {"CNY", "EUR", "GBP", "HKD", "JPY", "USD"} < set(known)
    assert known == sorted(known)


def test_a_new_day_is_quoted_with_its_date() -> None:
    assert learn(MONDAY, USD="1.1200", CNY="7.4500") == ["USD", "CNY"]
    quote = converted(Money(10000, "USD"), "CNY")
    assert (quote.amount, quote.on) == (Money(66518, "CNY"), MONDAY)


def test_a_quote_is_dated_by_the_older_of_its_rates() -> None:
    learn(MONDAY, USD="1.1200")
    assert converted(Money(100, "USD"), "CNY").on == SHIPPED


def test_a_currency_that_ended_is_no_longer_quoted() -> None:
    with clock.frozen(datetime(2026, 12, 31, tzinfo=UTC)):
        learn(date(2026, 12, 30), USD="1.1200")
        assert queries.currencies() == ["EUR", "USD"]


def test_a_day_known_already_stays_as_it_was() -> None:
    learn(MONDAY, USD="1.1200")
    learn(MONDAY, USD="1.1300")
    assert Rate.objects.get(currency="USD", on=MONDAY).per_euro == Decimal("1.12")


def test_a_jump_is_refused_and_logged_and_the_rest_is_learned(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert learn(MONDAY, USD="1.3500", CNY="7.4500") == ["CNY"]
    (record,) = caplog.records
    assert (record.message, record.currency) == ("fx.jump_refused", "USD")  # type: ignore[attr-defined]
    quote = converted(Money(10000, "USD"), "CNY")
    assert quote.on == SHIPPED
    assert Rate.objects.filter(on=MONDAY).count() == 1


def test_a_day_that_has_not_come_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    assert learn(MONDAY + timedelta(days=1), USD="1.1200") == []
    assert caplog.messages == ["fx.day_in_the_future"]


def test_the_database_refuses_a_rate_of_nothing() -> None:
    with pytest.raises(IntegrityError, match="rate_is_positive"), transaction.atomic():
        Rate.objects.create(on=MONDAY, currency="USD", per_euro=0)


def test_rates_are_kept_in_the_process_for_a_minute(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    seconds = 1000.0
    monkeypatch.setattr(clock, "monotonic", lambda: seconds)
    before = queries.latest()
    Rate.objects.create(on=MONDAY, currency="USD", per_euro=Decimal("1.12"))
    assert queries.latest() is before
    seconds += 61
    assert queries.latest()["USD"].on == MONDAY

    with django_capture_on_commit_callbacks(execute=True):
        fx.learn(Day(MONDAY, {"CNY": Decimal("7.45")}, "ECB"))
    assert queries.latest()["CNY"].on == MONDAY


class Source(HTTPServer):
    """A central bank on loopback."""

    status, body = 200, SHEET


class _Answer(BaseHTTPRequestHandler):
    server: Source

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def source(settings: LazySettings) -> Iterator[Source]:
    with Source(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.FX_SOURCE_URL = f"http://127.0.0.1:{server.server_port}/daily.xml"
        yield server
        server.shutdown()
        thread.join()


def test_the_daily_refresh_learns_the_sheet(source: Source) -> None:
    tasks.refresh(timestamp=0)
    assert Rate.objects.filter(on=MONDAY).count() == 3
    assert converted(Money(100, "USD"), "JPY").on == MONDAY


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, SHEET),
        (302, b""),
        (200, b"<html>maintenance</html>"),
        (200, SHEET + b" " * tasks.MAX_SHEET_BYTES),
    ],
)
def test_a_source_in_trouble_changes_nothing(
    source: Source, caplog: pytest.LogCaptureFixture, status: int, body: bytes
) -> None:
    source.status, source.body = status, body
    tasks.refresh(timestamp=0)
    assert "fx.source_unavailable" in caplog.messages
    assert not Rate.objects.filter(on=MONDAY).exists()


def test_a_source_that_does_not_answer_changes_nothing(
    source: Source, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.FX_SOURCE_URL = "http://127.0.0.1:1/"
    tasks.refresh(timestamp=0)
    assert "fx.source_unavailable" in caplog.messages
    assert converted(Money(100, "USD"), "CNY").on == SHIPPED
