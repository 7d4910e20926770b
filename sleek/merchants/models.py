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


def _membership_id() -> str:
    return ids.new("mem")


def _identity_id() -> str:
    return ids.new("idn")


def _invitation_id() -> str:
    return ids.new("ivt")


def _brand_id() -> str:
    return ids.new("brd")


def _picture_id() -> str:
    return ids.new("pic")


def _device_id() -> str:
    return ids.new("dev")


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

    `name` is what payers read; the legal and bank fields print on bills. Every figure of a merchant
    is counted in its `time_zone`.
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
    bank_holder = models.CharField(_("account holder"), max_length=200, blank=True)
    bank_name = models.CharField(_("bank"), max_length=200, blank=True)
    bank_account = models.CharField(_("account number or IBAN"), max_length=40, blank=True)
    bank_code = models.CharField(_("SWIFT/BIC or CNAPS code"), max_length=14, blank=True)
    font = models.CharField(_("font of documents"), max_length=5, default="sans")
    # Whether payers may let their cards be kept, and pay with those that are.
    saves_methods = models.BooleanField(_("saved cards"), default=True)
    # Signs what redirect addresses are told; envelope-encrypted, made when first needed.
    signing_secret = models.BinaryField(null=True, editable=False)
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

    public_id = models.CharField(max_length=32, unique=True, default=_membership_id, editable=False)
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


class Invitation(models.Model):
    """A wish that whoever reads the mailbox `email` joins the merchant in this role.

    The token is only in the mail; its SHA-256 stands here.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_invitation_id, editable=False)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_count = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="invited_email_is_lowercase"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="invited_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class Provider(models.TextChoices):
    """Who can vouch for a person, beside the person's own password."""

    GOOGLE = "google", "Google"
    WEIXIN = "weixin", _("WeChat")


class Identity(models.Model):
    """One account of a person at Google or WeChat, with which they log in here.

    `subject` is the provider's id of the person at our app. `union` is WeChat's id of the same
    human being across all apps of a company: it may come later than the first log-in, or never.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_identity_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=12, choices=Provider.choices)
    subject = models.CharField(max_length=191)
    union = models.CharField(max_length=191, blank=True)
    name = models.CharField(max_length=120, blank=True)  # as the provider told it last
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    used_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "subject"], name="identity_logs_in_to_one_account"
            ),
            models.UniqueConstraint(
                fields=["provider", "union"],
                condition=~models.Q(union=""),
                name="union_logs_in_to_one_account",
            ),
            models.CheckConstraint(
                condition=models.Q(provider__in=Provider.values), name="identity_provider_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(subject=""), name="identity_has_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} of {self.user}"


class TransactionPassword(models.Model):
    """The second password (交易密码) of a person, asked before money or rights move."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="transaction_password"
    )
    password = models.CharField(max_length=128)  # hashed by Django's hashers
    failed_count = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"of {self.user}"


class Device(models.Model):
    """One browser in which a person is logged in: what it calls itself, and when it came last.

    It lasts as long as its session; ending the one ends the other.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_device_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.public_id} of {self.user}"


class Picture(models.Model):
    """A picture of a merchant's, decoded and written anew by us: nothing else of its file is left.

    It is never changed, so browsers may keep it for ever.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_picture_id, editable=False)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="pictures")
    content = models.BinaryField()
    media_type = models.CharField(max_length=20)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)  # SHA-256
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "content_hash"], name="picture_is_kept_once"
            ),
            models.CheckConstraint(
                condition=models.Q(media_type__in=["image/png", "image/webp"]),
                name="picture_is_one_we_wrote",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.width}x{self.height}"


class Brand(models.Model):
    """One face that a merchant shows to payers. Links and bills wear one; new ones the default.

    Without a name of its own it carries the merchant's.
    """

    public_id = models.CharField(max_length=32, unique=True, default=_brand_id, editable=False)
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="brands")
    name = models.CharField(_("name"), max_length=120, blank=True)
    logo = models.ForeignKey(Picture, models.PROTECT, null=True, related_name="+")
    accent_color = models.CharField(_("brand colour"), max_length=7, default="#0f5c73")
    thank_you = models.CharField(_("thank-you message"), max_length=500, blank=True)
    redirect_url = models.CharField(_("redirect after payment"), max_length=500, blank=True)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=models.Q(is_default=True),
                name="one_default_brand_per_merchant",
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(archived_at=None),
                name="default_brand_is_not_archived",
            ),
            models.CheckConstraint(
                condition=models.Q(accent_color__regex=r"^#[0-9a-f]{6}$"),
                name="brand_color_is_well_formed",
            ),
            models.CheckConstraint(
                condition=models.Q(redirect_url="") | models.Q(redirect_url__startswith="https://"),
                name="brand_redirects_over_https",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.merchant.name


class Terms(models.Model):
    """One version of what payers agree to before they pay. A change is a new version."""

    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField()
    text = models.TextField(max_length=20_000)
    text_hash = models.CharField(max_length=64)  # SHA-256 of the text in UTF-8
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "version"], name="terms_version_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.merchant} v{self.version}"
