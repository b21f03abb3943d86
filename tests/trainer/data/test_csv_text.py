"""The text of a CSV file: whatever its bytes, rows or an error in words, and no row lost."""

from __future__ import annotations

import codecs
import csv
import io
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.data.csv_text import CsvText, is_csv_cell, read_csv_text
from trainer.errors import UserError

COLUMNS = ("file", "label")


def read(data: bytes | str, expected: tuple[str, ...] = COLUMNS) -> CsvText:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cells.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_csv_text(path, expected)


def rows(data: bytes | str) -> list[list[str]]:
    return [list(row.cells.values()) for row in read(data).rows]


def fault(data: bytes | str) -> str:
    with pytest.raises(UserError) as caught:
        read(data)
    return str(caught.value)


# --- rows ---


@pytest.mark.parametrize(
    "line",
    [
        'b.png,"smudged',
        'b.png,smudged"',
        '"b.png,x',
        'b.png,"one\ntwo"',
        'b.png,"one\r\ntwo"',
        'b.png,"one\rtwo"',
        'b.png,"a""',
    ],
)
def test_a_quote_that_is_not_closed_on_its_line(line: str) -> None:
    text = fault(f"file,label\na.png,x\n{line}\nc.png,z\nd.png,q\n")
    assert "Line 3 of “cells.csv” has a quote" in text and "not closed" in text


@pytest.mark.parametrize("line", ['b.png,5" and 6"', 'b.png,"eos" young', 'b.png,a "b,c" d'])
def test_a_quote_in_the_middle_of_a_cell(line: str) -> None:
    assert 'Line 2 of “cells.csv” has a quote (") in the middle' in fault(f"file,label\n{line}\n")


def test_more_cells_than_columns() -> None:
    text = fault("file,label\na.png,x\n\nb.png,band, young\n")
    assert "Line 4 of “cells.csv” has 3 cells, where the header has 2 columns" in text
    assert '"band, young"' in text
    assert "3 cells, where the header has 2" in fault("file,label,\nb.png,band, young\n")


def test_separators_at_the_end_of_a_line_are_no_cells() -> None:
    assert rows("file;label;;\na.png;x;;;\nb.png;y\n;;;\n") == [["a.png", "x"], ["b.png", "y"]]
    assert rows("file,label,patient\na.png,x\n") == [["a.png", "x", ""]]


def test_quoted_cells_with_spaces_beside_them() -> None:
    assert rows('file, "label"\n"a, b.png" , "say ""x"""\n') == [["a, b.png", 'say "x"']]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end(end: str) -> None:
    text = read(end.join(["", "file,label", "a.png,x", "", "b.png,y", ""]))
    assert [row.cells["label"] for row in text.rows] == ["x", "y"]
    if end != "\r\r\n":
        assert [row.line for row in text.rows] == [3, 5]


@pytest.mark.parametrize("character", ["\0", "\x0b", "\x0c", "\x1a", "\x85", "\u2028", "\x7f"])
def test_a_character_that_is_no_text(character: str) -> None:
    assert f"Line 2 of “cells.csv” holds a character that is no text, U+{ord(character):04X}" in (
        fault(f"file,label\na{character}b.png,x\n")
    )


@pytest.mark.parametrize(
    ("first", "separator"),
    [
        ("sep=;", ";"),
        ("SEP=,", ","),
        ('"sep=;"', ";"),
        ("sep=;;;", ";"),
        ("sep=\t", "\t"),
        ("sep=|", "|"),
        ("\ufeffsep=;", ";"),
    ],
)
def test_the_line_in_which_excel_names_the_separator(first: str, separator: str) -> None:
    lines = [first, separator.join(["file", "label"]), separator.join(["a.png", "band, young;"])]
    if separator in ",;":
        lines[2] = f'a.png{separator}"band, young;"'
    (row,) = read("\r\n".join(lines)).rows
    assert row.cells == {"file": "a.png", "label": "band, young;"} and row.line == 3


def test_the_separator_is_that_which_gives_the_columns() -> None:
    assert read("file;label;a,b,c,d\na;x;\n").columns == ("file", "label", "a,b,c,d")
    assert read('"file"\t"label"\na\tx\n').columns == ("file", "label")


# --- encodings ---


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
        ("cp1252", b""),
    ],
)
def test_encodings_of_spreadsheets(encoding: str, mark: bytes) -> None:
    text = read(mark + "file;label\r\nZelle_ß.png;Große Zelle – jung\r\n".encode(encoding))
    assert [row.cells for row in text.rows] == [
        {"file": "Zelle_ß.png", "label": "Große Zelle – jung"}
    ]
    assert len(text.notes) == (encoding == "cp1252")


def test_what_is_no_text_in_one_encoding_is_refused_with_its_line() -> None:
    assert "Line 3 " in fault("file,label\nä.png,x\n".encode() + "ö.png,y\n".encode("cp1252"))
    assert "Line 2 " in fault(b"file,label\n\x81.png,x\n")  # of code page 850
    assert "Line 2 " in fault(
        codecs.BOM_UTF16_LE + "file,label\n".encode("utf-16-le") + b"\x00\xd8"
    )
    assert "Line 1 " in fault(b"PK\x03\x04\x14\x00\x06\x00")  # a workbook named .csv


# --- whatever the bytes ---

MARKS = st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
SCRAPS = st.lists(
    st.sampled_from(["file", "label", ",", ";", "\t", '"', '""', "\n", "\r\n", "\r", "a", " ", "ä"])
)


def check_rows(data: bytes, text: str) -> None:
    """Every line that holds more than separators is one row, in its order, or all are refused."""
    try:
        found = read(data)
    except UserError as error:
        assert error.message
        return
    lines = [line for line in re.split(r"\r*\n|\r", text) if line.strip()]
    if lines and re.match(r'"?sep=', lines[0], re.IGNORECASE):
        return
    filled = [line for line in lines[1:] if re.sub(r'[",;\t]', "", line)]
    assert len(found.rows) >= len([line for line in filled if line.strip(' ,;\t"')])
    assert len({row.line for row in found.rows}) == len(found.rows)
    assert all(tuple(row.cells) == tuple(dict.fromkeys(found.columns)) for row in found.rows)


@given(mark=MARKS, data=st.binary(max_size=200))
def test_any_bytes(mark: bytes, data: bytes) -> None:
    try:
        text = read(mark + data)
    except UserError:
        return
    assert all(tuple(row.cells) == tuple(dict.fromkeys(text.columns)) for row in text.rows)


@given(SCRAPS)
def test_no_line_of_any_text_is_lost(scraps: list[str]) -> None:
    text = "file,label\n" + "".join(scraps)
    check_rows(text.encode(), text)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(is_csv_cell)


@settings(max_examples=60)
@given(
    table=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6),
    separator=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_of_csv_writes_is_read_cell_by_cell(
    table: list[tuple[str, str, str]], separator: str, quoting: int, encoding: str, end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerows([("file", "label", "comment"), *table])
    filled = [list(row) for row in table if any(cell.strip() for cell in row)]
    assert rows(text.getvalue().encode(encoding)) == filled
