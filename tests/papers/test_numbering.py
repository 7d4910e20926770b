"""Numbers have no hole and no double, whoever takes them at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from sleek.audit.models import Record
from sleek.merchants.models import Merchant, User
from sleek.papers import actions as papers
from sleek.papers import rules
from sleek.papers.actions import NumberTaken, PatternRefused
from sleek.papers.models import Counter, Number, Series
from sleek.papers.rules import Kind, PatternFlaw
from tests import people

NEW_YEARS_EVE = date(2025, 12, 31)
NEW_YEAR = date(2026, 1, 1)
THREADS = 8
TAKEN = 200


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> User:
    return shop.memberships.get().user


def take(series: Series, subject: str, on: date = NEW_YEAR) -> str:
    with transaction.atomic():
        return papers.take_number(series, subject, on=on).text


@pytest.mark.parametrize(
    ("pattern", "place", "text", "period"),
    [
        ("SK-{year}-{seq:5}", 42, "SK-2026-00042", "2026"),
        ("{yy}{month}/{seq:3}", 7, "2601/007", "2026-01"),
        ("收款{year}.{month}.{seq}", 12, "收款2026.01.12", "2026-01"),
        ("INV {seq:4}", 9, "INV 0009", ""),
        ("{seq:2}", 12345, "12345", ""),
        ("{year}{year}-{seq}", 1, "20262026-1", "2026"),
    ],
)
def test_a_pattern_says_what_numbers_read_like(pattern, place, text, period):
    assert rules.flaws(pattern) == []
    assert rules.text(pattern, NEW_YEAR, place) == text
    assert rules.period(pattern, NEW_YEAR) == period


@pytest.mark.parametrize(
    ("pattern", "flaws"),
    [
        ("", [PatternFlaw.NO_SEQUENCE]),
        ("SK-{year}", [PatternFlaw.NO_SEQUENCE]),
        ("{seq}{seq}", [PatternFlaw.NO_SEQUENCE]),
        ("{month}-{seq}", [PatternFlaw.MONTH_WITHOUT_YEAR]),
        ("{seq:0}", [PatternFlaw.NO_SEQUENCE, PatternFlaw.STRANGE_LETTERS]),
        ("{year:3}{seq}", [PatternFlaw.STRANGE_LETTERS]),
        ("{week}{seq}", [PatternFlaw.STRANGE_LETTERS]),
        ("=1+{seq}", [PatternFlaw.STRANGE_LETTERS]),
        ("a\n{seq}", [PatternFlaw.STRANGE_LETTERS]),
        ("<b>{seq}", [PatternFlaw.STRANGE_LETTERS]),
        ("x" * 36 + "{seq}", [PatternFlaw.TOO_LONG]),
    ],
)
def test_what_is_no_pattern_says_why(pattern, flaws):
    assert rules.flaws(pattern) == flaws


def test_a_new_series_is_the_default_of_its_kind(shop, lin):
    first = papers.series_for(shop, Kind.BILL)
    second = papers.open_series(shop, Kind.BILL, " B{year}-{seq} ", by=lin)

    first.refresh_from_db()
    assert (first.pattern, first.is_default) == ("SK-{year}-{seq:5}", False)
    assert (second.pattern, second.is_default) == ("B{year}-{seq}", True)
    assert papers.series_for(shop, Kind.BILL) == second
    assert papers.series_for(shop, Kind.RECEIPT).pattern == "SJ-{year}-{seq:5}"
    assert Record.objects.get(action="series.opened").subject == second.public_id


def test_a_pattern_is_used_once(shop, lin):
    papers.series_for(shop, Kind.BILL)

    with pytest.raises(PatternRefused, match="already"):
        papers.open_series(shop, Kind.BILL, "SK-{year}-{seq:5}", by=lin)
    with pytest.raises(PatternRefused) as refused:
        papers.open_series(shop, Kind.BILL, "{month}", by=lin)
    assert refused.value.flaws == [PatternFlaw.NO_SEQUENCE, PatternFlaw.MONTH_WITHOUT_YEAR]
    assert Series.objects.count() == 1


def test_the_default_is_not_put_away(shop, lin):
    first = papers.series_for(shop, Kind.BILL)
    assert papers.archive_series(first, by=lin).archived_at is None

    papers.open_series(shop, Kind.BILL, "{seq}", by=lin)
    assert papers.archive_series(first, by=lin).archived_at is not None
    assert Record.objects.filter(action="series.archived").count() == 1


def test_each_year_begins_with_one(shop):
    series = papers.series_for(shop, Kind.BILL)
    days = [NEW_YEARS_EVE, NEW_YEAR, NEW_YEARS_EVE, NEW_YEAR]

    assert [take(series, f"inv_{n}", on) for n, on in enumerate(days)] == [
        "SK-2025-00001",
        "SK-2026-00001",
        "SK-2025-00002",
        "SK-2026-00002",
    ]


def test_one_subject_bears_one_number(shop):
    series = papers.series_for(shop, Kind.BILL)
    take(series, "inv_1")

    with pytest.raises(DatabaseError, match="subject"), transaction.atomic():
        papers.take_number(series, "inv_1", on=NEW_YEAR)
    assert Counter.objects.get().last == 1


def test_two_series_never_give_out_the_same_number(shop, lin):
    take(papers.series_for(shop, Kind.BILL), "inv_1")
    other = papers.open_series(shop, Kind.BILL, "SK-{year}-0000{seq}", by=lin)

    with pytest.raises(NumberTaken, match="SK-2026-00001 is in use"), transaction.atomic():
        papers.take_number(other, "inv_2", on=NEW_YEAR)
    assert [number.text for number in Number.objects.all()] == ["SK-2026-00001"]
    assert not Counter.objects.filter(series=other).exists()


def test_two_merchants_count_apart(shop):
    other = people.merchant("Other", "other@example.com")

    assert take(papers.series_for(shop, Kind.BILL), "inv_1") == "SK-2026-00001"
    assert take(papers.series_for(other, Kind.BILL), "inv_2") == "SK-2026-00001"


def test_who_takes_one_and_gives_up_leaves_no_hole(shop):
    series = papers.series_for(shop, Kind.BILL)

    class GaveUp(Exception):
        pass

    def give_up() -> None:
        with transaction.atomic():
            papers.take_number(series, "inv_1", on=NEW_YEAR)
            raise GaveUp

    with pytest.raises(GaveUp):
        give_up()
    assert take(series, "inv_2") == "SK-2026-00001"


@pytest.mark.parametrize("seed", range(2))
def test_two_hundred_at_once_across_new_year(committed_db, chance, seed):
    """Midnight is the merchant's own; every fifth gives up after it has its number."""
    shop = people.merchant()
    series = papers.series_for(shop, Kind.BILL)
    midnight = datetime(2025, 12, 31, 16, tzinfo=UTC)
    moments = [midnight + timedelta(seconds=chance.randrange(-60, 60)) for _ in range(TAKEN)]
    days = [moment.astimezone(shop.zone).date() for moment in moments]

    def work(number: int) -> str:
        try:
            with transaction.atomic():
                text = papers.take_number(series, f"inv_{number}", on=days[number]).text
                if number % 5 == 0:
                    transaction.set_rollback(True)
                    return ""
                return text
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        taken = [text for text in pool.map(work, range(TAKEN)) if text]

    kept = [day for number, day in enumerate(days) if number % 5]
    wanted = [
        f"SK-{year}-{place:05}"
        for year in (2025, 2026)
        for place in range(1, sum(day.year == year for day in kept) + 1)
    ]
    assert sorted(taken) == wanted
    assert sorted(number.text for number in Number.objects.all()) == wanted
    assert {day.year for day in kept} == {2025, 2026}


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits would be in the way
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("UPDATE papers_number SET text = 'X'", "update refused"),
        ("DELETE FROM papers_number", "delete refused"),
        ("TRUNCATE papers_number CASCADE", "truncate refused"),
        (
            "INSERT INTO papers_number (merchant_id, series_id, period, place, text, kind, subject,"
            " taken_at) SELECT merchant_id, series_id, period, place + 2, 'X', kind, 'x', taken_at"
            " FROM papers_number",
            "would leave a hole",
        ),
        (
            "INSERT INTO papers_number (merchant_id, series_id, period, place, text, kind, subject,"
            " taken_at) SELECT merchant_id, series_id, period, place, 'X', kind, 'x', taken_at"
            " FROM papers_number",
            "number_is_given_out_once",
        ),
    ],
)
def test_the_database_itself_refuses_to_bend_the_numbers(shop, sql, refusal):
    take(papers.series_for(shop, Kind.BILL), "inv_1")

    with pytest.raises(DatabaseError, match=refusal):
        run(sql)
    assert [number.text for number in Number.objects.all()] == ["SK-2026-00001"]
