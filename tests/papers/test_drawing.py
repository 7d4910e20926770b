"""What stands on the paper is what the sheet says, on every layout, however long or strange."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import asdict, replace

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat

from sleek.papers import drawing
from sleek.papers.drawing import STRADDLED_PAGES, Undrawable
from sleek.papers.rules import Block, Layout, Pay, Row, Sheet
from tests.papers import sheets

LAYOUTS = [*Layout]
MM = 72 / 25.4
UNPRINTED = {
    "kind",
    "logo",
    "layout",
    "languages",
    "font",
    "accent",
    "running",
    "picture",
    "place",
    "url",
}


def printed(sheet: Sheet, **more: object) -> bytes:
    return drawing.draw(replace(sheet, **more), sheets.PICTURES)  # type: ignore[arg-type]


def said(value: object, name: str = "") -> Iterator[str]:
    """All words of a sheet that a reader sees, without blanks."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from said(each, key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from said(each, name)
    elif isinstance(value, str) and name not in UNPRINTED:
        yield "".join(value.split())


def unsaid(sheet: Sheet, pdf: bytes) -> list[str]:
    text = "".join(sheets.pages(pdf))
    words = said(asdict(replace(sheet, page_label="", running_label=(), brought_label=())))
    return [word for word in words if word not in text]


@pytest.mark.parametrize("tongue", ["zh-hans", "en", "both"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_word_can_be_selected_as_it_was_written(layout, tongue):
    sheet = sheets.bill(layout, tongue=tongue, seal=sheets.sealed(), logo="pic_logo")

    assert unsaid(sheet, printed(sheet)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_words_stay_words(layout):
    hostile = '#import "/etc/passwd": * \\ $x^2$ *b* _i_ `r` @a <b> // -- --- ... ~ = "q" #panic()'
    sheet = sheets.bill(layout, opening=hostile, footer="</svg><script>alert(1)</script>")
    sheet = replace(sheet, rows=(Row((hostile, "{page}", "]]"), detail="#sys.inputs"),))

    assert unsaid(sheet, printed(sheet)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rare_ideographs_are_there(layout):
    rare = "㐂䶮㬎镕喆 𫖯𬭎𬱖𫓧 〇々"
    sheet = sheets.bill(layout, payer=Block(("付款单位",), rare))

    assert drawing.missing_letters(sheet) == ""
    assert unsaid(sheet, printed(sheet)) == []


def test_every_ideograph_of_the_first_two_levels_of_gb_18030_has_a_face():
    common = "".join(map(chr, [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]))

    assert drawing.missing_letters(sheets.bill(opening=common)) == ""


def test_a_letter_without_a_face_is_named_and_never_drawn_as_a_box():
    sheet = sheets.bill(opening="a\u0378b\u0378", footer="\U0003fffd")

    assert drawing.missing_letters(sheet) == "\u0378\U0003fffd"
    with pytest.raises(Undrawable):
        printed(sheet)


def test_what_is_not_missing_can_be_drawn(chance):
    """Whatever fonts this machine has."""
    letters = {chr(chance.randrange(0xA1, 0x323B0)) for _ in range(60)}
    drawable = [one for one in sorted(letters) if not re.match("[\ud800-\udfff]", one)]
    missing = set(drawing.missing_letters(sheets.bill(opening="".join(drawable))))

    printed(sheets.bill(opening=" ".join(one for one in drawable if one not in missing)))
    for letter in missing:
        with pytest.raises(Undrawable):
            printed(sheets.bill(opening=letter))


def test_an_ideograph_of_an_older_character_set_is_drawn_as_its_twin():
    sheet = sheets.bill(opening="\U0002f8cc\U0002f8d6")

    assert drawing.missing_letters(sheet) == ""
    printed(sheet)


def test_what_has_no_shape_is_not_missed():
    """No face need have a filler, or a choice among a letter's variants."""
    sheet = sheets.bill(opening="Tea\u180b\u17b4\u3164\u2065\ufff0\U000e0fffpot")

    assert drawing.missing_letters(sheet) == ""
    printed(sheet)


def test_letters_that_steer_are_left_out():
    """An override of the direction could let an amount read backwards."""
    sheet = sheets.bill(payer=Block(("付款单位",), "Anna\u202e001\u202c\x00 Tee\ufeff"))

    assert "Anna001Tee" in sheets.pages(printed(sheet))[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_long_names_and_words_stay_on_the_paper(layout):
    word = "x" * 200
    sheet = sheets.bill(layout, payer=Block(("付款单位",), word, (((), word),)), opening=word)
    sheet = replace(sheet, rows=(Row((word, word, "1.00"), detail=word),), footer=word)
    pdf = printed(sheet)

    assert unsaid(sheet, pdf) == []
    for page in sheets.opened(pdf):
        text = page.get_textpage()
        edges = [text.get_charbox(place) for place in range(text.count_chars())]
        assert max(right for _, _, right, _ in edges) <= page.get_width() - 10 * MM


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_long_subject_leaves_the_names_their_room(layout):
    subject = "Framework order 2026, celadon tableware for forty-two shops in the South-West"
    pdf = printed(sheets.bill(layout, facts=((("标题",), subject),)))
    lines = sheets.opened(pdf)[0].get_textpage().get_text_range().splitlines()
    assert any("Nordlicht Tee" in line for line in lines), lines


def test_right_to_left_names_are_there():
    sheet = sheets.bill(payer=Block(("付款单位",), "שלום"), facts=((("客户",), "نور"),))
    text = sheets.pages(printed(sheet))[0]

    assert "نور" in text
    assert drawing.missing_letters(sheet) == "" or "ש" in drawing.missing_letters(sheet)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_paper_without_lines_has_one_page(layout):
    pdf = printed(sheets.bill(layout, lines=0))

    assert len(sheets.pages(pdf)) == 1
    assert "品名" not in sheets.pages(pdf)[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_long_bill_repeats_its_head_and_carries_its_sum(layout):
    sheet = sheets.bill(layout, lines=300, seal=sheets.sealed())
    pdf = printed(sheet)
    said_on = sheets.pages(pdf)

    assert unsaid(sheet, pdf) == []
    assert len(said_on) > 4
    sums = {number: row.running for number, row in enumerate(sheet.rows, 1)}
    for number, page in enumerate(said_on[:-1]):
        lines = [int(found) for found in re.findall(r"\((\d+)\)", page)]
        if not lines:
            continue
        assert "品名" in page
        has_more = lines[-1] < 300
        assert (f"过次页{sums[lines[-1]]}" in page) == has_more
        assert (f"承前页{sums[lines[-1]]}" in said_on[number + 1]) == has_more
        assert f"第{number + 1}页，共{len(said_on)}页" in page
    assert "过次页" not in said_on[-1]


def test_all_of_a_papers_fonts_are_within_it():
    pdf = pypdf.PdfReader(io.BytesIO(printed(sheets.bill(tongue="both"))))
    fonts = [font for page in pdf.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    below = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
    described = [font["/FontDescriptor"].get_object() for font in below]

    assert fonts
    assert all("/FontFile3" in each or "/FontFile2" in each for each in described)


def test_it_says_that_it_is_made_to_be_archived():
    assert b"<pdfaid:part>3</pdfaid:part>" in printed(sheets.bill())
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in printed(sheets.bill())


def test_the_same_sheet_gives_the_same_bytes():
    assert printed(sheets.bill()) == printed(sheets.bill())


@pytest.mark.parametrize("place", ["payee", "corner", "totals"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_codes_can_be_scanned_wherever_the_seal_stands(layout, place):
    sheet = sheets.bill(layout, tongue="both", seal=sheets.sealed(place, width_mm=60))
    codes = zxingcpp.read_barcodes(sheets.seen(printed(sheet), scale=3))

    assert {code.text for code in codes} == {sheet.pay.url, sheet.verify.url}  # type: ignore[union-attr]


def test_any_address_makes_a_code_that_can_be_scanned(chance):
    letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789abcdefghijkmnopqrstuvwxyz"
    for length in range(4, 64, 5):
        url = f"https://pay.example/b/{''.join(chance.choices(letters, k=length))}"
        sheet = sheets.bill(pay=Pay(("在线付款",), url), verify=None)
        (code,) = zxingcpp.read_barcodes(sheets.seen(printed(sheet), scale=3))
        assert code.text == url


def test_the_button_and_the_codes_are_links():
    pdf = pypdf.PdfReader(io.BytesIO(printed(sheets.bill())))
    actions = [note.get_object().get("/A") for note in pdf.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    targets = [action["/URI"] for action in actions if action]

    assert set(targets) == {
        "https://pay.example/b/7Kd9Qm2xVt4P",
        "https://pay.example/v/K7QX3M9RT2WB",
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_seal_lies_over_the_payees_name(layout):
    pdf = printed(sheets.bill(layout, seal=sheets.sealed()))
    page = sheets.opened(pdf)[0]
    text = page.get_textpage()
    whole = text.get_text_range()
    at = whole.rindex("林氏陶瓷有限公司")
    left, bottom, _, top = text.get_charbox(at)
    _, _, right, _ = text.get_charbox(at + 7)
    picture = sheets.seen(pdf)
    height = picture.height
    name = picture.crop(
        (int(left * 2), int(height - top * 2), int(right * 2), int(height - bottom * 2))
    )

    assert sheets.reds(name) > 0


@pytest.mark.parametrize("width_mm", [40, 60])
@pytest.mark.parametrize(
    ("layout", "lines"), [(each, lines) for each in LAYOUTS for lines in (32, 44)]
)
def test_a_seal_at_the_totals_and_across_the_edges_lies_over_no_word(layout, lines, width_mm):
    seal = sheets.sealed("totals", straddles=True, width_mm=width_mm)
    pdf = printed(sheets.bill(layout, tongue="both", lines=lines, seal=seal))
    count = len(sheets.pages(pdf))
    assert 2 <= count <= 4
    for number in range(count):
        ink = sheets.inked(sheets.seen(pdf, number))
        assert ink.getbbox()
        assert covered(ink, sheets.opened(pdf)[number].get_textpage()) == ""


def test_only_what_is_issued_bears_a_seal():
    draft = sheets.bill(
        number="", watermark=("草稿",), seal=sheets.sealed(straddles=True), lines=60
    )
    pdf = printed(draft)

    for page in range(len(sheets.pages(pdf))):
        assert sheets.reds(sheets.seen(pdf, page)) == 0
        assert "草稿" in sheets.pages(pdf)[page]


@pytest.mark.parametrize("lines", [40, 60, 90])
def test_slices_on_the_edges_of_all_pages_add_up_to_the_seal(lines):
    pdf = printed(sheets.bill(lines=lines, seal=sheets.sealed("corner", straddles=True)))
    count = len(sheets.pages(pdf))
    assert 2 <= count <= STRADDLED_PAGES
    assert difference(joined(pdf, range(count)), 40) < 6


def test_many_pages_share_several_seals():
    pdf = printed(sheets.bill(lines=200, seal=sheets.sealed("corner", straddles=True)))
    count = len(sheets.pages(pdf))
    assert STRADDLED_PAGES < count <= 2 * STRADDLED_PAGES
    first = -(-count // 2)

    assert difference(joined(pdf, range(first)), 40) < 6
    assert difference(joined(pdf, range(first, count)), 40) < 6


def test_a_single_page_bears_no_slice():
    picture = sheets.seen(printed(sheets.bill(seal=sheets.sealed(straddles=True))))
    edge = picture.crop((picture.width - 20, 0, picture.width, picture.height))

    assert edge.getextrema() == ((255, 255),) * 3


def covered(ink: Image.Image, text: pypdfium2.PdfTextPage) -> str:
    """The letters of a page over which a stamp lies."""
    letters = ""
    for at in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(at)
        box = (left * 2, ink.height - top * 2, right * 2, ink.height - bottom * 2)
        if right > left and top > bottom and ink.crop(tuple(map(round, box))).getbbox():
            letters += text.get_text_range(at, 1)
    return letters


def joined(pdf: bytes, numbers: range) -> Image.Image:
    """The slices of these pages, side by side, as they were cut: at 4 pixels a point."""
    width = 40 * MM * 4 / len(numbers)
    whole = Image.new("RGB", (round(40 * MM * 4), round(40 * MM * 4)), "white")
    for place, number in enumerate(numbers):
        picture = sheets.seen(pdf, number, scale=4)
        middle = picture.height / 2 - 12 * MM * 4
        top = round(middle - 20 * MM * 4)
        slice_ = picture.crop(
            (round(picture.width - width), top, picture.width, top + whole.height)
        )
        whole.paste(slice_, (round(place * width), 0))
    return whole


def difference(found: Image.Image, width_mm: int) -> float:
    """On average over all points, of 255."""
    ground = Image.new("RGBA", (400, 400), "white")
    ground.alpha_composite(Image.open(io.BytesIO(sheets.stamp())))
    wanted = ground.convert("RGB").resize(found.size)
    means = ImageStat.Stat(ImageChops.difference(found, wanted)).mean
    return sum(means) / len(means)


def test_a_preview_shows_the_same_pages():
    sheet = sheets.bill(lines=60)
    shown = [Image.open(io.BytesIO(page)) for page in drawing.preview(sheet, sheets.PICTURES)]
    pdf = printed(sheet)

    assert len(shown) == len(sheets.pages(pdf))
    for number, page in enumerate(shown):
        paper = sheets.seen(pdf, number).resize(page.size)
        means = ImageStat.Stat(ImageChops.difference(page.convert("RGB"), paper)).mean
        assert max(means) < 4


def test_attachments_travel_within():
    sheet = sheets.bill(attachments=("factur-x.xml", "photo.bin"))
    pdf = drawing.draw(sheet, {}, {"factur-x.xml": b"<a/>", "photo.bin": b"\x00\xff"})
    reader = pypdf.PdfReader(io.BytesIO(pdf))

    assert reader.attachments["factur-x.xml"] == [b"<a/>"]
    assert reader.attachments["photo.bin"] == [b"\x00\xff"]


def test_a_picture_that_is_not_there_is_no_paper():
    with pytest.raises(Undrawable, match="pic_gone"):
        printed(sheets.bill(logo="pic_gone"))
