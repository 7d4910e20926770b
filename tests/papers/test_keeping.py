"""A paper is drawn, sealed, signed and kept in one step, and its reader can find it again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

import pytest
import zxingcpp
from django.db import DatabaseError, transaction

from sleek.core import clock
from sleek.merchants.models import Merchant
from sleek.papers import actions as papers
from sleek.papers import queries, signing
from sleek.papers.actions import NotPrintable
from sleek.papers.drawing import Undrawable
from sleek.papers.models import Certificate, Paper
from sleek.papers.rules import Kind, SealKind, Sheet, Stamp, plain, shown
from sleek.papers.signing import Condition
from tests import people
from tests.papers import sheets

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


def issued(shop: Merchant, sheet: Sheet | None = None, subject: str = "inv_1") -> Paper:
    return papers.keep(
        shop,
        subject=subject,
        kind=Kind.BILL,
        number="SK-2026-00042",
        sheet=sheet or sheets.bill(verify=None),
        at=clock.now(),
    )


def test_a_paper_is_kept_byte_for_byte_and_signed(shop):
    paper = issued(shop)
    found = signing.check(bytes(paper.content))

    assert paper.content_hash == hashlib.sha256(bytes(paper.content)).hexdigest()
    assert found.condition == Condition.INTACT
    assert found.signed_at == clock.now()
    assert found.fingerprint == Certificate.objects.get().fingerprint
    assert paper.certificate == Certificate.objects.get()


def test_its_code_and_address_stand_on_it(shop, settings):
    paper = issued(shop)
    address = f"{settings.PUBLIC_URL}/v/{paper.code}"
    codes = zxingcpp.read_barcodes(sheets.seen(bytes(paper.content), scale=3))

    assert shown(paper.code) in sheets.pages(bytes(paper.content))[0]
    assert address in {code.text for code in codes}
    assert paper.sheet["verify"]["url"] == address
    paper.refresh_from_db()
    assert paper.sheet["payee"] == json.loads(json.dumps(asdict(sheets.bill().payee)))


def test_the_address_may_be_another(shop):
    paper = papers.keep(
        shop,
        subject="inv_1",
        kind=Kind.BILL,
        number="1",
        sheet=sheets.bill(),
        at=clock.now(),
        verify_base="https://check.example/",
    )

    assert paper.sheet["verify"]["url"] == f"https://check.example/{paper.code}"


def test_logo_and_seal_are_those_of_the_merchant(shop):
    seal = papers.keep_seal(
        shop,
        SealKind.FINANCE,
        "",
        sheets.stamp(),
        width_mm=40,
        by=shop.memberships.get().user,
    )
    stamp = Stamp(seal.picture.public_id, 40, "payee")
    sealed = issued(shop, sheets.bill(verify=None, seal=stamp))

    assert sheets.reds(sheets.seen(bytes(sealed.content))) > 500
    stranger = people.merchant("Other", "other@example.com")
    with pytest.raises(Undrawable, match="is not there"):
        issued(stranger, sheets.bill(seal=stamp))


def test_what_cannot_be_printed_is_not_issued(shop):
    with pytest.raises(NotPrintable, match="these letters: \u0378"):
        issued(shop, sheets.bill(opening="a\u0378"))
    assert (Paper.objects.count(), Certificate.objects.count()) == (0, 0)


def test_a_rolled_back_issue_leaves_nothing(shop):
    class Refused(Exception):
        pass

    def interrupted() -> None:
        with transaction.atomic():
            issued(shop)
            raise Refused

    with pytest.raises(Refused):
        interrupted()
    assert (Paper.objects.count(), Certificate.objects.count()) == (0, 0)


def test_a_reader_finds_it_by_number_and_code(shop):
    paper = issued(shop)
    spoken = shown(paper.code).lower().replace("0", "o").replace("1", "l")

    assert queries.paper("sk-2026-00042 ", spoken) == paper
    assert queries.by_code(f" {paper.code[:6]} {paper.code[6:]}") == paper
    assert queries.paper("SK-2026-00043", paper.code) is None
    assert queries.paper("SK-2026-00042", paper.code[::-1]) is None


@pytest.mark.parametrize(
    "code", ["", "x", "A" * 11, "A" * 13, "U" * 12, "ÄBCDEFGHJKMN", "A" * 10_000]
)
def test_what_is_no_code_finds_nothing(db, code):
    assert plain(code) == ""
    assert queries.by_code(code) is None


def test_what_is_issued_anew_has_another_paper(shop):
    first, second = issued(shop), issued(shop, replace(sheets.bill(), opening="Again"))
    issued(shop, subject="inv_2")

    assert first.code != second.code
    assert queries.newest("inv_1") == second
    assert queries.newest("inv_3") is None


def test_a_kept_paper_cannot_be_changed_or_removed(shop):
    paper = issued(shop)

    for change in (
        lambda: Paper.objects.update(number="2"),
        lambda: Paper.objects.filter(pk=paper.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    paper.refresh_from_db()
    assert paper.number == "SK-2026-00042"
