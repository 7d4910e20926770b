"""Setting up a merchant, and changing what it tells about itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants import rules
from sleek.merchants.models import Brand, Membership, Merchant, Role, User


class AlreadyMember(SleekError):
    """The person has that place already: a business of their own, or a seat in the team."""

    code = "already_member"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a merchant tells about itself."""

    name: str
    country: str
    default_currency: str
    time_zone: str
    language: str
    legal_name: str = ""
    accent_color: str = "#0f5c73"  # of the first brand; later it is the brand's
    saves_methods: bool = True
    details: dict[str, str] = field(default_factory=dict)


# The rest of the profile, filled in when bills need it.
DETAILS = ("credit_code", "tax_number", "address", "phone", "font")


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where customers may transfer money to: it prints on bills."""

    bank_holder: str = ""
    bank_name: str = ""
    bank_account: str = ""
    bank_code: str = ""

    @classmethod
    def of(cls, merchant: Merchant) -> BankDetails:
        return cls(**{name: getattr(merchant, name) for name in cls.__slots__})

    def masked(self) -> dict[str, str]:
        """For places where more people read than may know the account."""
        return {
            "bank_holder": rules.mask("name", self.bank_holder),
            "bank_name": self.bank_name,
            "bank_account": rules.mask("account", self.bank_account),
            "bank_code": self.bank_code,
        }


@transaction.atomic
def create_merchant(owner: User, profile: Profile, *, address: str | None = None) -> Merchant:
    """Set up the workspace of somebody who owns none yet."""
    owner = User.objects.select_for_update().get(pk=owner.pk)
    if owner.memberships.filter(role=Role.OWNER).exists():
        raise AlreadyMember(_("You have set up your business already."))
    merchant = Merchant.objects.create(**_columns(profile))
    Brand.objects.create(merchant=merchant, accent_color=profile.accent_color, is_default=True)
    Membership.objects.create(user=owner, merchant=merchant, role=Role.OWNER)
    audit.record(
        "merchant.created",
        merchant.public_id,
        scope=merchant.public_id,
        actor=owner.public_id,
        address=address,
        data={"name": merchant.name, "country": merchant.country},
    )
    events.record([Fact("merchant.created", merchant.public_id, merchant.pk)])
    return merchant


@transaction.atomic
def update_merchant(
    merchant: Merchant, profile: Profile, *, actor: User, address: str | None = None
) -> Merchant:
    """The audit log keeps what each changed column was and became."""
    merchant = Merchant.objects.select_for_update().get(pk=merchant.pk)
    columns = _columns(profile)
    changes = {
        name: [getattr(merchant, name), value]
        for name, value in columns.items()
        if getattr(merchant, name) != value
    }
    if not changes:
        return merchant
    for name in changes:
        setattr(merchant, name, columns[name])
    merchant.save(update_fields=list(changes))
    audit.record(
        "merchant.updated",
        merchant.public_id,
        scope=merchant.public_id,
        actor=actor.public_id,
        address=address,
        data=dict(changes),
    )
    events.record([Fact("merchant.updated", merchant.public_id, merchant.pk)])
    return merchant


@transaction.atomic
def change_bank_details(
    merchant: Merchant, details: BankDetails, *, actor: User, address: str | None = None
) -> BankDetails | None:
    """What they were before; None when nothing changed. The audit log keeps no whole account."""
    merchant = Merchant.objects.select_for_update().get(pk=merchant.pk)
    before = BankDetails.of(merchant)
    changed = [n for n in details.__slots__ if getattr(details, n) != getattr(before, n)]
    if not changed:
        return None
    for name in changed:
        setattr(merchant, name, getattr(details, name))
    merchant.save(update_fields=changed)
    was, became = before.masked(), details.masked()
    audit.record(
        "merchant.bank_details_changed",
        merchant.public_id,
        scope=merchant.public_id,
        actor=actor.public_id,
        address=address,
        data={name: [was[name], became[name]] for name in changed},
    )
    events.record([Fact("merchant.bank_details_changed", merchant.public_id, merchant.pk)])
    return before


def _columns(profile: Profile) -> dict[str, str | bool]:
    return {
        "name": profile.name,
        "legal_name": profile.legal_name,
        "country": profile.country,
        "default_currency": profile.default_currency,
        "time_zone": profile.time_zone,
        "language": profile.language,
        "saves_methods": profile.saves_methods,
        **{name: profile.details[name] for name in DETAILS if name in profile.details},
    }
