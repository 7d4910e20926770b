"""The receipt of a payment as PDF. It is drawn by Typst from `receipt.typ`.

All words reach the drawing as JSON values, never as markup, so a payer's or merchant's text cannot
become an instruction. Noto Sans SC is the face; a letter that it lacks comes from what else the
machine has, rather than being a box.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import cast

import pylopdf_fonts_zh_cn
import typst
from django.utils import translation
from django.utils.translation import gettext as _

from sleek.core.money import Money
from sleek.payments.models import Attempt, Payment
from sleek.web.checkout import brand, wording
from sleek.web.ui.templatetags.sleek_ui import plain_money

_DRAWING = Path(__file__).with_name("templates") / "checkout/payment/receipt.typ"


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
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return typst.Fonts(include_system_fonts=True, font_paths=[folder])


def _data(payment: Payment, paid_by: Attempt) -> dict[str, object]:
    merchant = payment.merchant
    return {
        "language": payment.language,
        "accent": brand.printed(merchant.accent_color),
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


def _rows(payment: Payment, paid_by: Attempt) -> list[tuple[str, str]]:
    refunded = Money(payment.amount_refunded, payment.currency)
    return [
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


def _payee(payment: Payment) -> list[str]:
    merchant = payment.merchant
    return [merchant.legal_name or merchant.name, merchant.address, merchant.phone]
