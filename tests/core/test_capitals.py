"""Yuan in formal capitals: the official examples, every allowed spelling, and no other."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sleek.core import capitals
from sleek.core.capitals import MAX_FEN, Rules
from sleek.core.money import InvalidAmount, Money

# Fen, what is written, and what may be written as well; the first six are the texts' own examples.
VECTORS = [
    (140950, "壹仟肆佰零玖元伍角整", ["壹仟肆佰零玖元伍角正"]),
    (600714, "陆仟零柒元壹角肆分", ["陸仟零柒圓壹角肆分"]),
    (168032, "壹仟陆佰捌拾元零叁角贰分", ["壹仟陆佰捌拾元叁角贰分"]),
    (
        10700053,
        "壹拾万柒仟元零伍角叁分",
        ["壹拾万零柒仟元伍角叁分", "壹拾万零柒仟元零伍角叁分", "壹拾万柒仟元伍角叁分"],
    ),
    (1640902, "壹万陆仟肆佰零玖元零贰分", []),
    (32504, "叁佰贰拾伍元零肆分", ["叁佰贰拾伍圆零肆分"]),
    (10150, "壹佰零壹元伍角整", []),
    (30000, "叁佰元整", ["叁佰元正", "叁佰圓正"]),
    (2000000, "贰万元整", ["貳萬元整"]),
    (10_000_000, "壹拾万元整", []),
    (11_000_000, "壹拾壹万元整", []),
    (10_000_000_000, "壹亿元整", ["壹億元整"]),
    (1_005_000_000, "壹仟零伍万元整", []),
    (10_000_123_400, "壹亿壹仟贰佰叁拾肆元整", ["壹亿零壹仟贰佰叁拾肆元整"]),
    (10_000_023_400, "壹亿零贰佰叁拾肆元整", []),
    (0, "零元整", []),
    (1, "壹分", []),
    (5, "伍分", []),
    (10, "壹角整", []),
    (1050, "壹拾元零伍角整", ["壹拾元伍角整"]),
    (1005, "壹拾元零伍分", []),
]


@pytest.mark.parametrize(("fen", "written", "allowed"), VECTORS)
def test_official_and_usual_amounts(fen, written, allowed):
    amount = Money(fen, "CNY")

    assert capitals.write(amount) == f"人民币{written}"
    for spelling in [written, *allowed]:
        assert capitals.spells(f"人民币{spelling}", amount)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (10_000_000, "人民币拾万元整"),  # a stroke away from 捌拾万
        (30000, "人民币叁佰元"),
        (30000, "叁佰元整"),
        (30000, "人民币 叁佰元整"),
        (30000, "人民币三百元整"),
        (30000, "人民币叁佰零元整"),
        (600714, "人民币陆仟零柒元壹角肆分整"),
        (600714, "人民币陆仟柒元壹角肆分"),
        (1640902, "人民币壹万陆仟肆佰零玖元贰分"),
        (10_000_023_400, "人民币壹亿贰佰叁拾肆元整"),
        (140950, "人民币壹仟肆佰零玖元伍角"),
        (0, "人民币元整"),
    ],
)
def test_other_spellings_are_refused(fen, text):
    assert not capitals.spells(text, Money(fen, "CNY"))


def test_the_bank_lets_an_amount_end_at_jiao_and_the_accountant_does_not():
    amount = Money(140950, "CNY")

    assert capitals.write(amount, Rules.CHEQUES) == "人民币壹仟肆佰零玖元伍角"
    assert capitals.spells("人民币壹仟肆佰零玖元伍角整", amount, Rules.CHEQUES)
    assert not capitals.spells("人民币壹仟肆佰零玖元伍角", amount, Rules.ACCOUNTS)


@pytest.mark.parametrize(
    "amount", [Money(5000, "USD"), Money(-1, "CNY"), Money(MAX_FEN + 1, "CNY")]
)
def test_what_cannot_be_written_is_refused(amount):
    with pytest.raises(InvalidAmount):
        capitals.write(amount)


DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def _read(text: str) -> int:
    """The fen that capitals mean: a reader of its own, which knows nothing of how they are
    written.
    """
    total = section = digit = 0
    for character in text.removeprefix("人民币").rstrip("整"):
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in PLACES:
            section, digit = section + digit * PLACES[character], 0
        elif character in "角分":
            total, digit = total + digit * (10 if character == "角" else 1), 0
        else:
            section, digit = section + digit, 0
            total += section * {"亿": 10**10, "万": 10**6, "元": 100}[character]
            section = 0
    return total


AMOUNTS = st.one_of(
    st.integers(0, MAX_FEN),
    # Amounts full of zeros, where the rules are.
    st.lists(st.sampled_from("0001239"), min_size=1, max_size=13).map(lambda d: int("".join(d))),
)


@given(AMOUNTS, st.sampled_from(Rules))
@example(MAX_FEN, Rules.ACCOUNTS)
def test_every_amount_reads_back_and_is_one_of_its_own_spellings(fen, rules):
    amount = Money(fen, "CNY")
    written = capitals.write(amount, rules)

    assert _read(written) == fen
    assert capitals.spells(written, amount, rules)
    assert "零零" not in written


@given(AMOUNTS, AMOUNTS)
def test_no_spelling_stands_for_two_amounts(one, other):
    spelled = capitals.write(Money(one, "CNY"))

    assert capitals.spells(spelled, Money(other, "CNY")) == (one == other)
