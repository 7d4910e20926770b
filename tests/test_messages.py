"""What the check of translations finds, beside a text that is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils.translation import to_locale

from tools import messages

LINKS = ("one link", "%(count)s links")


def findings(text: str | tuple[str, str], translation: str | tuple[str, ...] | None) -> list[str]:
    template, catalogue = Catalog(locale="zh_Hans"), Catalog(locale="zh_Hans")
    template.add(text)
    catalogue.add(text, translation)
    return [finding.partition(":")[0] for finding in messages._findings(catalogue, template)]


@pytest.mark.parametrize(
    ("text", "translation", "found"),
    [
        ("Wallet", "钱包", []),
        ("Wallet", "", ["not translated"]),
        ("Wallet", "Wallet", ["still in English"]),
        (LINKS, ("%(count)s 个链接",), []),
        (LINKS, ("",), ["not translated"]),
        (LINKS, ("one link",), ["still in English"]),
        (LINKS, ("%(count)s links",), ["still in English"]),
        (LINKS, ("一个链接",), ["placeholders differ"]),
        ("%(from)s → %(to)s", "%(from)s → %(to)s", []),
    ],
)
def test_a_text_is_translated_when_it_says_the_same_in_chinese(text, translation, found):
    assert findings(text, translation) == found


def test_every_language_of_payers_has_a_catalogue_and_the_office_one_of_everything():
    spoken = {to_locale(code) for code in settings.PAYER_LANGUAGES} - {"en"}
    assert spoken == {messages.LANGUAGE, *messages.PAYER_LANGUAGES}
    everything = messages._keys(messages._texts(messages.LANGUAGE))
    for language in messages.PAYER_LANGUAGES:
        read_by_payers = messages._keys(messages._texts(language))
        assert read_by_payers < everything
        assert "How would you like to pay?" in read_by_payers


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path, monkeypatch):
    place = tmp_path / "django.po"
    messages._replace(place, b"before")

    def crash(fresh: Path, place: Path) -> None:
        raise OSError

    monkeypatch.setattr("os.replace", crash)
    with pytest.raises(OSError):  # noqa: PT011 - whichever it is, the file stays
        messages._replace(place, b"after")

    assert place.read_bytes() == b"before"
