"""What Django asks of a new password, in our words. The rule is `rules.password_needs`."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sleek.merchants import rules
from sleek.merchants.models import TransactionPassword, User
from sleek.merchants.rules import Need

LACKS: dict[Need, Promise] = {
    Need.UPPER: _("an upper case letter"),
    Need.LOWER: _("a lower case letter"),
    Need.DIGIT: _("a digit"),
    Need.SYMBOL: _("a symbol such as ! ? # or a space"),
    Need.VARIETY: _("more different characters"),
}


class Strength:
    def validate(self, password: str, user: User | None = None) -> None:
        needs = rules.password_needs(password)
        if needs:
            missing = gettext(", ").join(_lack(need, password) for need in needs)
            words = gettext("Still missing: %(needs)s.") % {"needs": missing}
            raise ValidationError(words, code="weak")

    def get_help_text(self) -> str:
        return str(
            _(
                "At least 8 characters with upper and lower case letters, digits and symbols, "
                "or a passphrase of at least 15 characters."
            )
        )


class Unlike(password_validation.UserAttributeSimilarityValidator):
    """Not like the person's own data."""

    def get_error_message(self) -> str:
        return str(_("The password is too much like your e-mail address or your name."))


class Uncommon(password_validation.CommonPasswordValidator):
    """Not one of the twenty thousand that attackers try first."""

    def get_error_message(self) -> str:
        return str(_("This password is on the list of the most common ones. Choose another."))


class Separate:
    """Not the transaction password: whoever learns the one would know the other."""

    def validate(self, password: str, user: User | None = None) -> None:
        kept = TransactionPassword.objects.filter(user=user).first() if user and user.pk else None
        if kept and check_password(password, kept.password):
            raise ValidationError(
                gettext("This is your transaction password. Choose a different one."), code="same"
            )

    def get_help_text(self) -> str:
        return gettext("Different from the transaction password.")


def _lack(need: Need, password: str) -> str:
    if need is not Need.LENGTH:
        return str(LACKS[need])
    short = rules.MIN_LENGTH - len(password)
    return ngettext("%(count)d more character", "%(count)d more characters", short) % {
        "count": short
    }
