"""A shop window for the tests of a browser: one page of every kind that payers see, made in the
installation that a `demo.json` describes. Writes their addresses as JSON.

    python -m tests.browser.window HOME
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sleek.links.models import PaymentLink
    from sleek.merchants.models import Merchant, User
    from sleek.payments.models import Payment

DOORS = {
    "home": "/",
    "sign-up": "/account/sign-up",
    "log-in": "/account/log-in",
    "reset": "/account/reset",
}
OFFICE = {
    "overview": "/overview",
    "links": "/links",
    "links-new": "/links/new",
    "counter": "/counter",
    "payments": "/payments",
    "exceptions": "/exceptions",
    "troubleshooting": "/troubleshooting",
    "refunds": "/refunds",
    "channels": "/settings/channels",
    "splits": "/settings/splits",
    "splits-new": "/settings/splits/new",
    "portions": "/wallet/portions",
    "bank-lines": "/wallet/bank",
    "scripts": "/settings/scripts",
    "wallet": "/wallet",
    "journal": "/wallet/journal",
    "account": "/wallet/USD/available",
    "settlements": "/wallet/settlements",
    "settings": "/settings",
    "bank": "/settings/bank",
    "password": "/settings/password",
    "team": "/settings/team",
    "security": "/settings/security",
    "logins": "/settings/logins",
    "data": "/settings/data",
    "audit": "/settings/audit",
    "alerts": "/settings/alerts",
    "alerts-new": "/settings/alerts/new",
    "brands": "/settings/brands",
    "brands-new": "/settings/brands/new",
    "merchant-terms": "/settings/brands/terms",
    "signing": "/settings/brands/signing",
    "bills": "/bills",
    "bills-new": "/bills/new",
    "customers": "/customers",
    "customers-new": "/customers/new",
    "customers-import": "/customers/import",
    "papers": "/settings/papers",
    "design-new": "/settings/papers/new",
    "numbers": "/settings/numbers",
    "review-rules": "/settings/review",
    "proof": "/verify/",
    "proof-none": "/v/NOSUCHCODE",
}


def main(home: Path) -> None:
    told = json.loads((home / "demo.json").read_text())
    secrets = json.loads((home / "secrets.json").read_text())  # papers are signed with its keys
    os.environ |= secrets | {
        "DATABASE_URL": told["database_url"],
        "DJANGO_SETTINGS_MODULE": "sleek.config.settings",
        "SLEEK_HOME": str(home),
        "SLEEK_MODE": "demo",
        "SLEEK_PUBLIC_URL": told["web"],
    }
    import django

    django.setup()
    from sleek.merchants.models import User

    owner = User.objects.get(email=told["merchant"]["email"])
    paths = _made(owner.memberships.select_related("merchant").earliest("pk").merchant, owner)
    sys.stdout.write(json.dumps({name: told["web"] + path for name, path in paths.items()}))


def _made(shop: Merchant, owner: User) -> dict[str, str]:
    from sleek.core.money import Money
    from sleek.links import actions as links
    from sleek.links.actions import Limits, Look
    from sleek.links.rules import AmountKind, Ask, Field, FieldKey
    from sleek.merchants import actions as merchants
    from tests.browser import shown_bills

    merchants.write_terms(shop, "Goods are fired to order.\n\nKiln time is four weeks.", by=owner)
    own = {FieldKey.OWN_1: "Glaze colour"}
    fields = [Field(key, key == FieldKey.NAME, own.get(key, "")) for key in list(FieldKey)[:7]]
    often = Limits(is_reusable=True)
    fixed, chosen = Ask.fixed(Money(5000, "USD")), Ask(AmountKind.OPEN, "USD", None, 1000, 500_000)
    pieces = Ask(AmountKind.QUANTITY, "EUR", amount=2450, quantity_max=20)
    asking = Look(fields=fields, asks_terms=True)
    telling = Look(description="Celadon, thrown by hand.")

    def link(ask: Ask, *, limits: Limits = often, look: Look = Look()) -> PaymentLink:  # noqa: B008
        return links.create(shop, ask, "Vase no. 3", by=owner, limits=limits, look=look)

    paused = links.pause(link(fixed), by=owner)
    made = {
        "fixed": link(fixed),
        "open": link(chosen),
        "quantity": link(pieces, limits=Limits(is_reusable=True, pieces=5), look=telling),
        "asking": link(fixed, look=asking),
        "closed": paused,
    }
    paths = {name: f"/p/{one.token}/" for name, one in made.items()}
    paths |= {name: _payment(link(fixed), name) for name in ("declined", "unknown", "paid")}
    paths |= {"terms": f"/p/{made['asking'].token}/terms", "nothing": "/p/nothing/"}
    paths |= shown_bills.made(owner.memberships.get(merchant=shop))
    return paths | DOORS | OFFICE | _seen_from_inside(shop, made["asking"])


def _seen_from_inside(shop: Merchant, link: PaymentLink) -> dict[str, str]:
    told = shop.payments.filter(status="succeeded").latest("pk")  # by the story, with its postings
    return {
        "link": f"/links/{link.public_id}",
        "stickers": f"/links/{link.public_id}/stickers",
        "payment": f"/payments/{told.public_id}",
    }


def _payment(link: PaymentLink, name: str) -> str:
    """A payment in a state that takes a provider to get into, so its rows are written as it would
    leave them.
    """
    from datetime import timedelta

    from sleek.channels.models import Connection
    from sleek.core import clock
    from sleek.payments import actions as payments
    from sleek.payments.actions import Visit
    from sleek.payments.models import Attempt, Payment

    payment: Payment = payments.open_for_link(link, Visit(language="en"))
    status, failure, payment_status = {
        "declined": ("failed", "insufficient_funds", "failed"),
        "unknown": ("unknown", "", "processing"),
        "paid": ("succeeded", "", "succeeded"),
    }[name]
    is_paid = name == "paid"
    Attempt.objects.create(
        payment=payment,
        connection=Connection.objects.filter(channel="stripe").earliest("pk"),
        channel="stripe",
        method="card",
        flow="redirect",
        amount=payment.amount,
        currency=payment.currency,
        status=status,
        failure=failure,
        payer="Visa •4242" if is_paid else "",
        amount_received=payment.amount if is_paid else None,
        currency_received=payment.currency if is_paid else "",
        expires_at=clock.now() + timedelta(hours=1),
    )
    moment = clock.now() if is_paid else None
    Payment.objects.filter(pk=payment.pk).update(
        status=payment_status, succeeded_at=moment, amount_paid=payment.amount if moment else 0
    )
    return f"/pay/{payment.public_id}/"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
