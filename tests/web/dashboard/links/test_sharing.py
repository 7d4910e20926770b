"""Handing a link on: codes that decode, addresses that carry any text, buttons that run nothing."""

from __future__ import annotations

import io
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote, urlsplit

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from PIL import Image

from sleek.core.money import Money
from sleek.links import actions as links
from sleek.links import queries
from sleek.links.actions import Limits, Look
from sleek.links.models import PaymentLink
from sleek.links.rules import AmountKind, Ask, Field, FieldKey
from sleek.merchants import actions as merchants
from sleek.merchants.actions import Face
from sleek.merchants.models import Merchant
from sleek.web.dashboard.telling import share
from sleek.web.dashboard.telling.share import codes, messages, snippets
from tests import people
from tests.fakes.channel import Bank
from tests.merchants import drawing
from tests.web.dashboard import office

HOSTILE = [
    "He said \"50 % off\" & 'more' <b>?",
    "</a><script>alert(1)</script>",
    "50\u202e.00 USD",
    "هدية عيد & 礼物 #1 + 2 = ?",
    "样" * 140,
    "line%0D%0ABcc:%20all@example.com",
]


@pytest.fixture
def shop(bank: Bank, db: None) -> Merchant:
    return people.merchant()


def _link(shop: Merchant, reason: str = "Sample fee") -> PaymentLink:
    """Of a brand with a logo."""
    lin = shop.memberships.get().user
    logo = merchants.keep_logo(shop, drawing.picture(size=(400, 300)))
    brand = merchants.create_brand(shop, Face(name="Qing", logo=logo), by=lin)
    return links.create(shop, Ask.fixed(office.FIFTY), reason, by=lin, look=Look(brand=brand))


def _read(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


def _page(pdf: bytes, number: int = 0) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    image = document[number].render(scale=3).to_pil()
    document.close()
    assert isinstance(image, Image.Image)
    return image


@pytest.mark.parametrize("width", [130, 300, 900, 1800])
def test_the_code_decodes_with_the_logo_on_it_at_any_size(shop, width):
    link = _link(shop)
    file = office.at_work(shop).get(f"/links/{link.public_id}/qr.png")
    code = Image.open(io.BytesIO(file.content))
    middle = code.getpixel((code.width // 2, code.height // 2))

    assert middle == (0x2F, 0x6B, 0x4F)
    assert _read(code.resize((width, width))) == [share.address(link)]
    assert zxingcpp.read_barcodes(code)[0].ec_level == "H"


def test_the_drawing_carries_the_logo_and_no_character_of_the_address(shop):
    link = _link(shop)

    file = office.at_work(shop).get(f"/links/{link.public_id}/qr.svg")

    assert file["Content-Type"] == "image/svg+xml"
    assert b"data:image/png;base64," in file.content
    assert link.token.encode() not in file.content


@pytest.mark.parametrize("path", ["qr.pdf", "poster.pdf"])
def test_papers_to_print_decode(shop, path):
    link = _link(shop)

    file = office.at_work(shop).get(f"/links/{link.public_id}/{path}")

    assert file["Content-Type"] == "application/pdf"
    assert _read(_page(file.content)) == [share.address(link)]


@pytest.mark.parametrize("reason", HOSTILE)
def test_the_poster_shows_any_reason(shop, reason):
    link = _link(shop, reason)

    file = office.at_work(shop).get(f"/links/{link.public_id}/poster.png")

    picture = Image.open(io.BytesIO(file.content))
    assert picture.size == (1080, 1440)
    assert _read(picture) == [share.address(link)]


@pytest.mark.parametrize("path", ["qr.exe", "poster.svg", "button/script"])
def test_what_is_no_file_of_ours_is_not_there(shop, path):
    link = _link(shop)

    assert office.at_work(shop).get(f"/links/{link.public_id}/{path}").status_code == 404


@pytest.mark.parametrize("reason", HOSTILE)
def test_every_app_gets_the_text_as_it_was_meant(shop, reason):
    link = _link(shop, reason)
    url = share.address(link)
    invited = messages.invite(link, url, "en")
    whatsapp, mail, telegram = messages.messages_to(invited, url)
    meant = " ".join(reason.replace("\u202e", "").split())

    assert parse_qs(urlsplit(whatsapp.url).query)["text"] == [invited.sentence]
    assert parse_qs(urlsplit(telegram.url).query)["url"] == [url]
    fields = dict(part.split("=", 1) for part in mail.url.removeprefix("mailto:?").split("&"))
    assert fields.keys() == {"subject", "body"}
    assert unquote(fields["subject"]) == f"Qing: {meant}"
    assert unquote(fields["body"]).count("\r\n\r\n") == 3
    assert url in unquote(fields["body"])
    assert meant in invited.sentence


@pytest.mark.parametrize("reason", HOSTILE)
@pytest.mark.parametrize("form", snippets.FORMS)
def test_a_snippet_holds_one_link_and_no_script(shop, reason, form):
    link = _link(shop, reason)
    elements = _Elements()

    elements.feed(snippets.snippet(form, link, share.address(link), "Pay"))

    assert elements.links == [share.address(link)]
    assert elements.names <= {"a", "div"}
    assert not any(name.startswith("on") for name in elements.attributes)
    assert form == "button" or reason in elements.text


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_frame_that_shows_the_button_can_do_nothing(shop):
    link = _link(shop)

    answer = office.at_work(shop).get(f"/links/{link.public_id}/button/card")

    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )


def test_the_message_is_in_the_payers_language(shop):
    link, lin = _link(shop), office.at_work(shop)

    page = unescape(lin.get(f"/links/{link.public_id}?to=zh-hans").content.decode())
    strange = unescape(lin.get(f"/links/{link.public_id}?to=xx").content.decode())

    assert "Qing 向您收取 50.00\N{NO-BREAK SPACE}USD：Sample fee。" in page
    assert "Qing asks for 50.00\N{NO-BREAK SPACE}USD: Sample fee." in strange


def test_an_address_for_one_customer_carries_what_is_known(shop):
    ask = Ask(AmountKind.OPEN, "USD", minimum=1000, maximum=9000)
    look = Look(fields=[Field(FieldKey.NAME), Field(FieldKey.OWN_1, label="Glaze")])
    link = links.create(
        shop, ask, "Gift", by=shop.memberships.get().user, look=look,
        limits=Limits(is_reusable=True),
    )  # fmt: skip

    page = office.at_work(shop).get(
        f"/links/{link.public_id}",
        {"prefill-name": "Anna", "prefill-own_1": "Blue", "prefill-amount": "25"},
    )

    sealed = page.context["prefill"].url.partition("?prefill=")[2]
    prefill = queries.read_prefill(link, sealed)
    assert prefill
    assert prefill.values == {FieldKey.NAME: "Anna", FieldKey.OWN_1: "Blue"}
    assert prefill.amount == Money(2500, "USD")


@pytest.mark.parametrize(
    ("amount", "complaint"),
    [("95", "This lies outside the bounds of the link."), ("x", "Write the amount in digits")],
)
def test_an_amount_that_the_link_does_not_take_makes_no_address(shop, amount, complaint):
    ask = Ask(AmountKind.OPEN, "USD", minimum=1000, maximum=9000)
    link = links.create(shop, ask, "Gift", by=shop.memberships.get().user)

    page = office.at_work(shop).get(f"/links/{link.public_id}", {"prefill-amount": amount})

    assert complaint in page.content.decode()
    assert page.context["prefill"].url == ""


def test_pictures_are_served_for_ever_as_what_they_are(shop):
    logo = _link(shop).brand.logo
    assert logo

    answer = Client().get(f"/pictures/{logo.public_id}")

    assert answer.content == bytes(logo.content)
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = Client().get(f"/pictures/{logo.public_id}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get("/pictures/pic_nothing").status_code == 404


def test_an_inline_code_is_dark_on_white(shop):
    assert 'fill="#fff"' in codes.drawing("https://pay.example.com/p/x/")
