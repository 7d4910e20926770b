"""Where to pay: account numbers, and virtual ones made for one payer. Pure.

A bank that gives sub-accounts (子账号, virtual IBANs) sends whatever is paid to any number of a
range to the one account behind it. The merchant writes the range as a pattern, in which each `#` is
a digit of ours: `6229 0801 23## ####`, or `DE## 5001 0517 0### ### ##`, where the two that follow
the country are the IBAN's check digits.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

FREE_DIGITS = 8  # at least; with fewer, two open transfers would soon share a number
_PATTERN = re.compile(r"(?:[A-Z]{2}##)?[0-9A-Z]*#+")
_LONGEST = 34


@dataclass(frozen=True, slots=True)
class Pattern:
    """A range of virtual account numbers. Raises `ValueError` for a text that is none."""

    text: str

    def __post_init__(self) -> None:
        plain = "".join(self.text.split()).upper()
        object.__setattr__(self, "text", plain)
        if len(plain) > _LONGEST or not _PATTERN.fullmatch(plain):
            raise ValueError("not a pattern of account numbers")
        if self._free < FREE_DIGITS:
            raise ValueError("too few free digits")

    @property
    def is_iban(self) -> bool:
        return self.text[:2].isalpha() and self.text[2:4] == "##"

    @property
    def _free(self) -> int:
        return self.text.count("#") - (2 if self.is_iban else 0)

    def number(self, key: str) -> str:
        """The account number for the attempt with this public id."""
        digest = hashlib.sha256(f"account {key}".encode()).digest()
        digits = str(int.from_bytes(digest) % 10**self._free).zfill(self._free)
        end = self.text.rstrip("#")
        if not self.is_iban:
            return end + digits
        country, bank = self.text[:2], self.text[4 : len(self.text) - self._free]
        return country + check_digits(country, bank + digits) + bank + digits

    def within(self, text: str) -> set[str]:
        """Whatever may be a number of this range in what a bank hands on."""
        plain = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
        return set(re.findall(f"(?=({self.text.replace('#', '[0-9]')}))", plain))


def check_digits(country: str, rest: str) -> str:
    """ISO 7064 MOD 97-10, as an IBAN has them."""
    text = rest + country + "00"
    number = int("".join(str(int(letter, 36)) for letter in text))
    return f"{98 - number % 97:02d}"


def is_iban(number: str) -> bool:
    plain = "".join(number.split()).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", plain):
        return False
    return check_digits(plain[:2], plain[4:]) == plain[2:4]


def shown(number: str) -> str:
    """In groups of four, as banks print it."""
    plain = "".join(number.split())
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))
