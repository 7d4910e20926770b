"""Two merchants who have a row in every table that belongs to merchants or people."""

from __future__ import annotations

from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from sleek.audit import actions as audit
from sleek.channels.base import Flow
from sleek.channels.base import Notice as Message
from sleek.channels.models import Breaker, Price
from sleek.channels.rules import PriceSource
from sleek.core import clock
from sleek.core.money import Money
from sleek.customers import actions as customers
from sleek.customers.actions import Details
from sleek.customers.rules import CUSTOMERS, LINES, Layout
from sleek.invoices import actions as invoices
from sleek.invoices.actions import batching
from sleek.invoices.formats import word_template
from sleek.invoices.models import Entitlement
from sleek.invoices.models import Views as BillViews
from sleek.invoices.queries import Draft, Reference
from sleek.invoices.rules import (
    Answer,
    BatchKind,
    Condition,
    DocumentKind,
    EntitlementStatus,
    Policy,
)
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
from sleek.notifications.rules import Direction, Matter
from sleek.papers import actions as papers
from sleek.papers.models import Design
from sleek.papers.rules import Kind, SealKind
from sleek.payments import actions as payments
from sleek.payments.actions import Answers, Kept
from sleek.payments.models import SavedMethod
from sleek.payments.queries import Offer
from sleek.receipts import actions as receipts
from sleek.reconciliation import actions as reconciliation
from sleek.refunds import actions as refunds
from sleek.refunds.models import Claim
from sleek.refunds.rules import Limits
from sleek.reports.models import Outstanding, Rollup, Span
from sleek.risk.actions import Visitor
from sleek.splits import actions as splits
from sleek.splits.models import Portion
from sleek.splits.rules import ShareWish
from sleek.stock import actions as stock
from tests import banks, billing, people
from tests.fakes.channel import Bank
from tests.merchants import drawing
from tests.papers import sheets

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
    _bank(shop)
    _splits(shop, link)
    _figures(shop, link)
    _told(shop, owner)
    _script(shop, owner)
    _customers(shop, owner)
    _papers(shop, owner)
    _bills(shop, owner)
    _receipt(shop, bank)
    _channels(shop)
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


def _receipt(shop: Merchant, bank: Bank) -> None:
    till = shop.connections.filter(channel="till").order_by("pk")[0]
    card = Offer(till, "card", Flow.REDIRECT, (Flow.REDIRECT,))
    attempt = people.attempt(billing.payment(*billing.whole(billing.issued(shop))), card)
    payments.apply_reports([bank.pay(attempt.public_id)])
    receipts.issue(attempt.payment)


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
        content=drawing.picture(),
        media_type="image/png",
        width=60,
        height=40,
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
    reconciliation.review([payment.pk])
    refund = refunds.promise_surplus(payment.attempts.exclude(surplus="").get(), by=owner)
    refunds.set_rule(shop, "USD", "owner", Limits(most_once=5000), by=owner)
    Claim.objects.create(merchant=shop, refund=refund, expires_at=clock.now())
    SavedMethod.objects.create(
        merchant=shop,
        attempt=first,
        connection=first.connection,
        channel="till",
        method="card",
        text_hash="0" * 64,
        language="en",
    )
    message = Message(f"n-{shop.pk}", "till.news", key=first.public_id)
    payments.keep([Kept("till", first.connection_id, message, b"{}", clock.now())])
    reconciliation.record_settlement(
        shop.memberships.get(), "till", Money(500, "USD"), arrived_on=date(2026, 3, 2)
    )


def _splits(shop: Merchant, link: PaymentLink) -> None:
    """A plan on a link whose payment is held in part."""
    owner = shop.memberships.get()
    plan = splits.create_plan(owner, "Tea", [ShareWish(100_000)])
    splits.attach(link, plan, owner)
    Portion.objects.create(
        merchant=shop,
        payment=shop.payments.all()[0],
        share=plan.shares.get(),
        amount=100,
        currency="USD",
    )


def _bank(shop: Merchant) -> None:
    """A statement with one line, and a payer who says that a transfer is on its way."""
    account = banks.account(shop)
    attempt = banks.transfer(people.payment(shop, TEN), account)
    payments.announce_transfer(attempt, Visitor())
    owner = shop.memberships.get()
    reconciliation.keep_file(owner, account, "march.csv", b"Date,Amount,Text\n2026-03-02,1,x\n")
    banks.line(account, TEN)


def _script(shop: Merchant, owner: User) -> None:
    notifications.write_script(shop, Matter.LATE, "en", title="Late", text="Too late.", by=owner)


def _customers(shop: Merchant, owner: User) -> None:
    """One customer, and a table of more whose columns somebody named."""
    customers.add(shop, Details("Anna's Tea House"), by=owner)
    table = customers.keep_table(shop.memberships.get(), CUSTOMERS, "a.csv", b"Name\nBerg\n")
    customers.set_layout(table, CUSTOMERS, Layout(1, {"name": 0}))
    quotation = b"Item,Price\nVase,50\n"
    invoices.take_lines(
        customers.keep_table(shop.memberships.get(), LINES, "q.csv", quotation),
        invoices.Page(Draft("USD")),
        by=shop.memberships.get(),
    )


def _papers(shop: Merchant, owner: User) -> None:
    """A numbered, signed paper, and a template with a seal."""
    stamp = sheets.stamp()
    seal = papers.keep_seal(shop, SealKind.FINANCE, "Finance", stamp, width_mm=40, by=owner)
    Design.objects.create(merchant=shop, name="Plain", seal=seal, is_default=True)
    number = papers.take_number(
        papers.series_for(shop, Kind.CREDIT_NOTE), f"crn_{shop.pk}", on=date(2026, 3, 2)
    )
    papers.keep(
        shop,
        subject=number.subject,
        kind=Kind.CREDIT_NOTE,
        number=number.text,
        sheet=sheets.bill(),
        at=clock.now(),
    )


def _bills(shop: Merchant, owner: User) -> None:
    """A sample fee that is sent, partly credited and about to be paid, and a draft that would
    deduct it; somebody had looked at that one before.
    """
    policy = Policy(TEN, TEN)
    contract = Reference(DocumentKind.CONTRACT, "HT-1")
    fee = billing.issued(shop, policy=policy, documents=(contract,))
    BillViews.objects.create(invoice=fee, on=date(2026, 3, 2))
    invoices.send(fee, "anna@example.com", by=owner)
    invoices.answer(fee, Answer.RECEIVED, by=owner)
    billing.payment(*billing.part(fee.instalments.get(), 1000))
    invoices.credit(fee, TEN, "one broke", by=owner)
    Entitlement.objects.filter(invoice=fee).update(status=EntitlementStatus.AVAILABLE)
    order = billing.drafted(shop, billing.line("80"))
    invoices.withdraw(invoices.submit(order, by=billing.owner(shop)), by=billing.owner(shop))
    invoices.set_review_rules(shop, [Condition(author_role="viewer")], by=owner)
    batching.start(BatchKind.REMIND, shop.invoices.all(), by=billing.owner(shop))
    invoices.keep_template(shop, "ours.docx", word_template.built_in(), by=owner)


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


def _channels(shop: Merchant) -> None:
    till = shop.connections.order_by("pk")[0]
    Price.objects.create(
        merchant=shop, connection=till, method="card", source=PriceSource.OWN, share=0
    )
    Breaker.objects.create(merchant=shop, connection=till, method="card")


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
