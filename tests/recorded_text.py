"""The content of a file that the program wrote, as text that two recordings can be compared by.

Pictures become digests of their pixels, databases their rows, archives their members, pages what
they say. Columns of measured times are masked.
"""

from __future__ import annotations

import csv
import hashlib
import html.parser
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing

import numpy as np

CLOCK = "(by the clock)"
TIMED = {"training, s", "peak memory, MB", "img/s, batch 1", "img/s, batch 32", "cold start, s"}
BY_CLOCK = ("pareto.png", "Quality against speed")  # the chart's file, and its words in a report


def describe_file(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """A file's content as texts, each with the ending of the name that it is recorded under."""
    kind = name.rpartition(".")[2].lower()
    if kind == "png" and data.startswith(b"\x89PNG"):
        chart = "/figures/" in name or name.endswith(("pareto.png", "summary.png"))
        by_clock = name.endswith(BY_CLOCK)
        yield ".charts.txt" if chart else ".txt", CLOCK if by_clock else _pixels(data)
    elif kind == "html":
        yield from _page(data.decode())
    elif data.startswith(b"SQLite format 3"):
        yield ".databases.txt", "\n".join(_tables(data)) + "\n"
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                for ending, text in describe_file(member, archive.read(member)):
                    yield f"/{member}{ending}", text
    elif kind == "npy":
        array = np.load(io.BytesIO(data), allow_pickle=False)
        values = array.tolist() if array.dtype.kind == "U" else _digest(array.tobytes())
        yield ".txt", f"{array.dtype.kind} {array.shape} {values}\n"
    elif kind in ("json", "csv", "md", "txt", "xml", "rels", "svg"):
        text = data.decode("utf-8", "backslashreplace")
        yield ".txt", _without_timed(text) if kind == "csv" else text
    else:
        yield ".txt", _digest(data)


def _digest(data: bytes) -> str:
    return f"{len(data)} bytes, {hashlib.sha256(data).hexdigest()[:40]}\n"


def _pixels(data: bytes) -> str:
    """A PNG's size and pixels, as they lie before they are packed; nothing of who wrote it."""
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + size]
        at += size + 12
    lines = zlib.decompress(chunks[b"IDAT"]) + chunks.get(b"PLTE", b"")
    return f"PNG {chunks[b'IHDR'].hex()} {_digest(lines)}"


def _tables(data: bytes) -> Iterator[str]:
    """The tables of a database and their rows; what is no text or number, by its digest."""
    with closing(sqlite3.connect(":memory:")) as base:
        # As if it were in no write-ahead mode, which has no place in memory.
        base.deserialize(data[:18] + b"\1\1" + data[20:])
        made = base.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        yield from (f"{name}: {sql}" for name, sql in made)
        for name in (name for name, sql in made if str(sql).startswith("CREATE TABLE")):
            for row in base.execute(f'SELECT * FROM "{name}"'):  # noqa: S608
                yield f"{name} " + " | ".join(map(_cell, row))


def _cell(value: object) -> str:
    return _digest(value).strip() if isinstance(value, bytes) else repr(value)


def _without_timed(text: str) -> str:
    """A CSV without what columns of measured times hold."""
    head, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    if not TIMED & set(head):
        return text
    masked_text = io.StringIO()
    masked = [
        [CLOCK if name in TIMED else cell for name, cell in zip(head, row, strict=True)]
        for row in rows
    ]
    csv.writer(masked_text, lineterminator="\n").writerows([head, *masked])
    return masked_text.getvalue()


def _row_without_timed(row: str, timed: set[int]) -> str:
    """A row of a table in a page, without the cells at these places."""
    parts = re.split(r"(<t[hd]\b[^>]*>)(.*?)(</t[hd]>)", row, flags=re.S)
    for at in timed:
        if 4 * at + 2 < len(parts):
            parts[4 * at + 2] = CLOCK
    return "".join(parts)


def _table_without_timed(table: re.Match[str]) -> str:
    """A table in a page without what columns of measured times hold."""
    head, *rows = re.split(r"(?<=</tr>)", table[0])
    names = re.findall(r"<th\b[^>]*>(.*?)</th>", head, re.S)
    timed = {at for at, name in enumerate(names) if " ".join(name.split()) in TIMED}
    return head + "".join(_row_without_timed(row, timed) for row in rows)


def _page(text: str) -> Iterator[tuple[str, str]]:
    """A page as it is, as it is read, and the charts and photographs taken out of it."""
    kept: dict[str, list[str]] = {"charts": [], "pictures": []}

    def drawing(found: re.Match[str]) -> str:
        kept["charts"].append(found[0])
        return "<svg>" + "".join(re.findall(r"<(?:title|desc)>.*?</\w+>", found[0])) + "</svg>"

    def image(found: re.Match[str]) -> str:
        source = re.search(r"data:image/(\w+);base64,([\w+/=\s]+)", found[0])
        if source is None:
            return found[0]
        by_clock = any(words in found[0] for words in BY_CLOCK)
        digest = CLOCK if by_clock else _digest("".join(source[2].split()).encode())
        kept["charts" if source[1] == "png" else "pictures"].append(digest)
        return found[0].replace(source[0], f"data:image/{source[1]}")

    text = re.sub(r"<table\b.*?</table>", _table_without_timed, text, flags=re.S)
    text = re.sub(r"<img\b[^>]*>", image, re.sub(r"<svg\b.*?</svg>", drawing, text, flags=re.S))
    yield ".raw.txt", text
    reader = _PageReader()
    reader.feed(text)
    reader.close()
    yield ".parsed.txt", "\n".join(reader.lines) + "\n"
    yield from ((f".{name}.txt", "\n".join(found) + "\n") for name, found in kept.items())


class _PageReader(html.parser.HTMLParser):
    """What a page says, whatever its markup: texts, rows of tables, links, words of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._row: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th"):
            self._row.append("")
        self.lines += [f"{key}: {value}" for key, value in sorted(attrs) if key in ("alt", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.lines.append("row: " + " | ".join(" ".join(cell.split()) for cell in self._row))
            self._row = []

    def handle_data(self, data: str) -> None:
        if self._row:
            self._row[-1] += f" {data}"
        elif words := " ".join(data.split()):
            self.lines.append(words)
