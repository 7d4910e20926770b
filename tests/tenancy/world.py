"""Two merchants who have a row in every table that belongs to merchants or people."""

from __future__ import annotations

from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from sleek.audit import actions as audit
from sleek.channels.base import Notice as Message
from sleek.core import clock
from sleek.core.money import Money
from sleek.links.models import LinkPicture, PaymentLink, Plea, Sticker, Views
from sleek.merchants.models import (
    Consent,
    Device,
    Identity,
    Invitation,
    Merchant,
    Picture,
    Role,
    Terms,
    TransactionPassword,
    User,
)
from sleek.notifications import actions as notifications
from sleek.notifications.actions import Watch
from sleek.notifications.models import Gateway
from sleek.notifications.rules import Direction
from sleek.payments import actions as payments
from sleek.payments.actions import Answers, Kept
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.reports.models import Outstanding, Rollup, Span
from sleek.stock import actions as stock
from tests import people
from tests.fakes.channel import Bank

TEN = Money(1000, "USD")
Rows = dict[str, set[str]]


def furnish(name: str, bank: Bank) -> Merchant:
    """A merchant who has done a little of everything. A new table gets its row here."""
    shop = people.merchant(name, f"{name.lower()}@example.com")
    owner = shop.memberships.get().user
    _person(owner)
    _workspace(shop, owner)
    link = _link(shop, owner)
    _money(shop, owner, bank)
    _figures(shop, link)
    _told(shop, owner)
    kept = stock.create(shop, 5)
    stock.hold(f"pay_{name}", {kept.pk: 1}, until=clock.now())
    return shop


def _person(owner: User) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    Consent.objects.create(user=owner, document="terms", version="1", text_hash="0" * 64)
    TransactionPassword.objects.create(user=owner, password="hashed")
    Device.objects.create(user=owner, session_key=owner.public_id)
    Authenticator.objects.create(user=owner, type="totp", data={})
    SocialAccount.objects.create(user=owner, provider="google", uid=owner.public_id)
    Identity.objects.create(user=owner, provider="google", subject=owner.public_id)


def _workspace(shop: Merchant, owner: User) -> None:
    audit.record("merchant.created", shop.public_id, scope=shop.public_id)
    Invitation.objects.create(
        merchant=shop,
        email=f"guest-of-{owner.email}",
        role=Role.VIEWER,
        token_hash=shop.public_id,
        invited_by=owner,
        expires_at=clock.now(),
    )
    Terms.objects.create(
        merchant=shop, version=1, text="Pay.", text_hash="0" * 64, created_by=owner
    )
    Picture.objects.create(
        merchant=shop,
        content=b"png",
        media_type="image/png",
        width=1,
        height=1,
        content_hash="0" * 64,
    )


def _link(shop: Merchant, owner: User) -> PaymentLink:
    link = people.link(shop, TEN)
    LinkPicture.objects.create(link=link, picture=shop.pictures.get(), position=1)
    sticker = Sticker.objects.create(merchant=shop, link=link, label="Counter", created_by=owner)
    Views.objects.create(merchant=shop, link=link, sticker=sticker, on=date(2026, 3, 2), count=1)
    Plea.objects.create(merchant=shop, link=link, email="payer@example.com", language="en")
    return link


def _money(shop: Merchant, owner: User, bank: Bank) -> None:
    """Paid twice, of which one goes back; one notice is applied and one still waits."""
    payment = people.payment(shop, TEN)
    payments.note_payer(payment, Answers(name="Anna", email="anna@example.com"))
    payments.accept_terms(payment, shop.terms.get(), address=None, language="en")
    first, second = people.attempt(payment), people.attempt(payment, people.qr(shop))
    payments.apply_reports([bank.pay(first.public_id), bank.pay(second.public_id)])
    refunds.promise_surplus(payment.attempts.exclude(surplus="").get(), by=owner)
    message = Message(f"n-{shop.pk}", "till.news", key=first.public_id)
    payments.keep([Kept("till", first.connection_id, message, b"{}", clock.now())])
    reconciliation.record_settlement(
        shop.memberships.get(), "till", Money(500, "USD"), arrived_on=date(2026, 3, 2)
    )


def _figures(shop: Merchant, link: PaymentLink) -> None:
    Outstanding.objects.create(merchant=shop, link=link, currency="USD", amount=1000)
    Rollup.objects.create(
        merchant=shop,
        span=Span.DAY,
        currency="USD",
        starts_at=clock.now(),
        channel="till",
        method="card",
    )


def _told(shop: Merchant, owner: User) -> None:
    gateway = Gateway(merchant=shop, medium="im", name="Office", service="slack")
    gateway.seal("slack://a/b/c")
    gateway.save()
    notifications.try_gateway(gateway, by=owner)
    watch = Watch(Direction.BELOW, TEN, TEN, [shop.memberships.get()], [gateway])
    notifications.set_alert(shop, watch, by=owner)


def tables() -> list[str]:
    """All of the database, but for parts of others."""
    return sorted(connection.introspection.table_names())


def protected() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')"
            " AND relnamespace = current_schema()::regnamespace ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]


def seen(table: str) -> set[str]:
    """The keys of the rows that are visible now."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {key_of(table)} FROM "{table}"')
        return {key for (key,) in cursor.fetchall()}


def key_of(table: str) -> str:
    """An expression that names a row."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_primary_key_columns(cursor, table)
    return "concat_ws('/', " + ", ".join(f'"{column}"' for column in columns or []) + ")"
