"""How papers look: designs are made, changed and put away. Issued papers stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant, User
from sleek.papers.models import Design, Seal
from sleek.papers.rules import Layout, Place, Tongue

MAX_DESIGNS = 30  # in use, of one merchant


class DesignRefused(SleekError):
    """Too many of them, or the one that is to go is the usual one; the message says which."""

    code = "design_refused"


@dataclass(frozen=True, slots=True)
class DesignLook:
    """All that a design says; `columns` in their order, none meaning those that say something."""

    name: str
    layout: Layout = Layout.PLAIN
    tongue: Tongue = Tongue.CHINESE
    accent_color: str = ""
    font: str = ""
    columns: tuple[str, ...] = ()
    heading: str = ""
    opening: str = ""
    closing: str = ""
    footer: str = ""
    seal: Seal | None = None
    seal_place: Place = Place.PAYEE
    straddles: bool = False


@transaction.atomic
def create_design(merchant: Merchant, look: DesignLook, *, by: User) -> Design:
    """A merchant's first one is the usual one. Raises `DesignRefused`."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    known = merchant.designs.filter(archived_at=None)
    if known.count() >= MAX_DESIGNS:
        raise DesignRefused(
            _("You have %(limit)s templates; put one away before you add another.")
            % {"limit": MAX_DESIGNS}
        )
    is_default = not known.filter(is_default=True).exists()
    design = Design(merchant=merchant, is_default=is_default)
    _dress(design, look)
    design.save(force_insert=True)
    _record("design.created", design, by)
    return design


@transaction.atomic
def change_design(design: Design, look: DesignLook, *, by: User) -> Design:
    design = _lock(design)
    _dress(design, look)
    design.save(update_fields=[*_COLUMNS])
    _record("design.changed", design, by)
    return design


@transaction.atomic
def make_default_design(design: Design, *, by: User) -> Design:
    """The one of bills for which nobody chooses. Raises `DesignRefused`."""
    Merchant.objects.select_for_update(no_key=True).get(pk=design.merchant_id)
    design = _lock(design)
    if design.archived_at:
        raise DesignRefused(_("This template was put away. Make a new one."))
    Design.objects.filter(merchant_id=design.merchant_id, is_default=True).update(is_default=False)
    design.is_default = True
    design.save(update_fields=["is_default"])
    _record("design.made_default", design, by)
    return design


@transaction.atomic
def archive_design(design: Design, *, by: User) -> Design:
    """No new bill wears it. Raises `DesignRefused`."""
    design = _lock(design)
    if design.is_default:
        raise DesignRefused(_("This is the usual template. Make another one the usual first."))
    if design.archived_at is None:
        design.archived_at = clock.now()
        design.save(update_fields=["archived_at"])
        _record("design.archived", design, by)
    return design


_COLUMNS = tuple(each.name for each in fields(DesignLook))


def dressed(merchant: Merchant, look: DesignLook) -> Design:
    """A design that nobody keeps, to be looked at."""
    design = Design(merchant=merchant)
    _dress(design, look)
    return design


def _dress(design: Design, look: DesignLook) -> None:
    for name in _COLUMNS:
        value = getattr(look, name)
        setattr(design, name, list(value) if name == "columns" else value)


def _lock(design: Design) -> Design:
    return Design.objects.select_for_update(no_key=True).get(pk=design.pk)


def _record(action: str, design: Design, by: User) -> None:
    scope = design.merchant.public_id
    audit.record(
        action, design.public_id, scope=scope, actor=by.public_id, data={"name": design.name}
    )
