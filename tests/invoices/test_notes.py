"""Credit notes: numbered, said in words, kept on paper as a bill is; or refused whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from sleek.core.money import Money
from sleek.events.models import Event
from sleek.invoices import actions as invoices
from sleek.invoices.formats.facturx import FILE, NotElectronic
from sleek.invoices.models import CreditNote, Invoice
from sleek.invoices.rules import Figures, taken_back, totals
from sleek.merchants.models import Merchant
from sleek.papers import drawing, signing
from sleek.papers.actions import NotPrintable
from sleek.papers.models import Design, Number, Paper
from sleek.papers.rules import Layout, Tongue, unpack
from tests import billing, people
from tests.conftest import FrozenClock

D = Decimal


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def credited(bill: Invoice, minor: int, reason: str = "one broke") -> CreditNote:
    by = billing.owner(bill.merchant).user
    return invoices.credit(bill, Money(minor, bill.currency), reason, by=by)


def paper(note: CreditNote) -> Paper:
    return Paper.objects.get(subject=note.public_id)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_it_is_drawn_sealed_and_kept_with_its_number(shop: Merchant) -> None:
    bill = billing.issued(shop, title="Vase, sample")
    note = credited(bill, 1250)
    kept = paper(note)
    assert (kept.kind, kept.number, note.number) == ("credit_note", "HC-2026-00001", kept.number)
    found = signing.check(bytes(kept.content))
    assert found.condition == signing.Condition.INTACT
    assert kept.sheet["payer"]["name"] == "Okafor Imports Ltd"
    assert kept.sheet["facts"] == [
        [["开具日期"], "2026年3月2日"],
        [["冲减的收款单"], "SK-2026-00001"],
        [["原单日期"], "2026年3月2日"],
        [["款项性质"], "打样费"],
        [["标题"], "Vase, sample"],
    ]


def test_its_figures_and_words_agree(shop: Merchant) -> None:
    kept = paper(credited(billing.issued(shop), 1250))
    assert kept.sheet["title"] == ["红字（冲减）通知单"]
    assert kept.sheet["in_words"][0][1] == "美元壹拾贰元伍角整"
    assert [(row["label"][0], plain(row["amount"])) for row in kept.sheet["totals"]] == [
        ("收款单金额", "50.00 USD"),
        ("本次冲减", "12.50 USD"),
        ("冲减后应收", "37.50 USD"),
    ]
    assert [row["cells"] for row in kept.sheet["rows"]] == [["冲减收款单 SK-2026-00001", "12.50"]]
    assert kept.sheet["notes"] == [{"title": ["冲减原因"], "text": "one broke"}]
    assert "发票" in kept.sheet["notice"]


def test_the_next_one_says_what_was_taken_back_before(shop: Merchant) -> None:
    bill = billing.issued(shop)
    credited(bill, 1250)
    kept = paper(credited(bill, 3750))
    assert [plain(row["amount"]) for row in kept.sheet["totals"]] == [
        "50.00 USD",
        "−12.50 USD",
        "37.50 USD",
        "0.00 USD",
    ]


def test_its_tax_is_divided_by_rate(shop: Merchant) -> None:
    bill = billing.issued(
        shop, billing.line("113", tax_rate="13"), billing.line("106", tax_rate="6")
    )
    kept = paper(credited(bill, 10000))
    assert [row["cells"][1:] for row in kept.sheet["rows"]] == [
        ["13%", "45.66", "5.94", "51.60"],
        ["6%", "45.66", "2.74", "48.40"],
    ]


def test_it_says_it_in_both_languages(shop: Merchant) -> None:
    design = Design.objects.create(
        merchant=shop, name="Both", layout=Layout.BILINGUAL, tongue=Tongue.BOTH
    )
    kept = paper(credited(billing.issued(shop, design=design), 1250))
    assert kept.sheet["title"] == ["红字（冲减）通知单", "Credit note"]
    assert [text for _label, text in kept.sheet["in_words"]] == [
        "美元壹拾贰元伍角整",
        "SAY US DOLLARS TWELVE AND CENTS FIFTY ONLY",
    ]


@pytest.mark.parametrize("layout", Layout)
def test_every_design_draws_it(shop: Merchant, layout: Layout) -> None:
    design = Design.objects.create(merchant=shop, name="A", layout=layout, tongue=Tongue.BOTH)
    kept = paper(credited(billing.issued(shop, design=design), 1250))
    assert len(drawing.preview(unpack(kept.sheet), {})) == 1


def test_it_carries_an_e_invoice_where_its_bill_does(shop: Merchant) -> None:
    Merchant.objects.filter(pk=shop.pk).update(country="CN", credit_code="91310000MA1K4A5B6X")
    shop.refresh_from_db()
    plain, electronic = billing.issued(shop), billing.issued(shop, wants_xml=True)
    kept = paper(credited(electronic, 1250))
    assert kept.sheet["attachments"] == [FILE]
    enclosed = drawing.enclosed_invoice(bytes(kept.content))
    assert b">381<" in enclosed
    assert b">12.50<" in enclosed
    assert paper(credited(plain, 1250)).sheet["attachments"] == []


@pytest.mark.parametrize("refusal", ["electronic", "letters"])
def test_what_is_refused_takes_no_number_and_takes_nothing_back(
    shop: Merchant, refusal: str
) -> None:
    Merchant.objects.filter(pk=shop.pk).update(country="CN", credit_code="91310000MA1K4A5B6X")
    shop.refresh_from_db()
    bill = billing.issued(shop, wants_xml=refusal == "electronic")
    Merchant.objects.filter(pk=shop.pk).update(country="")
    error = {"electronic": NotElectronic, "letters": NotPrintable}[refusal]
    with pytest.raises(error):
        credited(Invoice.objects.get(pk=bill.pk), 1250, "broken \u0378")
    bill.refresh_from_db()
    assert bill.amount_credited == 0
    assert not CreditNote.objects.exists()
    assert Number.objects.count() == Paper.objects.count() == 1
    assert not Event.objects.filter(kind="invoice.credited").exists()


def test_nobody_changes_or_deletes_one(shop: Merchant) -> None:
    note = credited(billing.issued(shop), 1250)
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditNote.objects.filter(pk=note.pk).update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        note.delete()
    assert CreditNote.objects.get().amount == 1250


def test_three_notes_take_back_exactly_what_each_rate_has() -> None:
    billed = totals(
        [Figures(D(1), D("1.00"), tax_rate=D(13)), Figures(D(1), D("1.00"), tax_rate=D(6))],
        "USD",
        is_tax_inclusive=True,
    )
    amounts = [Money(minor, "USD") for minor in (67, 67, 66)]
    parts = [taken_back(billed, amounts[: place + 1]) for place in range(3)]
    assert [[(part.net + part.tax).minor for part in each] for each in parts] == [
        [34, 33],
        [34, 33],
        [32, 34],
    ]


@st.composite
def notes(draw: st.DrawFn) -> tuple[list[Figures], bool, list[int]]:
    rates = st.sampled_from([D(0), D(1), D(6), D(9), D(13), D(100)])
    prices = st.decimals("0.01", "9999.99", places=2)
    lines = draw(
        st.lists(st.builds(Figures, st.just(D(1)), prices, tax_rate=rates), min_size=1, max_size=6)
    )
    is_inclusive = draw(st.booleans())
    left = totals(lines, "USD", is_tax_inclusive=is_inclusive).total.minor
    amounts = []
    for _ in range(draw(st.integers(1, 5))):
        if left:
            amounts.append(draw(st.integers(1, left)))
            left -= amounts[-1]
    return lines, is_inclusive, amounts


@given(notes())
@example(([Figures(D(1), D("0.01"), tax_rate=D(rate)) for rate in (0, 1, 6)], False, [1, 1]))
def test_the_parts_are_the_note_and_never_more_than_the_bill_has(
    case: tuple[list[Figures], bool, list[int]],
) -> None:
    lines, is_inclusive, amounts = case
    billed = totals(lines, "USD", is_tax_inclusive=is_inclusive)
    left = {tax.rate: (tax.net + tax.tax).minor for tax in billed.taxes}
    money = [Money(minor, "USD") for minor in amounts]
    for place, amount in enumerate(money, start=1):
        parts = taken_back(billed, money[:place])
        assert sum((part.net + part.tax).minor for part in parts) == amount.minor
        for part in parts:
            assert part.tax.minor >= 0
            assert part.net.minor >= 0
            left[part.rate] -= (part.net + part.tax).minor
            assert left[part.rate] >= 0
    if sum(amounts) == billed.total.minor:
        assert not any(left.values())
