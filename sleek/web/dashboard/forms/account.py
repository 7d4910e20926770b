"""Forms for signing up, in, and for passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import forms as allauth
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sleek.merchants.actions import Vouched
from sleek.merchants.models import User
from sleek.web.dashboard.forms.dress import dress

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_PASSWORD_LENGTH = 256  # hashing is dear, so nobody may hand us a book


def _email() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"invalid": _("This is not a valid e-mail address. Please check it.")},
    )


def _current_password(label: _StrPromise) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=label, strip=False, max_length=MAX_PASSWORD_LENGTH, widget=widget)


def _new_password(label: _StrPromise) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "data-guided": ""})
    return forms.CharField(label=label, strip=False, max_length=MAX_PASSWORD_LENGTH, widget=widget)


class SignUpForm(forms.Form):
    email = _email()
    password = _new_password(_("Password"))
    consent = forms.BooleanField(
        error_messages={"required": _("Without your consent we may not keep an account for you.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> None:
        password = self.cleaned_data.get("password")
        if password:
            person = User(email=self.cleaned_data.get("email", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)


class JoinForm(forms.Form):
    """For somebody whom a provider vouches for: their address, unless it was verified there."""

    email = _email()
    consent = forms.BooleanField(
        error_messages={"required": _("Without your consent we may not keep an account for you.")},
    )

    def __init__(self, *args: Any, vouched: Vouched, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._verified = vouched.email if vouched.has_verified_email else ""
        if self._verified:
            del self.fields["email"]
        else:
            self.fields["email"].initial = vouched.email
        dress(self)

    @property
    def email_address(self) -> str:
        return (self._verified or str(self.cleaned_data["email"])).lower()


class LogInForm(allauth.LoginForm):  # type: ignore[misc]
    password = _current_password(_("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _email()
        self.order_fields(["login", "password"])
        dress(self)


class ResetForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    email = _email()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


class ResetTokenForm(allauth.UserTokenForm):  # type: ignore[misc]
    """The link of a reset mail names the person by public id, never by the row's number."""

    def _get_user(self, uidb36: str) -> User | None:
        return User.objects.filter(public_id=uidb36, is_active=True).first()


class NewPasswordForm(forms.Form):
    """Where allauth's own form asks twice, ours shows what is typed."""

    password = _new_password(_("New password"))

    def __init__(self, *args: Any, user: User, temp_key: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        dress(self)

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def save(self) -> None:
        """Called by allauth's view for the link of a reset mail."""
        allauth.get_adapter().set_password(self.user, self.cleaned_data["password"])


class ChangePasswordForm(NewPasswordForm):
    current = _current_password(_("Current password"))
    field_order = ("current", "password")

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            raise ValidationError(_("This is not your current password."))
        return current


class ActivationForm(forms.Form):
    """For a browser other than the one that signed up."""

    password = _current_password(_("The password you chose"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        dress(self)

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise ValidationError(_("This is not the password of the account."))
        return password
