"""What the walk through all addresses needs to know: which are public, and what stands in the rest.

A new route that is open to everybody is one line in PUBLIC. A new kind of parameter is one line in
EXAMPLES: how to make such a thing for a merchant and one of its people, as the text that stands in
the address. What no merchant or person owns (a currency, a file's kind) says `is_owned=False`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from allauth.mfa.models import Authenticator

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.actions import Details
from sleek.customers.rules import CUSTOMERS
from sleek.invoices import actions as invoices
from sleek.invoices.actions import batching
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft, LineWish, Payer
from sleek.invoices.rules import BatchKind, Figures
from sleek.links.models import PaymentLink, Plea, Sticker
from sleek.merchants import queries
from sleek.merchants.models import (
    Brand,
    Device,
    Identity,
    Invitation,
    Membership,
    Merchant,
    Picture,
    Role,
    Terms,
    User,
)
from sleek.notifications.models import BalanceAlert, Gateway
from sleek.notifications.rules import Medium
from sleek.papers.models import Design, Seal
from sleek.payments import actions as payments
from sleek.payments.models import Payment, SavedMethod
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import Anomaly, Settlement
from sleek.refunds import actions as refunds
from sleek.refunds.models import BankAccount, Claim, Refund
from sleek.refunds.queries import claim_token
from sleek.refunds.rules import RefundReason, Route
from sleek.risk.actions import Visitor
from sleek.splits import actions as splits
from sleek.splits.models import Plan, Portion
from sleek.splits.rules import ShareWish
from tests import banks, people
from tests.web.dashboard import office

PUBLIC = {
    "",
    "healthz",
    "readyz",
    "choose/language",
    "choose/theme",
    "legal/<document>",
    "account/sign-up",
    "account/waiting",
    "account/resend",
    "account/activate/<token>",
    "account/log-in",
    "account/log-out",
    "account/inactive",
    "account/reset",
    "account/reset/sent",
    "account/reset/done",
    "account/reset/<uidb36>-<key>",
    "account/second-step",
    "account/passkey",
    "account/passkey/challenge",
    "account/with/<provider>",
    "account/with/<provider>/back",
    "account/join",
    "account/join/leave",
    "account/prove/<token>",
    "join/<token>",
    "pictures/<public_id>",
    "preview/<sealed>/",
    "p/<token>/",
    "p/<token>/ask/",
    "p/<token>/terms",
    "s/<token>/",
    "b/<token>/",
    "b/<token>/<paper_id>.pdf",
    "b/<tokens>/together/",
    "i/<token>/",
    "v/<code>",
    "verify/",
    "pay/<public_id>/",
    "pay/<public_id>/state/",
    "pay/<public_id>/go/<attempt_id>/",
    "pay/<public_id>/return/",
    "pay/<public_id>/wechat/",
    "pay/<public_id>/sent/",
    "pay/<public_id>/receipt.pdf",
    "pay/<public_id>/refunds/<refund_id>/missing/",
    "claim/<token>/",
}


@dataclass(frozen=True)
class Example:
    """For whom the things are made."""

    shop: Merchant
    user: User

    @property
    def owner(self) -> User:
        return self.shop.memberships.filter(role=Role.OWNER).order_by("pk")[0].user


@dataclass(frozen=True)
class Kind:
    make: Callable[[Example], str]
    is_owned: bool = True
    is_personal: bool = False  # the person's own, and not the merchant's


def _same(text: str) -> Kind:
    return Kind(lambda of: text, is_owned=False)


def _link(of: Example) -> PaymentLink:
    return people.link(of.shop, Money(5000, "USD"))


def _sticker(of: Example) -> Sticker:
    link = people.link(of.shop, Money(5000, "USD"), is_reusable=True)
    return Sticker.objects.create(merchant=of.shop, link=link, label="Counter", created_by=of.owner)


def _paid(of: Example) -> Payment:
    return Payment.objects.filter(merchant=of.shop)[0]


def _refund(of: Example) -> str:
    """One that goes by bank, to an account that the payer has named already."""
    cent = Money(1, "USD")
    [refund] = refunds.promise(_paid(of), cent, reason=RefundReason.OTHER, by=of.owner)
    Refund.objects.filter(pk=refund.pk).update(route=Route.BANK, check_at=None)
    claim = Claim(merchant=of.shop, refund=refund, expires_at=clock.now() + timedelta(days=1))
    claim.seal(BankAccount("Anna Berg", "DE", "DE89370400440532013000"))
    claim.filled_at = clock.now()
    claim.save()
    return refund.public_id


def _settlement(of: Example) -> Settlement:
    return Settlement.objects.create(
        merchant=of.shop,
        channel="till",
        amount=100,
        currency="USD",
        arrived_on=clock.now().date(),
        created_by=of.owner,
    )


def _invitation(of: Example, email: str) -> Invitation:
    return Invitation.objects.create(
        merchant=of.shop,
        email=email,
        role=Role.VIEWER,
        token_hash=queries.digest(ids.token()),
        invited_by=of.owner,
        expires_at=clock.now() + timedelta(days=1),
    )


def _plea(of: Example) -> str:
    plea = Plea.objects.create(
        merchant=of.shop, link=_link(of), email="anna@example.com", language="en"
    )
    return plea.public_id


def _bank_line(of: Example) -> str:
    return banks.line(banks.account(of.shop), Money(5000, "USD")).public_id


def _bank_file(of: Example) -> str:
    content = b"Date,Amount,Text\n2026-03-02,50.00,x\n"
    account, owner = banks.account(of.shop), of.shop.memberships.filter(role=Role.OWNER)[0]
    return reconciliation.keep_file(owner, account, "march.csv", content).public_id


def _bill(of: Example) -> Invoice:
    line = LineWish("Vase", Figures(Decimal(1), Decimal(50)))
    return invoices.create(of.shop, Draft("USD", (line,), due_days=14), by=of.owner)


def _credit_note(of: Example) -> str:
    line = LineWish("Vase", Figures(Decimal(1), Decimal(50)))
    said = Draft("USD", (line,), payer=Payer("Berg Keramik"), due_days=14)
    draft = invoices.create(of.shop, said, by=of.owner)
    bill = invoices.issue(draft, by=of.shop.memberships.get(user=of.owner))
    return invoices.credit(bill, Money(100, "USD"), "Broken", by=of.owner).public_id


def _batch(of: Example) -> str:
    """One that is over, and whose bill, which names no payer, was refused."""
    _bill(of)
    place = of.shop.memberships.filter(role=Role.OWNER).order_by("pk")[0]
    drafts = of.shop.invoices.filter(status="draft").order_by("-pk")[:1]
    rows = Invoice.objects.filter(pk__in=drafts.values("pk"))
    batch = batching.start(BatchKind.ISSUE, rows, by=place)
    while batching.work():
        pass
    return batch.public_id


def _design(of: Example) -> str:
    return Design.objects.create(merchant=of.shop, name="Letter").public_id


def _seal(of: Example) -> str:
    picture = Picture.objects.create(
        merchant=of.shop,
        content=b"png",
        media_type="image/png",
        width=1,
        height=1,
        content_hash=ids.token(),
    )
    seal = {"kind": "finance", "name": "Seal", "picture": picture, "created_by": of.owner}
    return Seal.objects.create(merchant=of.shop, **seal).public_id


def _customer(of: Example) -> str:
    return customers.add(of.shop, Details("Anna Berg"), by=of.owner).public_id


def _table(of: Example) -> str:
    owner = of.shop.memberships.filter(role=Role.OWNER)[0]
    return customers.keep_table(owner, CUSTOMERS, "a.csv", b"Name\nBerg\n").public_id


def _proof(of: Example) -> str:
    attempt = banks.transfer(people.payment(of.shop, Money(5000, "USD")), banks.account(of.shop))
    proof = payments.announce_transfer(attempt, Visitor(), content=b"%PDF-1.7")
    return proof.public_id


def _saved(of: Example) -> str:
    attempt = _paid(of).attempts.all()[0]
    row, _is_new = SavedMethod.objects.get_or_create(
        attempt=attempt,
        defaults={
            "merchant": of.shop,
            "connection": attempt.connection,
            "channel": attempt.channel,
            "method": attempt.method,
            "text_hash": "0" * 64,
            "language": "en",
        },
    )
    return row.public_id


def _from_wallet(of: Example) -> str:
    payee = people.merchant("Payee", f"{ids.token().lower()}@example.com")
    payment = people.payment(payee, Money(5000, "USD"))
    return banks.from_wallet(payment, banks.wallet(payee)).public_id


def _claim(of: Example) -> str:
    """To a payer of somebody else; whoever has the address may answer."""
    payee = people.merchant("Payee", f"{ids.token().lower()}@example.com")
    payment = office.paid(payee)
    [refund] = refunds.promise(payment, Money(1, "USD"), reason=RefundReason.OTHER)
    Refund.objects.filter(pk=refund.pk).update(route=Route.BANK, check_at=None)
    expires_at = clock.now() + timedelta(days=1)
    return claim_token(Claim.objects.create(merchant=payee, refund=refund, expires_at=expires_at))


def _terms(of: Example) -> str:
    """Under a number that no other merchant has reached."""
    text = {"text": "-", "text_hash": "-", "created_by": of.owner}
    terms, _ = Terms.objects.get_or_create(merchant=of.shop, version=of.shop.pk, defaults=text)
    return str(terms.version)


def _alert(of: Example) -> str:
    alert = BalanceAlert.objects.create(
        merchant=of.shop,
        currency="USD",
        direction="below",
        threshold=100,
        rearm=200,
        is_armed=True,
        created_by=of.owner,
    )
    return alert.public_id


def _gateway(of: Example) -> str:
    gateway = Gateway(merchant=of.shop, medium=Medium.SMS, name="Phone", service="json")
    gateway.seal("json://127.0.0.1:9/")
    gateway.save()
    return gateway.public_id


def _plan(of: Example, *, of_another: bool = False) -> Plan:
    """With a share for another wallet; or, `of_another`, offered to this one."""
    other = people.merchant("Carrier", f"{ids.token().lower()}@example.com")
    giver, taker = (other, of.shop) if of_another else (of.shop, other)
    owner = giver.memberships.filter(role=Role.OWNER)[0]
    return splits.create_plan(owner, "Tea", [ShareWish(100_000, taker.pk, "Carrier")])


def _portion(of: Example) -> str:
    payment = _paid(of)
    portion = Portion.objects.create(
        merchant=of.shop,
        payment=payment,
        share=_plan(of).shares.get(),
        amount=100,
        currency=payment.currency,
    )
    return portion.public_id


def _anomaly(of: Example) -> str:
    anomaly = Anomaly.objects.create(merchant=of.shop, flag="orphan", subject=ids.new("att"))
    return anomaly.public_id


def _passkey(of: Example) -> str:
    public_id = ids.new("psk")
    Authenticator.objects.create(
        user=of.user, type=Authenticator.Type.WEBAUTHN, data={"public_id": public_id}
    )
    return public_id


def _device(of: Example) -> str:
    return Device.objects.create(user=of.user, session_key=ids.token()).public_id


def _identity(of: Example) -> str:
    identity = Identity.objects.create(user=of.user, provider="weixin", subject=ids.token())
    return identity.public_id


def _member(of: Example) -> Membership:
    user = User.objects.create_user(f"{ids.token()}@example.com".lower())
    return Membership.objects.create(user=user, merchant=of.shop, role=Role.VIEWER)


# By the address up to and including the parameter.
EXAMPLES: dict[str, Kind] = {
    "links/<public_id>": Kind(lambda of: _sticker(of).link.public_id),
    "links/<public_id>/qr.<kind>": _same("svg"),
    "links/<public_id>/poster.<kind>": _same("png"),
    "links/<public_id>/button/<form>": _same("card"),
    "links/<public_id>/stickers/<per_page>": _same("8"),
    "counter/<public_id>": Kind(lambda of: _link(of).public_id),
    "stickers/<public_id>": Kind(lambda of: _sticker(of).public_id),
    "pleas/<public_id>": Kind(_plea),
    "payments/<public_id>": Kind(lambda of: _paid(of).public_id),
    **{
        f"payments/<public_id>/{choice}/<attempt_id>": Kind(
            lambda of: _paid(of).attempts.all()[0].public_id
        )
        for choice in ("return", "accept", "take", "settle", "keep", "apply", "repay")
    },
    "exceptions/<public_id>": Kind(_anomaly),
    "settings/splits/<public_id>": Kind(lambda of: _plan(of).public_id),
    "settings/splits/shares/<public_id>": Kind(
        lambda of: _plan(of, of_another=True).shares.get().public_id
    ),
    "wallet/portions/<public_id>": Kind(_portion),
    "troubleshooting/<public_id>": Kind(lambda of: _paid(of).public_id),
    "settings/scripts/<language>": _same("en"),
    "settings/scripts/<language>/<matter>": _same("late"),
    "payments/proofs/<public_id>": Kind(_proof),
    "payments/saved/<public_id>": Kind(_saved),
    "bills/batches/<public_id>": Kind(_batch),
    "bills/<public_id>": Kind(lambda of: _bill(of).public_id),
    "bills/credit-notes/<public_id>": Kind(_credit_note),
    "bills/archive-<year>": _same("2026"),
    "settings/numbers/<kind>": _same("bill"),
    "settings/papers/<public_id>": Kind(_design),
    "settings/papers/seals/<public_id>": Kind(_seal),
    "customers/<public_id>": Kind(_customer),
    "tables/<public_id>": Kind(_table),
    "wallet/bank/files/<public_id>": Kind(_bank_file),
    "wallet/bank/lines/<public_id>": Kind(_bank_line),
    # Of a payment to anybody, by whoever is signed in.
    "balance/<public_id>": Kind(_from_wallet, is_owned=False),
    "balance/refunds/<token>": Kind(_claim, is_owned=False),
    "refunds/<public_id>": Kind(_refund),
    "wallet/settlements/<public_id>": Kind(lambda of: _settlement(of).public_id),
    "wallet/<currency>": _same("USD"),
    "wallet/<currency>/<code>": _same("in_transit"),
    "wallet/<currency>/settle/<channel>": _same("till"),
    # Open invitations to the person, at a merchant where they do not work.
    "invitations/<public_id>": Kind(
        lambda of: _invitation(of, of.user.email).public_id, is_personal=True
    ),
    "settings/brands/<public_id>": Kind(
        lambda of: Brand.objects.create(merchant=of.shop, name="Tea").public_id
    ),
    "settings/brands/terms/<version>": Kind(_terms),
    "settings/alerts/<public_id>": Kind(_alert),
    "settings/channels/<public_id>": Kind(lambda of: people.till(of.shop).public_id),
    "settings/channels/new/<channel>": _same("stripe"),
    "settings/alerts/gateways/<public_id>": Kind(_gateway),
    "settings/logins/<provider>": _same("weixin"),
    "settings/logins/<public_id>": Kind(_identity, is_personal=True),
    "settings/security/devices/<public_id>": Kind(_device, is_personal=True),
    "settings/security/passkeys/<public_id>": Kind(_passkey, is_personal=True),
    "settings/team/<public_id>": Kind(lambda of: _member(of).public_id),
    "settings/team/invitations/<public_id>": Kind(
        lambda of: _invitation(of, f"{ids.token()}@example.com".lower()).public_id
    ),
}
