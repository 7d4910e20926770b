"""Decisions about papers: what a number reads like, what a sheet may say. Pure."""

from sleek.papers.rules.codes import CODE_LENGTH, plain, shown
from sleek.papers.rules.kinds import Kind, Layout, Place, SealKind, Tongue
from sleek.papers.rules.numbering import (
    DEFAULT_PATTERNS,
    PATTERN_LENGTH,
    PatternFlaw,
    flaws,
    period,
    text,
)
from sleek.papers.rules.sheet import (
    Block,
    Column,
    Note,
    Pay,
    Row,
    Sheet,
    Stamp,
    Total,
    Verify,
)
from sleek.papers.rules.unpacking import unpack

__all__ = [
    "CODE_LENGTH",
    "DEFAULT_PATTERNS",
    "PATTERN_LENGTH",
    "Block",
    "Column",
    "Kind",
    "Layout",
    "Note",
    "PatternFlaw",
    "Pay",
    "Place",
    "Row",
    "SealKind",
    "Sheet",
    "Stamp",
    "Tongue",
    "Total",
    "Verify",
    "flaws",
    "period",
    "plain",
    "shown",
    "text",
    "unpack",
]
