"""What the merchant asks its payers for: name, e-mail, phone and the like, checked one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sleek.links.rules import OWN_FIELDS, Field, FieldKey
from sleek.payments.actions import Answers
from sleek.payments.models import Payer

LABELS = {
    FieldKey.NAME: _("Name"),
    FieldKey.COMPANY: _("Company"),
    FieldKey.EMAIL: _("E-mail"),
    FieldKey.PHONE: _("Phone"),
    FieldKey.PO_NUMBER: _("Purchase order number"),
    FieldKey.ADDRESS: _("Address"),
}
# By what browsers offer to fill in.
AUTOCOMPLETE = {
    FieldKey.NAME: "name",
    FieldKey.COMPANY: "organization",
    FieldKey.EMAIL: "email",
    FieldKey.PHONE: "tel",
    FieldKey.ADDRESS: "street-address",
}
MAX_OWN = 300  # characters of an answer to a field of the merchant's own
LIMITS = {
    key: column.max_length
    for key in FieldKey
    for column in Payer._meta.fields
    if column.name == key.value
}
MISSING = _("Please fill this in.")
WRONG_EMAIL = _("Please enter an e-mail address, like name@example.com.")
WRONG_PHONE = _("Please enter a phone number with its country code, like +49 30 123456.")
TOO_LONG = _("Too long: %(limit_value)d characters fit here.")


class Details(forms.Form):
    """One field for each that the link asks for. `region` is where a phone number without country
    code is likely from.
    """

    def __init__(self, asked: Sequence[Field], *, region: str = "", **more: object) -> None:
        super().__init__(auto_id="%s", **more)  # type: ignore[arg-type]
        self.asked, self.region = asked, region
        for each in asked:
            self.fields[each.key.value] = _field(each)

    def clean(self) -> dict[str, object]:
        known = dict(self.cleaned_data)
        phone = known.get(FieldKey.PHONE.value)
        if phone:
            try:
                known[FieldKey.PHONE.value] = _phone(str(phone), self.region)
            except ValidationError as error:
                self.add_error(FieldKey.PHONE.value, error)
        return known

    @property
    def answers(self) -> Answers:
        """Of a valid form."""
        given = {each: str(self.cleaned_data[each.key.value]) for each in self.asked}
        own = {each.label: text for each, text in given.items() if each.key in OWN_FIELDS}
        return Answers(
            **{each.key.value: text for each, text in given.items() if each.key not in OWN_FIELDS},
            own=own,
        )


def known_of(payer: Payer, asked: Sequence[Field]) -> dict[str, str]:
    """What the same person entered before."""
    return {
        each.key.value: payer.own.get(each.label, "")
        if each.key in OWN_FIELDS
        else getattr(payer, each.key.value)
        for each in asked
    }


def initial(values: Mapping[FieldKey, str]) -> dict[str, str]:
    return {key.value: text for key, text in values.items()}


def _field(asked: Field) -> forms.Field:
    key = asked.key
    limit = LIMITS.get(key, MAX_OWN)
    kind = forms.EmailField if key == FieldKey.EMAIL else forms.CharField
    wrong = {FieldKey.EMAIL: WRONG_EMAIL, FieldKey.PHONE: WRONG_PHONE}.get(key, "")
    attributes = {"class": "input", "data-missing": MISSING, "data-wrong": wrong}
    attributes["autocomplete"] = AUTOCOMPLETE.get(key, "off")
    if key == FieldKey.PHONE:
        attributes |= {"inputmode": "tel", "pattern": r"[+\d\s()./\-]{5,}", "dir": "ltr"}
    if key == FieldKey.EMAIL:
        attributes["dir"] = "ltr"
    widget = {
        FieldKey.EMAIL: forms.EmailInput,
        FieldKey.ADDRESS: forms.Textarea,
    }.get(key, forms.TextInput)
    if key == FieldKey.ADDRESS:
        attributes["rows"] = "2"
    field = kind(
        label=asked.label if key in OWN_FIELDS else LABELS[key],
        required=asked.is_required,
        max_length=limit,
        widget=widget(attributes),
        error_messages={"required": MISSING, "invalid": WRONG_EMAIL},
    )
    for check in field.validators:
        if getattr(check, "code", "") == "max_length":
            check.message = TOO_LONG  # type: ignore[attr-defined]
    return field


def _phone(typed: str, region: str) -> str:
    """As it is dialled from anywhere."""
    try:
        number = phonenumbers.parse(typed, region or None)
    except phonenumbers.NumberParseException:
        raise ValidationError(WRONG_PHONE) from None
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(WRONG_PHONE)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
