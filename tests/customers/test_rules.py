"""How customers are read from what people type, and which column says what."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.conf import settings

from sleek.channels.names import METHODS
from sleek.core import tables
from sleek.customers import rules
from sleek.customers.rules import CUSTOMERS, LINES, Details, Layout, Unfit, read_customer
from sleek.customers.rules.columns import below


def flaws(cells: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(Unfit) as caught:
        read_customer(cells)
    return {fault.field: fault.flaw for fault in caught.value.faults}


def guessed(text: str) -> Layout:
    return rules.guess(CUSTOMERS, tables.read(text.encode()).rows)


def test_a_customer_is_kept_as_it_prints():
    cells = {
        "name": "  Müller   Keramik GmbH ",
        "email": "ａnna@example.com",
        "phone": "0221 4710999",
        "country": "Deutschland",
        "tax_number": "136 695 976",
        "language": "德语",
        "currency": "欧元",
        "method": "T/T",
        "terms_days": "Net 30",
        "tags": "VIP，展会, VIP",
        "memo": " one\ntwo ",
    }
    assert read_customer(cells) == Details(
        "Müller Keramik GmbH",
        email="anna@example.com",
        phone="+492214710999",
        country="DE",
        tax_number="DE136695976",
        language="de",
        currency="EUR",
        method="bank_transfer",
        terms_days=30,
        tags=("VIP", "展会"),
        memo="one\ntwo",
    )


def test_only_the_name_is_needed():
    assert read_customer({"name": "陈一帆"}) == Details("陈一帆")
    assert flaws({"name": " ", "email": "x@example.com"}) == {"name": "missing"}


def test_all_that_is_wrong_is_told_at_once():
    cells = {
        "name": "x" * 201,
        "email": "anna@",
        "phone": "12",
        "country": "Atlantis",
        "credit_code": "91350100M000100Y44",
        "language": "Klingon",
        "currency": "XAU",
        "method": "cash",
        "terms_days": "366",
        "tags": "x" * 41,
        "memo": "x" * 2001,
    }
    assert flaws(cells) == {
        **{name: name for name in ("email", "phone", "country", "credit_code", "language")},
        **{name: name for name in ("currency", "method", "tags")},
        **{"name": "too_long", "memo": "too_long", "terms_days": "days"},
    }


@pytest.mark.parametrize(
    "email", ["a@b.c.de", "o'neil+x@example.co.uk", "anna@köln.de", "x@xn--kln-sna.de"]
)
def test_real_addresses_are_taken(email):
    assert read_customer({"name": "x", "email": email}).email == email


@pytest.mark.parametrize(
    "email",
    [
        *["a@b", "a b@example.com", "a@b@example.com", "a@example.com; b@example.com"],
        *[".a@example.com", "a@-example.com", "a@example.com\nBcc: b@example.com"],
        *["<a@example.com>", "a@127.0.0.1"],
    ],
)
def test_what_is_no_address_is_refused(email):
    assert flaws({"name": "x", "email": email}) == {"email": "email"}


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("DE", "0221 4710999", "+492214710999"),
        ("", "+49 221 4710999", "+492214710999"),
        ("US", "0049 221 4710999", "+492214710999"),
        ("CN", "138 1234 5678", "+8613812345678"),
    ],
)
def test_phones_are_read_by_their_country(country, typed, kept):
    assert read_customer({"name": "x", "country": country, "phone": typed}).phone == kept


def test_a_tax_number_of_an_unknown_country_is_taken_as_it_is():
    assert read_customer({"name": "x", "tax_number": " 12  34 "}).tax_number == "12 34"
    assert flaws({"name": "x", "country": "DE", "tax_number": "123"}) == {
        "tax_number": "tax_number"
    }


@pytest.mark.parametrize("named", ["DE", "de", "Germany", "德国", "Alemania", "ドイツ", "Германия"])
def test_a_country_is_known_by_its_names(named):
    assert read_customer({"name": "x", "country": named}).country == "DE"


def test_languages_and_methods_are_those_that_payers_meet():
    assert tuple(settings.PAYER_LANGUAGES) == rules.LANGUAGES
    assert set(rules.METHODS) <= set(METHODS)


# Columns


def test_heads_are_found_below_a_title_and_in_two_languages():
    text = "2026 客户名单,,,\n,,,\n公司名称 Company,E-mail 邮箱,国家/Country,VAT No.\nx,y,z,w"
    places = {"name": 0, "email": 1, "country": 2, "tax_number": 3}
    assert guessed(text) == Layout(3, places)


def test_a_slip_in_a_head_is_forgiven_and_a_strange_head_is_left_alone():
    assert guessed("Custmer name,Contakt person,Shoe size\na,b,c").places == {
        "name": 0,
        "contact": 1,
    }


def test_each_column_says_one_thing():
    places = guessed("Name,Company name,E-mail,Email address\na,b,c,d").places
    assert len(set(places.values())) == len(places)
    assert places["email"] in (2, 3)


def test_a_table_of_nothing_that_we_know_names_no_column():
    layout = guessed("foo;bar\n1;2")
    assert (layout.head_row, dict(layout.places)) == (1, {})


def test_the_exported_heads_are_known_in_both_languages():
    chinese = "公司名称,联系人,电子邮箱,电话,国家或地区,注册地址,统一社会信用代码,税号,语言"
    english = "Company name,Contact,E-mail address,Phone,Country or region,Registered address"
    assert list(guessed(chinese + "\n1").places.values()) != []
    assert set(guessed(chinese + "\n1").places.values()) == set(range(9))
    assert set(guessed(english + "\n1").places.values()) == set(range(6))


def test_the_same_heads_have_the_same_hash_wherever_they_stand():
    one = tables.read(b"Name,Mail\n1,2").rows
    other = tables.read(b"List,\nNAME,mail\n3,4").rows
    assert rules.head_hash(one, 1) == rules.head_hash(other, 2)
    assert rules.head_hash(one, 1) != rules.head_hash(other, 1)
    assert rules.head_hash(one, 0) != rules.head_hash(one, 1)


def test_rows_become_entries_or_are_rejected_with_their_numbers():
    rows = tables.read(b"Name,E-mail\nBerg,a@example.com\nCruz,no\n,,only elsewhere\n").rows
    found = rules.read_rows(CUSTOMERS, below(rows, 1), {"name": 0, "email": 1}, decimal_mark=".")
    assert found.entries == ((2, Details("Berg", email="a@example.com")),)
    assert [(out.row.number, out.faults[0].field) for out in found.rejected] == [(3, "email")]


def test_a_row_whose_formula_has_no_result_is_rejected():
    row = tables.Row(2, ("Berg",), (1,))
    found = rules.read_rows(CUSTOMERS, [row], {"name": 0, "memo": 1}, decimal_mark=".")
    assert [fault.flaw for fault in found.rejected[0].faults] == ["formula"]
    elsewhere = rules.read_rows(CUSTOMERS, [row], {"name": 0}, decimal_mark=".")
    assert elsewhere.entries == ((2, Details("Berg")),)


def test_the_mark_before_decimals_is_told_by_the_numbers():
    def mark(*prices: str) -> str:
        rows = tables.read("\n".join(["品名;单价", *(f"x;{p}" for p in prices)]).encode()).rows
        return rules.guess(LINES, rows).decimal_mark

    assert mark("1.234,50", "12,5") == ","
    assert mark("1,234.50", "1,234") == "."
    assert mark("1,234", "1,000") == "."
