"""The rows of the editor: lines, related documents and stages.

A row is a handful of fields with a prefix: `line-0-item`. How many there are stands in the form as
`line-count`, so a page without a script adds, removes and moves rows by sending the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sleek.customers.rules import LineRow, Unfit, read_line
from sleek.invoices.queries import DOCUMENTS, LineWish, Reference
from sleek.invoices.rules import MAX_INSTALMENTS, MAX_LINES, DocumentKind, Figures
from sleek.invoices.rules.sources import MARK_LETTERS
from sleek.web.dashboard.forms.dress import dress
from sleek.web.dashboard.telling import customers as telling

LINE, DOCUMENT, STAGE = "line", "document", "stage"
MAX_DOCUMENTS = 20
MAX_DIGITS = 9
MOST = {LINE: MAX_LINES, DOCUMENT: MAX_DOCUMENTS, STAGE: MAX_INSTALMENTS}
LINE_DEFAULTS = {"quantity": "1"}
_READ = ("item", "spec", "quantity", "unit", "price", "tax_rate", "hours")


def _text(label: Any, length: int, **attrs: str) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "off"} | attrs)
    return forms.CharField(label=label, max_length=length, required=False, widget=widget)


class LineForm(forms.Form):
    """`row` is what was typed, as far as it can be read; nothing where nothing was."""

    row: LineRow | None = None

    item = _text(pgettext_lazy("bill", "Item"), 200)
    spec = _text(gettext_lazy("Model or specification"), 200)
    quantity = _text(gettext_lazy("Quantity"), 24, inputmode="decimal")
    unit = _text(pgettext_lazy("bill", "Unit"), 20, list="units")
    hours = _text(gettext_lazy("Hours"), 24, inputmode="decimal")
    price = _text(gettext_lazy("Unit price"), 32, inputmode="decimal")
    tax_rate = _text(gettext_lazy("Tax rate in %"), 12, inputmode="decimal")
    quoted = _text(gettext_lazy("Price in the quotation"), 32, inputmode="decimal")
    is_courier = forms.BooleanField(label=gettext_lazy("Courier costs"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quoted_price: Decimal | None = None
        dress(self)

    def clean(self) -> dict[str, Any]:
        typed = {name: str(self.cleaned_data.get(name, "")) for name in _READ}
        if not any(typed[name].strip() for name in ("item", "spec", "price", "hours")):
            return self.cleaned_data
        self.row, faults = _read(typed)
        for name, complaint in faults.items():
            if name not in self.errors:
                self.add_error(name, complaint)
        if quoted := str(self.cleaned_data.get("quoted", "")).strip():
            self._read_quoted(quoted)
        return self.cleaned_data

    def _read_quoted(self, typed: str) -> None:
        read, faults = _read({"item": "-", "price": typed})
        if "price" in faults:
            self.add_error("quoted", faults["price"])
        else:
            self.quoted_price = read.price

    @property
    def wish(self) -> LineWish | None:
        """What the bill is to say, as far as it is legible; a line without a name is a dash."""
        row = self.row
        if row is None:
            return None
        return LineWish(
            item=row.item,
            figures=Figures(row.quantity, row.price, row.hours or Decimal(1), row.tax_rate),
            spec=row.spec,
            unit=row.unit,
            is_hourly=row.hours is not None,
            is_courier=bool(self.cleaned_data.get("is_courier")),
            quoted_price=self.quoted_price,
        )

    @property
    def has_more(self) -> bool:
        """Whether what is folded away says something."""
        return any(self[name].value() or self[name].errors for name in ("quoted", "is_courier"))


class DocumentForm(forms.Form):
    """`said` is the mark of what the document said when lines were taken from it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of document"), choices=list(DOCUMENTS.items()), required=False
    )
    number = _text(gettext_lazy("Number of the document"), 80)
    said = forms.CharField(max_length=MARK_LETTERS, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    @property
    def reference(self) -> Reference | None:
        number = " ".join(str(self.cleaned_data.get("number", "")).split())
        kind = self.cleaned_data.get("kind") or DocumentKind.OTHER
        return Reference(DocumentKind(kind), number) if number else None


class StageForm(forms.Form):
    """`share` is a percentage or an amount, as the editor says for all of them."""

    label = _text(pgettext_lazy("bill", "Stage"), 120)
    deliverable = _text(gettext_lazy("What is handed over for it"), 300)
    share = _text(pgettext_lazy("stage", "Share"), 32, inputmode="decimal")
    due_on = forms.DateField(
        label=gettext_lazy("Due on"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a day of the calendar.")},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def clean(self) -> dict[str, Any]:
        texts = (str(self.cleaned_data.get(name, "")) for name in ("label", "deliverable"))
        if any(text.strip() for text in texts) and not self.typed:
            self.add_error("share", _("How much of the bill is asked for then?"))
        return self.cleaned_data

    @property
    def typed(self) -> str:
        return str(self.cleaned_data.get("share", "")).strip()

    @property
    def day(self) -> date | None:
        found = self.cleaned_data.get("due_on")
        return found if isinstance(found, date) else None


Row = LineForm | DocumentForm | StageForm
FORMS: dict[str, type[LineForm] | type[DocumentForm] | type[StageForm]] = {
    LINE: LineForm,
    DOCUMENT: DocumentForm,
    STAGE: StageForm,
}


def count(data: QueryDict, kind: str) -> int:
    told = whole(data.get(f"{kind}-count", ""))
    return min(told, MOST[kind]) if told is not None else 0


def whole(text: str) -> int | None:
    """What a field of ours holds, unless somebody else wrote into it."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
    return int(text) if is_one else None


def typed(data: QueryDict, kind: str) -> list[dict[str, str]]:
    """What stands in the rows, field by field."""
    names = list(FORMS[kind].base_fields)
    return [
        {name: data.get(f"{kind}-{place}-{name}", "") for name in names}
        for place in range(count(data, kind))
    ]


def put(data: QueryDict, kind: str, rows: list[dict[str, str]]) -> None:
    """Instead of those that stood there."""
    for key in [key for key in data if key.startswith(f"{kind}-")]:
        del data[key]
    data[f"{kind}-count"] = str(len(rows))
    for place, row in enumerate(rows):
        for name, text in row.items():
            if text:
                data[f"{kind}-{place}-{name}"] = text


@dataclass(frozen=True, slots=True)
class Arranged:
    """The form with its rows in another order, and the field where one goes on typing."""

    data: QueryDict
    focus: str = ""


def arranged(data: QueryDict, wish: str) -> Arranged:
    """`line:add`, `line:remove:2`, `line:up:2`, `line:down:2`, `line:copy:2`. Anything else changes
    nothing.
    """
    data = data.copy()
    kind, _colon, rest = wish.partition(":")
    verb, _colon, place_text = rest.partition(":")
    if kind not in FORMS:
        return Arranged(data)
    rows = typed(data, kind)
    place = whole(place_text)
    rows, here = _moved(rows, kind, verb, len(rows) if place is None else place)
    put(data, kind, rows)
    first = next(iter(FORMS[kind].base_fields)) if kind != DOCUMENT else "number"
    return Arranged(data, f"{kind}-{here}-{first}" if here is not None else "")


def _moved(
    rows: list[dict[str, str]], kind: str, verb: str, place: int
) -> tuple[list[dict[str, str]], int | None]:
    is_there = 0 <= place < len(rows)
    if verb == "add" and len(rows) < MOST[kind]:
        return [*rows, _fresh(kind, rows)], len(rows)
    if verb == "copy" and is_there and len(rows) < MOST[kind]:
        return [*rows[: place + 1], dict(rows[place]), *rows[place + 1 :]], place + 1
    if verb == "remove" and is_there:
        left = rows[:place] + rows[place + 1 :]
        return left, min(place, len(left) - 1) if left else None
    other = place + {"up": -1, "down": 1}.get(verb, 0)
    if is_there and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        return rows, other
    return rows, None


def _fresh(kind: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """A new line is taxed and counted as the one above it."""
    if kind != LINE:
        return {"kind": rows[-1]["kind"]} if kind == DOCUMENT and rows else {}
    above = rows[-1] if rows else {}
    return LINE_DEFAULTS | {name: above.get(name, "") for name in ("unit", "tax_rate")}


def _read(typed: dict[str, str]) -> tuple[LineRow, dict[str, str]]:
    """What can be read, and what is wrong with the rest."""
    try:
        return read_line(typed), {}
    except Unfit as unfit:
        faults = {fault.field: telling.fault(fault) for fault in unfit.faults}
    legible = {name: text for name, text in typed.items() if name not in faults}
    return read_line({"item": "—", "price": "0"} | legible), faults


def decimal(text: str, field: str) -> Decimal:
    """A number as a line's. Raises `ValidationError`."""
    row, faults = _read({"item": "-", "price": "0", field: text})
    if field in faults:
        raise ValidationError(faults[field])
    found: Decimal = getattr(row, field)
    return found
