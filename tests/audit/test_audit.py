"""The audit log is one chain per scope; what breaks it is refused, and found when it happened
anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from sleek.audit import actions as audit
from sleek.audit import queries
from sleek.audit.models import Chain, Record
from sleek.audit.queries import Flaw
from tests.ledger.journal import at_once
from tests.tampering import past_all_triggers


@pytest.fixture
def tampering(committed_db: str) -> Iterator[psycopg.Connection]:
    """A superuser's connection on which no trigger fires, over a log of four records and one of
    another scope.
    """
    for number in range(1, 5):
        audit.record(
            "link.made", f"lnk_{number}", actor="usr_1", address="10.0.0.7", data={"n": number}
        )
    audit.record("merchant.renamed", "mer_1", scope="mer_1")
    assert queries.verify() == []
    with past_all_triggers(committed_db) as superuser:
        yield superuser


def test_records_follow_each_other(db: None) -> None:
    first = audit.record("link.made", "lnk_1")
    second = audit.record("link.closed", "lnk_1", data={"why": "过期", "left": 3})
    assert (first.sequence, first.previous_hash) == (1, "")
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    assert queries.verify() == []


def test_a_record_falls_with_the_act_that_fails(db: None) -> None:
    audit.record("link.made", "lnk_1")
    with transaction.atomic():
        audit.record("link.made", "lnk_2")
        transaction.set_rollback(True)
    assert Record.objects.count() == 1
    assert queries.verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET actor = 'usr_2'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
        "DELETE FROM audit_chain",
        "TRUNCATE audit_chain CASCADE",
    ],
)
def test_change_deletion_and_truncation_are_refused(db: None, statement: str) -> None:
    audit.record("link.made", "lnk_1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _execute(statement)
    assert queries.verify() == []


@pytest.mark.parametrize(
    ("copy", "constraint"),
    [
        ("sequence, previous_hash || 'x'", "audit_sequence_is_gapless"),
        ("sequence + 1, previous_hash", "audit_chain_has_no_fork"),
    ],
)
def test_a_fork_is_refused(db: None, copy: str, constraint: str) -> None:
    audit.record("link.made", "lnk_1")
    statement = f"""
        INSERT INTO audit_record (scope, actor, action, subject, data, created_at, hash,
                                  sequence, previous_hash)
        SELECT scope, 'usr_2', action, subject, data, created_at, hash, {copy} FROM audit_record
    """
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        _execute(statement)
    assert Record.objects.count() == 1


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'usr_2'",
        "action = 'link.closed'",
        "subject = 'lnk_9'",
        "data = '{\"n\": 4}'",
        "address = NULL",
        "created_at = created_at + interval '1 microsecond'",
    ],
)
def test_altered_content_is_found(tampering: psycopg.Connection, change: str) -> None:
    tampering.execute(f"UPDATE audit_record SET {change} WHERE sequence = 3")
    assert queries.verify() == [Flaw("operator", 3, "its content was altered")]


def test_content_altered_with_its_hash_is_found(tampering: psycopg.Connection) -> None:
    record = Record.objects.get(scope="operator", sequence=3)
    record.actor = "usr_2"
    tampering.execute(
        "UPDATE audit_record SET actor = 'usr_2', hash = %s WHERE id = %s",
        [audit.digest(record), record.pk],
    )
    assert queries.verify() == [Flaw("operator", 4, "it does not follow its predecessor")]


def test_a_deleted_record_is_found(tampering: psycopg.Connection) -> None:
    tampering.execute("DELETE FROM audit_record WHERE scope = 'operator' AND sequence = 2")
    assert queries.verify() == [Flaw("operator", 2, "the record is missing")]


def test_a_removed_tail_is_found(tampering: psycopg.Connection) -> None:
    tampering.execute("DELETE FROM audit_record WHERE scope = 'operator' AND sequence >= 3")
    assert queries.verify() == [Flaw("operator", 3, "records at the end are missing")]


def test_a_record_appended_past_the_head_is_found(tampering: psycopg.Connection) -> None:
    tampering.execute("UPDATE audit_chain SET sequence = 3 WHERE scope = 'operator'")
    assert queries.verify() == [Flaw("operator", 4, "it is beyond its chain's head")]


def test_an_altered_head_is_found(tampering: psycopg.Connection) -> None:
    tampering.execute("UPDATE audit_chain SET hash = 'x' WHERE scope = 'operator'")
    assert queries.verify() == [Flaw("operator", 5, "records at the end are missing")]


def test_a_removed_chain_is_found(tampering: psycopg.Connection) -> None:
    tampering.execute("DELETE FROM audit_chain WHERE scope = 'mer_1'")
    assert queries.verify() == [Flaw("mer_1", 1, "its chain's head is missing")]


def test_one_scopes_flaw_does_not_hide_anothers(tampering: psycopg.Connection) -> None:
    tampering.execute("UPDATE audit_record SET actor = 'usr_9' WHERE sequence IN (1, 3)")
    assert queries.verify() == [
        Flaw("mer_1", 1, "its content was altered"),
        Flaw("operator", 1, "its content was altered"),
    ]


def test_threads_append_to_one_chain(committed_db: str) -> None:
    outcomes = at_once([partial(_append, number) for number in range(8)])
    assert outcomes == [None] * 8
    numbers = Record.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == [*range(1, 81)]
    assert Chain.objects.get().sequence == 80
    assert queries.verify() == []


def _append(number: int) -> None:
    for count in range(10):
        audit.record("link.made", f"lnk_{number}_{count}")
