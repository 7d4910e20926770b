"""Shares in words: how large, and when they are released."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sleek.splits.models import Share
from sleek.splits.rules import WHOLE

register = template.Library()


@register.filter
def share_percent(millionths: int) -> str:
    """250000 as "25%", with as many decimals as it takes."""
    percent = (Decimal(millionths) * 100 / WHOLE).normalize()
    return f"{percent:f}%"


@register.filter
def share_release(share: Share) -> str:
    days = share.release_after_days
    if days is None:
        return _("released by hand")
    if not days:
        return _("released at once")
    said = ngettext("released after %(days)s day", "released after %(days)s days", days)
    return said % {"days": days}
