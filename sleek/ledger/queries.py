"""Reading the ledger: balances now and at any moment, statements, and the proof that the books are
whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sleek.core.money import Money
from sleek.ledger.models import Account, Posting

PAGE = 50  # postings on a statement page


def balance(merchant_id: int, code: str, currency: str) -> Money:
    """What is on an account now; zero for one that was never used."""
    account = Account.objects.filter(merchant_id=merchant_id, code=code, currency=currency).first()
    return account.money if account else Money(0, currency)


def balance_at(merchant_id: int, code: str, currency: str, moment: datetime) -> Money:
    """What was on an account at `moment`, by the time of posting;

    One index look-up however long the history is.
    """
    posting = (
        Posting.objects.filter(
            account__merchant_id=merchant_id,
            account__code=code,
            account__currency=currency,
            posted_at__lte=moment,
        )
        .order_by("-posted_at", "-sequence")
        .first()
    )
    return Money(posting.balance if posting else 0, currency)


def statement(account: Account, *, before: int | None = None, size: int = PAGE) -> list[Posting]:
    """A page of an account's postings with their entries, newest first, below sequence number
    `before`.
    """
    postings = Posting.objects.filter(account=account).select_related("entry")
    if before is not None:
        postings = postings.filter(sequence__lt=before)
    return list(postings.order_by("-sequence")[:size])


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first place of an account (or an entry) where the books are off."""

    where: str
    reason: str


def verify() -> list[Flaw]:
    """Recompute everything from the postings alone.

    Reads the whole ledger; the first flaw of each account is named.
    """
    return [*_run(_OFF_POSTINGS), *_run(_OFF_HEADS), *_run(_OFF_ENTRIES)]


def _run(query: str) -> Iterable[Flaw]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [Flaw(where, reason) for where, reason in cursor.fetchall()]


_OFF_POSTINGS = """
    SELECT DISTINCT ON (account_id)
           format('account %s, posting %s', account_id, sequence),
           CASE WHEN sequence <> number THEN format('posting %s is missing', number)
                WHEN balance <> total THEN format('its balance is %s, the sum is %s', balance, total)
                ELSE 'it goes back in time' END
    FROM (
        SELECT account_id, sequence, balance, posted_at,
               row_number() OVER account AS number,
               sum(amount) OVER account AS total,
               lag(posted_at) OVER account AS previous_at
        FROM ledger_posting
        WINDOW account AS (PARTITION BY account_id ORDER BY sequence)
    ) p
    WHERE sequence <> number OR balance <> total OR posted_at < previous_at
    ORDER BY account_id, sequence
"""

_OFF_HEADS = """
    SELECT format('account %s', a.id), format('its head is at %s with %s, its postings say %s with %s',
           a.sequence, a.balance, coalesce(p.last, 0), coalesce(p.total, 0))
    FROM ledger_account a
    LEFT JOIN (
        SELECT account_id, max(sequence) AS last, sum(amount) AS total FROM ledger_posting GROUP BY account_id
    ) p ON p.account_id = a.id
    WHERE a.sequence <> coalesce(p.last, 0) OR a.balance <> coalesce(p.total, 0)
       OR (a.is_guarded AND a.balance < 0)
    ORDER BY a.id
"""

_OFF_ENTRIES = """
    SELECT format('entry %s (%s %s)', id, kind, subject), reason FROM (
        SELECT e.id, e.kind, e.subject,
               CASE WHEN count(p.entry_id) <> e.size
                    THEN format('it has %s postings of %s', count(p.entry_id), e.size) END AS reason
        FROM ledger_journalentry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY e.id
        UNION ALL
        SELECT e.id, e.kind, e.subject, format('it is off by %s %s', sum(p.amount), a.currency)
        FROM ledger_journalentry e
        JOIN ledger_posting p ON p.entry_id = e.id
        JOIN ledger_account a ON a.id = p.account_id
        GROUP BY e.id, a.currency HAVING sum(p.amount) <> 0
    ) flaws WHERE reason IS NOT NULL ORDER BY id
"""
