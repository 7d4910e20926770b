"""Cells that a spreadsheet shows as they are."""

from __future__ import annotations

import pytest

from sleek.core.tables import safe


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1+1", "＠x"]
)
def test_what_a_spreadsheet_would_run_is_quoted(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["2026112122001412341234567890", "1234567890123456", "007"])
def test_a_long_number_stays_text_with_all_its_digits(text):
    assert safe(text) == f"{text}\t"


@pytest.mark.parametrize("text", ["", "样品费", "pay_01jd", "42", "123456789012345", "a=b"])
def test_everything_else_is_left_alone(text):
    assert safe(text) == text
