"""The receipt of a payment as PDF. It is drawn by Typst from `receipt.typ`.

All words reach the drawing as JSON values, never as markup, so a payer's or merchant's text cannot
become an instruction. The faces are Noto's: Sans SC, and beside it Arabic and Devanagari; a letter
that they lack comes from what else the machine has, rather than being a box.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import cast

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from sleek.core import capitals
from sleek.merchants.rules import phone_abroad
from sleek.payments.models import Attempt, Payment
from sleek.refunds import queries as refunds
from sleek.web.checkout import access, brand, wording
from sleek.web.ui.templatetags.sleek_ui import plain_money

FONTS = {"sans": "Noto Sans SC", "serif": "Noto Serif SC"}

_DRAWING = Path(__file__).parents[1] / "templates/checkout/payment/receipt.typ"


def pdf(payment: Payment, paid_by: Attempt) -> bytes:
    """In the language that the payment was made in."""
    with translation.override(payment.language):
        data = _data(payment, paid_by)
    compiler = typst.Compiler(
        _DRAWING, root=_DRAWING.parent, font_paths=_fonts(), ignore_system_fonts=True
    )
    made = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
        # The same payment gives the same paper, byte for byte.
        timestamp=int(payment.succeeded_at.timestamp()) if payment.succeeded_at else None,
    )
    return cast(bytes, made)


def file_name(payment: Payment) -> str:
    return f"receipt-{payment.public_id}.pdf"


@cache
def _fonts() -> typst.Fonts:
    folders = [Path(pylopdf_fonts_zh_cn.__file__).parent]
    folders += [
        settings.NODE_MODULES / f"@expo-google-fonts/noto-sans-{script}/400Regular"
        for script in ("arabic", "devanagari")
    ]
    return typst.Fonts(include_system_fonts=True, font_paths=[*folders])


def _data(payment: Payment, paid_by: Attempt) -> dict[str, object]:
    merchant = payment.merchant
    return {
        **_script(payment.language),
        "font": FONTS[merchant.font],
        "accent": brand.printed(access.face(payment).accent_color),
        "title": _("Receipt"),
        "number": payment.public_id,
        "payee": merchant.name,
        "received": _("Received"),
        "amount": plain_money(payment.money),
        "rows": [[label, value] for label, value in _rows(payment, paid_by) if value],
        "payee_title": _("Payee"),
        "payee_rows": [line for line in _payee(payment) if line],
        "notice": _("This is a receipt. It is not a tax invoice (发票)."),
    }


def _script(language: str) -> dict[str, object]:
    """Which letters of a language are drawn how, and in which direction."""
    name, _, region = to_locale(language).partition("_")
    regions = {"Hans": "cn", "Hant": "tw"}
    is_rtl = translation.get_language_info(language)["bidi"]
    return {"language": name, "region": regions.get(region, ""), "is_rtl": is_rtl}


def _rows(payment: Payment, paid_by: Attempt) -> list[tuple[str, str]]:
    refunded = refunds.given_back(payment)
    return [
        (_("Amount in words"), _in_words(payment)),
        (_("Paid for"), payment.description),
        (_("Paid on"), wording.moment(payment.succeeded_at, payment.merchant.zone)),
        (_("Method"), str(wording.method_name(paid_by.method))),
        (_("Payer"), paid_by.payer),
        (_("Refunded since"), plain_money(refunded) if refunded else ""),
        (_("Payment number"), payment.public_id),
        (
            _("Reference at %(channel)s") % {"channel": wording.channel_name(paid_by.channel)},
            paid_by.reference,
        ),
    ]


def _in_words(payment: Payment) -> str:
    """Yuan in the formal capitals that an accountant in China looks for; nothing for others."""
    is_chinese = payment.language.startswith("zh")
    return capitals.write(payment.money) if is_chinese and payment.currency == "CNY" else ""


def _payee(payment: Payment) -> list[str]:
    merchant = payment.merchant
    return [merchant.legal_name or merchant.name, merchant.address, phone_abroad(merchant.phone)]
