"""Sheets and stamps that tests draw: an exporter of ceramics asks for what samples cost."""

from __future__ import annotations

import atexit
import io
from dataclasses import replace
from functools import lru_cache

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from sleek.papers.rules import Block, Column, Note, Pay, Row, Sheet, Stamp, Total, Verify
from sleek.papers.rules.sheet import Label

RED = (200, 16, 46, 255)
GOODS = (
    ("青花缠枝莲纹盖碗", "Blue-and-white gaiwan, lotus scroll", 45_50),
    ("影青刻花茶盏", "Qingbai carved tea bowl", 180_00),
    ("釉里红笔洗", "Copper-red brush washer", 2_600_00),
)


def bill(
    layout: str = "plain", *, tongue: str = "zh-hans", lines: int = 3, **more: object
) -> Sheet:
    """As it is issued: numbered, and to be paid and verified somewhere."""
    rows = _rows(lines)
    due = rows[-1].running if rows else "0.00"

    def label(chinese: str, english: str) -> Label:
        return {"zh-hans": (chinese,), "en": (english,), "both": (chinese, english)}[tongue]

    sheet = Sheet(
        kind="bill",
        layout=layout,
        languages=("zh-hans", "en") if tongue == "both" else (tongue,),
        font="sans",
        accent="#0f5c73",
        title=label("收款单", "Payment request"),
        number="SK-2026-00042",
        made_at=1_772_442_000,
        payee=Block(
            label("收款单位", "Payee"),
            "景德镇林氏陶瓷有限公司",
            ((label("统一社会信用代码", "Credit code"), "91360200MA35K3XK7F"),),
        ),
        payer=Block(
            label("付款单位", "Payer"),
            "Nordlicht Tee & Keramik GmbH",
            ((label("地址", "Address"), "Große Elbstraße 117, 22767 Hamburg"),),
        ),
        facts=((label("日期", "Date"), "2026-03-02"), (label("付款期限", "Due"), "2026-03-16")),
        opening="感谢惠顾。",
        columns=(
            Column(label("品名", "Description"), weight=1),
            Column(label("数量", "Qty"), is_figure=True),
            Column(label("金额", "Amount"), is_figure=True),
        ),
        rows=rows,
        running_label=label("过次页", "Carried forward"),
        brought_label=label("承前页", "Brought forward"),
        totals=(Total(label("应付合计", "Total due"), f"¥{due}", is_strong=True),),
        in_words=((label("金额大写", "In words"), "人民币叁佰元整"),),
        notes=(Note(label("备注", "Remarks"), "付款时请备注单号。\n逾期失效。"),),
        signers=((label("制单", "Drawn up by"), "周小雨"),),
        pay=Pay(label("在线付款", "Pay online"), "https://pay.example/b/7Kd9Qm2xVt4P", "支付宝"),
        verify=Verify(
            label("验证真伪", "Verify"), "https://pay.example/v/K7QX3M9RT2WB", "K7QX-3M9R-T2WB"
        ),
        notice="本单不是发票。",
        footer="www.lin-ceramics.example",
        page_label="第 {page} 页，共 {pages} 页",
    )
    return replace(sheet, **more)  # type: ignore[arg-type]


def sealed(place: str = "payee", *, straddles: bool = False, width_mm: int = 40) -> Stamp:
    return Stamp("pic_seal", width_mm, place, straddles)


def stamp(side: int = 400) -> bytes:
    """A red ring on clear ground, with a dot that tells left from right and top from bottom."""
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    ink = ImageDraw.Draw(image)
    ink.ellipse((2, 2, side - 3, side - 3), outline=RED, width=side // 20)
    ink.rectangle((side * 0.25, side * 0.2, side * 0.4, side * 0.35), fill=RED)
    return saved(image)


def saved(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()


PICTURES = {"pic_seal": stamp(), "pic_logo": stamp(120)}


def pages(pdf: bytes) -> list[str]:
    """What each page says, without blanks: lines end where there is no more room."""
    return ["".join(page.get_textpage().get_text_range().split()) for page in opened(pdf)]


@lru_cache(maxsize=2)
def opened(pdf: bytes) -> pypdfium2.PdfDocument:
    """Read once, however many of its pages are looked at."""
    return pypdfium2.PdfDocument(pdf)


atexit.register(opened.cache_clear)  # before pypdfium2 complains of what is still open


def seen(pdf: bytes, page: int = 0, *, scale: float = 2) -> Image.Image:
    picture = opened(pdf)[page].render(scale=scale).to_pil()
    assert isinstance(picture, Image.Image)
    return picture.convert("RGB")


def reds(image: Image.Image) -> int:
    """How many points have a stamp's colour."""
    return int(inked(image).histogram()[255])


def inked(image: Image.Image) -> Image.Image:
    """White where a point has a stamp's colour, black elsewhere."""
    red, green, blue = image.convert("RGB").split()
    is_red = red.point([255 * (value > 150) for value in range(256)])
    is_not_green = green.point([255 * (value < 110) for value in range(256)])
    is_not_blue = blue.point([255 * (value < 120) for value in range(256)])
    return ImageChops.darker(is_red, ImageChops.darker(is_not_green, is_not_blue))


def _rows(lines: int) -> tuple[Row, ...]:
    rows, running = [], 0
    for number in range(lines):
        name, detail, price = GOODS[number % len(GOODS)]
        running += price
        cells = (f"{name} ({number + 1})", "1", f"{price / 100:,.2f}")
        rows.append(Row(cells, running=f"{running / 100:,.2f}", detail=detail))
    return tuple(rows)
