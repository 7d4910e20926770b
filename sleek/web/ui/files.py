"""Lists that people save. A CSV file is sent while it is read, so it may be as long as it likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone, translation

from sleek.core import clock, tables
from sleek.core.tables import Cell

Rows = Iterable[Sequence[Cell]]


def csv(name: str, rows: Rows) -> StreamingHttpResponse:
    """Saved as "payments-2026-11-22.csv", in the language of whoever asked."""
    lines = tables.csv_lines(_spoken(iter(rows), translation.get_language() or ""))
    return StreamingHttpResponse(
        lines, content_type="text/csv; charset=utf-8", headers=_saved_as(name, "csv")
    )


def xlsx(name: str, title: str, rows: Rows) -> HttpResponse:
    content = tables.workbook(title, rows)
    return HttpResponse(content, content_type=tables.XLSX, headers=_saved_as(name, "xlsx"))


def _spoken(rows: Iterator[Sequence[Cell]], language: str) -> Iterator[Sequence[Cell]]:
    """Rows are put together after the request has ended, when its language is forgotten."""
    while True:
        with translation.override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row


def _saved_as(name: str, ending: str) -> dict[str, str]:
    today = timezone.localdate(clock.now()).isoformat()
    return {"Content-Disposition": f'attachment; filename="{name}-{today}.{ending}"'}
