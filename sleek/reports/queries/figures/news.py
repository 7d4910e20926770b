"""What the roll-ups are made of, as SQL that actions and queries share.

What each event adds is said by the functions of migration 0003; here is the same from the payments
themselves, and what it takes for a link to wait to be paid.
"""

from __future__ import annotations

CONSUMER = "reports"

FOLLOWED = frozenset(
    {
        "payment.succeeded",
        "payment.surplus_received",
        "attempt.failed",
        "attempt.canceled",
        "refund.succeeded",
        "refund.failed",
        "link.created",
        "link.paused",
        "link.resumed",
        "link.archived",
    }
)

SUMS = (
    "amount",
    "payment_count",
    "succeeded_count",
    "failed_count",
    "canceled_count",
    "amount_refunded",
    "refund_count",
)
SPANS = "(VALUES ('quarter', interval '15 minutes'), ('day', interval '1 day')) spans (span, width)"
ORIGIN = "'2000-01-01 00:00+00'::timestamptz"

# What the consumer has not read yet: usually the last fraction of a second.
UNREAD = "reports_unread(%(merchant)s::bigint, %(kinds)s::text[])"


def _sums(**given: str) -> str:
    """The columns of `SUMS`, zero where nothing is given."""
    return ", ".join(f"({given.get(name, '0')})::bigint AS {name}" for name in SUMS)


_PAID = _sums(amount="p.amount_paid", payment_count="1")
_AS_IT_STANDS = _sums(
    succeeded_count="(a.status = 'succeeded')::int",
    failed_count="(a.status = 'failed')::int",
    canceled_count="(a.status = 'canceled')::int",
)
_SIGN = "CASE WHEN j.kind IN ('refund_succeeded', 'refund_paid_by_bank') THEN 1 ELSE -1 END"
_GIVEN_BACK = _sums(amount_refunded=f"r.amount * {_SIGN}", refund_count=_SIGN)

# The rows of `reports_deltas`, from the payments, attempts and refunds as they stand.
SOURCE = f"""
    SELECT p.merchant_id, p.currency, a.channel, a.method, p.succeeded_at AS at, {_PAID}
    FROM payments_payment p
    JOIN LATERAL (
        SELECT channel, method FROM payments_attempt
        WHERE payment_id = p.id AND status = 'succeeded'
          AND (surplus = '' OR resolution = 'accepted')
        ORDER BY id LIMIT 1
    ) a ON true
    WHERE p.status = 'succeeded'
    UNION ALL
    SELECT p.merchant_id, a.currency, a.channel, a.method, a.created_at, {_AS_IT_STANDS}
    FROM payments_attempt a JOIN payments_payment p ON p.id = a.payment_id
    WHERE a.status IN ('succeeded', 'failed', 'canceled')
    UNION ALL
    SELECT r.merchant_id, r.currency, a.channel, a.method, j.event_at, {_GIVEN_BACK}
    FROM refunds_refund r
    JOIN payments_attempt a ON a.id = r.attempt_id
    JOIN ledger_journalentry j
        ON j.subject = r.public_id AND j.kind IN (
            'refund_succeeded', 'refund_bounced', 'refund_paid_by_bank', 'refund_sent_back_by_bank'
        )
"""

# A single-use link that can still be paid. Its end is looked at when figures are read.
OWED = """
    SELECT l.id AS link_id, l.merchant_id, l.currency, l.amount, l.expires_at
    FROM links_paymentlink l
    WHERE NOT l.is_reusable AND l.status = 'active' AND NOT EXISTS (
        SELECT FROM payments_payment p WHERE p.single_link_id = l.id AND p.status = 'succeeded'
    )
"""
