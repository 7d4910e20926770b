"""Tables of numbers, of how papers look, of seals and certificates, and of the papers."""

from __future__ import annotations

import re

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sleek.core import clock, ids
from sleek.papers.rules import Kind, Layout, Place, SealKind, Tongue


def _series_id() -> str:
    return ids.new("ser")


def _design_id() -> str:
    return ids.new("dsn")


def _seal_id() -> str:
    return ids.new("sea")


def _certificate_id() -> str:
    return ids.new("crt")


def _paper_id() -> str:
    return ids.new("ppr")


class Series(models.Model):
    """One sequence of numbers of a merchant's bills, receipts or credit notes.

    Its pattern never changes: another pattern is another series, and a pattern is used once.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_series_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="series")
    kind = models.CharField(max_length=12)
    pattern = models.CharField(_("pattern"), max_length=40)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[*Kind]), name="series_kind_is_known"),
            models.UniqueConstraint(
                fields=["merchant", "kind", "pattern"], name="pattern_is_used_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "kind"],
                condition=Q(is_default=True),
                name="one_default_series_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None),
                name="default_series_is_not_archived",
            ),
        ]

    def __str__(self) -> str:
        return self.pattern


class Counter(models.Model):
    """How far a series has counted in one period: a year, a month, or for ever (an empty period).

    Its row is the lock that makes numbers gapless.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="counters")
    period = models.CharField(max_length=7, blank=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "period"], name="period_is_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period}: {self.last}"


class Number(models.Model):
    """One number that was given out, to what, and when. A void paper keeps its number.

    The database refuses a hole, a change and a deletion.
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="numbers")
    series = models.ForeignKey(Series, models.PROTECT, related_name="numbers")
    period = models.CharField(max_length=7, blank=True)
    place = models.PositiveIntegerField()  # in its period, from 1
    text = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=32, unique=True)  # the public id of what bears it
    taken_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period", "place"], name="number_is_given_out_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "kind", "text"], name="number_reads_like_no_other"
            ),
            models.CheckConstraint(condition=Q(place__gt=0), name="numbers_begin_with_one"),
        ]

    def __str__(self) -> str:
        return self.text


class Seal(models.Model):
    """The picture of a merchant's stamp. Only the step that issues a paper sets it."""

    public_id = models.CharField(max_length=32, unique=True, default=_seal_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=10)
    name = models.CharField(_("name"), max_length=80)
    picture = models.ForeignKey("merchants.Picture", models.PROTECT, related_name="+")
    width_mm = models.PositiveSmallIntegerField(_("width in mm"), default=40)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[*SealKind]), name="seal_kind_is_known"),
            models.CheckConstraint(
                condition=Q(width_mm__gte=20, width_mm__lte=60), name="seal_has_a_seals_size"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Design(models.Model):
    """How a merchant's papers look: one of several, chosen for each bill. `columns` are those of
    the lines that are shown, in their order; an empty colour is the brand's, an empty font the
    merchant's.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_design_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="designs")
    name = models.CharField(_("name"), max_length=80)
    layout = models.CharField(_("layout"), max_length=12, default=Layout.PLAIN)
    tongue = models.CharField(_("language"), max_length=8, default=Tongue.CHINESE)
    accent_color = models.CharField(_("colour"), max_length=7, blank=True)
    font = models.CharField(_("font"), max_length=5, blank=True)
    columns = ArrayField(models.CharField(max_length=12), default=list)
    heading = models.CharField(_("heading"), max_length=80, blank=True)
    opening = models.TextField(_("text above the lines"), max_length=1000, blank=True)
    closing = models.TextField(_("text below the totals"), max_length=4000, blank=True)
    footer = models.CharField(_("footer"), max_length=300, blank=True)
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, blank=True, related_name="+")
    seal_place = models.CharField(_("place of the seal"), max_length=8, default=Place.PAYEE)
    straddles = models.BooleanField(_("also across the pages"), default=False)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(layout__in=[*Layout]), name="layout_is_known"),
            models.CheckConstraint(condition=Q(tongue__in=[*Tongue]), name="tongue_is_known"),
            models.CheckConstraint(condition=Q(seal_place__in=[*Place]), name="place_is_known"),
            models.CheckConstraint(
                condition=Q(accent_color="") | Q(accent_color__regex=r"^#[0-9a-f]{6}$"),
                name="design_color_is_well_formed",
            ),
            models.CheckConstraint(
                condition=Q(font__in=["", "sans", "serif"]), name="design_font_is_known"
            ),
            models.UniqueConstraint(
                fields=["merchant"],
                condition=Q(is_default=True),
                name="one_default_design_per_merchant",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None),
                name="default_design_is_not_archived",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """With which a merchant's papers are signed: made by us, or brought along. The private key is
    envelope-encrypted, bound to `public_id`.
    """

    public_id = models.CharField(
        max_length=32, unique=True, default=_certificate_id, editable=False
    )
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="certificates")
    is_imported = models.BooleanField(default=False)
    subject = models.CharField(max_length=300)  # as its owner reads it
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the certificate
    certificate = models.BinaryField()  # DER
    chain = models.BinaryField(default=bytes)  # PEM of those above it, if any
    key = models.BinaryField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=Q(is_current=True),
                name="one_current_certificate_per_merchant",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")), name="certificate_is_valid_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Paper(models.Model):
    """One paper as it was issued: what it said, and the file, byte for byte. Never changed.

    `subject` is the public id of what it is the paper of; issued anew, that has another paper.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_paper_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="papers")
    subject = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=12)
    number = models.CharField(max_length=60)
    code = models.CharField(max_length=16, unique=True)  # proves the reader holds it
    sheet = models.JSONField()
    content = models.BinaryField()
    content_hash = models.CharField(max_length=64)  # SHA-256 of the file
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[*Kind]), name="paper_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.public_id}"

    @property
    def file_name(self) -> str:
        """Its number, as every system takes it."""
        return re.sub(r"[^\w.-]+", "-", self.number) + ".pdf"
