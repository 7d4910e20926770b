"""Tables: kept, looked at, imported whole and once."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction

from sleek.audit.models import Record
from sleek.core.tables import UnreadableTable
from sleek.customers import actions as customers
from sleek.customers.actions import Details, TableRefused
from sleek.customers.actions import book as limits
from sleek.customers.models import ColumnMap, Customer, TableFile
from sleek.customers.rules import CUSTOMERS, LINES, Layout
from sleek.events.models import Event
from sleek.merchants.models import Membership
from tests import people

CONTENT = b"Name,E-mail\nBerg,berg@example.com\nCruz,cruz@example.com\nDahl,nobody\n"


@pytest.fixture
def owner(db: None) -> Membership:
    return people.merchant().memberships.get()


def kept(owner: Membership, content: bytes = CONTENT) -> TableFile:
    return customers.keep_table(owner, CUSTOMERS, "march.csv", content)


def names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


def test_a_table_is_looked_at_before_anything_comes_of_it(owner):
    file = kept(owner)
    contents = customers.look_into(file)
    assert [(number, entry.name) for number, entry in contents.entries] == [
        (2, "Berg"),
        (3, "Cruz"),
    ]
    assert [out.row.number for out in contents.rejected] == [4]
    assert names() == []


def test_all_good_rows_come_in_with_one_record_and_the_rest_stays_to_be_put_right(owner):
    file = customers.import_customers(kept(owner), owner)
    assert names() == ["Berg", "Cruz"]
    assert (file.row_count, [row.cells for row in file.grid]) == (
        2,
        [("Name", "E-mail"), ("Dahl", "nobody")],
    )
    assert [out.row.number for out in customers.read(file, CUSTOMERS).rejected] == [4]
    record = Record.objects.get(action="customer.imported")
    assert (record.subject, record.data) == (file.public_id, {"file": "march.csv", "rows": 2})
    assert Event.objects.filter(kind="customer.added").count() == 2


def test_a_table_that_is_imported_is_imported_no_more(owner):
    file = kept(owner)
    customers.import_customers(file, owner)
    with pytest.raises(TableRefused, match="imported already"):
        customers.import_customers(file, owner)
    with pytest.raises(TableRefused):
        customers.set_layout(file, CUSTOMERS, Layout(1, {"name": 1}))
    assert names() == ["Berg", "Cruz"]


def test_the_same_table_uploaded_again_adds_nothing(owner):
    customers.import_customers(kept(owner), owner)
    again = kept(owner)
    contents = customers.look_into(again)
    assert (contents.entries, [number for number, *_ in contents.alike]) == ([], [2, 3])
    with pytest.raises(TableRefused, match="No row"):
        customers.import_customers(again, owner)
    assert names() == ["Berg", "Cruz"]


def test_who_wants_those_alike_gets_them_once(owner):
    customers.import_customers(kept(owner), owner)
    layout = Layout(1, {"name": 0}, adds_alike=True)
    for is_first in (True, False):
        file = customers.set_layout(kept(owner), CUSTOMERS, layout)
        if is_first:
            assert customers.import_customers(file, owner).row_count == 3
        else:
            with pytest.raises(TableRefused, match="very table"):
                customers.import_customers(file, owner)
    assert names() == ["Berg", "Cruz", "Berg", "Cruz", "Dahl"]


def test_rows_like_each_other_come_in_once(owner):
    shop = owner.merchant
    there = customers.add(shop, Details("ＢＥＲＧ  GmbH"), by=owner.user)
    file = kept(owner, b"Name,E-mail\nberg gmbh,\nCruz,c@example.com\nCruz & Co,C@example.com\n")
    contents = customers.look_into(file)
    assert [entry.name for _, entry in contents.entries] == ["Cruz"]
    assert [(n, like.customer, like.row) for n, _, like in contents.alike] == [
        (2, there, None),
        (4, None, 3),
    ]


def test_what_does_not_fit_into_the_book_leaves_nothing_behind(owner, monkeypatch):
    monkeypatch.setattr(limits, "MAX_CUSTOMERS", 1)
    file = kept(owner)
    with pytest.raises(customers.TooManyCustomers):
        customers.import_customers(file, owner)
    file.refresh_from_db()
    assert (file.imported_at, names(), len(file.grid)) == (None, [], 4)
    assert not Record.objects.filter(action="customer.imported").exists()


def test_a_table_that_is_not_read_is_not_kept(owner):
    with pytest.raises(UnreadableTable):
        kept(owner, b"%PDF-1.7")
    assert TableFile.objects.count() == 0


def test_an_upload_replaces_what_the_same_person_left_lying(owner):
    kept(owner)
    lines = customers.keep_table(owner, LINES, "q.csv", b"Item,Price\nx,1\n", subject="inv_1")
    second = kept(owner)
    assert set(TableFile.objects.all()) == {lines, second}


def test_what_was_left_out_is_kept_until_the_next_table(owner):
    first = customers.import_customers(kept(owner), owner)
    kept(owner, b"Name\nEide\n")
    first.refresh_from_db()
    assert (first.rows, first.row_count) == ([], 2)


def test_columns_that_a_person_named_are_remembered_for_the_same_head(owner):
    content = b"When,Who\n2026,Berg\n"
    assert dict(kept(owner, content).read_as.places) == {}
    layout = Layout(1, {"name": 1, "memo": 0}, ",", adds_alike=True)
    customers.set_layout(kept(owner, content), CUSTOMERS, layout)
    again = kept(owner, b"A title\nWHEN,who\n2027,Cruz\n").read_as
    assert again == Layout(2, {"name": 1, "memo": 0}, ",")
    assert ColumnMap.objects.count() == 1


def test_what_another_merchant_named_is_not_known(owner):
    content = b"When,Who\n2026,Berg\n"
    customers.set_layout(kept(owner, content), CUSTOMERS, Layout(1, {"name": 1}))
    other = people.merchant("Chen", "chen@example.com").memberships.get()
    assert dict(kept(other, content).read_as.places) == {}


def test_lines_of_a_quotation_are_taken_once_per_bill(owner):
    content = b"Item,Unit price\nTeapot,35.50\n"
    for bill in ("inv_1", "inv_2"):
        file = customers.keep_table(owner, LINES, "q.csv", content, subject=bill)
        [(number, line)] = customers.read(file, LINES).entries
        assert (number, line.item, str(line.price)) == (2, "Teapot", "35.5")
        customers.take(file, 1, [])
    again = customers.keep_table(owner, LINES, "q.csv", content, subject="inv_1")
    with pytest.raises(TableRefused, match="very table"):
        customers.take(again, 1, [])


def test_the_database_knows_that_a_table_is_imported_once(owner):
    file = customers.import_customers(kept(owner), owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        TableFile.objects.create(
            merchant=owner.merchant,
            purpose="customers",
            content_hash="x",
            import_hash=file.import_hash,
            imported_at=file.imported_at,
            created_by=owner.user,
        )


def test_two_presses_at_once_import_once(committed_db: None) -> None:
    owner = people.merchant().memberships.get()
    file, refused = kept(owner), []

    def press() -> None:
        try:
            customers.import_customers(file, owner)
        except TableRefused as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (names(), refused) == (["Berg", "Cruz"], ["table_refused"])
