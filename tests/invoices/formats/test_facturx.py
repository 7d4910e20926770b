"""The e-invoice: what it says, that the standard's schema takes it, and that it travels along."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.utils import translation
from facturx import get_facturx_xml_from_pdf
from lxml import etree

from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.formats import facturx, terms
from sleek.invoices.formats.facturx import ElectronicFlaw
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.papers import signing
from sleek.papers.models import Number, Paper
from tests import billing, people
from tests.conftest import FrozenClock
from tests.invoices.formats import two_hundred

D = Decimal
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    shop = people.merchant()
    shop.credit_code, shop.address = "91360200MA35K3XK7F", "Taoxi Road 1"
    shop.bank_account, shop.bank_code = "DE89 3704 0044 0532 0130 00", "COBADEFF"
    shop.save()
    return shop


def _all(xml: bytes, path: str) -> list[str]:
    """Texts of elements by their names, one within the other."""
    steps = "/".join(f"ram:{name}" for name in path.split("/"))
    found: Any = etree.fromstring(xml).xpath(f"//{steps}/text()", namespaces={"ram": _RAM})
    return [str(text) for text in found]


def test_an_issued_bill_carries_its_xml_within_the_signed_paper(shop: Merchant) -> None:
    bill = billing.issued(shop, wants_xml=True)
    paper = bytes(Paper.objects.get(subject=bill.public_id).content)
    name, found = get_facturx_xml_from_pdf(paper)
    assert (name, found) == ("factur-x.xml", facturx.xml(bill))
    assert signing.check(paper).condition == "intact"
    catalog: Any = pypdf.PdfReader(io.BytesIO(paper)).trailer["/Root"]
    said = catalog["/Metadata"].get_data().decode()
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in said
    assert "<pdfaid:part>3</pdfaid:part>" in said
    assert catalog["/AF"][0]["/AFRelationship"] == "/Alternative"


def test_a_bill_that_does_not_want_one_has_none(shop: Merchant) -> None:
    bill = billing.issued(shop)
    paper = bytes(Paper.objects.get(subject=bill.public_id).content)
    assert get_facturx_xml_from_pdf(paper) == (False, False)


def test_what_is_missing_is_told_and_nothing_is_issued(shop: Merchant) -> None:
    Merchant.objects.filter(pk=shop.pk).update(credit_code="", tax_number="")
    lines = (billing.line("5", item="Vase"),)
    bill = billing.drafted(shop, *lines, currency="KWD", wants_xml=True)
    Invoice.objects.filter(pk=bill.pk).update(payer_country="")
    with translation.override("en"), pytest.raises(facturx.NotElectronic) as refusal:
        invoices.issue(bill, by=billing.owner(shop))
    assert refusal.value.flaws == [
        ElectronicFlaw.PAYER_COUNTRY,
        ElectronicFlaw.PAYEE_NUMBER,
        ElectronicFlaw.CURRENCY,
    ]
    assert "Choose the payer's country." in refusal.value.message
    assert not Number.objects.exists()
    assert not Paper.objects.exists()


def test_prices_with_tax_are_said_without_it(shop: Merchant) -> None:
    bill = billing.issued(
        shop,
        billing.line("113", "2", tax_rate="13"),
        billing.line("-11.30", item="Discount", tax_rate="13"),
        wants_xml=True,
    )
    xml = facturx.xml(bill)
    assert _all(xml, "NetPriceProductTradePrice/ChargeAmount") == ["100"]
    assert _all(xml, "SpecifiedTradeAllowanceCharge/ActualAmount") == ["10.00"]
    assert _all(xml, "SpecifiedTradeAllowanceCharge/Reason") == ["Discount"]
    assert _all(xml, "TaxBasisTotalAmount") == ["190.00"]
    assert _all(xml, "TaxTotalAmount") == ["24.70"]
    assert _all(xml, "DuePayableAmount") == ["214.70"]
    assert set(_all(xml, "CategoryCode")) == {"S"}


def test_an_untaxed_bill_is_outside_the_tax_and_says_why(shop: Merchant) -> None:
    xml = facturx.xml(billing.issued(shop, wants_xml=True))
    assert set(_all(xml, "CategoryCode")) == {"O"}
    assert _all(xml, "ExemptionReason") == ["Not subject to VAT"]
    assert _all(xml, "SpecifiedTaxRegistration/ID") == []
    assert _all(xml, "SpecifiedLegalOrganization/ID") == ["91360200MA35K3XK7F"]
    assert _all(xml, "IBANID") == ["DE89 3704 0044 0532 0130 00"]


def test_bills_of_all_kinds_ask_for_what_their_papers_ask(shop: Merchant) -> None:
    for bill in two_hundred.bills(shop, 20):
        xml = facturx.xml(bill)
        assert _all(xml, "DuePayableAmount") == [f"{bill.asked.decimal:f}"]
        assert _all(xml, "GrandTotalAmount") == [f"{bill.total.decimal:f}"]


def test_a_credit_note_takes_back_each_rates_share(shop: Merchant) -> None:
    bill = billing.issued(
        shop, billing.line("106", tax_rate="6"), billing.line("113", tax_rate="13")
    )
    note = invoices.credit(bill, Money(2190, "USD"), "one broke", by=billing.owner(shop).user)
    xml = facturx.note_xml(note)
    assert _all(xml, "ExchangedDocument/TypeCode") == []  # it is not of that namespace
    assert b"<ram:TypeCode>381</ram:TypeCode>" in xml
    assert _all(xml, "GrandTotalAmount") == ["21.90"]
    assert _all(xml, "InvoiceReferencedDocument/IssuerAssignedID") == [bill.number]
    assert _all(xml, "RateApplicablePercent")[:2] == ["13", "6"]


@pytest.mark.parametrize(
    ("word", "code"), [("套", "SET"), ("PCS", "H87"), ("", "C62"), ("箩筐", "C62"), ("h", "HUR")]
)
def test_units_are_said_in_the_standards_codes(word: str, code: str) -> None:
    assert terms.unit(word) == code


@pytest.mark.parametrize(
    ("number", "country", "is_one"),
    [
        ("DE136695976", "DE", True),
        ("EL094259216", "GR", True),
        ("GR094259216", "GR", False),
        ("91360200MA35K3XK7F", "CN", False),
        ("", "", False),
    ],
)
def test_a_vat_number_begins_with_its_country(number: str, country: str, is_one: bool) -> None:
    assert terms.is_vat_number(number, country) == is_one


def test_a_price_times_its_quantity_is_the_net_amount() -> None:
    net = Money(10**12 + 1, "USD")
    price = D(terms.price(net, D("999999999.9999")))
    assert (price * D("999999999.9999")).quantize(D("0.01")) == net.decimal


def test_what_xml_cannot_say_is_left_out() -> None:
    said = {"a": ["x\x07y\ufffe", {"b": "\x00"}], "c": 1}
    assert json.dumps(terms.sayable(said)) == '{"a": ["xy", {"b": ""}], "c": 1}'
