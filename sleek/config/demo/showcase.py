"""What the story's shop shows beside plain links: a second brand with a logo, terms, a counter with
stickers, pieces that run out, fields that payers fill in.
"""

from __future__ import annotations

import io
import random
from datetime import timedelta

from PIL import Image, ImageDraw

from sleek.core import clock
from sleek.links import actions as links
from sleek.links.actions import Limits, Look
from sleek.links.models import PaymentLink, Sticker
from sleek.links.rules import AmountKind, Ask, Field, FieldKey
from sleek.merchants import actions as merchants
from sleek.merchants.actions import Face
from sleek.merchants.models import Brand, Merchant, User

CHANCE = 20262  # the same story everywhere
FAIR = "Canton Fair 2026"
TERMS = """Samples are made to order and leave Jingdezhen within ten working days of payment.
The sample fee is credited against the first order above 2,000 USD.
What arrives broken is made again or refunded, whichever you prefer; send a photo within 14 days.

样品按单制作，付款后十个工作日内自景德镇发出。
首单满 2,000 美元，样品费全额抵扣。
到货破损的，14 天内凭照片重做或退款，由您选择。"""
PER_DAY = (4, 14)  # views of one link
DAYS = 12


def furnish(shop: Merchant, owner: User) -> None:
    studio = _studio(shop, owner)
    merchants.write_terms(shop, TERMS, by=owner)
    chance = random.Random(CHANCE)
    _count_views(_tasting(shop, owner, studio), None, chance)
    _count_views(_inquiry(shop, owner), None, chance)
    counter = _counter(shop, owner, studio)
    for sticker in links.add_stickers(counter, ["Counter 柜台", "Shop window 橱窗"], by=owner):
        _count_views(counter, sticker, chance)


def _studio(shop: Merchant, owner: User) -> Brand:
    logo = merchants.keep_logo(shop, _drawn_logo())
    face = Face(
        name="青瓷工坊 Qing Studio",
        logo=logo,
        accent_color="#2f6b4f",
        thank_you="Thank you! We pack your pieces by hand and write as soon as they leave. 谢谢！",
    )
    return merchants.create_brand(shop, face, by=owner)


def _tasting(shop: Merchant, owner: User, brand: Brand) -> PaymentLink:
    """Forty cups, at most six a payer."""
    return links.create(
        shop,
        Ask(AmountKind.QUANTITY, "USD", amount=1800, quantity_max=6),
        "Celadon tasting cup 青瓷品茗杯",
        by=owner,
        limits=Limits(is_reusable=True, pieces=40),
        look=Look(
            brand=brand,
            description="Hand-thrown, 60 ml, each glaze slightly different. Shipping included.",
            thank_you="Your cups leave within three working days.",
            pictures=[merchants.keep_picture(shop, _drawn_cup(tone)) for tone in _GLAZES],
            tags=[FAIR, "cups"],
        ),
    )


def _inquiry(shop: Merchant, owner: User) -> PaymentLink:
    """What a buyer must tell before a sample is made, and what they agree to."""
    fields = [
        Field(FieldKey.NAME, is_required=True),
        Field(FieldKey.COMPANY),
        Field(FieldKey.EMAIL, is_required=True),
        Field(FieldKey.PO_NUMBER),
        Field(FieldKey.OWN_1, label="Glaze 釉色"),
    ]
    look = Look(fields=fields, asks_terms=True, tags=[FAIR])
    limits = Limits(is_reusable=True, uses=25, expires_at=clock.now() + timedelta(days=60))
    return links.create(
        shop,
        Ask(AmountKind.FIXED, "USD", amount=6500),
        "Sample set, five glazes 样品套装",
        by=owner,
        limits=limits,
        look=look,
    )


def _counter(shop: Merchant, owner: User, brand: Brand) -> PaymentLink:
    return links.create(
        shop,
        Ask(AmountKind.OPEN, "CNY", minimum=100, maximum=500_000),
        "门店付款 Pay at the shop",
        by=owner,
        limits=Limits(is_reusable=True),
        look=Look(brand=brand, tags=["shop"]),
    )


def _count_views(link: PaymentLink, sticker: Sticker | None, chance: random.Random) -> None:
    today = clock.now().astimezone(link.merchant.zone).date()
    for back in range(DAYS):
        for _ in range(chance.randint(*PER_DAY)):
            links.count_view(link, sticker, on=today - timedelta(days=back))


# Pictures, drawn so that the demo carries no files.

_GLAZES = ("#9cc5ad", "#7fa7c4")
_SIDE = 800


def _drawn_logo() -> bytes:
    """A bowl in a ring."""
    image = Image.new("RGBA", (_SIDE, _SIDE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((20, 20, 780, 780), fill="#2f6b4f")
    pen.ellipse((70, 70, 730, 730), outline="#e9f2ec", width=16)
    pen.chord((200, 170, 600, 590), 0, 180, fill="#e9f2ec")
    pen.rounded_rectangle((180, 365, 620, 400), 16, fill="#e9f2ec")
    pen.rounded_rectangle((310, 580, 490, 615), 12, fill="#e9f2ec")
    return _png(image)


def _drawn_cup(glaze: str) -> bytes:
    """A cup on a table."""
    image = Image.new("RGB", (_SIDE, _SIDE), "#efeae1")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 560, _SIDE, _SIDE), fill="#d8cdbb")
    pen.ellipse((210, 600, 590, 690), fill="#c2b49e")
    pen.polygon([(220, 300), (580, 300), (500, 640), (300, 640)], fill=glaze)
    pen.ellipse((300, 605, 500, 670), fill=glaze)
    pen.ellipse((220, 250, 580, 350), fill="#f7f5ef")
    pen.ellipse((240, 265, 560, 338), fill="#8a6a3f")
    return _png(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, format="png", compress_level=1)  # it is written anew when it is taken
    return out.getvalue()
