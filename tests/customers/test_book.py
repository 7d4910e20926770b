"""The address book: added to, changed, put away, searched."""

from __future__ import annotations

import pytest

from sleek.audit.models import Record
from sleek.customers import actions as customers
from sleek.customers import queries
from sleek.customers.actions import Details
from sleek.customers.actions import book as limits
from sleek.customers.models import Customer
from sleek.customers.queries import Filters
from sleek.events.models import Event
from sleek.merchants.models import Merchant, User
from tests import people

BERG = Details("Berg Keramik GmbH", contact="Anna Berg", email="anna@example.com", country="DE")


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> User:
    return shop.memberships.get().user


def found(shop: Merchant, *, sees_personal: bool = True, **filters: str) -> list[str]:
    rows = queries.matching(
        shop.customers.order_by("pk"), Filters(**filters), sees_personal=sees_personal
    )
    return [customer.name for customer in rows]


def told() -> list[tuple[str, dict[str, object]]]:
    return list(Record.objects.order_by("pk").values_list("action", "data"))


def test_a_customer_is_added_with_its_event_and_its_record(shop, lin):
    customer = customers.add(shop, BERG, by=lin)
    assert (customer.name, customer.email, customer.country) == (BERG.name, BERG.email, "DE")
    assert told() == [("customer.added", {})]
    event = Event.objects.get(subject=customer.public_id)
    assert (event.kind, event.data, event.merchant_id) == ("customer.added", {}, shop.pk)


def test_a_change_records_which_fields_and_not_what_they_say(shop, lin, frozen_clock):
    customer = customers.add(shop, BERG, by=lin)
    frozen_clock.advance(days=1)
    fresh = Details("Berg GmbH", contact="Anna Berg", email="a@example.com", country="DE")
    changed = customers.change(customer, fresh, by=lin)
    assert (changed.name, changed.email) == ("Berg GmbH", "a@example.com")
    assert changed.updated_at == frozen_clock.now
    assert told()[1:] == [("customer.changed", {"fields": "name email"})]


def test_a_change_that_changes_nothing_is_none(shop, lin):
    customer = customers.add(shop, BERG, by=lin)
    customers.change(customer, BERG, by=lin)
    assert [action for action, _ in told()] == ["customer.added"]


def test_archiving_and_restoring_happen_once(shop, lin):
    customer = customers.add(shop, BERG, by=lin)
    for _ in range(2):
        customers.archive(customer, by=lin)
    assert found(shop) == []
    assert found(shop, state="archived") == [BERG.name]
    for _ in range(2):
        customers.restore(customer, by=lin)
    assert found(shop) == [BERG.name]
    assert [action for action, _ in told()] == [
        "customer.added",
        "customer.archived",
        "customer.restored",
    ]


def test_a_full_book_takes_no_more_and_says_so(shop, lin, monkeypatch):
    monkeypatch.setattr(limits, "MAX_CUSTOMERS", 2)
    customers.add(shop, BERG, by=lin)
    with pytest.raises(customers.TooManyCustomers, match="2 customers at most"):
        customers.add_many(shop, [BERG, BERG], by=lin)
    assert Customer.objects.count() == 1
    assert Event.objects.filter(kind="customer.added").count() == 1


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        ({"text": "keramik"}, True),
        ({"text": "ANNA"}, True),
        ({"text": "0221 471"}, True),
        ({"text": "+49 221"}, True),
        ({"text": "136695"}, True),
        ({"text": "471a"}, False),
        ({"text": "fair"}, True),
        ({"text": "fai"}, False),
        ({"tag": "fair"}, True),
        ({"tag": "vip"}, False),
        ({"country": "DE"}, True),
        ({"country": "FR"}, False),
    ],
)
def test_customers_are_found_by_what_is_known_of_them(shop, lin, filters, is_found):
    details = Details(
        "Berg Keramik",
        contact="Anna Berg",
        country="DE",
        phone="+492214710999",
        tax_number="DE136695976",
        tags=("fair",),
    )
    customers.add(shop, details, by=lin)
    assert bool(found(shop, **filters)) == is_found


def test_who_may_not_see_personal_data_finds_only_what_they_know_whole(shop, lin):
    customers.add(shop, BERG, by=lin)
    for text in ("Anna", "anna@", "Berg", "4710999"):
        assert found(shop, sees_personal=False, text=text) == []
    for text in ("anna@example.com", "berg keramik gmbh"):
        assert found(shop, sees_personal=False, text=text) == [BERG.name]


def test_customers_alike_share_a_name_a_mailbox_or_a_number(shop, lin):
    customer = customers.add(shop, BERG, by=lin)
    former = customers.add(shop, Details("Other", email="ANNA@example.com"), by=lin)
    customers.archive(former, by=lin)
    customers.add(people.merchant("Chen", "chen@example.com"), BERG, by=lin)

    assert queries.like(shop, Details("x", email="Anna@example.com")) == [customer, former]
    assert queries.like(shop, Details("BERG keramik GmbH")) == [customer]
    assert queries.like(shop, BERG, but=customer) == [former]
    assert queries.like(shop, Details("Cruz", email="cruz@example.com")) == []


def test_only_what_says_nothing_but_a_name_may_be_a_person():
    assert Customer(name="陈一帆", email="x@example.com").may_be_a_person
    assert not Customer(name="Berg", contact="Anna").may_be_a_person
    assert not Customer(name="Berg", tax_number="1").may_be_a_person


def test_countries_and_tags_in_use_are_offered(shop, lin):
    customers.add(shop, Details("a", country="FR", tags=("old",)), by=lin)
    for name in ("b", "c"):
        customers.add(shop, Details(name, country="DE", tags=("new",)), by=lin)
    assert queries.countries_of(shop.customers.all()) == ["DE", "FR"]
    assert queries.tags_of(shop.customers.all()) == ["new", "old"]
