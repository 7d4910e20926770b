"""How our forms look: the classes of the shared style sheet on Django's widgets."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

_MISSING = gettext_lazy("Please fill this in.")
_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.widgets.Input, "form-control"),
    (forms.Textarea, "form-control"),
]


def dress(form: forms.BaseForm) -> None:
    """Call it at the end of a form's `__init__`."""
    for field in form.fields.values():
        kind = (name for widget, name in _CLASSES if isinstance(field.widget, widget))
        field.widget.attrs.setdefault("class", next(kind, ""))
        field.widget.attrs.pop("placeholder", None)
        if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            field.error_messages["required"] = _MISSING
