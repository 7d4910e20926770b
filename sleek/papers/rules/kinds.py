"""The closed sets of papers."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a paper is. A bill asks, a receipt confirms, a credit note takes back."""

    BILL = "bill"
    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"


class Layout(StrEnum):
    PLAIN = "plain"
    LETTERHEAD = "letterhead"
    BILINGUAL = "bilingual"
    COMPACT = "compact"


class Tongue(StrEnum):
    """In which language a paper's own words are."""

    CHINESE = "zh-hans"
    ENGLISH = "en"
    BOTH = "both"


class SealKind(StrEnum):
    FINANCE = "finance"  # 财务专用章
    COMPANY = "company"  # 公章


class Place(StrEnum):
    """Where on the page a seal stands."""

    PAYEE = "payee"  # over the payee's name, as is the custom in China
    TOTALS = "totals"
    CORNER = "corner"  # bottom right
