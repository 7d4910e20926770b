"""Reading the ledger: balances now and at any moment, statements, and the proof that the books are
whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, Subquery, Sum

from sleek.core.money import Money
from sleek.ledger.models import Account, Posting
from sleek.ledger.rules import Purse

PAGE = 50  # postings on a statement page
MAX_FLAWS = 100  # of each sort that `verify` names
BETWEEN_WALLETS = "clearing:balance"


def balance(merchant_id: int, code: str, currency: str) -> Money:
    """What is on an account now; zero for one that was never used."""
    account = Account.objects.filter(merchant_id=merchant_id, code=code, currency=currency)
    return Money(next(iter(account.values_list("balance", flat=True)), 0), currency)


def at_channels(merchant_id: int, currency: str) -> Money:
    """What all channels together hold for a merchant. Other wallets here hold nothing: what came
    from them is there.
    """
    held = (
        Account.objects.filter(
            merchant_id=merchant_id, code__startswith="clearing:", currency=currency
        )
        .exclude(code=BETWEEN_WALLETS)
        .aggregate(sum=Sum("balance"))
    )
    return Money(-(held["sum"] or 0), currency)


def behind(merchant_id: int, currency: str) -> Money:
    """How much more channels hold than what is in transit, at one and the same moment: so much of
    what is frozen, kept for payers or going back to them has not arrived.
    """
    outside = Q(code="in_transit") | Q(code__startswith="clearing:") & ~Q(code=BETWEEN_WALLETS)
    accounts = Account.objects.filter(outside, merchant_id=merchant_id, currency=currency)
    return Money(max(-(accounts.aggregate(sum=Sum("balance"))["sum"] or 0), 0), currency)


def purse(merchant_id: int, currency: str) -> Purse:
    """What a merchant can be asked for now."""
    return Purse(
        in_transit=balance(merchant_id, "in_transit", currency),
        available=balance(merchant_id, "available", currency),
    )


def balance_at(merchant_id: int, code: str, currency: str, moment: datetime) -> Money:
    """What was on an account at `moment`, by the time of posting; one index look-up however long
    the history is.
    """
    account = Account.objects.filter(merchant_id=merchant_id, code=code, currency=currency)
    # By a subquery: the planner would read all of the account's history to sort what a join gives.
    posting = (
        Posting.objects.filter(account_id=Subquery(account.values("pk")), posted_at__lte=moment)
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
    """The first place of an account, or an entry, where the books are off."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@transaction.atomic
def verify() -> list[Flaw]:
    """Recompute everything from the postings alone; the first flaw of each account is named, and
    each flawed entry.

    Reads the whole ledger, so it may take longer than a statement otherwise may.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        flaws: list[Flaw] = []
        for query in (_OFF_POSTINGS, _OFF_HEADS, _OFF_ENTRIES, _OFF_WALLETS):
            cursor.execute(query, [MAX_FLAWS])
            flaws += [Flaw(where, reason) for where, reason in cursor.fetchall()]
    return flaws


_OFF_POSTINGS = """
    SELECT DISTINCT ON (p.account_id)
           format('account %%s (%%s %%s), posting %%s',
                  p.account_id, a.code, a.currency, p.sequence),
           CASE WHEN sequence <> number THEN format('posting %%s is missing', number)
                WHEN p.balance <> total
                THEN format('its balance is %%s, the sum is %%s', p.balance, total)
                WHEN p.posted_at < previous_at THEN 'it goes back in time'
                WHEN a.is_guarded AND p.balance < 0 THEN 'it is negative'
                WHEN a.id IS NULL THEN 'its account is missing'
                WHEN e.id IS NULL THEN 'its entry is missing'
                ELSE 'its entry is another merchant''s' END
    FROM (
        SELECT account_id, sequence, balance, posted_at, entry_id,
               row_number() OVER account AS number,
               sum(amount) OVER account AS total,
               lag(posted_at) OVER account AS previous_at
        FROM ledger_posting
        WINDOW account AS (PARTITION BY account_id ORDER BY sequence)
    ) p
    LEFT JOIN (
        SELECT id, code, currency, is_guarded, merchant_id FROM ledger_account
    ) a ON a.id = p.account_id
    LEFT JOIN ledger_journalentry e ON e.id = p.entry_id
    WHERE p.sequence <> p.number OR p.balance <> p.total OR p.posted_at < p.previous_at
       OR (a.is_guarded AND p.balance < 0) OR a.merchant_id IS DISTINCT FROM e.merchant_id
       OR a.id IS NULL
    ORDER BY p.account_id, p.sequence
    LIMIT %s
"""

_OFF_HEADS = """
    SELECT format('account %%s (%%s %%s)', a.id, a.code, a.currency),
           format('its head is at %%s with %%s, its postings say %%s with %%s',
                  a.sequence, a.balance, coalesce(p.sequence, 0), coalesce(p.balance, 0))
    FROM ledger_account a
    LEFT JOIN LATERAL (
        SELECT sequence, balance, posted_at FROM ledger_posting
        WHERE account_id = a.id ORDER BY sequence DESC LIMIT 1
    ) p ON true
    WHERE a.sequence <> coalesce(p.sequence, 0) OR a.balance <> coalesce(p.balance, 0)
       OR a.posted_at IS DISTINCT FROM p.posted_at
    ORDER BY a.id
    LIMIT %s
"""

_OFF_ENTRIES = """
    SELECT format('entry %%s (%%s %%s)', id, kind, subject), reason FROM (
        SELECT e.id, e.kind, e.subject,
               CASE WHEN sum(c.count) IS DISTINCT FROM e.size
                    THEN format('it has %%s postings of %%s', coalesce(sum(c.count), 0), e.size)
                    WHEN bool_or(c.total <> 0)
                    THEN 'it is off by ' || string_agg(format('%%s %%s', c.total, c.currency), ', ')
                         FILTER (WHERE c.total <> 0) END AS reason
        FROM ledger_journalentry e
        LEFT JOIN (
            SELECT p.entry_id, a.currency, count(*) AS count, sum(p.amount) AS total
            FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
            GROUP BY p.entry_id, a.currency
        ) c ON c.entry_id = e.id
        GROUP BY e.id
    ) flaws
    WHERE reason IS NOT NULL
    ORDER BY id
    LIMIT %s
"""

# What one wallet paid, another one received: each by an entry of its own.
_OFF_WALLETS = f"""
    SELECT format('accounts {BETWEEN_WALLETS} in %%s', currency),
           format('what wallets paid and received is off by %%s', sum(balance))
    FROM ledger_account WHERE code = '{BETWEEN_WALLETS}'
    GROUP BY currency HAVING sum(balance) <> 0
    ORDER BY currency
    LIMIT %s
"""
