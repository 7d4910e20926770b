"""A bill as a document of Word, and the templates that merchants bring."""

from __future__ import annotations

import io
import zipfile

import docx as word
import pytest

from sleek.audit.models import Record
from sleek.invoices import actions as invoices
from sleek.invoices.formats import docx, filling, word_template
from sleek.invoices.formats.docx import TemplateFlaw, UnusableTemplate
from sleek.invoices.models import Invoice, WordTemplate
from sleek.merchants.models import Merchant
from tests import billing, people
from tests.conftest import FrozenClock
from tests.papers import sheets


@pytest.fixture
def shop(db: None, frozen_clock: FrozenClock) -> Merchant:
    return people.merchant()


def _template(*texts: str) -> bytes:
    page = word.Document()
    for text in texts:
        page.add_paragraph(text)
    written = io.BytesIO()
    page.save(written)
    return written.getvalue()


def _texts(document: bytes) -> list[str]:
    return [each.text for each in word.Document(io.BytesIO(document)).paragraphs if each.text]


def test_it_says_what_the_paper_says(shop: Merchant) -> None:
    document = filling.document(billing.issued(shop))
    texts = _texts(document)
    assert texts[1] == "SK-2026-00001"
    assert "美元伍拾元整" in "\n".join(texts)
    (table,) = word.Document(io.BytesIO(document)).tables
    assert [cell.text for cell in table.rows[1].cells] == [
        "Celadon vase, sample",
        "1",
        "50.00",
        "50.00",
    ]


def test_hostile_text_stays_literal(shop: Merchant) -> None:
    hostile = "<w:p/> {{ 7*7 }} {% for x %} & ]]> 'x'"
    bill = billing.drafted(shop, remarks=hostile)
    assert any(hostile in text for text in _texts(filling.document(bill)))


def test_a_merchants_own_template_is_filled_instead(shop: Merchant) -> None:
    owner = billing.owner(shop).user
    own = _template(
        "{{ payer.name }}", "{%p for line in lines %}", "{{ line.item }}", "{%p endfor %}"
    )
    invoices.keep_template(shop, "ours.docx", own, by=owner)
    bill = billing.issued(shop)
    assert _texts(filling.document(bill)) == ["Okafor Imports Ltd", "Celadon vase, sample"]
    assert Record.objects.get(action="word_template.kept").data == {"name": "ours.docx"}
    assert Invoice.objects.count() == 1  # the one it was tried out with is gone
    invoices.drop_template(shop, by=owner)
    assert _texts(filling.document(bill))[1] == "SK-2026-00001"


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("{{ number.__class__ }}", TemplateFlaw.FORBIDDEN),
        ("{{ 'a' * 1000000000 }}", TemplateFlaw.FORBIDDEN),
        ("{{ range(9) }}", TemplateFlaw.FORBIDDEN),
        ("{{ number|center(1000000000) }}", TemplateFlaw.FORBIDDEN),
        ("{% set x = 1 %}", TemplateFlaw.FORBIDDEN),
        ("{% include 'x' %}", TemplateFlaw.FORBIDDEN),
        (
            "{% for a in rows %}{% for b in rows %}x{% endfor %}{% endfor %}",
            TemplateFlaw.FORBIDDEN,
        ),
        ("{{ password }}", TemplateFlaw.UNKNOWN_NAME),
        ("{% for a in rows %}", TemplateFlaw.BROKEN),
    ],
)
def test_a_template_names_and_repeats_and_does_nothing_else(text: str, flaw: TemplateFlaw) -> None:
    with pytest.raises(UnusableTemplate) as refusal:
        docx.document(sheets.bill(), [], _template(text))
    assert refusal.value.flaw == flaw


def test_a_refused_template_leaves_the_one_before(shop: Merchant) -> None:
    owner = billing.owner(shop).user
    kept = invoices.keep_template(shop, "a.docx", _template("{{ number }}"), by=owner)
    with pytest.raises(invoices.TemplateRefused) as refusal:
        invoices.keep_template(shop, "b.docx", _template("{{ nothing }}"), by=owner)
    assert "nothing" in refusal.value.message
    assert WordTemplate.objects.get() == kept
    assert WordTemplate.objects.get().name == "a.docx"
    assert not Invoice.objects.exists()


def _zip(**parts: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("_", "/", 1) + ".xml", content)
    return written.getvalue()


def _linked(kind: str, mode: str) -> bytes:
    link = f'<Relationship Id="x" Type="http://x/{kind}" Target="http://x/" TargetMode="{mode}"/>'
    return f'<Relationships xmlns="http://x/r">{link}</Relationships>'.encode()


def _with(path: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("word/document.xml", b"<x/>")
        packed.writestr(path, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("word/_rels/settings.xml.rels", _linked("attachedTemplate", "External")),
        ("word/_rels/document.xml.rels", _linked("image", "E&#120;ternal")),
        ("word/_rels/document.xml.rels", b"<Relationships"),
        ("word/vbaProject.bin", b"program"),
    ],
)
def test_a_template_brings_no_program_and_fetches_nothing(path: str, content: bytes) -> None:
    """Whoever opens the filled document must not call somebody else's address."""
    with pytest.raises(UnusableTemplate) as refusal:
        docx.check(_with(path, content))
    assert (refusal.value.flaw, refusal.value.detail) == (TemplateFlaw.FORBIDDEN, path)


def test_a_template_may_have_links_and_pictures_of_its_own() -> None:
    docx.check(_with("word/_rels/document.xml.rels", _linked("hyperlink", "External")))
    docx.check(_with("word/_rels/document.xml.rels", _linked("image", "Internal")))


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"hello", TemplateFlaw.OTHER_FORMAT),
        (_zip(xl_workbook=b"<x/>"), TemplateFlaw.OTHER_FORMAT),
        (b"x" * (docx.MAX_BYTES + 1), TemplateFlaw.TOO_HEAVY),
        (_zip(word_document=bytes(docx.MAX_UNPACKED + 1)), TemplateFlaw.BOMB),
        (_zip(word_document=b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), TemplateFlaw.FORBIDDEN),
    ],
)
def test_a_harmful_file_is_not_opened(content: bytes, flaw: TemplateFlaw) -> None:
    with pytest.raises(UnusableTemplate) as refusal:
        docx.check(content)
    assert refusal.value.flaw == flaw


def test_ours_is_a_template_as_theirs_must_be() -> None:
    docx.check(word_template.built_in())
