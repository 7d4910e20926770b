"""What each role may do, as a picture; and what is left of personal data without the right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sleek.merchants import rules
from sleek.merchants.models import Role
from sleek.merchants.rules import RIGHTS, Right, masks
from sleek.merchants.rules.rights import _read
from sleek.web.dashboard.telling import personal, roles


def test_the_table_knows_exactly_our_roles() -> None:
    assert list(RIGHTS) == [str(role) for role in Role]


def test_an_owner_may_everything_and_everybody_may_read() -> None:
    assert RIGHTS["owner"] == set(Right)
    assert all(Right.READ in rights for rights in RIGHTS.values())


def test_nobody_but_an_owner_decides_who_works_here_or_where_money_goes() -> None:
    for right in (Right.MANAGE_TEAM, Right.CHANGE_BANK_DETAILS, Right.MANAGE_CHANNELS):
        assert [role for role in Role if rules.may(role, right)] == ["owner"]


def test_who_approves_moves_no_money() -> None:
    moves = {Right.ASK_FOR_MONEY, Right.GIVE_MONEY_BACK, Right.RECORD_ARRIVALS}
    assert not RIGHTS["reviewer"] & moves
    assert Right.APPROVE in RIGHTS["reviewer"]


def test_support_answers_payers_whose_data_it_does_not_see() -> None:
    assert RIGHTS["support"] == {Right.READ, Right.ANSWER_PAYERS}


def test_an_unknown_role_may_nothing() -> None:
    assert not any(rules.may("admin", right) for right in Right)


@pytest.mark.parametrize(
    "table",
    [
        "owner\nread x",  # rights are missing
        "\n".join(["owner", *(f"{right} x x" for right in Right)]),  # a mark too many
        "owner\nfly x",
    ],
)
def test_a_table_with_a_gap_is_no_table(table: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which one, the table shows
        _read(table)


def test_every_role_and_right_is_told_in_words() -> None:
    assert [line.word for line in roles.table()] == [roles.WORDS[right] for right in Right]
    assert set(roles.MEANINGS) == set(Role)


@pytest.mark.parametrize("page", ["team.md", "team.zh-CN.md"])
def test_the_guide_shows_the_table_as_it_is(page: str) -> None:
    text = Path(__file__, "../../../docs/guide", page).resolve().read_text()
    told = {
        key: [mark.strip() == "✓" for mark in marks.strip("|").split("|")]
        for key, marks in re.findall(r"^\| [^|]+ \| `(\w+)` \|(.*)\|$", text, re.MULTILINE)
    }
    assert told == {right: [right in RIGHTS[role] for role in Role] for right in Right}


MASKED = [
    ("email", "lin@example.com", "l***@example.com"),
    ("email", "l@example.com", "***@example.com"),
    ("email", '"a@b"@example.com', '"***@example.com'),
    ("email", "no address", "***"),
    ("phone", "+8613812340000", "+86 138****0000"),
    ("phone", "+86 138 1234 0000", "+86 138****0000"),
    ("phone", "13812340000", "138****0000"),
    ("phone", "+14155552671", "+1 415****671"),
    ("phone", "+37212345", "+372 ****5"),
    ("phone", "0791-12345678", "079****5678"),
    ("phone", "1234", "****"),
    ("phone", "call me", "****"),
    ("name", "林清", "林*"),
    ("name", "欧阳娜娜", "欧*"),
    ("name", "Anna Schmidt", "A*** S***"),
    ("name", "  ", "***"),
    ("address", "1 Kiln Road, Jingdezhen", "***"),
    ("answer", "blue", "***"),
]


@pytest.mark.parametrize(("kind", "text", "left"), MASKED)
def test_a_mask_leaves_too_little_to_reach_anybody(kind: str, text: str, left: str) -> None:
    assert rules.mask(kind, text) == left


def test_what_nobody_told_needs_no_mask() -> None:
    assert [rules.mask(kind, "") for kind in masks.MASKS] == [""] * len(masks.MASKS)


def test_only_the_right_shows_it_whole() -> None:
    assert personal.shown("lin@example.com", "email", RIGHTS["sales"]) == "lin@example.com"
    assert personal.shown("lin@example.com", "email", RIGHTS["support"]) == "l***@example.com"
    assert personal.shown("lin@example.com", "email", frozenset()) == "l***@example.com"
