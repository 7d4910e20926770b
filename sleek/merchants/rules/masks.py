"""What is left of personal data for those who may not see it: enough to tell two people apart, too
little to reach either.

The number of stars says nothing about the length of what they hide.
"""

from __future__ import annotations

from collections.abc import Callable

import phonenumbers

HIDDEN = "***"
_FOUR = "****"


def email(text: str) -> str:
    """`l***@example.com`."""
    name, at, domain = text.rpartition("@")
    if not at:
        return HIDDEN
    return f"{name[0] if len(name) > 1 else ''}{HIDDEN}@{domain}"


def phone(text: str) -> str:
    """`+86 138****0000`: the country, a beginning and an end, and never the four digits between."""
    try:
        number = phonenumbers.parse(text, None)
        country, national = f"+{number.country_code} ", str(number.national_number)
    except phonenumbers.NumberParseException:
        country, national = "", "".join(character for character in text if character.isdigit())
    shown = max(len(national) - len(_FOUR), 0)
    tail = min(4, (shown + 1) // 2)
    head = min(3, shown - tail)
    return f"{country}{national[:head]}{_FOUR}{national[len(national) - tail :]}"


def name(text: str) -> str:
    """`林*`, `A*** S***`."""
    words = text.split()
    if any(_is_ideograph(word[0]) for word in words):
        return f"{words[0][0]}*"
    return " ".join(f"{word[0]}{HIDDEN}" for word in words) or HIDDEN


def account(text: str) -> str:
    """`DE****3000`: the country of an IBAN, and the end of any account."""
    country = text[:2] if text[:2].isalpha() else ""
    return f"{country}{_FOUR}{text[-4:] if len(text) > 2 * len(_FOUR) else ''}"


def whole(text: str) -> str:
    """For what has no harmless part, such as an address."""
    return HIDDEN


MASKS: dict[str, Callable[[str], str]] = {
    "email": email,
    "phone": phone,
    "name": name,
    "account": account,
    "address": whole,
    "answer": whole,  # to a question of the merchant's own: nobody knows what it tells
}


def mask(kind: str, text: str) -> str:
    return MASKS[kind](text) if text else ""


def _is_ideograph(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af"
