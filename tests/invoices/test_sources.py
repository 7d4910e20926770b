"""Where a bill differs from what it was copied from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from sleek.invoices import actions as invoices
from sleek.invoices import queries as bills
from sleek.invoices.models import Invoice, RelatedDocument
from sleek.invoices.queries import Draft, Reference
from sleek.invoices.rules import Change, Condition, DocumentKind, ListedLine, Listing
from sleek.invoices.rules.sources import compare, quoted
from sleek.merchants.models import Merchant
from tests import billing, people

VASE = ListedLine("Vase", "QH-01", "pcs", Decimal(10), Decimal("12.50"), Decimal(13))
BOWL = ListedLine("Bowl", price=Decimal(3))
COLOURS = ListedLine("Colour work", hours=Decimal("2.5"), price=Decimal(40))
NUMBERS = st.decimals("0.01", "999", places=2, allow_nan=False)
LINES = st.builds(
    ListedLine,
    item=st.sampled_from(["Vase", "Bowl", "Lid"]),
    spec=st.sampled_from(["", "blue", "white"]),
    unit=st.sampled_from(["", "pcs"]),
    quantity=st.sampled_from([Decimal(1), Decimal(2)]),
    price=st.sampled_from([Decimal(-1), Decimal(1), Decimal("1.5"), Decimal(2)]),
    tax_rate=st.sampled_from([Decimal(0), Decimal(13)]),
    hours=st.sampled_from([None, Decimal(1), Decimal(3)]),
)
LISTS = st.lists(LINES, max_size=8)
MIRROR = {
    Change.ADDED: Change.LEFT_OUT,
    Change.LEFT_OUT: Change.ADDED,
    Change.PRICE_LOWER: Change.PRICE_HIGHER,
    Change.PRICE_HIGHER: Change.PRICE_LOWER,
}


def listing(*lines: ListedLine, **more: object) -> Listing:
    return replace(Listing("USD", True, lines), **more)  # type: ignore[arg-type]


def changes(bill: Listing, *sources: Listing) -> list[tuple[str, int | None]]:
    return [(each.change.value, each.place) for each in compare(bill, sources)]


@given(LISTS, st.randoms())
def test_the_same_lines_in_any_order_differ_in_nothing(lines, chance):
    other = list(lines)
    chance.shuffle(other)
    assert compare(listing(*lines), [listing(*other)]) == ()


@given(LISTS, LISTS)
def test_seen_from_the_other_side_it_is_the_same_turned_round(ours, theirs):
    there = [each.change for each in compare(listing(*ours), [listing(*theirs)])]
    back = [each.change for each in compare(listing(*theirs), [listing(*ours)])]
    assert sorted(MIRROR.get(change, change) for change in there) == sorted(back)


@given(LISTS, LISTS, LISTS)
def test_every_line_is_matched_once_or_told(ours, some, more):
    told = compare(listing(*ours), [listing(*some), listing(*more)])
    added = sum(each.change == Change.ADDED for each in told)
    missing = sum(each.change == Change.LEFT_OUT for each in told)
    assert len(ours) - added == len(some) + len(more) - missing


@given(st.lists(LINES, min_size=1, max_size=6, unique_by=lambda line: (line.item, line.spec)))
def test_a_price_that_falls_is_below_the_quotation_wherever_it_stands(lines):
    for place, line in enumerate(lines):
        cheaper = [*lines]
        cheaper[place] = replace(line, price=line.price - Decimal("0.01"))
        bill, source = listing(*cheaper), listing(*lines)
        assert changes(bill, source) == [("price_lower", place)]
        assert quoted(bill, [source])[place] == line.price


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ({"quantity": Decimal(9)}, "quantity"),
        ({"price": Decimal("12.49")}, "price_lower"),
        ({"price": Decimal("12.51")}, "price_higher"),
        ({"tax_rate": Decimal(6)}, "tax_rate"),
        ({"unit": "set"}, "unit"),
        ({"spec": "QH-02"}, "spec"),
        ({"hours": Decimal(2)}, "hours"),
        ({"item": "Jar"}, "item"),
    ],
)
def test_each_thing_that_changed_is_told(now, change):
    bill = listing(BOWL, replace(VASE, **now))
    assert changes(bill, listing(VASE, BOWL)) == [(change, 1)]


def test_an_item_number_makes_it_the_same_line_whatever_it_is_called_now():
    """Its price is compared, and no line that merely bears the old name stands instead."""
    renamed = replace(VASE, item="Jar", quantity=Decimal(4), price=Decimal(9), spec="blue, QH-01")
    namesake = replace(VASE, spec="QH-07")
    told = changes(listing(namesake, renamed), listing(VASE))
    assert told == [
        ("added", 0),
        *((change, 1) for change in ("item", "spec", "quantity", "price_lower")),
    ]
    assert quoted(listing(renamed), [listing(VASE)]) == (Decimal("12.50"),)


@pytest.mark.parametrize("spec", ["27 cm", "M8", "blue", ""])
def test_a_size_is_no_item_number(spec):
    jar = ListedLine("Jar", spec, quantity=Decimal(2))
    assert changes(listing(jar), listing(replace(VASE, spec=spec))) == [
        ("added", 0),
        ("left_out", None),
    ]


def test_of_the_rest_a_renamed_line_is_known_by_its_place():
    mould, lid = ListedLine("Mould", price=Decimal(300)), ListedLine("Lid", price=Decimal(2))
    told = compare(
        listing(replace(mould, item="Mold making", price=Decimal(250)), VASE, lid),
        [listing(VASE, mould, lid)],
    )
    assert [(each.change, each.place) for each in told] == [("item", 0), ("price_lower", 0)]
    assert quoted(listing(replace(mould, item="Tool")), [listing(mould)]) == (Decimal(300),)


@pytest.mark.parametrize(
    "other",
    [{"quantity": Decimal(2)}, {"unit": "set"}, {"spec": "steel"}, {"price": Decimal(-5)}],
)
def test_unless_it_is_another_thing_altogether(other):
    mould = ListedLine("Mould", price=Decimal(300))
    told = changes(listing(replace(mould, item="Courier", **other)), listing(mould))
    assert told == [("added", 0), ("left_out", None)]


def test_how_it_is_written_makes_no_difference():
    same = replace(VASE, item=" ＶＡＳＥ ", spec="qh-01", unit="PCS", price=Decimal("12.5000"))
    assert changes(listing(same), listing(VASE)) == []
    assert changes(listing(replace(BOWL, hours=Decimal(1))), listing(BOWL)) == []


def test_what_came_and_what_is_missing_is_told():
    assert changes(listing(VASE, COLOURS), listing(VASE, BOWL)) == [
        ("added", 1),
        ("left_out", None),
    ]


def test_lines_may_come_from_several_sources():
    assert changes(listing(BOWL, VASE), listing(VASE), listing(BOWL)) == []
    [told] = compare(listing(BOWL), [listing(BOWL), listing(VASE, unread=0)])
    assert (told.change, told.source, told.theirs) == (Change.LEFT_OUT, 1, VASE)


def test_of_several_alike_each_finds_the_one_that_fits_best():
    dear = replace(VASE, price=Decimal(20))
    assert changes(listing(dear, VASE), listing(VASE, dear)) == []
    assert changes(listing(dear, VASE, VASE), listing(VASE, dear)) == [("added", 2)]


def test_prices_of_another_currency_are_not_compared():
    told = changes(listing(replace(VASE, price=Decimal(1))), listing(VASE, currency="CNY"))
    assert told == [("currency", None)]
    assert quoted(listing(VASE), [listing(VASE, currency="CNY")]) == (None,)


@pytest.mark.parametrize(
    ("with_tax", "price", "as_billed"),
    [(True, "14.125", "14.125"), (False, "12.50", "12.50")],
)
def test_prices_are_compared_as_the_bill_says_them(with_tax, price, as_billed):
    source = listing(
        replace(VASE, price=Decimal("12.50") if with_tax else Decimal("14.125")),
        is_tax_inclusive=not with_tax,
    )
    bill = listing(replace(VASE, price=Decimal(price)), is_tax_inclusive=with_tax)
    assert changes(bill, source) == []
    assert quoted(bill, [source]) == (Decimal(as_billed),)


def test_rows_that_nobody_could_read_are_told():
    [told] = compare(listing(VASE), [listing(VASE, unread=2)])
    assert (told.change, told.count) == (Change.UNREAD, 2)


def test_a_discount_that_no_source_knows_is_below_it():
    discount = replace(BOWL, item="Discount", price=Decimal(-1))
    assert quoted(listing(VASE, discount), [listing(VASE)]) == (Decimal("12.50"), Decimal(0))
    assert quoted(listing(VASE, discount), []) == (None, None)
    assert quoted(listing(discount), [listing(discount)]) == (Decimal(-1),)


@given(LISTS)
def test_a_listing_comes_back_from_the_database_as_it_was(lines):
    kept = listing(*lines, name="march.csv", unread=3)
    assert Listing.unpack(kept.pack()) == kept


# On bills.


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


QUOTED = Listing("USD", True, (ListedLine("Celadon vase, sample", price=Decimal(50)),), "q.csv")
QUOTATION = Reference(DocumentKind.QUOTATION, "Q-1", QUOTED)


def test_what_a_document_said_stays_through_edits_copies_and_corrections(shop):
    by = billing.owner(shop)
    bill = billing.drafted(shop, documents=(QUOTATION,))
    said = bills.draft_of(bill)
    assert said.documents == (QUOTATION,)
    bill = invoices.rewrite(bill, said, revision=bill.revision, by=by.user)
    assert bills.draft_of(bill).documents == (QUOTATION,)
    bill = invoices.issue(bill, by=by)
    for fresh in (invoices.copy(bill, by=by.user), invoices.replacement(bill, by=by.user)):
        assert bills.draft_of(fresh).documents == (QUOTATION,)


def test_of_two_documents_under_one_number_the_one_with_words_is_kept(shop):
    plain = Reference(DocumentKind.QUOTATION, "Q-1")
    bill = billing.drafted(shop, documents=(plain, QUOTATION, plain))
    assert bills.draft_of(bill).documents == (QUOTATION,)


def test_a_bill_is_compared_with_its_documents_and_with_what_it_is_a_copy_of(shop):
    bill = billing.drafted(shop, billing.line("49"), documents=(QUOTATION,))
    [told] = bills.compared(bills.draft_of(bill), bill)
    assert (told.names, told.other) == (("Q-1",), None)
    assert [each.change for each in told.differences] == ["price_lower"]
    copied = invoices.copy(bill, by=billing.owner(shop).user)
    cheaper = replace(bills.draft_of(copied), lines=(billing.line("48"),), documents=())
    [told] = bills.compared(cheaper, copied)
    assert told.other == bill
    assert [each.theirs and each.theirs.price for each in told.differences] == [49]


@pytest.mark.parametrize(
    ("price", "currency", "status"),
    [("49.99", "USD", None), ("50", "USD", "open"), ("51", "USD", "open"), ("50", "EUR", None)],
)
def test_a_price_below_its_source_needs_a_look(shop, price, currency, status):
    """Whatever was typed as the quoted price; and in another currency nobody can tell."""
    invoices.set_review_rules(
        shop, [Condition(is_below_quotation=True)], by=billing.owner(shop).user
    )
    line = replace(billing.line(price), quoted_price=Decimal(1))
    bill = billing.drafted(shop, line, documents=(QUOTATION,), currency=currency)
    if status:
        assert invoices.issue(bill, by=billing.owner(shop)).status == status
        return
    with pytest.raises(invoices.NotIssuable):
        invoices.issue(bill, by=billing.owner(shop))
    assert Invoice.objects.get().number == ""


def test_a_renamed_item_below_its_source_needs_a_look_too(shop):
    owner = billing.owner(shop)
    invoices.set_review_rules(shop, [Condition(is_below_quotation=True)], by=owner.user)
    bill = billing.drafted(shop, billing.line("49", item="Jar"), documents=(QUOTATION,))
    assert bill.lines.get().quoted_price == 50
    with pytest.raises(invoices.NotIssuable):
        invoices.issue(bill, by=owner)
    assert Invoice.objects.get().number == ""


def test_what_was_typed_counts_where_no_source_says_it(shop):
    line = replace(billing.line("9", "2", "Lid"), quoted_price=Decimal(10))
    bill = billing.drafted(shop, line, documents=(QUOTATION,))
    assert bill.lines.get().quoted_price == 10


@pytest.mark.parametrize("change", ["update", "delete", "insert", "move"])
def test_the_database_keeps_what_a_source_said_once_the_bill_is_issued(shop, change):
    bill = billing.issued(shop, documents=(QUOTATION,))
    rows = RelatedDocument.objects.filter(invoice=bill)
    changed = QUOTED.pack() | {"lines": []}
    acts = {
        "update": lambda: rows.update(listing=changed),
        "delete": lambda: rows.delete(),
        "insert": lambda: RelatedDocument.objects.create(
            merchant=shop, invoice=bill, kind="order", number="X"
        ),
        "move": lambda: rows.update(invoice=billing.drafted(shop)),
    }
    with pytest.raises(IntegrityError, match="document of an issued bill"), transaction.atomic():
        acts[change]()
    assert bills.draft_of(bill).documents == (QUOTATION,)


def test_a_draft_with_sources_can_be_deleted(shop):
    bill = billing.drafted(shop, documents=(QUOTATION,))
    invoices.discard(bill, by=billing.owner(shop).user)
    assert not RelatedDocument.objects.exists()


def test_a_draft_without_sources_differs_from_nothing(shop):
    assert bills.compared(Draft("USD"), None) == []
