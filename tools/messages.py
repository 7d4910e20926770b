"""The catalogues of texts: `update`, `check` and `compile`, on babel, so that no GNU gettext has to
be installed.

The code's language is English. Simplified Chinese has every text, the other languages those that
payers read. Templates are turned into Python by Django's own `templatize` and read as such.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "sleek"
LANGUAGE = "zh_Hans"  # of the back office, beside English
PAYER_LANGUAGES = ("zh_Hant", "es", "pt", "fr", "de", "ru", "ar", "ja", "hi", "id")
# Where the texts stand that payers read. Whatever else payers come to read is added here.
PAYER_PLACES = (
    "sleek/web/checkout/",
    "sleek/channels/names.py",
    "sleek/invoices/queries/words.py",
    "sleek/web/ui/invitation.py",
    "sleek/notifications/bills/payers.py",
    "sleek/notifications/payer_letters.py",
    "sleek/notifications/scripts.py",
    "sleek/notifications/templates/",
    "sleek/notifications/transfer_letters.py",
    "sleek/payments/actions/announcements.py",
)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
HEADER = "# {language} for Sleek."
LETTERS = re.compile(r"[A-Za-z]{2}")
TEMPLATES = frozenset({".html", ".txt"})
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=["update", "check", "compile"])
    verb = {"update": _update, "check": _check, "compile": _compile}[parser.parse_args().verb]
    languages = (LANGUAGE, *PAYER_LANGUAGES)
    return max([verb(language) for language in languages])


def _compile(language: str) -> int:
    compiled = io.BytesIO()
    write_mo(compiled, _read(language))
    _replace(_place(language).with_suffix(".mo"), compiled.getvalue())
    return 0


def _update(language: str) -> int:
    catalogue, template, place = _read(language), _texts(language), _place(language)
    template.creation_date = catalogue.creation_date
    # A guess that nobody looked at is worse than no translation.
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    place.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalogue, width=100, sort_by_file=True, include_lineno=False)
    _replace(place, text.getvalue())
    missing = sum(not _is_translated(message) for message in _messages(catalogue))
    print(f"{language}: {len(catalogue)} texts, {missing} without a translation")
    return 0


def _place(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all: neither a crash half-way nor a reader meanwhile finds half a file."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def _check(language: str) -> int:
    catalogue = _read(language)
    findings = list(_findings(catalogue, _texts(language)))
    told = [f"{language}: {finding}" for finding in findings]
    print(*told, f"{language}: {len(catalogue)} texts, {len(findings)} to settle", sep="\n")
    return 1 if findings else 0


def _findings(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    known, used = _keys(catalogue), _keys(template)
    yield from (f"not in the catalogue (make messages): {key}" for key in sorted(used - known))
    yield from (f"no longer used (make messages): {key}" for key in sorted(known - used))
    for message in _messages(catalogue):
        if message.fuzzy:
            yield f"fuzzy: {_key(message)}"
        if not _is_translated(message):
            yield f"not translated: {_key(message)}"
        elif _repeats_the_source(message):
            yield f"still in English: {_key(message)}"
        elif not _has_same_placeholders(message):
            yield f"placeholders differ: {_key(message)}"


def _texts(language: str) -> Catalog:
    catalogue = Catalog(locale=language)
    for place, line, message, comments, context in _found():
        if language == LANGUAGE or place.startswith(PAYER_PLACES):
            catalogue.add(message, None, [(place, line)], (), comments, context=context)
    return catalogue


Found = tuple[str, int, str | tuple[str, ...], list[str], str | None]


@cache
def _found() -> list[Found]:
    return list(_extracted())


def _extracted() -> Iterator[Found]:
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py":
            text = path.read_text()
        elif path.suffix in TEMPLATES and "templates" in path.parts:
            # In brackets, because what is left of a template is not indented like Python.
            text = f"({templatize(path.read_text())})"
        else:
            continue
        place = path.relative_to(ROOT).as_posix()
        source = io.BytesIO(text.encode())
        for line, message, comments, context in extract(
            "python",
            source,
            keywords=KEYWORDS,
            comment_tags=["Translators:"],
            strip_comment_tags=True,
        ):
            yield place, line, message, comments, context


def _read(language: str) -> Catalog:
    place = _place(language)
    if not place.exists():
        name = Locale.parse(language).english_name
        header = HEADER.format(language=name)
        return Catalog(locale=language, project="Sleek", header_comment=header, fuzzy=False)
    with place.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _keys(catalogue: Catalog) -> set[str]:
    return {_key(message) for message in _messages(catalogue)}


def _key(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}: {text}" if message.context else text


def _is_translated(message: Message) -> bool:
    return all(_strings(message))


# Words that some of the languages spell as English does.
SAME = frozenset(
    {
        *("Alipay", "PayPal", "UnionPay", "WeChat Pay"),
        *("Code", "E-mail", "Message", "Name", "Version %(version)s", "optional"),
    }
)


def _repeats_the_source(message: Message) -> bool:
    """One of its forms is the English text, singular or plural; names and signs need no
    translation.
    """
    source = [message.id] if isinstance(message.id, str) else [*message.id]
    worded = {text for text in source if LETTERS.search(PLACEHOLDER.sub("", text))} - SAME
    return not worded.isdisjoint(_strings(message))


def _has_same_placeholders(message: Message) -> bool:
    """The plural holds them all: "%(count)s links" may be "one link" in the singular."""
    source = message.id if isinstance(message.id, str) else message.id[-1]
    expected = sorted(PLACEHOLDER.findall(source))
    return all(sorted(PLACEHOLDER.findall(text)) == expected for text in _strings(message))


def _strings(message: Message) -> tuple[str, ...]:
    if message.string is None or isinstance(message.string, str):
        return (message.string or "",)
    return tuple(message.string)


if __name__ == "__main__":
    sys.exit(main())
