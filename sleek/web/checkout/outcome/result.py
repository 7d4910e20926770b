"""Bringing a payer who has paid back to the payee's own site, with a result that it can believe.

The target only ever comes from the link or its brand. What is added to its query is signed with the
merchant's secret, which no payer knows; what stood in the query already stays.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from sleek.core import clock
from sleek.merchants import actions as merchants
from sleek.payments.models import Payment

# Who looks at the receipt later stays here, unless they press the button.
GOES_BY_ITSELF_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Onward:
    """Where the payee wants its payer next."""

    url: str
    host: str
    goes_by_itself: bool


def onward(payment: Payment) -> Onward | None:
    """For a payment that succeeded."""
    target = _target(payment)
    if not target or payment.succeeded_at is None:
        return None
    facts = {
        "amount": str(payment.amount),
        "currency": payment.currency,
        "payment": payment.public_id,
        "status": payment.status,
        "time": str(int(payment.succeeded_at.timestamp())),
    }
    secret = merchants.signing_secret(payment.merchant)
    facts["signature"] = signature(secret, facts)
    is_fresh = clock.now() - payment.succeeded_at < GOES_BY_ITSELF_FOR
    return Onward(_with(target, facts), urlsplit(target).hostname or "", is_fresh)


def signature(secret: str, facts: dict[str, str]) -> str:
    """Over `amount=…&currency=…&payment=…&status=…&time=…`, as docs/guide/redirect.md tells."""
    text = urlencode(sorted(facts.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _target(payment: Payment) -> str:
    link = payment.link
    return (link.redirect_url or link.brand.redirect_url) if link else ""


def _with(target: str, facts: dict[str, str]) -> str:
    """The target's own values of our names go: whoever reads the query must find one of each."""
    parts = urlsplit(target)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in facts]
    return parts._replace(query=urlencode([*kept, *facts.items()])).geturl()
