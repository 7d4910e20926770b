"""What is read of a file, and what is refused before anything of it is used."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from sleek.core import tables
from sleek.core.tables import Row, TableFlaw, UnreadableTable, sheet, workbooks

HEAD = ("Name", "City")
MIDNIGHT = datetime.combine(date(2026, 3, 2), time())
MORNING = datetime.combine(date(2026, 3, 2), time(9, 30))
KEPT = (Row(1, HEAD), Row(2, ("Müller", "Köln")))


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book(*rows: Sequence[object]) -> Workbook:
    made = Workbook()
    assert made.active
    for row in rows:
        made.active.append(row)
    return made


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The same workbook with some of its parts replaced."""
    file = io.BytesIO()
    names = {name.replace("__", "/").replace("_xml", ".xml"): text for name, text in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in {*old.namelist(), *names}:
            new.writestr(name, names[name] if name in names else old.read(name))
    return file.getvalue()


def refused(content: bytes) -> TableFlaw:
    with pytest.raises(UnreadableTable) as caught:
        tables.read(content)
    return caught.value.flaw


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "cp1252", "utf-16"])
def test_every_usual_encoding_is_told_apart(encoding):
    assert tables.read("Name,City\nMüller,Köln\n".encode(encoding)).rows == KEPT


def test_chinese_that_is_not_utf_8_is_read():
    content = "公司名称,国家\n景德镇林家陶瓷有限公司,中国\n".encode("gb18030")
    assert tables.read(content).rows[1].cells == ("景德镇林家陶瓷有限公司", "中国")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_found(delimiter):
    text = delimiter.join(HEAD) + "\n" + delimiter.join(("Müller", '"Köln"'))
    assert tables.read(text.encode()).rows == KEPT


def test_the_delimiter_that_excel_names_counts_and_rows_keep_their_numbers():
    assert tables.read(b"sep=|\nA;B|C\n1|2").rows == (Row(2, ("A;B", "C")), Row(3, ("1", "2")))


def test_rows_that_say_nothing_are_left_out_and_the_others_keep_their_numbers():
    assert [row.number for row in tables.read(b"a,b\n\n , \n1,2\n").rows] == [1, 4]


def test_what_is_written_safely_is_read_as_it_was():
    texts = ["=1+1", "+86 138", "@x", "007", "2026112122001412341234567890", "'quoted'"]
    lines = "".join(tables.csv_lines([texts]))
    assert tables.read(lines.encode()).rows[0].cells == tuple(texts)


# XLSX


def test_cells_are_read_as_a_spreadsheet_shows_them():
    made = book(
        [0.1 + 0.2, 0.13, 42, MIDNIGHT, MORNING, True],
        ["2026112122001412341234567890", "007", 12.5, date(2026, 3, 2), None, 1234567890123456],
    )
    cells = made.active
    cells["B1"].number_format, cells["C1"].number_format = "0%", "00000"
    first, second = tables.read(saved(made)).rows
    assert first.cells == ("0.3", "13%", "00042", "2026-03-02", "2026-03-02 09:30", "TRUE")
    assert second.cells[:5] == ("2026112122001412341234567890", "007", "12.5", "2026-03-02", "")
    assert second.cells[5] == "1234567890123456"


def test_no_number_comes_with_an_exponent():
    part = '<row r="1"><c r="A1"><v>1.2E+17</v></c><c r="B1"><v>1E-7</v></c></row>'
    head = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    xml = f"{head}{part}</sheetData></worksheet>".encode()
    content = repacked(saved(book(["x"])), xl__worksheets__sheet1_xml=xml)
    assert tables.read(content).rows == (Row(1, ("120000000000000000", "0.0000001")),)


def test_a_formula_without_a_result_is_a_gap_and_an_error_is_one():
    content = saved(book(["Name", "Sum"], ["x", "=1+1"], ["y", "#N/A"], ["=1", None]))
    assert tables.read(content).rows[1:] == (
        Row(2, ("x",), (1,)),
        Row(3, ("y",), (1,)),
        Row(4, (), (0,)),
    )


def test_a_formula_with_a_result_is_its_result():
    head = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    part = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'
    xml = f"{head}{part}</sheetData></worksheet>".encode()
    content = repacked(saved(book(["x"])), xl__worksheets__sheet1_xml=xml)
    assert tables.read(content).rows == (Row(1, ("2",)),)


def test_what_stands_in_merged_cells_stands_in_each_of_them():
    made = book(["Contact", None, "Name"], ["E-mail", "Phone", None], ["a@b.c", "1", "Berg"])
    made.active.merge_cells("A1:B1")
    made.active.merge_cells("C1:C2")
    first, second, _ = tables.read(saved(made)).rows
    assert first.cells == ("Contact", "Contact", "Name")
    assert second.cells == ("E-mail", "Phone", "Name")


def test_the_first_sheet_that_says_something_is_read_and_the_others_are_named():
    made = book([])
    made.create_sheet("Kunden").append(["x"])
    made.create_sheet("Notes").append(["y"])
    made.create_sheet("Empty")
    hidden = made.create_sheet("Hidden")
    hidden.append(["z"])
    hidden.sheet_state = "hidden"
    read = tables.read(saved(made))
    assert (read.name, read.unread, read.rows) == ("Kunden", ("Notes",), (Row(1, ("x",)),))


# What is refused


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an .xls named .xlsx", "old_or_locked"),
        (b"%PDF-1.7", "other_format"),
        (b"\x89PNG\r\n", "other_format"),
        (b"PK\x03\x04 cut off", "broken"),
        (b"a,b\x00,c", "encoding"),
        (b"\xff\xfea", "encoding"),
        (b'a,"' + b"x" * 200_000 + b'"', "broken"),
        (b"x" * 5_001 + b",y", "cell_too_long"),
        (b",".join([b"x"] * 61), "too_many_columns"),
        (b"x,y\n" * 50_000, "too_many_rows"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_heavy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_the_reason(content, flaw):
    assert refused(content) == flaw


def test_as_many_rows_as_there_may_be_are_read(monkeypatch):
    monkeypatch.setattr(sheet, "MAX_ROWS", 3)
    assert len(tables.read(b"x,y\n" * 3).rows) == 3
    assert refused(b"x,y\n" * 4) == "too_many_rows"
    assert refused(saved(book(*[["x"]] * 4))) == "too_many_rows"


def test_a_zip_of_something_else_is_no_table():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refused(file.getvalue()) == "other_format"


def test_a_bomb_is_known_before_it_is_unpacked():
    cells = b"<row/>" * (workbooks.MAX_UNPACKED // 6 + 1)
    assert refused(repacked(saved(book(["x"])), xl__worksheets__sheet1_xml=cells)) == "bomb"
    styles = b" " * (workbooks.MAX_PART + 1)
    assert refused(repacked(saved(book(["x"])), xl__styles_xml=styles)) == "bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_that_declares_entities_is_not_parsed(encoding):
    xml = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
    ).encode(encoding)
    content = repacked(saved(book(["x"])), xl__worksheets__sheet1_xml=xml)
    assert refused(content) == "forbidden"


def test_a_row_with_an_absurd_number_keeps_nobody_waiting():
    head = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    part = '<row r="1"><c r="A1"><v>1</v></c></row><row r="999999999999"><c><v>2</v></c></row>'
    xml = f"{head}{part}</sheetData></worksheet>".encode()
    content = repacked(saved(book(["x"])), xl__worksheets__sheet1_xml=xml)
    assert tables.read(content).rows == (Row(1, ("1",)),)


def test_damage_inside_is_told_as_damage():
    content = repacked(saved(book(["x"])), xl__workbook_xml=b"<not closed")
    assert refused(content) == "broken"
