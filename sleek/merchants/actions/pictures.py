"""Keeping pictures that merchants upload: see `rules.pictures` for what is left of a file."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sleek.core.errors import SleekError
from sleek.merchants.models import Merchant, Picture
from sleek.merchants.rules import pictures
from sleek.merchants.rules.pictures import Drawn, PictureFlaw, Unusable

MAX_KEPT = 2000  # pictures of one merchant

_WORDS: dict[PictureFlaw, Promise] = {
    PictureFlaw.TOO_HEAVY: _("The file is larger than 5 MB. Make the picture smaller."),
    PictureFlaw.TOO_LARGE: _("The picture has more than 40 million pixels. Make it smaller."),
    PictureFlaw.VECTOR: _(
        "This is a vector drawing (SVG), which can carry programs. Export it as PNG."
    ),
    PictureFlaw.PHONE_FORMAT: _(
        "This is a HEIC or AVIF picture, which not every browser shows. Save it as JPEG."
    ),
    PictureFlaw.UNREADABLE: _(
        "This is no picture that we can read, or it is damaged. Use PNG, JPEG, WebP or GIF."
    ),
    PictureFlaw.EMPTY: _("Nothing can be seen on this picture. Choose another one."),
}


class PictureRefused(SleekError):
    """The file is not taken as a picture; the message says why."""

    code = "picture_refused"


def keep_logo(merchant: Merchant, content: bytes) -> Picture:
    """Raises `PictureRefused`."""
    try:
        drawn = pictures.logo(content)
    except Unusable as error:
        raise PictureRefused(_WORDS[error.flaw]) from error
    return _keep(merchant, drawn)


def keep_picture(merchant: Merchant, content: bytes) -> Picture:
    """A picture of goods. Raises `PictureRefused`."""
    try:
        drawn = pictures.photo(content)
    except Unusable as error:
        raise PictureRefused(_WORDS[error.flaw]) from error
    return _keep(merchant, drawn)


def keep_stamp(merchant: Merchant, content: bytes) -> Picture:
    """A seal with a clear ground. Raises `PictureRefused`."""
    try:
        drawn = pictures.stamp(content)
    except Unusable as error:
        raise PictureRefused(_WORDS[error.flaw]) from error
    return _keep(merchant, drawn)


def keep_stamp_on_white(merchant: Merchant, content: bytes) -> Picture:
    """A seal that was scanned from paper. Raises `PictureRefused`."""
    try:
        drawn = pictures.stamp_on_white(content)
    except Unusable as error:
        raise PictureRefused(_WORDS[error.flaw]) from error
    return _keep(merchant, drawn)


@transaction.atomic
def _keep(merchant: Merchant, drawn: Drawn) -> Picture:
    """The same picture twice is one."""
    digest = hashlib.sha256(drawn.content).hexdigest()
    known = merchant.pictures.filter(content_hash=digest).first()
    if known:
        return known
    if merchant.pictures.count() >= MAX_KEPT:
        raise PictureRefused(
            _("You have kept %(limit)s pictures; more are not possible.") % {"limit": MAX_KEPT}
        )
    picture, _is_new = Picture.objects.get_or_create(
        merchant=merchant,
        content_hash=digest,
        defaults={
            "content": drawn.content,
            "media_type": drawn.media_type,
            "width": drawn.width,
            "height": drawn.height,
        },
    )
    return picture
