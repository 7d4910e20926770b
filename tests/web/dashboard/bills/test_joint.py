"""One address for several bills of a customer."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.web.ui import joint
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.bills import desk


@pytest.fixture
def shop(db: None, frozen_clock: object) -> Merchant:
    return people.merchant()


def test_ticked_bills_of_one_customer_share_an_address(shop: Merchant) -> None:
    bills = [desk.issued(shop), desk.issued(shop, Money(700, "USD"))]
    picked = "&".join(f"pick={bill.public_id}" for bill in bills)
    page = office.at_work(shop).read(f"/bills/together?{picked}")
    assert joint.url(bill.token for bill in bills) in page
    assert "57.00" in page


def test_bills_that_cannot_be_paid_together_are_refused_with_the_reason(shop: Merchant) -> None:
    own, other = desk.issued(shop), desk.issued(shop, payer="Other Ltd")
    euros, draft = desk.issued(shop, Money(100, "EUR")), desk.draft(shop)
    many = [desk.issued(shop) for _ in range(joint.MOST)]
    visitor = office.at_work(shop)
    for bills, reason in (
        ([own], "at least two"),
        ([own, other], "one customer only"),
        ([own, euros], "one currency only"),
        ([own, draft], "issued and still to be paid"),
        ([own, *many], "at most 10 bills"),
    ):
        picked = {"pick": [bill.public_id for bill in bills]}
        page = visitor.get("/bills/together", picked, follow=True)
        assert reason in page.content.decode()


def test_who_only_reads_shares_nothing(shop: Merchant) -> None:
    bills = [desk.issued(shop), desk.issued(shop)]
    picked = {"pick": [bill.public_id for bill in bills]}
    assert office.colleague(shop, "viewer").get("/bills/together", picked).status_code == 403
