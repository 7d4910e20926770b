"""The document of Word that bills are filled into unless the merchant has one of their own. It is
made here rather than kept as a file, so that it can be read.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_MARGIN = Mm(20)
_GRID = "Table Grid"


@cache
def built_in() -> bytes:
    page = Document()
    _set_up(page)
    page.add_heading("{{ title }}", level=0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    page.add_paragraph("{{ number }}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    _each(page, "facts", "{{ one.label }}: {{ one.text }}")
    for party in ("payer", "payee"):
        page.add_heading(f"{{{{ {party}.title }}}}: {{{{ {party}.name }}}}", level=2)
        _each(page, f"{party}.facts", "{{ one.label }}: {{ one.text }}")
    _if(page, "opening", "{{ opening }}")
    _lines(page)
    _each(page, "totals", "{{ one.label }}: {{ one.text }}", is_right=True)
    _each(page, "in_words", "{{ one.label }} {{ one.text }}")
    _if(page, "schedule_title", "{{ schedule_title }}")
    stage = "{{ one.label }} {{ one.deliverable }} · {{ one.due }} · {{ one.amount }}"
    _each(page, "schedule", stage)
    _each(page, "notes", "{{ one.label }} {{ one.text }}")
    _each(page, "signers", "{{ one.label }}: {{ one.text }}")
    _if(page, "pay_url", "{{ pay_url }}")
    page.add_paragraph("{{ notice }}")
    _if(page, "footer", "{{ footer }}")
    written = io.BytesIO()
    page.save(written)
    return written.getvalue()


def _set_up(page: Any) -> None:
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN
    style = page.styles["Normal"]
    style.font.name, style.font.size = "Noto Sans", Pt(10)
    # Without a word on it, Word takes a Japanese face for Chinese letters.
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans SC")


def _each(page: Any, items: str, text: str, *, is_right: bool = False) -> None:
    page.add_paragraph(f"{{%p for one in {items} %}}")
    paragraph = page.add_paragraph(text)
    if is_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_after = Pt(2)
    page.add_paragraph("{%p endfor %}")


def _if(page: Any, name: str, text: str) -> None:
    page.add_paragraph(f"{{%p if {name} %}}")
    page.add_paragraph(text)
    page.add_paragraph("{%p endif %}")


def _lines(page: Any) -> None:
    """As many columns as the bill shows, and a row for each of its lines."""
    table = page.add_table(rows=4, cols=3)
    table.style = _GRID
    rows = (
        ("{%tc for column in columns %}", "{{ column }}", "{%tc endfor %}"),
        ("{%tr for row in rows %}", "", ""),
        ("{%tc for cell in row.cells %}", "{{ cell }}", "{%tc endfor %}"),
        ("{%tr endfor %}", "", ""),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
