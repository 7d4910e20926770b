"""A payer says that a transfer is on its way, and may show the bank's proof of it."""

from __future__ import annotations

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sleek.core import clock
from sleek.core.errors import SleekError
from sleek.events import actions as events
from sleek.events.actions import Fact
from sleek.merchants.rules import pictures
from sleek.merchants.rules.pictures import PictureFlaw, Unusable
from sleek.payments import queries, rules
from sleek.payments.models import Announcement, Attempt, Payment
from sleek.risk import actions as risk
from sleek.risk.actions import Visitor
from sleek.risk.rules import Action

MAX_ANNOUNCEMENTS = 5  # of one try
MAX_BYTES = pictures.MAX_BYTES
NAME_LETTERS = 120
PDF = "application/pdf"

_WORDS: dict[PictureFlaw, Promise] = {
    PictureFlaw.TOO_HEAVY: gettext_lazy("The file is larger than 5 MB. Send a smaller one."),
    PictureFlaw.TOO_LARGE: gettext_lazy("The picture is too large. Send a smaller one."),
}
_NO_PROOF = gettext_lazy("Send a PDF or a picture (PNG, JPEG, WebP or GIF).")


class ProofRefused(SleekError):
    """The file is not taken as a proof, or there are too many; the message says why."""

    code = "proof_refused"


@transaction.atomic
def announce_transfer(
    attempt: Attempt,
    visitor: Visitor,
    *,
    email: str = "",
    file_name: str = "",
    content: bytes = b"",
) -> Announcement:
    """Keep the payer's word. Raises `ProofRefused`, or what the guard raises."""
    payment = Payment.objects.select_for_update(no_key=True).get(pk=attempt.payment_id)
    if attempt.announcements.count() >= MAX_ANNOUNCEMENTS:
        raise ProofRefused(_("You have told us already, and sent enough proofs. Thank you."))
    if payment.status not in rules.PAYABLE:
        raise ProofRefused(_("This payment can no longer be made."))
    media_type, kept = _read(content) if content else ("", b"")
    risk.admit(Action.ANNOUNCE, queries.guarded_as(payment), visitor)
    announcement = Announcement.objects.create(
        attempt=attempt,
        email=email,
        language=payment.language,
        name=_plain_name(file_name, media_type) if content else "",
        media_type=media_type,
        content=kept,
        created_at=clock.now(),
    )
    data: dict[str, object] = {"attempt": attempt.public_id, "channel": attempt.channel}
    data["announcement"] = announcement.public_id
    data["has_proof"] = announcement.has_file
    events.record([Fact("attempt.announced", payment.public_id, payment.merchant_id, data)])
    return announcement


def _read(content: bytes) -> tuple[str, bytes]:
    """Its type and what is kept of it. A PDF is not looked into: nobody here opens it."""
    if len(content) > MAX_BYTES:
        raise ProofRefused(_WORDS[PictureFlaw.TOO_HEAVY])
    if content.startswith(b"%PDF-"):
        return PDF, content
    try:
        drawn = pictures.paper(content)
    except Unusable as error:
        raise ProofRefused(_WORDS.get(error.flaw, _NO_PROOF)) from error
    return drawn.media_type, drawn.content


def _plain_name(name: str, media_type: str) -> str:
    """Letters that mean nothing to a header or a file system, and the ending of what it is."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    plain = "".join(c for c in stem if c.isalnum() or c in " -_").strip()
    ending = "pdf" if media_type == PDF else media_type.rpartition("/")[2]
    return f"{plain[: NAME_LETTERS - 8] or 'proof'}.{ending}"
