"""A bill as a document of Word: its paper's words, filled into our template or the merchant's own.

A template is another's program, so it may do little: name what a bill says, go through its lists,
and leave out what is empty. It cannot call anything, count anything or repeat anything more often
than the bill has it. What it fills in stays text, whatever it looks like.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from sleek.papers.rules import Block, Row, Sheet
from sleek.papers.rules.sheet import Label

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_BYTES = 2 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_PARTS = 500
_MAIN = "word/document.xml"
_LINKS = ".rels"
_XML = (".xml", _LINKS)
_PROGRAMS = ("vbaproject.bin",)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const),
    *(nodes.For, nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand),
)


class TemplateFlaw(StrEnum):
    """Why a file is no template."""

    TOO_HEAVY = "template_too_heavy"
    OTHER_FORMAT = "template_of_other_format"
    BOMB = "template_is_bomb"  # unpacks to far more than it weighs
    FORBIDDEN = "template_forbidden"  # does more than name what a bill says
    UNKNOWN_NAME = "template_names_unknown"
    BROKEN = "template_broken"


class UnusableTemplate(Exception):
    """`detail` is what it stumbled over, in the template's own words."""

    def __init__(self, flaw: TemplateFlaw, detail: str = "") -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the bill by the names of its columns, for a template that knows them."""

    place: str
    item: str
    spec: str
    quantity: str
    unit: str
    hours: str
    price: str
    tax_rate: str
    amount: str


def document(sheet: Sheet, items: Iterable[Item], template: bytes) -> bytes:
    """Raises `UnusableTemplate`."""
    from docxtpl import DocxTemplate  # a tenth of a second, which few processes need

    try:
        filled = DocxTemplate(io.BytesIO(template))
        filled.render(_said(sheet, items), _Environment(), autoescape=True)
        written = io.BytesIO()
        filled.save(written)
    except SecurityError as error:
        raise UnusableTemplate(TemplateFlaw.FORBIDDEN, str(error)) from error
    except UndefinedError as error:
        raise UnusableTemplate(TemplateFlaw.UNKNOWN_NAME, str(error)) from error
    except TemplateError as error:
        raise UnusableTemplate(TemplateFlaw.BROKEN, str(error)) from error
    # python-docx meets damage with whatever its parts raise: KeyError, ValueError, lxml's errors.
    except Exception as error:
        raise UnusableTemplate(TemplateFlaw.BROKEN) from error
    return written.getvalue()


def check(template: bytes) -> None:
    """Whether it can be opened without harm. Raises `UnusableTemplate`."""
    if len(template) > MAX_BYTES:
        raise UnusableTemplate(TemplateFlaw.TOO_HEAVY)
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise UnusableTemplate(TemplateFlaw.OTHER_FORMAT) from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if _MAIN not in {part.filename for part in parts}:
        raise UnusableTemplate(TemplateFlaw.OTHER_FORMAT)
    # zipfile hands out no more of a part than its directory says, so these sizes hold.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnusableTemplate(TemplateFlaw.BOMB)
    for part in parts:
        name = part.filename.lower()
        if name.endswith(_PROGRAMS):
            raise UnusableTemplate(TemplateFlaw.FORBIDDEN, part.filename)
        if name.endswith(_XML):
            text = archive.read(part)
            if b"\x00" in text or _DECLARATION.search(text):
                raise UnusableTemplate(TemplateFlaw.FORBIDDEN, part.filename)
            if name.endswith(_LINKS) and _reaches_out(text):
                raise UnusableTemplate(TemplateFlaw.FORBIDDEN, part.filename)


def _reaches_out(links: bytes) -> bool:
    """Whether Word would fetch something from elsewhere when it opens the document: a picture that
    tells who reads it, or a template with a program. An address that one may click is none.
    """
    try:
        known = list(ElementTree.fromstring(links))
    except ElementTree.ParseError:
        return True
    return any(
        each.get("TargetMode", "").casefold() == "external"
        and not each.get("Type", "").endswith("/hyperlink")
        for each in known
    )


class _Environment(SandboxedEnvironment):
    """Understands names, lists and conditions, and refuses all else before it runs."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        for node in parsed.find_all(nodes.Node):
            if not isinstance(node, _ALLOWED):
                raise SecurityError(type(node).__name__.lower())
        for loop in parsed.find_all(nodes.For):
            _refuse_multiplying(loop)
        return parsed


def _refuse_multiplying(loop: nodes.For) -> None:
    """A loop within a loop goes through what belongs to one round of the outer one."""
    if loop.recursive or not isinstance(loop.target, nodes.Name):
        raise SecurityError("for")
    for inner in (each for part in loop.body for each in _loops(part)):
        source = inner.iter
        if not isinstance(source, nodes.Getattr) or not isinstance(source.node, nodes.Name):
            raise SecurityError("for in for")
        if source.node.name != loop.target.name:
            raise SecurityError("for in for")


def _loops(part: nodes.Node) -> list[nodes.For]:
    return [*([part] if isinstance(part, nodes.For) else []), *part.find_all(nodes.For)]


def _said(sheet: Sheet, items: Iterable[Item]) -> dict[str, Any]:
    """What a template may name."""
    return {
        "title": _word(sheet.title),
        "number": sheet.number,
        "payee": _block(sheet.payee),
        "payer": _block(sheet.payer),
        "facts": _pairs(sheet.facts),
        "opening": sheet.opening,
        "columns": [_word(column.label) for column in sheet.columns],
        "rows": [{"cells": list(row.cells)} for row in sheet.rows],
        "lines": list(items),
        "totals": [{"label": _word(total.label), "text": total.amount} for total in sheet.totals],
        "in_words": _pairs(sheet.in_words),
        "schedule_title": _word(sheet.schedule_title),
        "schedule": _stages(sheet.schedule),
        "notes": [{"label": _word(note.title), "text": note.text} for note in sheet.notes],
        "signers": _pairs(sheet.signers),
        "pay_url": sheet.pay.url if sheet.pay else "",
        "notice": sheet.notice,
        "footer": sheet.footer,
    }


def _word(label: Label) -> str:
    return " ".join(label)


def _pairs(pairs: Iterable[tuple[Label, str]]) -> list[dict[str, str]]:
    return [{"label": _word(label), "text": text} for label, text in pairs]


def _block(block: Block) -> dict[str, object]:
    return {"title": _word(block.title), "name": block.name, "facts": _pairs(block.lines)}


def _stages(rows: Iterable[Row]) -> list[dict[str, str]]:
    names = ("label", "deliverable", "due", "amount")
    return [dict(zip(names, row.cells, strict=True)) for row in rows]
