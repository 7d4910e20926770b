"""What the walk through all addresses needs to know: which are public, and what stands in the rest.

A new route that is open to everybody is one line in PUBLIC. A new kind of parameter is one line in
EXAMPLES: how to make such a thing for a merchant and one of its people, as the text that stands in
the address. What no merchant or person owns (a currency, a file's kind) says `is_owned=False`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator

from sleek.core import clock, ids
from sleek.core.money import Money
from sleek.links.models import PaymentLink, Plea, Sticker
from sleek.merchants import queries
from sleek.merchants.models import (
    Brand,
    Device,
    Identity,
    Invitation,
    Membership,
    Merchant,
    Role,
    Terms,
    User,
)
from sleek.notifications.models import BalanceAlert, Gateway
from sleek.notifications.rules import Medium
from sleek.payments.models import Payment
from sleek.reconciliation.models import Settlement
from tests import people

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
    "pay/<public_id>/",
    "pay/<public_id>/state/",
    "pay/<public_id>/return/",
    "pay/<public_id>/receipt.pdf",
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


def _same(text: str) -> Kind:
    return Kind(lambda of: text, is_owned=False)


def _link(of: Example) -> PaymentLink:
    return people.link(of.shop, Money(5000, "USD"))


def _sticker(of: Example) -> Sticker:
    link = people.link(of.shop, Money(5000, "USD"), is_reusable=True)
    return Sticker.objects.create(merchant=of.shop, link=link, label="Counter", created_by=of.owner)


def _paid(of: Example) -> Payment:
    return Payment.objects.filter(merchant=of.shop)[0]


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
    "payments/<public_id>/return/<attempt_id>": Kind(
        lambda of: _paid(of).attempts.all()[0].public_id
    ),
    "wallet/settlements/<public_id>": Kind(lambda of: _settlement(of).public_id),
    "wallet/<currency>": _same("USD"),
    "wallet/<currency>/<code>": _same("in_transit"),
    "wallet/<currency>/settle/<channel>": _same("till"),
    # Open invitations to the person, at a merchant where they do not work.
    "invitations/<public_id>": Kind(lambda of: _invitation(of, of.user.email).public_id),
    "settings/brands/<public_id>": Kind(
        lambda of: Brand.objects.create(merchant=of.shop, name="Tea").public_id
    ),
    "settings/brands/terms/<version>": Kind(_terms),
    "settings/alerts/<public_id>": Kind(_alert),
    "settings/alerts/gateways/<public_id>": Kind(_gateway),
    "settings/logins/<provider>": _same("weixin"),
    "settings/logins/<public_id>": Kind(_identity),
    "settings/security/devices/<public_id>": Kind(_device),
    "settings/security/passkeys/<public_id>": Kind(_passkey),
    "settings/team/<public_id>": Kind(lambda of: _member(of).public_id),
    "settings/team/invitations/<public_id>": Kind(
        lambda of: _invitation(of, f"{ids.token()}@example.com".lower()).public_id
    ),
}
