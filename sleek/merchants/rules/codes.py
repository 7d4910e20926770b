"""Codes that registers and banks give to businesses.

Each function gives back the code as it is kept, without what people group it by, and refuses with a
`Malformed` that says what is wrong in one word.
"""

from __future__ import annotations

import re
from enum import StrEnum

from schwifty import BIC, IBAN, registry
from schwifty.exceptions import SchwiftyException
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

MAX_ACCOUNT_DIGITS = 34  # as long as an IBAN may be
MIN_ACCOUNT_DIGITS = 5


class CodeFlaw(StrEnum):
    """What is wrong with a code."""

    CREDIT_CODE = "credit_code"
    IBAN = "iban"
    IBAN_NEEDED = "iban_needed"
    ACCOUNT = "account"
    BIC = "bic"
    CNAPS = "cnaps"
    BANK_CODE = "bank_code"


class Malformed(ValueError):
    """A code that no register or bank can have given."""

    def __init__(self, flaw: CodeFlaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


_CREDIT_CODE = re.compile("[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}")
_LIKE_IBAN = re.compile("[A-Z]{2}[0-9]{2}")
_CNAPS_DIGITS = 12


def credit_code(text: str) -> str:
    """A unified social credit code (统一社会信用代码), by GB 32100-2015.

    Its first two characters may be letters: village collectives begin with N, which stdnum's own
    check does not take.
    """
    code = uscc.compact(text)
    try:
        if _CREDIT_CODE.fullmatch(code) and uscc.calc_check_digit(code) == code[-1]:
            return code
    except ValueError:  # a letter that the standard leaves out
        pass
    raise Malformed(CodeFlaw.CREDIT_CODE)


def bank_account(country: str, text: str) -> str:
    """An IBAN where it looks like one, or where the country has no other; else plain digits."""
    account = _bare(text)
    if _LIKE_IBAN.match(account):
        try:
            return str(IBAN(account))
        except SchwiftyException:
            raise Malformed(CodeFlaw.IBAN) from None
    if uses_iban(country):
        raise Malformed(CodeFlaw.IBAN_NEEDED)
    if not _is_number(account) or not MIN_ACCOUNT_DIGITS <= len(account) <= MAX_ACCOUNT_DIGITS:
        raise Malformed(CodeFlaw.ACCOUNT)
    return account


def uses_iban(country: str) -> bool:
    """Whether accounts there have an IBAN by its official registry, and no other number."""
    try:
        return not registry.get_iban_spec(country).aspirational
    except SchwiftyException:
        return False


def bank_account_shown(kept: str) -> str:
    """An IBAN in groups of four, as it is printed."""
    return IBAN(kept, allow_invalid=True).formatted if _LIKE_IBAN.match(kept) else kept


def bank_code(text: str) -> str:
    """A BIC, or the twelve digits of China's payment system (CNAPS, 联行号) with their check
    digit.
    """
    code = _bare(text)
    if _is_number(code):
        if len(code) == _CNAPS_DIGITS and _has_check_digit(code):
            return code
        raise Malformed(CodeFlaw.CNAPS)
    try:
        return str(BIC(code))
    except SchwiftyException:
        raise Malformed(CodeFlaw.BIC if code.isalnum() else CodeFlaw.BANK_CODE) from None


def _has_check_digit(code: str) -> bool:
    """By GB/T 17710, which is ISO 7064 MOD 11,10."""
    try:
        mod_11_10.validate(code)
    except ValidationError:
        return False
    return True


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _bare(text: str) -> str:
    return re.sub(r"[\s.\-/]", "", text).upper()
