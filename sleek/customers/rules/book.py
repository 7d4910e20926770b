"""What the address book knows of a customer, and its limits."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

TERMS_DAYS_MAX = 365
MAX_CUSTOMERS = 50_000  # of one merchant
MAX_TAGS = 20
TAG_LETTERS = 40
# Letters that each text may have.
LETTERS = {
    "name": 200,
    "contact": 120,
    "email": 254,
    "phone": 40,
    "address": 300,
    "credit_code": 24,  # people group the digits
    "tax_number": 40,
    "memo": 2000,
}
# In which payers read their pages, and the ways they pay that a merchant may note.
LANGUAGES = ("zh-hans", "zh-hant", "en", "es", "pt", "fr", "de", "ru", "ar", "ja", "hi", "id")
METHODS = ("bank_transfer", "card", "paypal", "alipay", "wechatpay", "unionpay")


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a customer, checked by `read_customer`."""

    name: str
    contact: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    address: str = ""
    credit_code: str = ""
    tax_number: str = ""
    language: str = ""
    currency: str = ""
    method: str = ""
    terms_days: int | None = None
    tags: tuple[str, ...] = ()
    memo: str = ""


def same_keys(*, name: str, email: str, credit_code: str, tax_number: str) -> frozenset[str]:
    """Two customers that share one of these may be the same."""
    told = {"name": name, "email": email, "credit_code": credit_code, "tax_number": tax_number}
    return frozenset(f"{kind} {folded(text)}" for kind, text in told.items() if text)


def folded(text: str) -> str:
    """Full-width letters, capitals and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
