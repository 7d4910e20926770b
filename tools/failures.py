"""The failure table as a document: docs/failures.md. Without arguments it is written;
`check` says whether it is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sleek.channels.failures import TABLE, Meaning

PLACE = Path(__file__).resolve().parent.parent / "docs" / "failures.md"
HEAD = """# What providers' failures mean

Written by `python -m tools.failures` from `sleek/channels/failures/`; a test compares them.
*Category* decides what the payer reads, *support* what the merchant's support does. *Retry*: the
same way may get through. *Elsewhere*: another connection for the same method is tried at once, if
nobody can have paid. `x.*` stands for all codes that begin so. What is not listed is `unknown`: it
reveals nothing and tries nothing on its own.
"""


def text() -> str:
    return HEAD + "".join(_chapter(channel, TABLE[channel]) for channel in sorted(TABLE))


def _chapter(channel: str, rows: dict[str, Meaning]) -> str:
    lines = [_line(code, row) for code, row in sorted(rows.items())]
    head = "| code | category | support | payer | retry | elsewhere |\n|---|---|---|---|---|---|\n"
    return f"\n## {channel}\n\n{head}{''.join(lines)}"


def _line(code: str, row: Meaning) -> str:
    special = f"`{row.special}`" if row.special else ""
    retry, other = ("yes" if each else "" for each in (row.may_retry, row.may_try_other))
    cells = (f"`{code}`", f"`{row.category}`", f"`{row.support}`", special, retry, other)
    return f"| {' | '.join(cells)} |\n"


def main() -> int:
    if sys.argv[1:] == ["check"]:
        return int(PLACE.read_text() != text())
    PLACE.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
