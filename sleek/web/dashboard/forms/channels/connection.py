"""One connection: its name, its methods, and its credentials as its channel asks for them.

Secrets go in and never come out: a saved one is only said to be there, with a mark that its owner
knows it by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.channels import environments, registry
from sleek.channels.actions import Setup
from sleek.channels.base import Credential, Secrecy
from sleek.channels.environments import Environment
from sleek.channels.models import Connection
from sleek.channels.rules import keys
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.telling.channels import fields as telling
from sleek.web.ui import words

MAX_SECRET = 500
MAX_KEY = 20_000  # a certificate chain
LAST = 4  # characters of a long secret that its owner may compare
LONG = 16
BEFORE = "credential_"
MOST_PLACES = 9

ENVIRONMENTS = {
    Environment.LIVE: gettext_lazy("Live: real money"),
    Environment.TRIAL: gettext_lazy("The provider's own place for trying"),
    Environment.SANDBOX: gettext_lazy("The sandbox of this demo"),
}


class ConnectionForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("connection", "Name"),
        max_length=80,
        help_text=gettext_lazy("For you alone, such as “Alipay, Jingdezhen shop”."),
    )
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("Methods that payers are offered"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one method.")},
    )
    place = forms.TypedChoiceField(
        label=gettext_lazy("Among connections for the same method"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("By price, success and health"))]
        + [(str(n), str(n)) for n in range(1, MOST_PLACES + 1)],
        help_text=gettext_lazy(
            "A number puts it before all without one, the lowest first. One that does not answer "
            "is passed over in any case."
        ),
    )
    environment = forms.ChoiceField(
        label=gettext_lazy("Leads to"), choices=list(ENVIRONMENTS.items())
    )

    def __init__(
        self,
        *args: Any,
        channel: str,
        connection: Connection | None = None,
        is_used: bool = False,
        **kwargs: Any,
    ) -> None:
        self.channel, self.connection = channel, connection
        self._known = connection.unseal() if connection else {}
        kwargs["initial"] = self._initial()
        super().__init__(*args, **kwargs)
        methods = self.fields["methods"]
        assert isinstance(methods, forms.MultipleChoiceField)
        known = registry.capabilities(channel).methods
        methods.choices = [(each.id, words.method(each.id)) for each in known]
        self._offer_environments()
        self._credentials = [each for each in registry.fields(channel) if self._is_asked(each)]
        for credential in self._credentials:
            self.fields[BEFORE + credential.name] = _field(
                channel, credential, self._known, is_fixed=is_used
            )
        dress(self)

    @property
    def credential_fields(self) -> list[forms.BoundField]:
        return [self[BEFORE + credential.name] for credential in self._credentials]

    @property
    def has_environments(self) -> bool:
        return "environment" in self.fields

    def setup(self) -> Setup:
        values = self.cleaned_data
        typed = {each.name: self._typed(each) for each in self._credentials}
        return Setup(
            name=values["name"],
            methods=values["methods"],
            credentials=typed | self._places(),
            place=values["place"],
        )

    def blame(self, reason: str, sentence: str) -> None:
        """Put what is wrong under the field that a refusal names."""
        name = BEFORE + reason
        self.add_error(name if name in self.fields else None, sentence)

    def _typed(self, credential: Credential) -> str:
        text = str(self.cleaned_data.get(BEFORE + credential.name) or "")
        is_key = credential.secrecy in (Secrecy.KEY, Secrecy.OPEN_KEY)
        return keys.tidy(text) if is_key else text.strip()

    def _places(self) -> dict[str, str]:
        chosen = self.cleaned_data.get("environment")
        if not chosen:
            return {}
        return environments.places(self.channel, Environment(chosen), settings.SANDBOX_URL)

    def _is_asked(self, credential: Credential) -> bool:
        """An address is chosen by name, and only our sandbox needs a root of its own at PayPal."""
        is_root = (self.channel, credential.name) == ("paypal", "root_certificate")
        return credential.name not in environments.PLACES and not (
            is_root and not settings.SANDBOX_URL
        )

    def _offer_environments(self) -> None:
        """Chosen once: whose account it is does not change later."""
        able = environments.open_to(self.channel, settings.SANDBOX_URL)
        if self.connection or len(able) == 1:
            del self.fields["environment"]
            return
        field = self.fields["environment"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each, ENVIRONMENTS[each]) for each in able]

    def _initial(self) -> dict[str, object]:
        if self.connection is None:
            known = registry.capabilities(self.channel).methods
            name = words.channel(self.channel)
            return {"name": name, "methods": [each.id for each in known]}
        return {
            "name": self.connection.name,
            "methods": self.connection.methods,
            "place": self.connection.place or "",
        }


def _field(
    channel: str, credential: Credential, known: Mapping[str, str], *, is_fixed: bool
) -> forms.Field:
    told, saved = telling.told(channel, credential.name), known.get(credential.name, "")
    is_open = credential.secrecy in (Secrecy.OPEN, Secrecy.OPEN_KEY)
    is_key = credential.secrecy in (Secrecy.KEY, Secrecy.OPEN_KEY)
    helps = [str(told.where)]
    if saved and not is_open:
        helps.insert(0, mark(saved, is_key=is_key))
    is_identity = credential.secrecy == Secrecy.OPEN and credential.is_required
    field = forms.CharField(
        label=str(told.label),
        required=credential.is_required and (is_open or not saved),
        max_length=MAX_KEY if is_key else MAX_SECRET,
        initial=saved if is_open else "",
        help_text=" ".join(filter(None, helps)),
        widget=_widget(credential),
    )
    if is_fixed and is_identity:
        field.disabled = True
        field.help_text = _("Payments were made with it, so it stays. Add another connection.")
    return field


def _widget(credential: Credential) -> forms.Widget:
    quiet = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
    if credential.secrecy in (Secrecy.KEY, Secrecy.OPEN_KEY):
        return forms.Textarea(quiet | {"rows": 4, "class": "form-control key-text"})
    if credential.secrecy == Secrecy.SECRET:
        return forms.PasswordInput(quiet | {"autocomplete": "new-password"})
    return forms.TextInput(quiet)


def mark(secret: str, *, is_key: bool) -> str:
    """That it is there, and enough for its owner to tell which one."""
    if is_key:
        print_of = hashlib.sha256("".join(secret.split()).encode()).hexdigest()[:8]
        return _("Saved, fingerprint %(mark)s. Leave empty to keep it.") % {"mark": print_of}
    if len(secret) >= LONG:
        return _("Saved, ends in %(mark)s. Leave empty to keep it.") % {"mark": secret[-LAST:]}
    return _("Saved. Leave empty to keep it.")
