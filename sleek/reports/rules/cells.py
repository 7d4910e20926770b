"""Cells of a CSV file that people open in a spreadsheet. Pure."""

from __future__ import annotations

# A spreadsheet runs a cell that begins so; payers and buyers write some of our texts.
_FORMULA_STARTS = tuple(
    "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
)  # the last four are full-width = + - @
_EXACT_DIGITS = 15  # a spreadsheet's numbers lose what comes after
_QUOTE = "'"
_TAB = "\t"  # after a long number, as in the providers' own exports


def safe(text: str) -> str:
    """A text that a spreadsheet shows as it is: never a formula, never a rounded number."""
    if text.lstrip(" ").startswith(_FORMULA_STARTS):
        return _QUOTE + text
    if text.isdecimal() and (len(text) > _EXACT_DIGITS or text.startswith("0")):
        return text + _TAB
    return text
