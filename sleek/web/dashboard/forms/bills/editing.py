"""What a bill says beside its rows. Its payer is read as the address book reads a customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy, to_locale
from django.utils.translation import gettext as _

from sleek.channels.models import Connection
from sleek.channels.names import METHODS
from sleek.core.money import InvalidAmount, Money, exponent
from sleek.customers.models import Customer
from sleek.customers.rules import LETTERS, TERMS_DAYS_MAX, Details, Unfit, read_customer
from sleek.invoices.queries import NATURES, Payer
from sleek.invoices.rules import Nature, Policy
from sleek.invoices.rules.deduction import MAX_VALID_DAYS, deposit
from sleek.merchants.models import Brand, Merchant
from sleek.papers.models import Design
from sleek.web.dashboard.forms import amounts
from sleek.web.dashboard.forms.bills.selects import LongSelect
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.forms.merchant import countries, currencies
from sleek.web.dashboard.telling import customers as telling
from sleek.web.dashboard.telling.share.messages import languages
from sleek.web.ui import words

IN_DAYS, ON_DAY = "days", "day"
WHOLE, BY_PERCENT, BY_AMOUNT = "", "percent", "amount"
ONCE, SEVERAL = "once", "several"
USUAL_DAYS = 14  # to pay, where nothing else is known
PAYER = ("name", "contact", "email", "phone", "country", "address", "credit_code", "tax_number")


def _text(label: Any, length: int, **attrs: str) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "off"} | attrs)
    return forms.CharField(label=label, max_length=length, required=False, widget=widget)


def _long(label: Any, rows: int) -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, max_length=2000, required=False, widget=widget)


def _choice(label: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=LongSelect)


def _tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


def _days(label: Any, most: int, help_text: Any = "") -> forms.IntegerField:
    # Put together when it is shown: `%` on a lazy text would do so now, in one language for all.
    told = lazy(lambda: _("Enter a number of days, %(most)s at most.") % {"most": most}, str)()
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        help_text=help_text,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), told),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )


class BillForm(forms.Form):
    """`payer`, `tags` and `policy` are what was typed, as far as it can be read."""

    payer = Payer()
    tags: tuple[str, ...] = ()
    policy: Policy | None = None

    customer = forms.CharField(required=False, widget=forms.HiddenInput)
    keeps = _tick(gettext_lazy("Keep in the address book"))
    payer_name = _text(gettext_lazy("Payer"), LETTERS["name"])
    payer_contact = _text(pgettext_lazy("person", "Contact"), LETTERS["contact"])
    payer_email = _text(gettext_lazy("E-mail address"), LETTERS["email"], inputmode="email")
    payer_phone = _text(gettext_lazy("Phone"), LETTERS["phone"], inputmode="tel")
    payer_country = _choice(gettext_lazy("Country or region"))
    payer_address = _text(gettext_lazy("Registered address"), LETTERS["address"])
    payer_credit_code = _text(gettext_lazy("Unified social credit code"), 24, spellcheck="false")
    payer_tax_number = _text(gettext_lazy("Tax number"), 40, spellcheck="false")
    nature = _choice(gettext_lazy("Nature of the fee"), list(NATURES.items()))
    title = _text(gettext_lazy("Subject"), 140)
    currency = _choice(gettext_lazy("Currency"))
    tax = _choice(
        pgettext_lazy("bill", "Prices"),
        [
            ("with", gettext_lazy("contain tax")),
            ("without", gettext_lazy("are without tax")),
        ],
    )
    is_hourly = _tick(gettext_lazy("Billed by time"))
    due = _choice(
        gettext_lazy("To be paid"),
        [
            (IN_DAYS, gettext_lazy("in some days after issue")),
            (ON_DAY, gettext_lazy("by a day")),
        ],
    )
    due_days = _days(gettext_lazy("Days after issue"), TERMS_DAYS_MAX)
    due_on = forms.DateField(
        label=gettext_lazy("Due on"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a day of the calendar.")},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    split = _choice(
        pgettext_lazy("bill", "Asked for"),
        [
            (WHOLE, gettext_lazy("all at once")),
            (BY_PERCENT, gettext_lazy("in stages, by per cent")),
            (BY_AMOUNT, gettext_lazy("in stages, by amount")),
        ],
    )
    takes_parts = _tick(gettext_lazy("The payer may pay a part first"))
    wants_xml = _tick(
        gettext_lazy("Attach an e-invoice (Factur-X, EN 16931) for the customer's software")
    )
    deducts = _tick(gettext_lazy("Deduct what earlier bills promised this customer"))
    policy_final = _tick(gettext_lazy("Deduct all of it from the final bill"))
    policy_amount = _text(gettext_lazy("Deducted later"), amounts.MAX_TYPED, inputmode="decimal")
    policy_threshold = _text(
        gettext_lazy("From a bill of at least"), amounts.MAX_TYPED, inputmode="decimal"
    )
    policy_currency = _choice(gettext_lazy("Currency of that bill"))
    policy_days = _days(
        gettext_lazy("Valid for days"), MAX_VALID_DAYS, gettext_lazy("Empty: for ever.")
    )
    policy_use = _choice(
        gettext_lazy("May be used"),
        [(ONCE, gettext_lazy("once")), (SEVERAL, gettext_lazy("several times, in parts"))],
    )
    policy_counts_courier = _tick(gettext_lazy("Courier costs count towards that sum"))
    remarks = _long(gettext_lazy("Remarks on the paper"), 3)
    memo = _long(gettext_lazy("Note for colleagues"), 2)
    tag_list = _text(gettext_lazy("Tags"), 900)
    language = _choice(gettext_lazy("The payer's language"))
    design = _choice(gettext_lazy("Template"))
    brand = _choice(gettext_lazy("Brand"))
    methods = forms.MultipleChoiceField(
        label=gettext_lazy("Ways to pay"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        locale = to_locale(get_language() or "en")
        self._offer("payer_country", [("", "—"), *countries(locale)])
        self._offer("currency", currencies(locale))
        self._offer("policy_currency", currencies(locale))
        self._offer("language", languages())
        designs = merchant.designs.filter(archived_at=None).order_by("-is_default", "name")
        self._offer("design", [("", _("The usual one"))] + [(d.public_id, d.name) for d in designs])
        brands = merchant.brands.filter(archived_at=None).order_by("-is_default", "name")
        self._offer("brand", [("", _("The usual one"))] + [_named(brand) for brand in brands])
        self._offer("methods", _methods(merchant))
        dress(self)
        self.fields["payer_name"].widget.attrs["placeholder"] = str(
            _("Name, or search the address book")
        )

    def clean(self) -> dict[str, Any]:
        self._read_payer()
        self._read_policy()
        if self._is_said("due", ON_DAY) and not self.cleaned_data.get("due_on"):
            self._say("due_on", _("Enter the day by which it is to be paid."))
        return self.cleaned_data

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """A currency that is not among the usual stays chosen, if money can be asked for in it."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        kept = str(self[name].value() or "")
        if "currency" in name and kept not in dict(choices) and _is_currency(kept):
            choices = [(kept, kept), *choices]
        field.choices = choices

    def _read_payer(self) -> None:
        typed = {name: str(self.cleaned_data.get(f"payer_{name}", "")) for name in PAYER}
        typed |= {"tags": str(self.cleaned_data.get("tag_list", ""))}
        details, faults = _details(typed)
        named = typed["name"].strip()
        values = {name: getattr(details, name) for name in PAYER}
        self.payer = Payer(**(values | {"name": values["name"] if named else ""}))
        self.tags = details.tags
        for name, complaint in faults.items():
            self._say("tag_list" if name == "tags" else f"payer_{name}", complaint)

    def _read_policy(self) -> None:
        currency = self.chosen_currency
        other = self.cleaned_data.get("policy_currency") or currency
        if self.is_deposit:
            days = self.cleaned_data.get("policy_days")
            self.policy = deposit(Money(0, currency), other, valid_days=days)  # all it will ask
            return
        amount = self._money("policy_amount", currency)
        if amount is None:
            return
        threshold = self._money("policy_threshold", other)
        if threshold is None:
            self._say("policy_threshold", _("From which amount on is it deducted?"))
            return
        self.policy = Policy(
            amount=amount,
            threshold=threshold,
            valid_days=self.cleaned_data.get("policy_days"),
            is_once=not self._is_said("policy_use", SEVERAL),
            counts_courier=bool(self.cleaned_data.get("policy_counts_courier")),
        )

    def _money(self, name: str, currency: str) -> Money | None:
        typed = str(self.cleaned_data.get(name, "")).strip()
        if not typed:
            return None
        try:
            return amounts.parse(typed, currency)
        except InvalidAmount:
            too_large = _("This amount is too large.")
            self._say(name, amounts.explain(typed, currency) or too_large)
            return None

    def _is_said(self, name: str, key: str) -> bool:
        return bool(self.cleaned_data.get(name) == key)

    def _say(self, field: str, complaint: str) -> None:
        """The first complaint about a field is enough."""
        if field not in self.errors:
            self.add_error(field, complaint)

    @property
    def is_deposit(self) -> bool:
        is_final = bool(self.cleaned_data.get("policy_final"))
        return is_final and self.chosen_nature == Nature.DEPOSIT

    @property
    def chosen_currency(self) -> str:
        return self.cleaned_data.get("currency") or self.merchant.default_currency

    @property
    def chosen_nature(self) -> Nature:
        return Nature(self.cleaned_data.get("nature") or Nature.SAMPLING)

    @property
    def chosen_day(self) -> date | None:
        found = self.cleaned_data.get("due_on") if self._is_said("due", ON_DAY) else None
        return found if isinstance(found, date) else None

    @property
    def chosen_days(self) -> int | None:
        if self.chosen_day:
            return None
        found = self.cleaned_data.get("due_days")
        return found if isinstance(found, int) else 0

    @property
    def chosen_customer(self) -> Customer | None:
        public_id = str(self["customer"].value() or "")
        return self.merchant.customers.filter(public_id=public_id).first() if public_id else None

    @property
    def chosen_design(self) -> Design | None:
        public_id = str(self.cleaned_data.get("design") or "")
        found = self.merchant.designs.filter(archived_at=None, public_id=public_id)
        return found.first() if public_id else None

    @property
    def chosen_brand(self) -> Brand | None:
        public_id = str(self.cleaned_data.get("brand") or "")
        return self.merchant.brands.filter(public_id=public_id).first() if public_id else None

    @property
    def newcomer(self) -> Details | None:
        """Whom the address book is to learn of: somebody typed, with a name, who is not in it."""
        payer = self.payer
        if not self.cleaned_data.get("keeps") or self.chosen_customer or not payer.name:
            return None
        days = self.cleaned_data.get("due_days") if self._is_said("due", IN_DAYS) else None
        return Details(
            **{name: getattr(payer, name) for name in PAYER},
            language=self.cleaned_data.get("language") or "",
            currency=self.chosen_currency,
            terms_days=days,
        )


def _is_currency(code: str) -> bool:
    try:
        exponent(code)
    except InvalidAmount:
        return False
    return True


def _details(typed: dict[str, str]) -> tuple[Details, dict[str, str]]:
    """What can be read, and what is wrong with the rest."""
    typed = typed | {"name": typed["name"].strip() or "-"}
    try:
        return read_customer(typed), {}
    except Unfit as unfit:
        faults = {fault.field: telling.fault(fault) for fault in unfit.faults}
    legible = {name: text for name, text in typed.items() if name not in faults}
    return read_customer({"name": "-"} | legible), faults


def _named(brand: Brand) -> tuple[str, str]:
    return brand.public_id, brand.display_name


def _methods(merchant: Merchant) -> list[tuple[str, str]]:
    """Those by which this merchant can be paid, whatever the amount."""
    known = Connection.objects.filter(is_enabled=True, put_away_at=None)
    reachable = known.filter(merchant=merchant) | known.filter(merchant=None)
    found = {
        method for methods in reachable.values_list("methods", flat=True) for method in methods
    }
    return [(key, words.method(key)) for key in METHODS if key in found]


def filled(data: QueryDict, customer: Customer) -> QueryDict:
    """With what the address book knows of the payer."""
    data = data.copy()
    data["customer"] = customer.public_id
    for name in PAYER:
        data[f"payer_{name}"] = getattr(customer, name)
    for key, value in (("language", customer.language), ("currency", customer.currency)):
        if value:
            data[key] = value
    if customer.terms_days is not None:
        data["due"], data["due_days"] = IN_DAYS, str(customer.terms_days)
    return data
