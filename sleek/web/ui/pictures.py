"""Merchants' pictures, for everybody: they stand on pages that payers see.

A picture never changes under its id, so it may be kept for ever. What we serve was written by us
(see `merchants.rules.pictures`); the headers make sure that no browser takes it for anything else.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from sleek.merchants.models import Picture


@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponse:
    if request.headers.get("If-None-Match") == f'"{public_id}"':
        return HttpResponseNotModified()
    picture = Picture.objects.filter(public_id=public_id).first()
    if picture is None:
        raise Http404("no such picture")
    return HttpResponse(
        bytes(picture.content),
        content_type=picture.media_type,
        headers={
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "cross-origin",  # merchants embed it in their pages
            "ETag": f'"{public_id}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
