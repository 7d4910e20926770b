"""Lin's bills in the story: a sample fee that is paid and will be deducted, a large order in three
stages, one that is overdue, and what she brought home from a fair. All of them bear her finance
seal.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from sleek.config.demo import fair
from sleek.config.demo.drawing_up import customer, draft, issued, line, pay
from sleek.core import clock
from sleek.core.money import Money
from sleek.invoices import actions as invoices
from sleek.invoices.queries import Draft, Reference
from sleek.invoices.rules import DocumentKind, Nature, Policy, Stage
from sleek.merchants.models import Membership, Merchant
from sleek.papers import actions as papers
from sleek.papers.models import Design
from sleek.papers.rules import Layout, SealKind, Tongue
from sleek.payments.models import Attempt, Payment

SEAL_SIZE, SEAL_RED = 400, (200, 30, 30, 255)
RING, TILE = 154, 72  # how far from the middle its letters are, and the square of each
PAID_ON, OVERDUE_SINCE = timedelta(days=18), timedelta(days=12)


def furnish(owner: Membership, try_to_pay: Callable[[Payment], Attempt]) -> None:
    """Day by day, so that later bills have higher numbers."""
    shop = owner.merchant
    plain, both = _designs(owner)
    with clock.frozen(clock.now() - OVERDUE_SINCE - timedelta(days=30)):
        late = issued(owner, _tableware(shop, both))
        invoices.send(late, late.payer_email, by=owner.user)
    fair.take_deposit(owner, try_to_pay)
    with clock.frozen(clock.now() - PAID_ON - timedelta(days=2)):
        sample = issued(owner, _sample(shop, plain))
    with clock.frozen(clock.now() - PAID_ON):
        pay(sample, try_to_pay)
    fair.sell_samples(owner)
    with clock.frozen(clock.now() - timedelta(days=3)):
        order = issued(owner, _order(shop, both))
        words = "Dear Anna, as agreed at the fair: three stages. Thank you!"
        invoices.send(order, order.payer_email, words, by=owner.user)
    fair.deliver(owner)


def _sample(shop: Merchant, design: Design) -> Draft:
    return draft(
        customer(shop, "Prairie Pottery LLC"),
        "USD",
        (
            line("Celadon teapot, sample", "1", "38", spec="TP-0820, 820 ml", unit="pc"),
            line("Courier DHL Express", "1", "12", unit="parcel", is_courier=True),
        ),
        title="Celadon teapot, sample",
        nature=Nature.SAMPLING,
        due_days=7,
        policy=Policy(Money(3800, "USD"), Money(200_000, "USD"), valid_days=180),
        documents=(Reference(DocumentKind.QUOTATION, "QT-0417"),),
        design=design,
    )


def _order(shop: Merchant, design: Design) -> Draft:
    today = clock.now().astimezone(shop.zone).date()
    stages = (
        Stage("开模 Moulds", "Moulds, photographed", None, Decimal(30), today + timedelta(days=10)),
        Stage("大货 Production", "600 sets, packed", None, Decimal(50), today + timedelta(days=45)),
        Stage("尾款 Balance", "Bill of lading", None, Decimal(20), today + timedelta(days=75)),
    )
    return draft(
        customer(shop, "Müller Keramik GmbH"),
        "EUR",
        (
            line("青瓷茶具 Celadon tea set", "600", "18.50", spec="TS-06, 6 pcs", unit="套 set"),
            line("礼盒 Gift box", "600", "1.80", spec="kraft, magnetic lid", unit="只 pc"),
            line("模具 Mould", "2", "310", spec="lid and body", unit="副 set"),
        ),
        title="茶具订单 Tea sets, PO-2301",
        nature=Nature.GOODS,
        stages=stages,
        takes_parts=True,
        documents=(
            Reference(DocumentKind.PURCHASE_ORDER, "PO-2301"),
            Reference(DocumentKind.CONTRACT, "LC-2026-031"),
        ),
        remarks="Prices include packing. FOB Shanghai.",
        design=design,
    )


def _tableware(shop: Merchant, design: Design) -> Draft:
    return draft(
        customer(shop, "Thornbury Tableware Ltd"),
        "GBP",
        (line("样品 Blue-and-white plates, samples", "12", "35", spec="27 cm", unit="只 pc"),),
        title="样品 Plates, samples",
        nature=Nature.SAMPLING,
        due_days=30,
        design=design,
    )


def _designs(owner: Membership) -> tuple[Design, Design]:
    seal = papers.keep_seal(
        owner.merchant, SealKind.FINANCE, "财务专用章", _seal(), width_mm=40, by=owner.user
    )
    english = Design(name="English", layout=Layout.PLAIN, tongue=Tongue.ENGLISH)
    both = Design(name="中英对照 Bilingual", layout=Layout.BILINGUAL, tongue=Tongue.BOTH)
    both.is_default = True
    for design in (english, both):
        design.merchant, design.seal = owner.merchant, seal
        design.save()
    return english, both


def _seal() -> bytes:
    """A round stamp: the company's name along the ring, a star, and what it is for."""
    image = Image.new("RGBA", (SEAL_SIZE, SEAL_SIZE), (0, 0, 0, 0))
    pen, middle = ImageDraw.Draw(image), SEAL_SIZE / 2
    pen.ellipse((6, 6, SEAL_SIZE - 6, SEAL_SIZE - 6), outline=SEAL_RED, width=10)
    points = [
        (
            middle + radius * math.sin(math.pi * step / 5),
            middle - 10 - radius * math.cos(math.pi * step / 5),
        )
        for step in range(10)
        for radius in [52 if step % 2 == 0 else 21]
    ]
    pen.polygon(points, fill=SEAL_RED)
    pen.text((middle, 312), "财务专用章", SEAL_RED, font=_font(40), anchor="mm")
    name = "景德镇林家陶瓷有限公司"
    for place, letter in enumerate(name):
        angle = -120 + 240 * place / (len(name) - 1)
        tile = Image.new("RGBA", (TILE, TILE), (0, 0, 0, 0))
        pen = ImageDraw.Draw(tile)
        pen.text((TILE / 2, TILE / 2), letter, SEAL_RED, font=_font(44), anchor="mm")
        turned = tile.rotate(-angle, resample=Image.Resampling.BICUBIC)
        right = middle + RING * math.sin(math.radians(angle)) - TILE / 2
        down = middle - RING * math.cos(math.radians(angle)) - TILE / 2
        image.alpha_composite(turned, (round(right), round(down)))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return ImageFont.truetype(next(iter(sorted(folder.rglob("*Serif*")))), size)
