"""The document of Word that a merchant's bills are filled into: theirs, tried out before it is
kept, or ours.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.invoices.formats import docx, filling
from sleek.invoices.formats.docx import TemplateFlaw, UnusableTemplate
from sleek.invoices.models import Invoice, Line, WordTemplate
from sleek.merchants.models import Merchant, User

_WORDS: dict[TemplateFlaw, Promise] = {
    TemplateFlaw.TOO_HEAVY: _("The file is larger than 2 MB. Make its pictures smaller."),
    TemplateFlaw.OTHER_FORMAT: _(
        "This is no document of Word (.docx). Save it in that format, without a password."
    ),
    TemplateFlaw.BOMB: _("The file unpacks to far more than it weighs. Save it anew in Word."),
    TemplateFlaw.FORBIDDEN: _(
        "A template can name what a bill says, go through its lists and leave out what is empty,"
        " and nothing else. Take this out: %(detail)s"
    ),
    TemplateFlaw.UNKNOWN_NAME: _("A bill has nothing of that name: %(detail)s"),
    TemplateFlaw.BROKEN: _("The template cannot be filled in: %(detail)s"),
}
_MAX_DETAIL = 200  # letters


class TemplateRefused(SleekError):
    """The file is no template, or one that does too much; the message says what to change."""

    code = "template_refused"


def keep_template(merchant: Merchant, name: str, content: bytes, *, by: User) -> WordTemplate:
    """Instead of the one before. Raises `TemplateRefused`."""
    try:
        docx.check(content)
        _try_out(merchant, content, by)
    except UnusableTemplate as error:
        detail = error.detail[:_MAX_DETAIL]
        raise TemplateRefused(_WORDS[error.flaw] % {"detail": detail}) from error
    return _keep(merchant, name, content, by=by)


@transaction.atomic
def drop_template(merchant: Merchant, *, by: User) -> None:
    """From now on ours is filled in again."""
    found = WordTemplate.objects.select_for_update().filter(merchant=merchant).first()
    if found is not None:
        _record("word_template.dropped", found, by)
        found.delete()


@transaction.atomic
def _keep(merchant: Merchant, name: str, content: bytes, *, by: User) -> WordTemplate:
    template, _is_new = WordTemplate.objects.update_or_create(
        merchant=merchant,
        defaults={
            "name": " ".join(name.split())[:120],
            "content": content,
            "created_by": by,
            "created_at": clock.now(),
        },
    )
    _record("word_template.kept", template, by)
    return template


def _try_out(merchant: Merchant, content: bytes, by: User) -> None:
    """With a bill that is never kept."""
    with transaction.atomic():
        bill = Invoice.objects.create(
            merchant=merchant, currency=merchant.default_currency, created_by=by, payer_name="…"
        )
        Line.objects.create(invoice=bill, position=0, item="…", quantity=1, price=1, amount=1)
        try:
            filling.filled(bill, content)
        finally:
            transaction.set_rollback(True)


def _record(action: str, template: WordTemplate, by: User) -> None:
    scope = template.merchant.public_id
    data: dict[str, object] = {"name": template.name}
    audit.record(action, template.public_id, scope=scope, actor=by.public_id, data=data)
