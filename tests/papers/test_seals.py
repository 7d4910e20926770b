"""Stamps are kept with a clear ground, and put away only when no template bears them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from sleek.audit.models import Record
from sleek.merchants.actions import PictureRefused
from sleek.merchants.models import Merchant, Picture, User
from sleek.papers import actions as papers
from sleek.papers.actions import SealRefused
from sleek.papers.actions.seals import MAX_SEALS
from sleek.papers.models import Design, Seal
from sleek.papers.rules import SealKind
from tests import people
from tests.papers import sheets


@pytest.fixture
def shop(db: None) -> Merchant:
    return people.merchant()


@pytest.fixture
def lin(shop: Merchant) -> User:
    return shop.memberships.get().user


def kept(shop: Merchant, content: bytes | None = None, *, width_mm: int = 40) -> Seal:
    by = shop.memberships.get().user
    content = content or sheets.stamp()
    return papers.keep_seal(
        shop, SealKind.FINANCE, " 财务专用章 ", content, width_mm=width_mm, by=by
    )


def opened(seal: Seal) -> Image.Image:
    return Image.open(io.BytesIO(bytes(seal.picture.content)))


def on(ground: str) -> bytes:
    image = Image.new("RGBA", (400, 400), ground)
    image.alpha_composite(Image.open(io.BytesIO(sheets.stamp())))
    return sheets.saved(image.convert("RGB"))


def test_a_seal_is_kept_as_it_is_on_record(shop, lin):
    seal = kept(shop)

    assert (seal.name, seal.kind, seal.width_mm) == ("财务专用章", "finance", 40)
    assert opened(seal).getpixel((200, 100)) == (0, 0, 0, 0)
    record = Record.objects.get(action="seal.kept")
    assert (record.subject, record.actor) == (seal.public_id, lin.public_id)


def test_white_paper_becomes_clear_and_ink_keeps_its_colour(shop, lin):
    seal = papers.keep_scanned_seal(shop, SealKind.COMPANY, "", on("white"), width_mm=42, by=lin)
    picture = opened(seal)
    ink = picture.getpixel((picture.width * 13 // 40, picture.height * 11 // 40))
    assert isinstance(ink, tuple)
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)

    assert seal.name == "公章"
    assert picture.getpixel((picture.width // 2, picture.height // 2))[3] == 0  # type: ignore[index]
    assert ink[3] > 230
    again = ground.getpixel((picture.width * 13 // 40, picture.height * 11 // 40))
    assert all(abs(a - b) < 12 for a, b in zip(again, sheets.RED, strict=True))  # type: ignore[arg-type]


def test_a_grey_scan_becomes_clear_too(shop, lin):
    picture = opened(
        papers.keep_scanned_seal(shop, SealKind.COMPANY, "", on("#e4e2dd"), width_mm=42, by=lin)
    )

    assert picture.getpixel((picture.width // 2, picture.height // 2))[3] == 0  # type: ignore[index]


def test_clear_edges_are_cut_so_that_the_width_is_the_seals(shop):
    image = Image.new("RGBA", (900, 700), (0, 0, 0, 0))
    image.alpha_composite(Image.open(io.BytesIO(sheets.stamp())), (300, 100))

    assert opened(kept(shop, sheets.saved(image))).size == (396, 396)


@pytest.mark.parametrize("width_mm", [0, 19, 61])
def test_a_seal_has_a_seals_size(shop, width_mm):
    with pytest.raises(SealRefused, match="20 to 60 mm"):
        kept(shop, width_mm=width_mm)
    assert (Seal.objects.count(), Picture.objects.count()) == (0, 0)


def test_nothing_to_see_is_no_seal(shop, lin):
    blank = sheets.saved(Image.new("RGB", (200, 200), "white"))

    with pytest.raises(PictureRefused, match="Nothing can be seen"):
        papers.keep_scanned_seal(shop, SealKind.FINANCE, "", blank, width_mm=40, by=lin)
    with pytest.raises(PictureRefused, match="no picture"):
        kept(shop, b"<html>")
    assert Seal.objects.count() == 0


def test_there_are_so_many_and_no_more(shop, lin):
    first, *_ = [kept(shop) for _ in range(MAX_SEALS)]

    with pytest.raises(SealRefused, match="20 seals"):
        kept(shop)
    papers.archive_seal(first, by=lin)
    assert kept(shop).archived_at is None


def test_a_seal_that_a_template_bears_stays(shop, lin):
    seal = kept(shop)
    design = Design.objects.create(merchant=shop, name="Samples", seal=seal)

    with pytest.raises(SealRefused, match="“Samples” bears this seal"):
        papers.archive_seal(seal, by=lin)
    design.seal = None
    design.save()
    assert papers.archive_seal(seal, by=lin).archived_at is not None
    assert papers.archive_seal(seal, by=lin).archived_at is not None
    assert Record.objects.filter(action="seal.archived").count() == 1
