"""What is left of a file that somebody uploads as a picture: its pixels."""

from __future__ import annotations

import pytest
from PIL import Image

from sleek.merchants import actions as merchants
from sleek.merchants.actions import PictureRefused
from sleek.merchants.models import Picture
from sleek.merchants.rules import pictures
from sleek.merchants.rules.pictures import PictureFlaw, Unusable
from tests import people
from tests.merchants import drawing

SCRIPT = b"<script>alert(1)</script>"


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
def test_the_usual_formats_are_written_anew(kind):
    logo, photo = pictures.logo(drawing.picture(kind)), pictures.photo(drawing.picture(kind))

    assert (logo.media_type, logo.width, logo.height) == ("image/png", 60, 40)
    assert (photo.media_type, photo.width, photo.height) == ("image/webp", 60, 40)
    assert drawing.opened(logo.content).format == "PNG"
    assert drawing.opened(photo.content).format == "WEBP"


def test_large_ones_are_made_small_enough():
    large = drawing.picture("jpeg", (3000, 1500))

    assert (pictures.logo(large).width, pictures.logo(large).height) == (400, 200)
    assert (pictures.photo(large).width, pictures.photo(large).height) == (1200, 600)


def test_a_logo_keeps_its_transparency():
    clear = drawing.saved(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "png")

    assert drawing.opened(pictures.logo(clear).content).getpixel((5, 5)) == (255, 0, 0, 0)


def test_a_photograph_stands_upright_and_forgets_where_it_was_taken():
    photo = pictures.photo(drawing.photograph())

    assert (photo.width, photo.height) == (40, 60)
    assert dict(drawing.opened(photo.content).getexif()) == {}
    assert b"PRIVATE-NOTE" in drawing.photograph()
    assert b"PRIVATE-NOTE" not in photo.content


def test_what_hangs_behind_a_picture_is_gone():
    logo = pictures.logo(drawing.picture("png") + b"<html>" + SCRIPT)

    assert SCRIPT not in logo.content
    assert logo == pictures.logo(drawing.picture("png"))


def test_a_file_that_is_a_picture_and_a_program_is_only_a_picture():
    # "GIF89a" is a name to a script, and the width 0x2a2f is "/*": a comment until the picture's
    # end, then a program.
    gif = drawing.picture("gif", (0x2A2F, 2))
    assert gif.startswith(b"GIF89a/*") or gif.startswith(b"GIF87a/*")
    polyglot = gif + b"*/=1;" + SCRIPT

    assert SCRIPT not in pictures.photo(polyglot).content


def test_an_animation_is_its_first_frame():
    logo = drawing.opened(pictures.logo(drawing.animation()).content)

    assert logo.getpixel((10, 10)) == (255, 0, 0)


def test_a_line_of_sixty_thousand_pixels_is_scaled():
    line = pictures.photo(drawing.picture("png", (60_000, 1)))

    assert (line.width, line.height) == (1200, 1)


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", PictureFlaw.UNREADABLE),
        (b"hello", PictureFlaw.UNREADABLE),
        (drawing.picture("jpeg", (400, 400))[:600], PictureFlaw.UNREADABLE),
        (drawing.picture("png", (400, 400), "RGB")[:80], PictureFlaw.UNREADABLE),
        (drawing.picture("bmp"), PictureFlaw.UNREADABLE),
        (drawing.picture("tiff"), PictureFlaw.UNREADABLE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", PictureFlaw.VECTOR),
        (b"\xef\xbb\xbf <?xml version='1.0'?><!DOCTYPE svg><SVG/>", PictureFlaw.VECTOR),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", PictureFlaw.PHONE_FORMAT),
        (b"\x89PNG" + b"x" * pictures.MAX_BYTES, PictureFlaw.TOO_HEAVY),
        (drawing.picture("png", (8000, 8000), "1"), PictureFlaw.TOO_LARGE),
        (drawing.picture("png", (20_000, 20_000), "1"), PictureFlaw.TOO_LARGE),
    ],
)
def test_what_is_no_picture_of_ours_is_refused(content, flaw):
    for verb in (pictures.logo, pictures.photo):
        with pytest.raises(Unusable) as refusal:
            verb(content)
        assert refusal.value.flaw == flaw


@pytest.mark.django_db
def test_the_same_picture_is_kept_once_and_of_each_merchant_its_own():
    lin, wei = people.merchant(), people.merchant("Wei Tea", "wei@example.com")

    first, again = (merchants.keep_picture(lin, drawing.picture()) for _ in range(2))
    other = merchants.keep_picture(wei, drawing.picture())

    assert first == again != other
    assert (first.merchant, other.merchant) == (lin, wei)
    assert bytes(first.content) == bytes(other.content)


@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_and_is_told_in_words():
    with pytest.raises(PictureRefused) as refusal:
        merchants.keep_logo(people.merchant(), b"<svg></svg>")

    assert "SVG" in refusal.value.message
    assert not Picture.objects.exists()
