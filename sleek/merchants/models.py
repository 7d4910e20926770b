"""Tables of people and merchants."""

from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from sleek.core import clock, ids


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


def _user_id() -> str:
    return ids.new("usr")


def _merchant_id() -> str:
    return ids.new("mer")


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do comes from their memberships; `is_operator` runs the
    installation.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_user_id, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="email_is_lowercase"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Merchant(models.Model):
    """A business that collects money, and the workspace of the people who work there.

    `name` is what payers read; the legal fields print on bills. Every figure of a merchant is
    counted in its `time_zone`.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_merchant_id, editable=False)
    name = models.CharField(_("display name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2, default="CN")
    default_currency = models.CharField(_("default currency"), max_length=3, default="USD")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    accent_color = models.CharField(_("brand colour"), max_length=7, default="#0f5c73")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    FINANCE = "finance", _("Finance")
    SALES = "sales", _("Sales")
    REVIEWER = "reviewer", _("Reviewer")
    SUPPORT = "support", _("Support")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    """One person's place at one merchant."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "merchant"], name="one_membership_per_merchant"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class Consent(models.Model):
    """One person's agreement to one version of a document.

    When, from which address, to which text (SHA-256).
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="consents")
    document = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    text_hash = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "document", "version"], name="consent_is_given_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"
