"""The people whom tests know: a merchant in Jingdezhen with her till, and links she made."""

from __future__ import annotations

from datetime import timedelta

from sleek.channels.base import Flow
from sleek.channels.models import Connection
from sleek.core import clock
from sleek.core.money import Money
from sleek.ledger import queries as ledger
from sleek.links.models import PaymentLink
from sleek.merchants.models import Brand, Membership, Merchant, Role, User
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.risk.actions import Visitor


def merchant(name: str = "Lin Ceramics", email: str = "lin@example.com") -> Merchant:
    """A merchant with one owner and one till."""
    shop = Merchant.objects.create(name=name)
    Brand.objects.create(merchant=shop, is_default=True)
    Membership.objects.create(user=User.objects.create_user(email), merchant=shop, role=Role.OWNER)
    till(shop)
    return shop


def till(shop: Merchant | None, *, secret: str = "s3cret") -> Connection:
    connection = Connection(merchant=shop, channel="till", name="Till", methods=["card", "alipay"])
    connection.seal({"secret": secret})
    connection.save()
    return connection


def link(shop: Merchant, amount: Money, *, is_reusable: bool = False, days: int = 0) -> PaymentLink:
    return PaymentLink.objects.create(
        merchant=shop,
        brand_id=shop.brands.values_list("pk").get(is_default=True)[0],
        amount=amount.minor,
        currency=amount.currency,
        reason="样品费 Sample fee",
        is_reusable=is_reusable,
        expires_at=clock.now() + timedelta(days=days) if days else None,
        created_by_id=shop.memberships.filter(role=Role.OWNER).values_list("user_id")[0][0],
    )


def payment(shop: Merchant, amount: Money, **terms: object) -> Payment:
    return payments.open_for_link(link(shop, amount, **terms), Visit(language="en"))  # type: ignore[arg-type]


def card(shop: Merchant) -> Offer:
    return Offer(shop.connections.get(), "card", Flow.REDIRECT, (Flow.REDIRECT,))


def qr(shop: Merchant) -> Offer:
    return Offer(shop.connections.get(), "alipay", Flow.QR, (Flow.QR,))


def attempt(of: Payment, offer: Offer | None = None) -> Attempt:
    return payments.begin(of, offer or card(of.merchant), Visitor())


def held(shop: Merchant, code: str, currency: str = "USD") -> int:
    """What is on an account, in minor units."""
    return ledger.balance(shop.pk, code, currency).minor
