"""Tables of customers."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sleek.core import clock, ids
from sleek.core.tables import Row
from sleek.customers.rules import TERMS_DAYS_MAX, Layout, Purpose


def _customer_id() -> str:
    return ids.new("cus")


def _table_id() -> str:
    return ids.new("tbl")


class Customer(models.Model):
    """A known payer of one merchant. `name` is the full company name, or a person's.

    `terms_days` is how long after issue a bill of theirs is due; none means the merchant's habit.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_customer_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="customers")
    name = models.CharField(_("company name"), max_length=200)
    contact = models.CharField(_("contact"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    address = models.CharField(_("registered address"), max_length=300, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    currency = models.CharField(_("usual currency"), max_length=3, blank=True)
    method = models.CharField(_("preferred method"), max_length=20, blank=True)
    terms_days = models.PositiveSmallIntegerField(_("days to pay"), null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    memo = models.TextField(_("note for colleagues"), max_length=2000, blank=True)
    archived_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="customer_has_a_name"),
            models.CheckConstraint(
                condition=Q(terms_days=None) | Q(terms_days__lte=TERMS_DAYS_MAX),
                name="customer_terms_end_some_day",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "name"], name="customer_by_name"),
            GinIndex(fields=["tags"], name="customer_by_tag"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_a_person(self) -> bool:
        """A company says more of itself than a name; of others the name is personal."""
        return not (self.contact or self.credit_code or self.tax_number)


class TableFile(models.Model):
    """A table that somebody uploaded for a purpose: looked at first, then imported whole.

    `subject` is what its rows go into, where that is one thing of several; `made` is what they
    became, where that is several. `rows` are its cells as text; once it is imported, only the rows
    that were left out.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_table_id, editable=False)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12)
    subject = models.CharField(max_length=32, blank=True)
    name = models.CharField(max_length=120)
    sheet = models.CharField(max_length=40, blank=True)
    unread = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    content_hash = models.CharField(max_length=64)
    rows = models.JSONField(default=list)  # number, cells and gaps of each
    layout = models.JSONField(default=dict)  # as `rules.Layout`
    # Of content, layout and subject, once imported: the same is not imported twice.
    import_hash = models.CharField(max_length=64, null=True)  # noqa: DJ001 - unique where it is told
    row_count = models.IntegerField(default=0)  # that came in
    made = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    imported_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("merchants.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=[*Purpose]), name="table_is_for_something"
            ),
            models.CheckConstraint(
                condition=Q(imported_at=None, import_hash=None)
                | Q(imported_at__isnull=False, import_hash__isnull=False),
                name="table_is_imported_with_a_hash",
            ),
            models.UniqueConstraint(
                fields=["merchant", "import_hash"], name="table_is_imported_once"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "purpose", "subject"], name="table_by_purpose")]

    def __str__(self) -> str:
        return self.name

    @property
    def grid(self) -> list[Row]:
        return [Row(number, tuple(cells), tuple(gaps)) for number, cells, gaps in self.rows]

    @property
    def read_as(self) -> Layout:
        return Layout.unpack(self.layout)


class ColumnMap(models.Model):
    """How a merchant's people last read a table with this head, for one purpose."""

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12)
    head_hash = models.CharField(max_length=64)
    columns = models.JSONField()  # as `rules.Layout`
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "purpose", "head_hash"], name="head_is_read_one_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.head_hash[:8]}"
