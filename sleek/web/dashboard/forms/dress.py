"""How our forms look: the classes of the shared style sheet on Django's widgets."""

from __future__ import annotations

from django import forms

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
