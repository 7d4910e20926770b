"""Which column of a table says what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core.tables import Row
from sleek.customers.rules import Kind, Layout, Purpose, headings
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.telling import customers as telling

HEADS_SHOWN = 15  # rows among which the head is chosen
_PREFIX = "column_"
_LETTERS = 60  # of a row or an example, in a choice
_NOWHERE = ""


class LayoutForm(forms.Form):
    head_row = forms.TypedChoiceField(label=gettext_lazy("The heads stand in"), coerce=int)
    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Decimals stand after"),
        choices=[
            (".", gettext_lazy("a point: 1,234.50")),
            (",", gettext_lazy("a comma: 1.234,50")),
        ],
        required=False,
    )
    adds_alike = forms.BooleanField(
        label=gettext_lazy("Add those as well that are like a customer who is here"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def __init__(
        self, data: QueryDict | None, *, kind: Kind[Any], rows: Sequence[Row], layout: Layout
    ) -> None:
        super().__init__(data, initial=_initial(layout))
        self._kind = kind
        self._choices("head_row", _heads(rows))
        columns = _columns(rows, layout.head_row)
        for field in kind.fields:
            name = _PREFIX + field.name
            self.fields[name] = forms.ChoiceField(
                label=telling.label(kind.purpose, field.name),
                choices=[(_NOWHERE, _("— none —")), *columns],
                required=field.is_required,
                error_messages={"required": _("Say in which column this stands.")},
            )
        if not any(field.is_number for field in kind.fields):
            del self.fields["decimal_mark"]
        if kind.purpose != Purpose.CUSTOMERS:
            del self.fields["adds_alike"]
        dress(self)

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(_PREFIX)]

    def layout(self) -> Layout:
        told = self.cleaned_data
        places = {
            field.name: int(told[_PREFIX + field.name])
            for field in self._kind.fields
            if told.get(_PREFIX + field.name)
        }
        return Layout(
            head_row=told["head_row"],
            places=places,
            decimal_mark=told.get("decimal_mark") or ".",
            adds_alike=bool(told.get("adds_alike")),
        )

    def _choices(self, name: str, choices: list[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _initial(layout: Layout) -> dict[str, object]:
    places = {_PREFIX + name: str(place) for name, place in layout.places.items()}
    return layout.pack() | places


def _heads(rows: Sequence[Row]) -> list[tuple[int, str]]:
    told = [(row.number, " · ".join(filter(None, row.cells))) for row in rows[:HEADS_SHOWN]]
    numbered = [
        (number, _("row %(number)s: %(cells)s") % {"number": number, "cells": _short(cells)})
        for number, cells in told
    ]
    return [*numbered, (0, _("no row: the first one is data already"))]


def _columns(rows: Sequence[Row], head_row: int) -> list[tuple[str, str]]:
    """Each with an example, because heads do not always tell."""
    body = [row for row in rows if row.number > head_row]
    told = []
    for place, head in enumerate(headings(rows, head_row)):
        cells = (row.cells[place] for row in body if place < len(row.cells))
        example = next(filter(None, cells), "")
        told.append((str(place), f"{_short(head)} ({_short(example)})" if example else head))
    return told


def _short(text: str) -> str:
    return Truncator(text).chars(_LETTERS)
