"""The faces that a merchant shows to payers, and the terms that payers agree to.

A change of a brand shows on every link that wears it, at once. Terms never change: whoever agreed
did so to one text, so another text is another version.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.models import Brand, Merchant, Picture, Terms, User

MAX_BRANDS = 50  # of one merchant that are not archived
MAX_TERMS = 20_000  # characters


class BrandRefused(SleekError):
    """The brand cannot be made, changed or put away; the message says why."""

    code = "brand_refused"


class TermsRefused(SleekError):
    """An empty or too long text is no terms."""

    code = "terms_refused"


@dataclass(frozen=True, slots=True)
class Face:
    """What a brand shows. Without a name it carries the merchant's."""

    name: str = ""
    logo: Picture | None = None
    accent_color: str = "#0f5c73"
    thank_you: str = ""
    redirect_url: str = ""


@transaction.atomic
def create_brand(merchant: Merchant, face: Face, *, by: User) -> Brand:
    """Raises `BrandRefused`."""
    merchant = _lock(merchant)
    if merchant.brands.filter(archived_at=None).count() >= MAX_BRANDS:
        raise BrandRefused(
            _("You have %(limit)s brands. Archive one before you make another.")
            % {"limit": MAX_BRANDS}
        )
    brand = Brand.objects.create(merchant=merchant, **_columns(face))
    _record(brand, "brand.created", by)
    return brand


@transaction.atomic
def update_brand(brand: Brand, face: Face, *, by: User) -> Brand:
    """Raises `BrandRefused`."""
    brand = _living(brand)
    changes = {
        name: value for name, value in _columns(face).items() if getattr(brand, name) != value
    }
    if not changes:
        return brand
    was = {name: str(getattr(brand, name) or "") for name in changes}
    for name, value in changes.items():
        setattr(brand, name, value)
    brand.save(update_fields=list(changes))
    became = {name: [was[name], str(value or "")] for name, value in changes.items()}
    _record(brand, "brand.updated", by, **became)
    return brand


@transaction.atomic
def make_default(brand: Brand, *, by: User) -> Brand:
    """New links wear it from now on; those that exist keep theirs. Raises `BrandRefused`."""
    _lock(brand.merchant)
    brand = _living(brand)
    if brand.is_default:
        return brand
    Brand.objects.filter(merchant_id=brand.merchant_id, is_default=True).update(is_default=False)
    brand.is_default = True
    brand.save(update_fields=["is_default"])
    _record(brand, "brand.made_default", by)
    return brand


@transaction.atomic
def archive_brand(brand: Brand, *, by: User) -> Brand:
    """Nobody chooses it any more; links that wear it keep it. Raises `BrandRefused`."""
    _lock(brand.merchant)
    brand = Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    if brand.archived_at:
        return brand
    if brand.is_default:
        raise BrandRefused(_("This is the default brand. Make another one the default first."))
    brand.archived_at = clock.now()
    brand.save(update_fields=["archived_at"])
    _record(brand, "brand.archived", by)
    return brand


@transaction.atomic
def write_terms(merchant: Merchant, text: str, *, by: User) -> Terms:
    """A new version; the same text again is the one there is. Raises `TermsRefused`."""
    merchant = _lock(merchant)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise TermsRefused(_("Write the terms that your payers agree to."))
    if len(text) > MAX_TERMS:
        raise TermsRefused(
            _("At most %(limit)s characters; these are %(length)s.")
            % {"limit": MAX_TERMS, "length": len(text)}
        )
    last = merchant.terms.order_by("-version").first()
    digest = hashlib.sha256(text.encode()).hexdigest()
    if last and last.text_hash == digest:
        return last
    terms = Terms.objects.create(
        merchant=merchant,
        version=last.version + 1 if last else 1,
        text=text,
        text_hash=digest,
        created_by=by,
    )
    data: dict[str, object] = {"version": terms.version, "text_hash": digest}
    subject = merchant.public_id
    audit.record("terms.written", subject, scope=subject, actor=by.public_id, data=data)
    events.record([Fact("terms.written", subject, merchant.pk, data)])
    return terms


def _lock(merchant: Merchant) -> Merchant:
    """One at a time changes which brands and terms there are."""
    return Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def _living(brand: Brand) -> Brand:
    brand = Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    if brand.archived_at:
        raise BrandRefused(_("This brand is archived."))
    return brand


def _columns(face: Face) -> dict[str, object]:
    return {
        "name": " ".join(face.name.split()),
        "logo": face.logo,
        "accent_color": face.accent_color.lower(),
        "thank_you": face.thank_you.strip(),
        "redirect_url": face.redirect_url,
    }


def _record(brand: Brand, kind: str, by: User, **data: object) -> None:
    scope = brand.merchant.public_id
    audit.record(kind, brand.public_id, scope=scope, actor=by.public_id, data=data)
    events.record([Fact(kind, brand.public_id, brand.merchant_id, data)])
