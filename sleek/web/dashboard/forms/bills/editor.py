"""The editor as a whole: the fields and rows of one page, and the draft that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from sleek.invoices import queries
from sleek.invoices.models import Invoice
from sleek.invoices.queries import Draft, LineWish, Reference
from sleek.invoices.rules import Listing, Stage
from sleek.merchants.models import Merchant
from sleek.web.dashboard.forms.bills import rows
from sleek.web.dashboard.forms.bills.editing import BY_AMOUNT, BillForm
from sleek.web.dashboard.forms.bills.rows import DocumentForm, LineForm, StageForm
from sleek.web.dashboard.forms.bills.staging import staged


@dataclass(frozen=True, slots=True)
class Editor:
    """`bill` and the rows are bound, and complain, once somebody wants to save them. `listings` is
    what the draft's documents said, by their marks.
    """

    bill: BillForm
    lines: list[LineForm]
    documents: list[DocumentForm]
    stages: list[StageForm]
    data: QueryDict
    listings: Mapping[str, Listing]

    @property
    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self._forms()]) and self._stages_fit()

    @property
    def draft(self) -> Draft:
        """All that can be read of it: what is wrong elsewhere keeps nothing out."""
        for form in self._forms():
            form.is_valid()
        bill, said = self.bill, self.bill.cleaned_data
        return Draft(
            currency=bill.chosen_currency,
            lines=tuple(self._lines()),
            customer=bill.chosen_customer,
            payer=bill.payer,
            nature=bill.chosen_nature,
            title=" ".join(str(said.get("title", "")).split()),
            is_tax_inclusive=said.get("tax") != "without",
            language=said.get("language") or "en",
            due_on=bill.chosen_day,
            due_days=bill.chosen_days,
            stages=tuple(self._stages()),
            policy=bill.policy,
            deducts=bool(said.get("deducts")),
            takes_parts=bool(said.get("takes_parts")),
            wants_xml=bool(said.get("wants_xml")),
            methods=tuple(said.get("methods", ())),
            documents=tuple(self._documents()),
            remarks=str(said.get("remarks", "")).strip(),
            memo=str(said.get("memo", "")).strip(),
            tags=bill.tags,
            brand=bill.chosen_brand,
            design=bill.chosen_design,
        )

    def focus(self, name: str) -> None:
        """Where one goes on typing when the page comes."""
        for form in self._forms():
            for field in form:
                if field.html_name == name:
                    field.field.widget.attrs["autofocus"] = True

    def _forms(self) -> Iterator[forms.Form]:
        yield self.bill
        yield from self.lines
        yield from self.documents
        yield from self.stages

    def _documents(self) -> Iterator[Reference]:
        for form in self.documents:
            if form.reference:
                said = self.listings.get(str(form.cleaned_data.get("said", "")))
                yield replace(form.reference, listing=said)

    def _lines(self) -> Iterator[LineWish]:
        is_hourly = bool(self.bill.cleaned_data.get("is_hourly"))
        for form in self.lines:
            wish = form.wish
            if wish is not None and wish.is_hourly and not is_hourly:
                figures = replace(wish.figures, hours=Decimal(1))
                wish = replace(wish, figures=figures, is_hourly=False)
            if wish is not None:
                yield wish

    def _stages(self) -> Iterator[Stage]:
        for form in self.stages:
            if self.bill.cleaned_data.get("split") and form.typed:
                try:
                    yield self._stage(form)
                except ValidationError:
                    continue

    def _stages_fit(self) -> bool:
        """Whether each share is a number; that they add up is for the rules to say."""
        if self.bill.cleaned_data.get("split") and not any(form.typed for form in self.stages):
            self.bill.add_error("split", _("Enter the stages below, or ask for all at once."))
        for form in self.stages:
            if self.bill.cleaned_data.get("split") and form.typed:
                try:
                    self._stage(form)
                except ValidationError as error:
                    form.add_error("share", error)
        return not self.bill.errors and not any(form.errors for form in self.stages)

    def _stage(self, form: StageForm) -> Stage:
        """Raises `ValidationError`."""
        by_amount = self.bill.cleaned_data.get("split") == BY_AMOUNT
        return staged(form, by_amount=by_amount, currency=self.bill.chosen_currency)


def opened(
    merchant: Merchant,
    data: QueryDict,
    *,
    complains: bool = False,
    invoice: Invoice | None = None,
) -> Editor:
    """The page with what was typed; `complains` once it is to be saved, or looked at. `invoice` is
    the draft where it was saved before.
    """

    def form(kind: type[forms.Form], prefix: str = "", **more: Any) -> Any:
        if complains:
            return kind(data, prefix=prefix or None, **more)
        start = f"{prefix}-" if prefix else ""
        lists = {"methods": data.getlist("methods")} if not prefix else {}
        known = {name: data.get(f"{start}{name}") for name in kind.base_fields}
        return kind(initial=known | lists, prefix=prefix or None, **more)

    made = {
        kind: [form(shape, f"{kind}-{place}") for place in range(rows.count(data, kind))]
        for kind, shape in rows.FORMS.items()
    }
    bill = form(BillForm, merchant=merchant)
    return Editor(
        bill,
        made[rows.LINE],
        made[rows.DOCUMENT],
        made[rows.STAGE],
        data,
        queries.listings_of(invoice),
    )
