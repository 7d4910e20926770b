"""A bank's statement: uploaded, looked at, imported."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sleek.merchants.rules import Right
from sleek.reconciliation import actions as reconciliation
from sleek.reconciliation.models import BankFile
from sleek.reconciliation.rules import bankfiles
from sleek.reconciliation.rules.bankfiles import FileKind, Unreadable
from sleek.web.dashboard import access
from sleek.web.dashboard.forms.banking.files import ColumnsForm
from sleek.web.dashboard.telling import bank_files
from sleek.web.dashboard.views.banking.lines import accounts

SHOWN = 200  # lines of a preview


@access.allowed(Right.RECORD_ARRIVALS)
@require_POST
def upload(request: access.MemberRequest) -> HttpResponse:
    own = {account.public_id: account for account in accounts(request)}
    account = own.get(request.POST.get("account", ""))
    file = request.FILES.get("statement")
    if account is None or file is None:
        messages.error(request, _("Choose the account and the file of its statement."))
        return redirect("bank-line-index")
    content = file.read(bankfiles.MAX_BYTES + 1)
    try:
        kept = reconciliation.keep_file(request.membership, account, file.name or "", content)
    except Unreadable as refusal:
        messages.error(request, bank_files.refusal(refusal))
        return redirect("bank-line-index")
    return redirect("bank-file-show", kept.public_id)


@access.sensitive
@access.allowed(Right.RECORD_ARRIVALS)
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    file = _get(request, public_id)
    if file.imported_at:
        return redirect("bank-line-index")
    if request.method == "POST":
        return _import(request, file)
    context: dict[str, object] = {"file": file, "form": _columns_form(file)}
    try:
        contents = reconciliation.look_into(file)
    except Unreadable as refusal:
        context["refusal"] = bank_files.refusal(refusal)
    else:
        context |= bank_files.preview(contents, SHOWN)
    return render(request, "dashboard/banking/file.html", context)


@access.allowed(Right.RECORD_ARRIVALS)
@require_POST
def columns(request: access.MemberRequest, public_id: str) -> HttpResponse:
    file = _get(request, public_id)
    table = None if file.imported_at else _table(file)
    if table is None:
        return redirect("bank-file-show", file.public_id)
    form = ColumnsForm(request.POST, table=table)
    if not form.is_valid():
        context = {"file": file, "form": form}
        return render(request, "dashboard/banking/file.html", context, status=422)
    try:
        reconciliation.set_columns(file, form.columns())
    except reconciliation.NotImportable as refusal:
        messages.error(request, refusal.message)
    return redirect("bank-file-show", file.public_id)


def _import(request: access.MemberRequest, file: BankFile) -> HttpResponse:
    try:
        file = reconciliation.import_file(file, request.membership)
    except reconciliation.NotImportable as refusal:
        messages.error(request, refusal.message)
        return redirect("bank-line-index")
    matched = reconciliation.match_by_itself(request.merchant.pk)
    told = ngettext("%(count)s line imported.", "%(count)s lines imported.", file.line_count)
    linked = ngettext(
        "%(count)s named its payment and is matched.",
        "%(count)s named their payments and are matched.",
        matched,
    )
    words = [told % {"count": file.line_count}]
    words += [linked % {"count": matched}] if matched else []
    messages.success(request, " ".join(words))
    return redirect("bank-line-index")


def _columns_form(file: BankFile) -> ColumnsForm | None:
    table = _table(file)
    return ColumnsForm(table=table, kept=file.columns) if table else None


def _table(file: BankFile) -> bankfiles.Table | None:
    content = bytes(file.content)
    try:
        is_table = bankfiles.kind_of(content) == FileKind.TABLE
        return bankfiles.table_of(content) if is_table else None
    except Unreadable:
        return None


def _get(request: access.MemberRequest, public_id: str) -> BankFile:
    return access.get(request, BankFile.objects.select_related("connection"), public_id)
