"""Banks' files in words: why one is not read, and what is in one that is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.reconciliation.actions import Contents
from sleek.reconciliation.rules.bankfiles import FileFlaw, LeftOut, Unreadable, Why

FLAWS: dict[FileFlaw, Promise] = {
    FileFlaw.EMPTY: _("The file is empty."),
    FileFlaw.TOO_HEAVY: _("The file is larger than 10 MB. Export a shorter period."),
    FileFlaw.TOO_MANY_ROWS: _("The file has more than 10,000 lines. Export a shorter period."),
    FileFlaw.ENCODING: _("The file's letters can't be read. Export it as UTF-8."),
    FileFlaw.BROKEN: _("The file is damaged or cut off. Export it once more. (%(detail)s)"),
    FileFlaw.FORBIDDEN: _("The file declares entities, as no bank does. It is not opened."),
    FileFlaw.NO_STATEMENT: _("There is no statement in the file. Export camt.053, MT940 or CSV."),
    FileFlaw.OTHER_ACCOUNT: _("This is the statement of another account: %(detail)s."),
    FileFlaw.UNBALANCED: _(
        "The statement's lines and balances are off by %(detail)s, so a part is missing. "
        "Export it once more."
    ),
    FileFlaw.NO_COLUMNS: _("Say below which column holds the day and which the amount."),
}
WHYS: dict[Why, Promise] = {
    Why.OUTGOING: _("Went out"),
    Why.PENDING: _("Not booked yet: it comes with a later statement"),
    Why.REVERSAL: _("Takes an earlier line back: look at that one"),
    Why.NO_DAY: _("No day that can be read"),
    Why.NO_AMOUNT: _("No amount that can be read"),
    Why.NO_CURRENCY: _("No currency that is known"),
    Why.NOTHING: _("An amount of zero"),
    Why.OTHER_ACCOUNT: _("Of another account"),
}


def refusal(error: Unreadable) -> str:
    return str(FLAWS[error.flaw]) % {"detail": error.detail or "?"}


def preview(contents: Contents, shown: int) -> dict[str, object]:
    """What would be imported, what is here already, and what is left out and why."""
    return {
        "fresh": contents.fresh[:shown],
        "fresh_count": len(contents.fresh),
        "known_count": contents.known_count,
        "odd": [_told(out) for out in contents.left_out if not out.is_usual][:shown],
        "odd_count": sum(not out.is_usual for out in contents.left_out),
        "usual_count": sum(out.is_usual for out in contents.left_out),
    }


def _told(out: LeftOut) -> tuple[int, Promise, str]:
    return out.number, WHYS[out.why], out.excerpt
