"""Lines of the bank's statement: imported once, linked only beyond doubt, or by a person."""

from __future__ import annotations

import threading

import pytest
from django.db import connection as database

from sleek.audit.models import Record
from sleek.channels.banktransfer import references
from sleek.channels.models import Connection
from sleek.core.money import Money
from sleek.events.models import Event
from sleek.ledger.queries import verify
from sleek.merchants.models import Membership, Merchant
from sleek.payments import actions as payments
from sleek.payments.actions import Answers
from sleek.payments.models import Attempt
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation import awaited
from sleek.reconciliation.models import BankFile, BankLine
from sleek.reconciliation.rules.bankfiles import Columns, Unreadable
from sleek.reconciliation.rules.lines import Row
from tests import banks, people
from tests.conftest import FrozenClock
from tests.fakes.channel import Bank

FIFTY = Money(5000, "USD")


@pytest.fixture
def account(db: None, bank: Bank, frozen_clock: FrozenClock) -> Connection:
    return banks.account(people.merchant())


@pytest.fixture
def owner(account: Connection) -> Membership:
    assert account.merchant
    return account.merchant.memberships.get()


@pytest.fixture
def attempt(account: Connection, owner: Membership) -> Attempt:
    return banks.transfer(people.payment(owner.merchant, FIFTY), account)


def told(attempt: Attempt) -> str:
    return f"INV 7 {references.shown(attempt.reference).lower()}"


def again(line: BankLine) -> BankLine:
    return BankLine.objects.get(pk=line.pk)


def seen(line: BankLine, attempt: Attempt) -> str:
    return reconciliation.token(banks.again(attempt), awaited.match_of(line, attempt))


def csv(*rows: str) -> bytes:
    return "\n".join(["Date,Amount,Payer,Description,Transaction ID", *rows]).encode()


def imported(owner: Membership, account: Connection, content: bytes) -> BankFile:
    file = reconciliation.keep_file(owner, account, "march.csv", content)
    return reconciliation.import_file(file, owner)


# Importing


def test_importing_a_file_twice_adds_nothing(owner: Membership, account: Connection) -> None:
    content = csv("2026-03-02,50.00,Anna,x,T1", "2026-03-02,50.00,Anna,x,T2")
    assert imported(owner, account, content).line_count == 2
    assert imported(owner, account, content).line_count == 0
    assert BankLine.objects.count() == 2
    assert Record.objects.filter(action="bank_file.imported").count() == 2


def test_what_was_imported_is_not_kept_and_imports_no_more(
    owner: Membership, account: Connection
) -> None:
    file = imported(owner, account, csv("2026-03-02,50.00,Anna,x,T1"))
    assert bytes(file.content) == b""
    with pytest.raises(reconciliation.NotImportable):
        reconciliation.import_file(file, owner)


def test_a_new_upload_takes_the_place_of_one_that_was_never_imported(
    owner: Membership, account: Connection
) -> None:
    content = csv("2026-03-02,50.00,Anna,x,T1")
    first = reconciliation.keep_file(owner, account, "a.csv", content)
    second = reconciliation.keep_file(owner, account, "b.csv", content)
    assert [file.pk for file in BankFile.objects.all()] == [second.pk]
    assert first.pk != second.pk


def test_what_cannot_be_read_is_not_kept(owner: Membership, account: Connection) -> None:
    with pytest.raises(Unreadable):
        reconciliation.keep_file(owner, account, "x.csv", b"nothing")
    assert BankFile.objects.count() == 0
    file = reconciliation.keep_file(owner, account, "x.xml", b"<!DOCTYPE x><y>")
    with pytest.raises(reconciliation.NotImportable):
        reconciliation.import_file(file, owner)
    assert BankLine.objects.count() == 0


def test_columns_that_a_person_named_are_remembered(owner: Membership, account: Connection) -> None:
    content = b"When,What,Sum\n2026-03-02,x,50.00\n"
    file = reconciliation.keep_file(owner, account, "a.csv", content)
    columns = Columns(booked_on="When", amount="Sum", text=("What",))
    reconciliation.import_file(reconciliation.set_columns(file, columns), owner)
    later = reconciliation.keep_file(owner, account, "b.csv", content.replace(b"02,x", b"03,y"))
    assert Columns.unpack(later.columns) == columns
    assert len(reconciliation.look_into(later).fresh) == 1


def test_a_line_that_is_typed_in_twice_is_one(owner: Membership, account: Connection) -> None:
    row = Row(1, banks.MONDAY, FIFTY, payer_name="Anna", text="SK")
    for _ in range(2):
        reconciliation.enter_line(owner, account, row, public_id="bkl_1")
    line = BankLine.objects.get()
    assert (line.public_id, line.money, line.payer_name) == ("bkl_1", FIFTY, "Anna")
    assert Record.objects.filter(action="bank_line.entered").count() == 1


# Linking


def test_a_line_that_names_its_transfer_is_linked_and_pays(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    line = banks.line(account, FIFTY, told(attempt), payer_name="Anna", reference="B7")
    assert reconciliation.match_by_itself() == 1
    line = again(line)
    assert (line.status, line.attempt_id, line.matched_by) == ("matched", attempt.pk, None)
    assert line.clues == ["reference", "amount", "in_time"]
    paid = banks.again(attempt)
    assert (paid.payment.status, paid.payer) == ("succeeded", "Anna")
    assert banks.books(owner.merchant) == {"available": 5000, "bank": -5000}
    assert verify() == []


def test_two_parts_make_one_payment(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    for minor in (2000, 3000):
        banks.line(account, Money(minor, "USD"), told(attempt))
    assert reconciliation.match_by_itself() == 2
    assert banks.again(attempt).payment.status == "succeeded"
    assert BankLine.objects.values("attempt").distinct().count() == 2
    assert banks.books(owner.merchant) == {"available": 5000, "bank": -5000}


def test_a_line_that_names_nothing_stays_open(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    line = banks.line(account, FIFTY, "thank you")
    assert reconciliation.match_by_itself() == 0
    assert (again(line).status, again(line).attempt) == ("open", None)
    assert banks.books(owner.merchant) == {}
    assert reconciliation.match_by_itself() == 0


def test_the_same_sum_again_waits_for_a_person(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    banks.line(account, FIFTY, told(attempt))
    reconciliation.match_by_itself()
    twin = banks.line(account, FIFTY, told(attempt))
    assert reconciliation.match_by_itself() == 0
    assert awaited.match_of(twin, attempt).doubts == ("twin",)
    assert people.held(owner.merchant, "available") == 5000


def test_two_of_one_import_are_no_exception(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    for _ in range(2):
        banks.line(account, FIFTY, told(attempt))
    assert reconciliation.match_by_itself() == 1
    assert people.held(owner.merchant, "bank") == -5000


def test_another_merchants_reference_leads_nowhere(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    other = banks.account(people.merchant("Anna Tea", "anna@example.com"))
    line = banks.line(other, FIFTY, told(attempt))
    assert reconciliation.match_by_itself() == 0
    assert awaited.suggestions(line) == []
    assert banks.again(attempt).payment.status == "processing"


def test_an_account_number_of_ones_own_says_who_paid(owner: Membership) -> None:
    account = banks.account(owner.merchant, virtual_accounts="6229080123########")
    attempt = banks.transfer(people.payment(owner.merchant, FIFTY), account)
    banks.line(account, FIFTY, "no words", account=attempt.next_data["virtual"])
    assert reconciliation.match_by_itself() == 1
    assert banks.again(attempt).payment.status == "succeeded"


# A person's decision


def test_a_name_and_the_sum_are_suggested_and_a_person_confirms(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    payments.note_payer(attempt.payment, Answers(name="Müller Keramik GmbH"))
    line = banks.line(account, FIFTY, "no reference", payer_name="MUELLER KERAMIK")
    [(found, match)] = awaited.suggestions(line)
    assert (found.pk, match.clues) == (attempt.pk, ("amount", "name", "in_time"))
    assert reconciliation.match_by_itself() == 0
    line = reconciliation.match_line(line, attempt, seen=seen(line, attempt), by=owner.user)
    assert (line.matched_by, banks.again(attempt).payment.status) == (owner.user, "succeeded")
    assert Record.objects.filter(action="bank_line.matched").count() == 1


def test_what_changed_since_it_was_shown_is_not_confirmed(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    line = banks.line(account, FIFTY, "no reference")
    shown = seen(line, attempt)
    banks.line(account, FIFTY, told(attempt))
    reconciliation.match_by_itself()
    with pytest.raises(reconciliation.NotMatchable):
        reconciliation.match_line(line, attempt, seen=shown, by=owner.user)
    assert again(line).status == "open"
    assert people.held(owner.merchant, "available") == 5000


def test_a_line_is_matched_once(owner: Membership, account: Connection, attempt: Attempt) -> None:
    line = banks.line(account, FIFTY, told(attempt))
    shown = seen(line, attempt)
    reconciliation.match_by_itself()
    with pytest.raises(reconciliation.NotMatchable):
        reconciliation.match_line(line, attempt, seen=shown, by=owner.user)
    assert people.held(owner.merchant, "bank") == -5000


def test_no_line_goes_to_another_merchants_payment_or_another_channels(
    owner: Membership, account: Connection
) -> None:
    line = banks.line(account, FIFTY)
    other = people.merchant("Anna Tea", "anna@example.com")
    theirs = banks.transfer(people.payment(other, FIFTY), banks.account(other))
    wallet = banks.from_wallet(people.payment(owner.merchant, FIFTY), banks.wallet(owner.merchant))
    for attempt in (theirs, wallet):
        with pytest.raises(reconciliation.NotMatchable):
            reconciliation.match_line(line, attempt, seen=seen(line, attempt), by=owner.user)
    assert again(line).status == "open"
    assert (banks.books(owner.merchant), banks.books(other)) == ({}, {})


def test_another_currency_pays_nothing_and_waits(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    line = banks.line(account, Money(5000, "EUR"), told(attempt))
    assert reconciliation.match_by_itself() == 0
    reconciliation.match_line(line, attempt, seen=seen(line, attempt), by=owner.user)
    assert banks.again(attempt).surplus == "currency"
    assert banks.books(owner.merchant, "EUR") == {"frozen": 5000, "bank": -5000}


def test_a_line_is_put_aside_with_a_reason_and_taken_up_again(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    line = banks.line(account, FIFTY, told(attempt))
    with pytest.raises(reconciliation.NotMatchable):
        reconciliation.ignore_line(line, reason="  ", by=owner.user)
    reconciliation.ignore_line(line, reason="Interest", by=owner.user)
    assert reconciliation.match_by_itself() == 0
    reconciliation.reopen_line(line, by=owner.user)
    assert reconciliation.match_by_itself() == 1
    acts = Record.objects.filter(action__startswith="bank_line.").values_list("action", flat=True)
    assert [*acts] == ["bank_line.ignored", "bank_line.reopened"]
    assert Event.objects.filter(kind="bank_line.matched").count() == 1


def test_what_is_matched_is_neither_put_aside_nor_taken_up(
    owner: Membership, account: Connection, attempt: Attempt
) -> None:
    line = banks.line(account, FIFTY, told(attempt))
    reconciliation.match_by_itself()
    with pytest.raises(reconciliation.NotMatchable):
        reconciliation.ignore_line(line, reason="Interest", by=owner.user)
    with pytest.raises(reconciliation.NotMatchable):
        reconciliation.reopen_line(line, by=owner.user)
    assert again(line).status == "matched"


def test_two_people_at_once_match_a_line_once(committed_db: str, bank: Bank) -> None:
    shop: Merchant = people.merchant()
    account = banks.account(shop)
    owner = shop.memberships.get()
    attempt = banks.transfer(people.payment(shop, FIFTY), account)
    line = banks.line(
        account, Money(2000, "USD"), told(attempt), booked_on=attempt.created_at.date()
    )
    shown, outcomes, gate = seen(line, attempt), [], threading.Barrier(2)

    def match() -> None:
        gate.wait()
        try:
            reconciliation.match_line(line, attempt, seen=shown, by=owner.user)
            outcomes.append("matched")
        except reconciliation.NotMatchable:
            outcomes.append("refused")
        finally:
            database.close()

    threads = [threading.Thread(target=match) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["matched", "refused"]
    assert people.held(shop, "frozen") == 2000
