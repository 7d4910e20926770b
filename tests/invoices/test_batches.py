"""Acts on many bills: each for itself, resumed, shared, stopped, in the name of who wished it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from sleek.audit.models import Record
from sleek.core import clock
from sleek.invoices import actions as invoices
from sleek.invoices.actions import batching, sending
from sleek.invoices.actions.batching import working
from sleek.invoices.models import Batch, Invoice, Sending
from sleek.invoices.rules import MAX_BATCH, BatchKind, Condition
from sleek.merchants.models import Membership, Merchant, Role, User
from tests import billing, people
from tests.conftest import FrozenClock


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def drafts(shop: Merchant, count: int) -> list[Invoice]:
    return [billing.drafted(shop) for _ in range(count)]


def start(shop: Merchant, kind: str = "issue", **more: str) -> Batch:
    return batching.start(BatchKind(kind), Invoice.objects.all(), by=billing.owner(shop), **more)


def work() -> int:
    """All that can be done now; how many steps it took."""
    steps = 0
    while batching.work():
        steps += 1
    return steps


def counts(batch: Batch) -> tuple[int, int, int, int]:
    batch.refresh_from_db()
    return batch.done_count, batch.refused_count, batch.dropped_count, batch.left


def outcomes(batch: Batch) -> list[str]:
    return list(batch.items.order_by("pk").values_list("outcome", flat=True))


def numbers() -> list[str]:
    return list(Invoice.objects.order_by("pk").values_list("number", flat=True))


def test_each_bill_is_issued_and_one_that_is_refused_keeps_no_other(shop):
    drafts(shop, 2)
    bad = billing.drafted(shop)
    Invoice.objects.filter(pk=bad.pk).update(payer_name="")
    drafts(shop, 1)
    batch = start(shop)
    assert (numbers(), counts(batch)) == (["", "", "", ""], (0, 0, 0, 4))
    assert work() == 4
    assert numbers() == ["SK-2026-00001", "SK-2026-00002", "", "SK-2026-00003"]
    assert (counts(batch), batch.ended_at) == ((3, 1, 0, 0), clock.now())
    [refused] = batch.items.filter(outcome="refused")
    assert (refused.code, refused.flaws, refused.told) == (
        "invalid_invoice",
        ["bill_without_payer"],
        "",
    )
    assert work() == 0


def test_what_refuses_one_bill_refuses_it_here_in_the_starters_language(shop):
    drafts(shop, 1)
    anybody = Condition(author_role=Role.OWNER)
    invoices.set_review_rules(shop, [anybody], by=billing.owner(shop).user)
    batch = start(shop)
    Batch.objects.update(language="zh-hans")
    work()
    [item] = batch.items.all()
    assert (item.code, item.told) == ("not_issuable", "这张收款单须由另一人批准后才能签发。")
    assert numbers() == [""]


def test_voiding_and_sending_use_the_same_verbs(shop):
    bills = [billing.issued(shop), billing.issued(shop)]
    start(shop, "send")
    work()
    assert [each.to for each in Sending.objects.order_by("pk")] == ["ada@example.com"] * 2
    start(shop, "void", reason=" Wrong price ")
    work()
    for bill in bills:
        bill.refresh_from_db()
        assert (bill.status, bill.end_reason) == ("void", "Wrong price")


def test_a_kill_in_the_middle_loses_nothing_and_repeats_nothing(shop, monkeypatch):
    drafts(shop, 3)
    batch = start(shop)
    batching.work()
    right = working._count

    def killed(*_arguments: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(working, "_count", killed)
    with pytest.raises(KeyboardInterrupt):
        batching.work()
    assert numbers() == ["SK-2026-00001", "", ""]
    assert outcomes(batch) == ["done", "waiting", "waiting"]
    monkeypatch.setattr(working, "_count", right)
    work()
    assert numbers() == ["SK-2026-00001", "SK-2026-00002", "SK-2026-00003"]
    assert counts(batch) == (3, 0, 0, 0)


def test_a_database_that_is_away_refuses_nothing(shop, monkeypatch):
    drafts(shop, 1)
    batch = start(shop)

    def away(*_arguments: object, **_more: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(working, "issue", away)
        with pytest.raises(OperationalError):
            batching.work()
    assert outcomes(batch) == ["waiting"]
    work()
    assert outcomes(batch) == ["done"]


def test_a_fault_of_ours_is_told_and_keeps_no_other_waiting(shop, monkeypatch, caplog):
    first, _second = drafts(shop, 2)
    batch, right = start(shop), invoices.issue

    def stumbling(invoice: Invoice, *, by: Membership) -> object:
        issued = right(invoice, by=by)
        if invoice.pk == first.pk:
            raise ZeroDivisionError
        return issued

    monkeypatch.setattr(working, "issue", stumbling)
    work()
    assert list(batch.items.order_by("pk").values_list("outcome", "code")) == [
        ("refused", "stumbled"),
        ("done", ""),
    ]
    assert numbers() == ["", "SK-2026-00001"]
    assert "batches.stumbled" in caplog.text


def test_what_only_the_commit_would_refuse_is_refused(shop, monkeypatch, caplog):
    """A deferred trigger speaks at the end; it must not undo what is noted of the bill."""
    drafts(shop, 1)
    batch, right = start(shop), invoices.issue

    def halved(invoice: Invoice, *, by: Membership) -> object:
        invoice.instalments.update(amount=1)
        return right(invoice, by=by)

    monkeypatch.setattr(working, "issue", halved)
    work()
    assert [(item.outcome, item.code) for item in batch.items.all()] == [("refused", "stumbled")]


def test_a_draft_that_is_deleted_meanwhile_is_told(shop):
    [draft] = drafts(shop, 1)
    batch = start(shop)
    invoices.discard(draft, by=billing.owner(shop).user)
    work()
    assert [(item.outcome, item.code) for item in batch.items.all()] == [("refused", "gone")]
    assert batch.items.count() == 1


def test_stopped_what_is_done_stays_done_and_the_rest_is_dropped(shop):
    drafts(shop, 3)
    batch = start(shop)
    batching.work()
    batching.stop(batch, by=billing.owner(shop).user)
    batching.stop(batch, by=billing.owner(shop).user)
    work()
    assert (counts(batch), outcomes(batch)) == ((1, 0, 2, 0), ["done", "dropped", "dropped"])
    assert (batch.stop_cause, batch.stopped_by) == ("person", billing.owner(shop).user)
    assert numbers() == ["SK-2026-00001", "", ""]
    assert Record.objects.filter(action="batch.stopped").count() == 1


@pytest.mark.parametrize("loss", ["removed", "role", "inactive"])
def test_who_may_no_longer_stops_the_batch(shop, loss):
    user = User.objects.create_user("sales@example.com")
    sales = Membership.objects.create(user=user, merchant=shop, role=Role.SALES)
    drafts(shop, 2)
    batch = batching.start(BatchKind.ISSUE, Invoice.objects.all(), by=sales)
    batching.work()
    if loss == "removed":
        sales.delete()
    elif loss == "role":
        Membership.objects.filter(pk=sales.pk).update(role=Role.VIEWER)
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    work()
    assert (counts(batch), batch.stop_cause) == ((1, 0, 1, 0), "right")
    assert numbers() == ["SK-2026-00001", ""]
    record = Record.objects.get(action="batch.stopped")
    assert (record.subject, record.scope) == (batch.public_id, shop.public_id)
    assert (record.actor, record.data) == (
        "system",
        {"kind": "issue", "size": 2, "cause": "right", "starter": user.public_id},
    )


def test_again_takes_what_was_refused_or_dropped_and_no_other(shop):
    bad, good, late = drafts(shop, 3)
    Invoice.objects.filter(pk=bad.pk).update(payer_name="")
    batch = start(shop)
    with pytest.raises(batching.BatchRefused):
        batching.again(batch, by=billing.owner(shop))
    for _ in range(2):
        batching.work()
    batching.stop(batch, by=billing.owner(shop).user)
    work()
    batch.refresh_from_db()
    Invoice.objects.filter(pk=bad.pk).update(payer_name="Berg")
    other = batching.again(batch, by=billing.owner(shop))
    assert [item.bill for item in other.items.order_by("pk")] == [bad.public_id, late.public_id]
    work()
    assert (counts(other), counts(batch)) == ((2, 0, 0, 0), (1, 1, 1, 0))
    assert Invoice.objects.get(pk=good.pk).number == "SK-2026-00001"
    with pytest.raises(batching.BatchRefused):
        batching.again(other, by=billing.owner(shop))


def test_pressed_twice_no_bill_waits_twice(shop):
    billing.issued(shop)
    start(shop, "send")
    with pytest.raises(batching.BatchRefused):
        start(shop, "send")
    billing.issued(shop)
    assert start(shop, "send").size == 1
    assert start(shop, "remind").size == 2
    assert Batch.objects.count() == 3


def test_nobody_starts_with_nothing_too_many_or_others_bills(shop, monkeypatch):
    other = people.merchant("Chen Tea", "chen@example.com")
    drafts(other, 1)
    with pytest.raises(batching.BatchRefused):
        start(shop)
    assert MAX_BATCH == 5000
    monkeypatch.setattr("sleek.invoices.actions.batching.starting.MAX_BATCH", 1)
    drafts(shop, 2)
    with pytest.raises(batching.BatchRefused):
        start(shop)
    assert not Batch.objects.exists()


def test_a_small_batch_does_not_wait_behind_a_large_one(shop, frozen_clock):
    other = people.merchant("Chen Tea", "chen@example.com")
    drafts(shop, 4)
    large = start(shop)
    batching.work()
    frozen_clock.advance(seconds=1)
    drafts(other, 1)
    small = start(other)
    for _ in range(2):
        frozen_clock.advance(seconds=1)
        batching.work()
    assert (counts(small), counts(large)) == ((1, 0, 0, 0), (2, 0, 0, 2))


def test_mails_wait_for_the_merchants_hour(shop, frozen_clock):
    first = billing.issued(shop)
    sent = invoices.send(first, "ada@example.com", by=billing.owner(shop).user)
    Sending.objects.bulk_create(
        Sending(
            merchant=shop,
            invoice=first,
            paper=sent.paper,
            to=sent.to,
            language="en",
            created_at=clock.now() - timedelta(minutes=10),
        )
        for _ in range(sending.MOST_PER_MERCHANT - 2)
    )
    bills = [billing.issued(shop), billing.issued(shop)]
    rows = Invoice.objects.filter(pk__in=[bill.pk for bill in bills])
    batch = batching.start(BatchKind.SEND, rows, by=billing.owner(shop))
    work()
    assert (counts(batch), batch.resumes_at) == (
        (1, 0, 0, 1),
        clock.now() + timedelta(minutes=50),
    )
    frozen_clock.advance(minutes=49)
    assert work() == 0
    frozen_clock.advance(minutes=1)
    work()
    assert (counts(batch), batch.resumes_at) == ((2, 0, 0, 0), None)


def test_a_bill_that_went_out_too_often_is_refused_alone(shop):
    bill = billing.issued(shop)
    for _ in range(sending.MOST_PER_BILL):
        invoices.send(bill, "ada@example.com", by=billing.owner(shop).user)
    billing.issued(shop)
    batch = start(shop, "send")
    work()
    assert counts(batch) == (1, 1, 0, 0)
    assert batch.items.get(outcome="refused").code == "too_many_sendings"


def test_two_workers_share_the_bills(committed_db):
    shop = people.merchant()
    drafts(shop, 6)
    batch = start(shop)
    together = Barrier(2)

    def worker() -> int:
        try:
            together.wait(30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        steps = [each.result(60) for each in (pool.submit(worker), pool.submit(worker))]
    assert sum(steps) == 6
    assert sorted(numbers()) == [f"SK-2026-{each:05}" for each in range(1, 7)]
    assert counts(batch) == (6, 0, 0, 0)


def test_what_is_in_another_workers_hands_is_not_dropped(committed_db):
    shop = people.merchant()
    drafts(shop, 2)
    batch = start(shop)
    first = batch.items.order_by("pk")[0]

    def stopped_meanwhile() -> None:
        try:
            batching.stop(batch, by=billing.owner(shop).user)
            work()
        finally:
            connection.close()

    with transaction.atomic():
        batch.items.select_for_update().get(pk=first.pk)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(stopped_meanwhile).result(60)
        assert outcomes(batch) == ["waiting", "dropped"]
        batch.refresh_from_db()
        assert batch.ended_at is None
    work()
    assert outcomes(batch) == ["dropped", "dropped"]
    assert counts(batch) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"done_count": 3},
        {"done_count": 2},
        {"ended_at": "2026-03-02T09:00Z"},
        {"dropped_count": 1},
        {"stop_cause": "person"},
        {"kind": "void"},
        {"reason": "Why"},
    ],
)
def test_the_database_refuses_counts_that_are_none(shop, wrong):
    drafts(shop, 2)
    start(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.update(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"outcome": "done"}, {"outcome": "refused", "ended_at": clock.now()}, {"told": "x"}]
)
def test_the_database_refuses_outcomes_that_are_none(shop, wrong):
    drafts(shop, 1)
    batch = start(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.items.update(**wrong)
