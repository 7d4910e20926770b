"""The tabs of the settings, in the order they are shown.

A page hangs in by one line here and by a template that extends dashboard/settings/area.html and
fills its block `area`. Its address lies below `settings/`, so that the tab stays lit on the pages
behind it. A tab is shown to those who have its right; one without a right is about the person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sleek.merchants.rules import Right


@dataclass(frozen=True, slots=True)
class Tab:
    word: Promise
    url_name: str
    icon: str
    right: Right | None = None

    @property
    def url(self) -> str:
        """Empty while nobody has made the page."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


WORKSPACE = [
    Tab(_("Business"), "settings-edit", "building-store", Right.READ),
    Tab(_("Bank account"), "bank-edit", "building-bank", Right.SEE_BANK_DETAILS),
    Tab(_("Payment channels"), "channel-index", "plug-connected", Right.MANAGE_CHANNELS),
    Tab(_("Brands"), "brand-index", "palette", Right.CUSTOMISE),
    Tab(_("Templates and seals"), "design-index", "file-text", Right.READ),
    Tab(_("Numbers"), "number-index", "list-numbers", Right.READ),
    Tab(_("Approval of bills"), "review-rules", "eye-check", Right.READ),
    Tab(_("Team"), "team-index", "users", Right.READ),
    Tab(_("Refunds"), "refund-rules", "arrow-back-up", Right.READ),
    Tab(_("Splits and escrow"), "plan-index", "arrows-split-2", Right.MANAGE_SPLITS),
    Tab(_("Alerts"), "alert-index", "bell", Right.SET_ALERTS),
    Tab(_("Scripts"), "script-index", "message-2", Right.ANSWER_PAYERS),
    Tab(_("Audit log"), "audit-index", "history", Right.READ_AUDIT),
]
PERSON = [
    Tab(_("Security"), "security-show", "shield-lock"),
    Tab(_("Ways to log in"), "login-index", "login-2"),
    Tab(pgettext_lazy("settings", "Your data"), "personal-show", "user-circle"),
]


def open_to(rights: Collection[str], tabs: list[Tab]) -> list[Tab]:
    """Those of the tabs that exist and that somebody with these rights may open."""
    return [tab for tab in tabs if tab.url and (tab.right is None or tab.right in rights)]


def current(path: str) -> Tab | None:
    """The tab that a page belongs to: the one whose address the page's begins with, the longest."""
    here = [tab for tab in WORKSPACE + PERSON if tab.url and f"{path}/".startswith(f"{tab.url}/")]
    return max(here, key=lambda tab: len(tab.url), default=None)
