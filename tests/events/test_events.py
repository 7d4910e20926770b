"""Events reach each consumer in order and without gaps, whatever commits when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from sleek.events import actions as events
from sleek.events import queries
from sleek.events.actions import CHANNEL, Fact
from sleek.events.models import Cursor, Event
from tests.conftest import FrozenClock
from tests.events.reading import consume
from tests.ledger.journal import at_once

RECORD = """
    INSERT INTO events_event (public_id, kind, subject, data, created_at)
    VALUES ('evt_' || %s, 'link.made', %s, '{}', now())
"""


class Reader:
    """A consumer that remembers what it was handed."""

    def __init__(self, name: str = "reader") -> None:
        self.name = name
        self.batches: list[list[str]] = []

    def handle(self, batch: Sequence[Event]) -> None:
        self.batches.append([event.subject for event in batch])

    def read(self, limit: int = events.BATCH) -> list[str]:
        return self.batches.pop() if consume(self.name, self.handle, limit=limit) else []

    def glance(self) -> list[str]:
        """What is shown at this moment."""
        return self.batches.pop() if events.consume(self.name, self.handle) else []


def happened(*subjects: str) -> None:
    events.record([Fact("link.made", subject, 7, {"by": "林"}) for subject in subjects])


@pytest.fixture
def other(committed_db: str) -> Iterator[psycopg.Connection]:
    """Another session, which begins a transaction with its first statement."""
    with psycopg.connect(committed_db) as session:
        yield session


def test_an_event_keeps_what_happened(db: None, frozen_clock: FrozenClock) -> None:
    happened("lnk_1")
    event = Event.objects.get()
    assert event.public_id.startswith("evt_")
    assert (event.kind, event.subject, event.merchant_id) == ("link.made", "lnk_1", 7)
    assert event.data == {"by": "林"}
    assert event.created_at == frozen_clock.now
    assert event.transaction_id > 0


def test_only_who_has_something_to_read_is_behind(committed_db: str) -> None:
    assert queries.behind(["reader", "late"]) == set()
    happened("lnk_1")
    assert queries.behind(["reader", "late"]) == {"reader", "late"}
    assert Reader().read() == ["lnk_1"]
    assert queries.behind(["reader", "late"]) == {"late"}
    happened("lnk_2")
    assert queries.behind(["reader", "late"]) == {"reader", "late"}


def test_nothing_happened(db: None) -> None:
    events.record([])
    assert not Event.objects.exists()


def test_an_act_that_fails_leaves_no_event(committed_db: str) -> None:
    with transaction.atomic():
        happened("lnk_1")
        transaction.set_rollback(True)
    assert Reader().read() == []


def test_a_consumer_reads_everything_once_in_order(committed_db: str) -> None:
    happened("lnk_1", "lnk_2")
    happened("lnk_3")
    reader = Reader()
    assert reader.read(limit=2) == ["lnk_1", "lnk_2"]
    assert reader.read(limit=2) == ["lnk_3"]
    assert reader.read() == []
    happened("lnk_4")
    assert reader.read() == ["lnk_4"]


def test_every_consumer_has_its_own_place(committed_db: str) -> None:
    happened("lnk_1")
    first, second = Reader("first"), Reader("second")
    assert first.read() == ["lnk_1"]
    happened("lnk_2")
    assert second.read() == ["lnk_1", "lnk_2"]
    assert first.read() == ["lnk_2"]


def test_an_older_transaction_still_running_hides_what_came_after_it(
    other: psycopg.Connection,
) -> None:
    """Else its event, committed later with an earlier place, would be passed over for ever."""
    reader = Reader()
    other.execute(RECORD, ["older", "older"])
    happened("newer")
    assert reader.glance() == []
    other.commit()
    assert reader.read() == ["older", "newer"]
    assert reader.read() == []


def test_a_transaction_that_wrote_before_but_records_last_still_comes_first(
    other: psycopg.Connection,
) -> None:
    """Its event has the higher id: order is by transaction, so the cursor never steps back."""
    reader = Reader()
    other.execute("SELECT pg_current_xact_id()")
    happened("newer")
    other.execute(RECORD, ["older", "older"])
    other.commit()
    assert Event.objects.get(subject="older").pk > Event.objects.get(subject="newer").pk
    assert reader.read() == ["older", "newer"]
    assert reader.read() == []


def test_a_younger_transaction_still_running_hides_nothing_older(
    other: psycopg.Connection,
) -> None:
    reader = Reader()
    happened("older")
    other.execute(RECORD, ["younger", "younger"])
    assert reader.read() == ["older"]
    other.rollback()
    happened("last")
    assert reader.read() == ["last"]


def test_a_transaction_in_another_database_hides_nothing(committed_db: str) -> None:
    with psycopg.connect(committed_db, dbname="postgres") as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        happened("lnk_1")
        assert Reader().read() == ["lnk_1"]


def test_one_transaction_is_read_in_parts_and_in_order(committed_db: str) -> None:
    happened(*(f"lnk_{n}" for n in range(5)))
    reader = Reader()
    assert [reader.read(limit=2) for _ in range(4)] == [
        ["lnk_0", "lnk_1"],
        ["lnk_2", "lnk_3"],
        ["lnk_4"],
        [],
    ]


def test_a_consumer_may_start_again_from_the_first_event(committed_db: str) -> None:
    happened("lnk_1")
    happened("lnk_2")
    reader, bystander = Reader(), Reader("bystander")
    assert reader.read() == bystander.read() == ["lnk_1", "lnk_2"]
    events.rewind("reader")
    assert reader.read() == ["lnk_1", "lnk_2"]
    assert bystander.read() == []


def test_a_failing_consumer_moves_nothing(committed_db: str) -> None:
    happened("lnk_1")
    reader = Reader()

    def fail(batch: Sequence[Event]) -> None:
        happened("half done")
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            events.consume("reader", fail)
    assert list(Event.objects.values_list("subject", flat=True)) == ["lnk_1"]
    assert not Cursor.objects.exists()
    assert reader.read() == ["lnk_1"]


def test_threads_of_one_consumer_share_the_work_without_overlap(committed_db: str) -> None:
    for number in range(40):
        happened(f"lnk_{number:02}")
    readers = [Reader("shared") for _ in range(4)]

    def read_all(reader: Reader) -> None:
        while consume("shared", reader.handle, limit=3):
            pass

    assert at_once([partial(read_all, reader) for reader in readers]) == [None] * 4
    seen = [subject for reader in readers for batch in reader.batches for subject in batch]
    assert sorted(seen) == [f"lnk_{number:02}" for number in range(40)]


def test_a_commit_wakes_the_worker(committed_db: str) -> None:
    with psycopg.connect(committed_db, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with transaction.atomic():
            happened("lnk_1", "lnk_2")
            assert list(listener.notifies(timeout=0.2)) == []
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events_event SET kind = 'link.closed'",
        "DELETE FROM events_event",
        "TRUNCATE events_event",
        "TRUNCATE events_event CASCADE",
    ],
)
def test_change_deletion_and_truncation_are_refused(db: None, statement: str) -> None:
    happened("lnk_1")
    refused = pytest.raises(IntegrityError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().kind == "link.made"


def test_a_consumer_of_some_kinds_passes_over_the_others(committed_db: str) -> None:
    events.record([Fact("dull", str(number), None) for number in range(5)])
    events.record([Fact("news", "x", None)])
    seen: list[Event] = []
    assert consume("picky", seen.extend, kinds={"news"}, limit=4) == 4
    assert seen == []
    assert consume("picky", seen.extend, kinds={"news"}, limit=4) == 2
    assert [event.subject for event in seen] == ["x"]
    assert consume("picky", seen.extend, kinds={"news"}) == 0
