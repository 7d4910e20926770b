"""The proof of a transfer that a payer sent: a picture that we wrote, or a file to save."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from sleek.merchants.rules import Right
from sleek.payments.models import Announcement
from sleek.web.dashboard import access


@access.allowed(Right.SEE_PERSONAL_DATA)
@require_GET
def show(request: access.MemberRequest, public_id: str) -> HttpResponse:
    """Nothing of what a stranger sent is opened within our pages: no browser may take it for one of
    them.
    """
    own = Announcement.objects.filter(attempt__payment__merchant=request.merchant)
    proof = get_object_or_404(own.exclude(media_type=""), public_id=public_id)
    how = "inline" if proof.is_picture else "attachment"
    return HttpResponse(
        bytes(proof.content),
        content_type=proof.media_type if proof.is_picture else "application/octet-stream",
        headers={
            "Content-Disposition": f'{how}; filename="{_ascii(proof.name)}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _ascii(name: str) -> str:
    """Letters that a header can carry."""
    return "".join(c if c.isascii() else "_" for c in name)
