"""Lin's bank account in the story, what came onto it, and a wallet that could pay her.

One buyer transfers in two parts; of two lines nobody knows yet what they are for.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress

from sleek.channels.base import Flow, Outcome, Report
from sleek.channels.models import Connection
from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.links.models import PaymentLink
from sleek.merchants.models import Brand, Membership, Merchant, Role, User
from sleek.payments import actions as payments
from sleek.payments.actions import Answers, Visit
from sleek.payments.models import Attempt, Payment
from sleek.payments.queries import Offer
from sleek.payments.rules import AttemptStatus, PaymentStatus
from sleek.reconciliation import actions as reconciliation
from sleek.risk.actions import Visitor

BUYER = "anna@example.com"  # logs in with the demo's password and has a wallet of her own
SAVINGS = Money(2_400_00, "USD")
HEAD = "Date,Credit,Payer,Payer account,Reference,Transaction ID"
HOLDER = "Jingdezhen Lin Ceramics Co., Ltd. 景德镇林家陶瓷有限公司"
ADDRESS = "288 Xinchang West Road, Zhushan, Jingdezhen"
BANKS = {
    "USD": {
        "bank": "Bank of China, Jingdezhen Branch",
        "account": "1924 7731 0088 6402",
        "bank_code": "BKCHCNBJ550",
        "bank_address": "1 Zhushan Middle Road, Jingdezhen, China",
    },
    "EUR": {
        "bank": "Commerzbank, Köln",
        "account": "DE89 3704 0044 0532 0130 00",
        "bank_code": "COBADEFFXXX",
    },
}


def open_accounts(shop: Merchant, owner: User, card: Connection, secret: str) -> None:
    """Two bank accounts, the statement of one, and the wallet of somebody else, whose password is
    hashed already.
    """
    dollars, _euros = _bank_account(shop, "USD"), _bank_account(shop, "EUR")
    wallets = Connection(merchant=None, channel="balance", name="Sleek 余额", methods=["balance"])
    wallets.seal({})
    wallets.save()
    _buyer(card, secret)
    with clock.frozen(clock.now() - timedelta(days=6)):
        whole = _transfer(shop, owner, dollars, "Tableware set, balance of PO-2288", 1_800_00)
        named = _transfer(shop, owner, dollars, "Celadon tea set, PO-2290", 640_00)
        payments.note_payer(named.payment, Answers(company="Müller Keramik GmbH"))
    _import(shop.memberships.get(), dollars, whole)


def _bank_account(shop: Merchant, currency: str) -> Connection:
    where = BANKS[currency]
    connection = Connection(
        merchant=shop,
        channel="banktransfer",
        name=f"{where['bank']} · {currency}",
        methods=["bank_transfer"],
    )
    connection.seal({"holder": HOLDER, "holder_address": ADDRESS, "currency": currency} | where)
    connection.save()
    return connection


def _buyer(card: Connection, secret: str) -> None:
    """Her wallet holds what a customer of hers paid and the channel has paid out."""
    person = User.objects.create(email=BUYER, password=secret, name="Anna Keller")
    EmailAddress.objects.create(user=person, email=BUYER, primary=True, verified=True)
    shop = Merchant.objects.create(name="Anna's Tea House", country="DE", default_currency="USD")
    Brand.objects.create(merchant=shop, is_default=True)
    owner = Membership.objects.create(user=person, merchant=shop, role=Role.OWNER)
    with clock.frozen(clock.now() - timedelta(days=9)):
        payment = _payment(shop, person, "Tea for the winter", SAVINGS)
        paid = Attempt.objects.create(
            payment=payment,
            connection=card,
            channel=card.channel,
            method=card.methods[0],
            flow=Flow.REDIRECT,
            amount=SAVINGS.minor,
            currency=SAVINGS.currency,
            status=AttemptStatus.REQUIRES_ACTION,
            expires_at=clock.now() + timedelta(minutes=30),
        )
        Payment.objects.filter(pk=payment.pk).update(status=PaymentStatus.PROCESSING)
        fee = Money(0, SAVINGS.currency)
        reference = f"cs_demo_{ids.token()}"
        payments.apply_reports(
            [Report(paid.public_id, Outcome.SUCCEEDED, SAVINGS, reference, fee=fee)]
        )
    reconciliation.record_settlement(owner, card.channel, SAVINGS, arrived_on=_today(shop))


def _transfer(shop: Merchant, owner: User, account: Connection, reason: str, minor: int) -> Attempt:
    payment = _payment(shop, owner, reason, Money(minor, "USD"))
    offer = Offer(account, account.methods[0], Flow.HERE, (Flow.HERE,))
    return payments.begin(payment, offer, Visitor())


def _payment(shop: Merchant, owner: User, reason: str, amount: Money) -> Payment:
    link = PaymentLink.objects.create(
        merchant=shop,
        brand=shop.brands.get(is_default=True),
        amount=amount.minor,
        currency=amount.currency,
        reason=reason,
        created_by=owner,
    )
    return payments.open_for_link(link, Visit(language="en"))


def _import(owner: Membership, account: Connection, whole: Attempt) -> None:
    """The bank wrote the reference as banks do; one payer left it out, another is a stranger."""
    today = _today(owner.merchant)
    told = whole.next_data["reference"].replace("-", " ").lower()
    lines = [
        (5, "1000.00", "NORDIC TABLE AS", f"PO-2288 PART 1 {told}"),
        (1, "800.00", "NORDIC TABLE AS", f"REST {told}"),
        (1, "625.00", "MUELLER KERAMIK", "INVOICE TEA SET"),
        (1, "87.50", "J. OKAFOR", "THANKS"),
    ]
    rows = [
        f"{today - timedelta(days=back)},{amount},{payer},,{text},FT{number:06}"
        for number, (back, amount, payer, text) in enumerate(lines, 4711)
    ]
    content = "\n".join([HEAD, *rows]).encode()
    file = reconciliation.keep_file(owner, account, f"BOC-{today:%Y-%m}.csv", content)
    reconciliation.import_file(file, owner)
    reconciliation.match_by_itself(owner.merchant_id)


def _today(shop: Merchant) -> date:
    now: datetime = clock.now()
    return now.astimezone(shop.zone).date()
