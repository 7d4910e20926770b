"""Buttons for the merchant's own web page: plain HTML that carries its style and runs nothing."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from sleek.links.models import PaymentLink
from sleek.merchants.rules import reads_on
from sleek.web.dashboard.telling.share.messages import asked
from sleek.web.ui.templatetags.sleek_ui import plain_money

FORMS = ("button", "card")
_FONT = "system-ui,-apple-system,Segoe UI,PingFang SC,Microsoft YaHei,sans-serif"


def snippet(form: str, link: PaymentLink, url: str, word: str) -> SafeString:
    return _card(link, url, word) if form == "card" else _button(link, url, word)


def _button(link: PaymentLink, url: str, word: str) -> SafeString:
    color = link.brand.accent_color
    return format_html(
        '<a href="{}" target="_blank" rel="noopener" style="display:inline-block;'
        "padding:12px 24px;border-radius:8px;background:{};color:{};"
        'font:600 16px/1.25 {};text-decoration:none">{}</a>',
        *(url, color, reads_on(color), _FONT, word),
    )


def _card(link: PaymentLink, url: str, word: str) -> SafeString:
    """With what it is for, beside goods in a shop."""
    amount = asked(link)
    return format_html(
        '<div style="box-sizing:border-box;max-width:320px;padding:20px;border:1px solid #d9d6cf;'
        'border-radius:12px;background:#fff;color:#1d1c1a;font:400 16px/1.4 {0}">\n'
        '  <div style="font-size:14px;color:#55524b">{1}</div>\n'
        '  <div dir="auto" style="overflow-wrap:anywhere">{2}</div>\n'
        '  <div style="margin:4px 0 16px;font-size:24px;font-weight:600">{3}</div>\n'
        "  {4}\n</div>",
        _FONT,
        link.brand.display_name,
        link.reason,
        plain_money(amount) if amount else "",
        _button(link, url, word),
    )
