"""The demo's story: Lin Ceramics in Jingdezhen, her buyers in eight countries, ninety days of small
payments.

It is told once, through the same verbs that the product uses, with the clock set back. The accounts
at the providers are opened at the sandbox the way a merchant would open them at the real ones;
nothing else in Sleek knows which it talks to.
"""

from __future__ import annotations

import base64
import json
import os
import random
from datetime import timedelta
from pathlib import Path

import httpx
from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.db import transaction

from sleek.channels.base import Failure, Outcome, Report
from sleek.channels.models import Connection
from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Membership, Merchant, Role, User
from sleek.payments import actions as payments
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import AttemptStatus, PaymentStatus
from sleek.reconciliation import actions as reconciliation

DAYS = 90
PAYMENTS = 200
PAY_OUT_EVERY, IN_TRANSIT_FOR = timedelta(days=7), timedelta(days=4)
CHANCE = 20261  # the same story everywhere

# What is asked, in which currency, for how much at least and at most (minor units), and how often.
WARES = [
    ("样品费 Sample fee · celadon teapot", "USD", 3500, 9900, 8),
    ("样品费 Sample fee · blue-and-white bowls", "EUR", 2500, 8000, 5),
    ("打样费 青花茶具", "CNY", 20000, 90000, 6),
    ("Courier DHL, 2 kg", "USD", 2800, 5600, 4),
    ("Mould deposit, 30 %", "USD", 20000, 80000, 2),
    ("样品费 サンプル代 · matcha bowls", "JPY", 4000, 15000, 2),
    ("Sample fee · tableware set", "GBP", 3000, 9000, 2),
]
OPEN_LINKS = [
    ("样品费 Sample fee · celadon teapot", Money(5000, "USD"), True),
    ("打样费 · 青花盖碗一套", Money(35000, "CNY"), True),
    ("Balance of order PO-2291", Money(128000, "EUR"), False),
]
CARDS = ["Visa •4242", "Mastercard •4444", "Visa •1881", "Amex •0005"]
DECLINES = [
    (Failure.INSUFFICIENT_FUNDS, "insufficient_funds"),
    (Failure.DECLINED, "do_not_honor"),
    (Failure.ENTRY_WRONG, "incorrect_cvc"),
]


def seed() -> None:
    """Tell the story and write `var/demo.json`. Raises when the sandbox does not answer."""
    file = Path(settings.HOME, "demo.json")
    password = os.environ["SLEEK_DEMO_PASSWORD"]
    sandbox = f"http://127.0.0.1:{os.environ['SLEEK_SANDBOX_PORT']}"
    accounts = [_stripe_account(sandbox), _alipay_account(sandbox)]
    with transaction.atomic():
        connections = {made.channel: made for made in (_connect(*account) for account in accounts)}
        operator = _person("operator@example.com", "Operator", password, is_operator=True)
        owner = _person("lin@example.com", "林清", password)
        shop = _shop(owner)
        _ninety_days(shop, owner, connections)
        links = [_link(shop, owner, *wanted) for wanted in OPEN_LINKS]
    _listen_to_stripe(sandbox, connections["stripe"])
    story = {
        "web": settings.PUBLIC_URL,
        "sandbox": sandbox,
        "database_url": os.environ["DATABASE_URL"],
        "merchant": {"email": owner.email, "password": password},
        "operator": {"email": operator.email, "password": password},
        "links": [
            {
                "url": f"{settings.PUBLIC_URL}/p/{link.token}/",
                "amount": str(link.money.decimal),
                "currency": link.currency,
            }
            for link in links
        ],
    }
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(story, indent=2, ensure_ascii=False) + "\n")
    unfinished.rename(file)


def _stripe_account(sandbox: str) -> tuple[str, str, dict[str, str]]:
    opened = _post(f"{sandbox}/control/accounts", {"provider": "stripe", "name": "demo"})
    secrets = {"secret_key": opened["secret_key"], "webhook_secret": "", "api_base": sandbox}
    return "stripe", "Stripe", secrets


def _alipay_account(sandbox: str) -> tuple[str, str, dict[str, str]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    opened = _post(
        f"{sandbox}/control/accounts",
        {
            "provider": "alipay",
            "name": "demo",
            "app_public_key": base64.b64encode(public).decode(),
        },
    )
    secrets = {
        "app_id": opened["app_id"],
        "seller_id": opened["seller_id"],
        "alipay_public_key": opened["alipay_public_key"],
        "app_private_key": private.decode(),
        "gateway": f"{sandbox}/gateway.do",
    }
    return "alipay", "支付宝", secrets


def _listen_to_stripe(sandbox: str, stripe: Connection) -> None:
    """Register the address for notices, as a merchant does in Stripe's dashboard, and keep its
    secret.
    """
    secrets = stripe.unseal()
    answer = httpx.post(
        f"{sandbox}/v1/webhook_endpoints",
        data={
            "url": f"{settings.PUBLIC_URL}/callbacks/stripe/{stripe.public_id}/",
            "enabled_events[]": "*",
        },
        headers={"Authorization": f"Bearer {secrets['secret_key']}"},
    )
    stripe.seal(secrets | {"webhook_secret": answer.raise_for_status().json()["secret"]})
    stripe.save(update_fields=["credentials"])


def _post(url: str, body: dict[str, str]) -> dict[str, str]:
    answer: dict[str, str] = httpx.post(url, json=body).raise_for_status().json()
    return answer


def _connect(channel: str, name: str, secrets: dict[str, str]) -> Connection:
    """The operator's connection: whoever signs up on this installation is paid through it."""
    methods = {"stripe": ["card"], "alipay": ["alipay"]}[channel]
    connection = Connection(merchant=None, channel=channel, name=name, methods=methods)
    connection.seal(secrets)
    connection.save()
    return connection


def _person(email: str, name: str, password: str, *, is_operator: bool = False) -> User:
    person = User.objects.create_user(email, password, name=name, is_operator=is_operator)
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=True)
    return person


def _shop(owner: User) -> Merchant:
    with clock.frozen(clock.now() - timedelta(days=DAYS + 2)):
        shop = Merchant.objects.create(
            name="林家陶瓷 Lin Ceramics",
            legal_name="景德镇林家陶瓷有限公司",
            country="CN",
            default_currency="USD",
        )
        Membership.objects.create(user=owner, merchant=shop, role=Role.OWNER)
    return shop


def _link(
    shop: Merchant, owner: User, reason: str, amount: Money, is_reusable: bool
) -> PaymentLink:
    return PaymentLink.objects.create(
        merchant=shop,
        amount=amount.minor,
        currency=amount.currency,
        reason=reason,
        is_reusable=is_reusable,
        created_by=owner,
    )


def _ninety_days(shop: Merchant, owner: User, connections: dict[str, Connection]) -> None:
    chance = random.Random(CHANCE)
    start = clock.now() - timedelta(days=DAYS)
    moments = sorted(
        start + timedelta(seconds=chance.randrange(60, DAYS * 86400 - 3600))
        for _ in range(PAYMENTS)
    )
    weights = [often for *_, often in WARES]
    paid_out_at = start + PAY_OUT_EVERY
    for moment in moments:
        while paid_out_at < min(moment, start + timedelta(days=DAYS) - IN_TRANSIT_FOR):
            with clock.frozen(paid_out_at):
                _pay_out(owner.memberships.get())
            paid_out_at += PAY_OUT_EVERY
        [(reason, currency, low, high, _)] = chance.choices(WARES, weights)
        amount = Money(chance.randrange(low, high + 1, 50 if currency != "JPY" else 100), currency)
        is_alipay = currency == "CNY" and chance.random() < 0.8
        channel = connections["alipay" if is_alipay else "stripe"]
        with clock.frozen(moment):
            link = _link(shop, owner, reason, amount, False)
            _told(payments.open_for_link(link, language="en"), channel, chance)


def _pay_out(owner: Membership) -> None:
    """The channels pay out all they hold, and Lin finds it on her bank statement."""
    for account in owner.merchant.accounts.filter(code__startswith="clearing:", balance__lt=0):
        today = clock.now().astimezone(owner.merchant.zone).date()
        channel = account.code.removeprefix("clearing:")
        reconciliation.record_settlement(owner, channel, -account.money, arrived_on=today)


def _told(payment: Payment, channel: Connection, chance: random.Random) -> None:
    """What came of one payment: most are paid, some after a decline, a few are left open."""
    fate = chance.random()
    if fate < 0.08:
        return
    if fate < 0.20:
        failure, code = chance.choice(DECLINES)
        declined = _attempt(payment, channel)
        payments.apply_reports(
            [Report(declined.public_id, Outcome.FAILED, failure=failure, failure_code=code)]
        )
        if fate < 0.12:
            return
    paid = _attempt(payment, channel)
    is_card = channel.channel == "stripe"
    fee = Money(payment.amount * 29 // 1000 + 30, payment.currency) if is_card else None
    report = Report(
        paid.public_id,
        Outcome.SUCCEEDED,
        payment.money,
        reference=f"cs_demo_{ids.token()}" if is_card else f"2026{chance.randrange(10**24):024d}",
        fee=fee,
        payer=chance.choice(CARDS) if is_card else "138****8888",
        event_at=clock.now() + timedelta(seconds=chance.randrange(20, 400)),
    )
    payments.apply_reports([report])


def _attempt(payment: Payment, connection: Connection) -> Attempt:
    """A try of the past: nothing is left to ask the provider about."""
    attempt = Attempt.objects.create(
        payment=payment,
        connection=connection,
        channel=connection.channel,
        method=connection.methods[0],
        flow="redirect",
        amount=payment.amount,
        currency=payment.currency,
        status=AttemptStatus.REQUIRES_ACTION,
        expires_at=clock.now() + timedelta(minutes=30),
    )
    Payment.objects.filter(pk=payment.pk).update(status=PaymentStatus.PROCESSING)
    return attempt
