"""What a strong password is, which codes and colours are well-formed, which links still work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.merchants import rules

SENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

PASSWORDS = {
    "Porzell-1": "",
    "Pörzellä1 ": "",
    "青花瓷Ab1": "length",
    "青花瓷瓶Abc1": "",
    "Abcde-1": "length",
    "abcdefg1-": "upper",
    "ABCDEFG1-": "lower",
    "Abcdefgh-": "digit",
    "Abcdefg12": "symbol",
    "": "length upper lower digit symbol",
    "abcdefghijklmn": "upper digit symbol",
    "abcdefghijklmno": "",
    "correct horse battery": "",
    "一二三四五六七八九十一二三四五": "",
    "aaaaaaaaaaaaaaaaaaaa": "variety",
}


@pytest.mark.parametrize(("password", "needs"), PASSWORDS.items())
def test_a_password_needs_four_kinds_or_the_length_of_a_passphrase(
    password: str, needs: str
) -> None:
    assert " ".join(rules.password_needs(password)) == needs


@given(st.text(min_size=1, max_size=14), st.characters())
def test_adding_a_character_never_makes_a_short_password_need_more(
    password: str, more: str
) -> None:
    assert set(rules.password_needs(password + more)) - {"variety"} <= set(
        rules.password_needs(password)
    )


@given(st.integers(0, 0xFFFFFF))
def test_text_on_any_brand_colour_reads_well(number: int) -> None:
    color = f"#{number:06x}"
    assert rules.contrast(color, rules.reads_on(color)) >= 4.5


@pytest.mark.parametrize("text", ["#0F5C73", "0f5c73", "#fff", "red", "#0f5c73;"])
def test_only_six_lower_case_digits_are_a_colour(text: str) -> None:
    assert rules.is_color("#0f5c73")
    assert not rules.is_color(text)


LINKS = [
    (False, True, timedelta(0), "ready"),
    (False, True, timedelta(days=3) - timedelta(seconds=1), "ready"),
    (False, True, timedelta(days=3), "expired"),
    (False, False, timedelta(0), "replaced"),
    (True, True, timedelta(days=9), "used"),
    (True, False, timedelta(0), "used"),
]


@pytest.mark.parametrize(("is_verified", "is_newest", "age", "state"), LINKS)
def test_the_newest_link_works_once_and_for_three_days(
    is_verified: bool, is_newest: bool, age: timedelta, state: str
) -> None:
    found = rules.activation_state(
        is_verified=is_verified, is_newest=is_newest, sent_at=SENT, now=SENT + age
    )
    assert found == state
