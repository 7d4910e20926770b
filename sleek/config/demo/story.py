"""The demo's story: Lin Ceramics in Jingdezhen, her buyers in eight countries, ninety days of small
payments.

It is told through the same verbs that the product uses, with the clock set back.
"""

from __future__ import annotations

import random
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from sleek.channels.base import Failure, Outcome, Report
from sleek.channels.models import Connection
from sleek.config.demo import afterwards, banking, bills, customers, showcase
from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Brand, Membership, Merchant, Role, User
from sleek.payments import actions as payments
from sleek.payments.actions import Visit
from sleek.payments.models import Attempt, Payment
from sleek.payments.rules import AttemptStatus, PaymentStatus
from sleek.reconciliation import actions as reconciliation

OWNER, OPERATOR = "lin@example.com", "operator@example.com"
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
AFTERWARDS = [
    ("样品费 Sample fee · ginger jars", Money(24000, "USD")),
    ("Deposit, 12 celadon vases", Money(60000, "USD")),
]
CHANNELS_OF_YUAN = (["alipay", "wechatpay", "stripe"], [5, 3, 2])  # and how often each
CARDS = ["Visa •4242", "Mastercard •4444", "Visa •1881", "Amex •0005"]
REASONS = [Failure.INSUFFICIENT_FUNDS, Failure.DECLINED, Failure.ENTRY_WRONG]
DECLINES = {  # in each channel's own codes
    "stripe": ["insufficient_funds", "do_not_honor", "incorrect_cvc"],
    "alipay": [
        "ACQ.BUYER_BALANCE_NOT_ENOUGH",
        "ACQ.PAYMENT_FAIL",
        "ACQ.PAYMENT_AUTH_CODE_INVALID",
    ],
    "wechatpay": ["NOTENOUGH", "PAYERROR", "AUTH_CODE_INVALID"],
}


def tell(password: str, connections: dict[str, Connection]) -> None:
    """Write the whole story, through the open connections. One transaction: told whole, or not at
    all.
    """
    secret = make_password(password)  # the same for all, and it takes half a second on purpose
    with transaction.atomic():
        for connection in connections.values():
            connection.save()
        _person(OPERATOR, "Operator", secret, is_operator=True)
        owner = _person(OWNER, "林清", secret)
        shop = _shop(owner)
        _ninety_days(shop, owner, connections)
        showcase.furnish(shop, owner)
        customers.furnish(shop, owner)
        banking.open_accounts(shop, owner, connections["stripe"], secret)
        wrong, held = (_open(shop, owner, connections["stripe"], each) for each in AFTERWARDS)
        afterwards.furnish(owner.memberships.get(), wrong, held)
        bills.furnish(
            owner.memberships.get(), lambda payment: _attempt(payment, connections["stripe"])
        )
        for reason, amount, is_reusable in OPEN_LINKS:
            _link(shop, owner, reason, amount, is_reusable)


def _person(email: str, name: str, secret: str, *, is_operator: bool = False) -> User:
    person = User.objects.create(email=email, password=secret, name=name, is_operator=is_operator)
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
        Brand.objects.create(merchant=shop, is_default=True)
        Membership.objects.create(user=owner, merchant=shop, role=Role.OWNER)
    return shop


def _link(
    shop: Merchant, owner: User, reason: str, amount: Money, is_reusable: bool
) -> PaymentLink:
    return PaymentLink.objects.create(
        merchant=shop,
        brand=shop.brands.get(is_default=True),
        amount=amount.minor,
        currency=amount.currency,
        reason=reason,
        is_reusable=is_reusable,
        created_by=owner,
    )


def _open(shop: Merchant, owner: User, channel: Connection, asked: tuple[str, Money]) -> Attempt:
    """A link whose payer is at the channel's page."""
    link = _link(shop, owner, *asked, False)
    return _attempt(payments.open_for_link(link, Visit(language="en")), channel)


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
        [name] = chance.choices(*CHANNELS_OF_YUAN) if currency == "CNY" else ["stripe"]
        channel = connections[name]
        with clock.frozen(moment):
            link = _link(shop, owner, reason, amount, False)
            _told(payments.open_for_link(link, Visit(language="en")), channel, chance)


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
        reasons = list(zip(REASONS, DECLINES[channel.channel], strict=True))
        failure, code = chance.choice(reasons)
        declined = _attempt(payment, channel)
        payments.apply_reports(
            [Report(declined.public_id, Outcome.FAILED, failure=failure, failure_code=code)]
        )
        if fate < 0.12:
            return
    paid = _attempt(payment, channel)
    is_card = channel.channel == "stripe"
    # As the sandbox counts it, half a unit rounded up.
    fee = Money((payment.amount * 29 + 500) // 1000 + 30, payment.currency) if is_card else None
    report = Report(
        paid.public_id,
        Outcome.SUCCEEDED,
        payment.money,
        reference=paid.reference or f"2026{ids.digits(24)}",
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
        reference=f"cs_demo_{ids.token()}" if connection.channel == "stripe" else "",
        expires_at=clock.now() + timedelta(minutes=30),
    )
    Payment.objects.filter(pk=payment.pk).update(status=PaymentStatus.PROCESSING)
    return attempt
