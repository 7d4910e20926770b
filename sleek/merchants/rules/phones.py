"""Phone numbers: kept as E.164, shown as people write them."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat


class NotAPhone(ValueError):
    """A number that nobody can call, or one with an extension, which E.164 cannot hold."""


def phone(country: str, text: str) -> str:
    """`+8613812345678`. Without a country code it is a number of that country."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise NotAPhone from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise NotAPhone
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def phone_shown(country: str, kept: str) -> str:
    """As people of that country write it: their own without the country code."""
    number = _parsed(kept)
    if number is None:
        return kept
    is_own = phonenumbers.region_code_for_number(number) == country
    form = PhoneNumberFormat.NATIONAL if is_own else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def phone_abroad(kept: str) -> str:
    """As the whole world can dial it."""
    number = _parsed(kept)
    form = PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form) if number else kept


def phone_country(kept: str) -> str:
    """Where a number is at home, by its country code; empty where that does not tell."""
    number = _parsed(kept)
    return (phonenumbers.region_code_for_number(number) or "") if number else ""


def phone_example(country: str) -> str:
    """A number of the kind that businesses there have; empty where none is known."""
    number = phonenumbers.example_number(country)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL) if number else ""


def _parsed(kept: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(kept, None)
    except phonenumbers.NumberParseException:
        return None
