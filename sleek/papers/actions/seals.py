"""Keeping the pictures of stamps. Setting one on a paper is nobody's act: issuing does it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants import actions as merchants
from sleek.merchants.models import Merchant, Picture, User
from sleek.papers.models import Design, Seal
from sleek.papers.rules import SealKind

MAX_SEALS = 20  # in use, of one merchant
WIDTHS_MM = range(20, 61)  # real stamps have 38 to 45


class SealRefused(SleekError):
    """No seal of this size, too many of them, or one that is in use; the message says which."""

    code = "seal_refused"


def keep_seal(
    merchant: Merchant, kind: SealKind, name: str, picture: bytes, *, width_mm: int, by: User
) -> Seal:
    """From a picture whose ground is clear. Raises `SealRefused`, `PictureRefused`."""
    _require_size(width_mm)
    return _keep(merchant, kind, name, merchants.keep_stamp(merchant, picture), width_mm, by=by)


def keep_scanned_seal(
    merchant: Merchant, kind: SealKind, name: str, picture: bytes, *, width_mm: int, by: User
) -> Seal:
    """From a picture of a stamp on white paper. Raises `SealRefused`, `PictureRefused`."""
    _require_size(width_mm)
    kept = merchants.keep_stamp_on_white(merchant, picture)
    return _keep(merchant, kind, name, kept, width_mm, by=by)


@transaction.atomic
def archive_seal(seal: Seal, *, by: User) -> Seal:
    """No paper bears it from now on. Raises `SealRefused` while a design does."""
    seal = Seal.objects.select_for_update(no_key=True).get(pk=seal.pk)
    if seal.archived_at:
        return seal
    user = Design.objects.filter(seal=seal, archived_at=None).first()
    if user is not None:
        raise SealRefused(
            _("The template “%(name)s” bears this seal. Choose another one there first.")
            % {"name": user.name}
        )
    seal.archived_at = clock.now()
    seal.save(update_fields=["archived_at"])
    _record("seal.archived", seal, by)
    return seal


def _require_size(width_mm: int) -> None:
    if width_mm not in WIDTHS_MM:
        limits = {"least": WIDTHS_MM[0], "most": WIDTHS_MM[-1]}
        raise SealRefused(_("A seal is %(least)s to %(most)s mm wide.") % limits)


@transaction.atomic
def _keep(
    merchant: Merchant, kind: SealKind, name: str, picture: Picture, width_mm: int, *, by: User
) -> Seal:
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if merchant.seals.filter(archived_at=None).count() >= MAX_SEALS:
        raise SealRefused(
            _("You have %(limit)s seals; put one away before you add another.")
            % {"limit": MAX_SEALS}
        )
    seal = Seal.objects.create(
        merchant=merchant,
        kind=kind,
        name=" ".join(name.split())[:80] or _NAMES[kind],
        picture=picture,
        width_mm=width_mm,
        created_by=by,
    )
    _record("seal.kept", seal, by)
    return seal


# As they are called on the stamps themselves, whatever language the office is in.
_NAMES = {SealKind.FINANCE: "财务专用章", SealKind.COMPANY: "公章"}


def _record(action: str, seal: Seal, by: User) -> None:
    data: dict[str, object] = {"kind": seal.kind, "name": seal.name}
    scope = seal.merchant.public_id
    audit.record(action, seal.public_id, scope=scope, actor=by.public_id, data=data)
