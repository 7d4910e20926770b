"""A merchant's own wording of what payers are told, and telling one payer."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from sleek.audit import actions as audit
from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant, User
from sleek.notifications import rules
from sleek.notifications.actions.messages import Draft, write
from sleek.notifications.models import Script
from sleek.notifications.rules import Letter, Matter
from sleek.payments.models import Payment

MAX_TITLE, MAX_TEXT = 140, 2000


class ScriptRefused(SleekError):
    """A script that is empty, too long, or leaves something open that nobody can fill in."""

    code = "script_refused"


@transaction.atomic
def write_script(
    merchant: Merchant, matter: Matter, language: str, *, title: str, text: str, by: User
) -> Script:
    """Raises `ScriptRefused`."""
    title, text = _clean(title, text)
    if strange := rules.strange_variables(title + text):
        message = _("%(names)s: nothing can be filled in there. Use one of: %(known)s")
        known = ", ".join(f"{{{name}}}" for name in rules.VARIABLES)
        raise ScriptRefused(message % {"names": ", ".join(strange), "known": known})
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    values = {"title": title, "text": text, "updated_by": by, "updated_at": clock.now()}
    script, _is_new = Script.objects.update_or_create(
        merchant=merchant, matter=matter, language=language, defaults=values
    )
    _note("script.written", script, by, title=title, text=text)
    return script


@transaction.atomic
def drop_script(merchant: Merchant, matter: Matter, language: str, *, by: User) -> None:
    """From now on the wording that comes with Sleek counts again."""
    own = Script.objects.select_for_update(of=("self",)).filter(merchant=merchant)
    script = own.filter(matter=matter, language=language).first()
    if script is not None:
        _note("script.dropped", script, by)
        script.delete()


@transaction.atomic
def tell_payer(payment: Payment, letter: Letter, *, language: str, key: str, by: User) -> None:
    """Write to the payer by mail. The same `key` writes once. Raises `ScriptRefused`."""
    title, text = _clean(letter.subject, letter.text)
    if not rules.is_filled(title + text):
        raise ScriptRefused(_("Something in braces is still open. Fill it in or take it out."))
    payer = getattr(payment, "payer", None)
    if payer is None or not payer.email:
        raise ScriptRefused(_("The payer left no e-mail address."))
    draft = Draft(
        merchant_id=payment.merchant_id,
        template="script",
        about=payment.public_id,
        key=key,
        language=language,
        letter=Letter(title, text, letter.button, letter.url),
        email=payer.email,
    )
    write([draft])
    scope, data = payment.merchant.public_id, {"text": text}
    audit.record("payer.told", payment.public_id, scope=scope, actor=by.public_id, data=dict(data))


def _clean(title: str, text: str) -> tuple[str, str]:
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").strip()
    if not title or not text:
        raise ScriptRefused(_("A title and a text are needed."))
    if len(title) > MAX_TITLE or len(text) > MAX_TEXT:
        raise ScriptRefused(
            _("This is too long: at most %(most)s characters.") % {"most": MAX_TEXT}
        )
    return title, text


def _note(act: str, script: Script, by: User, **data: object) -> None:
    data |= {"matter": script.matter, "language": script.language}
    scope = script.merchant.public_id
    audit.record(act, script.merchant.public_id, scope=scope, actor=by.public_id, data=data)
