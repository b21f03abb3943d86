"""Exports: the command line's own files, a workbook, a report, a picture; whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cv2
import openpyxl
import pytest

from tests.trainer.jobs.classify.test_job import classified, rows_of
from tests.trainer.jobs.program import run_trainer
from trainer.domain import Progress, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.export import job as export
from trainer.jobs.export import xlsx
from trainer.protocol.requests import ExportRequest

ODD = ["<script>alert(1)<", "a & b.jpg", "😀.jpg", "=cmd|calc.jpg", "quote'\".jpg", "ü" * 100]


@pytest.fixture(scope="module")
def cells(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn cells, odd names, and an image that cannot be read."""
    folder = tmp_path_factory.mktemp("export") / "case & <b>"
    shutil.copytree(drawn, folder)
    first = folder / "000_basophil.jpg"
    for name in ODD:
        if sys.platform != "win32" or not set(name) & set('<>|"'):
            shutil.copy(first, folder / f"{name.removesuffix('.jpg')}.jpg")
    (folder / "=cut.jpg").write_bytes(first.read_bytes()[:900])
    return folder


@pytest.fixture(scope="module")
def judged(cells: Path, accepting: Path) -> Path:
    """The folder with the command line's files, beside its data folder."""
    out = cells.parent / "out"
    classified([cells], out, accepting)
    return out


def exported(cells: Path, out: Path, **more: Any) -> dict[str, Any]:
    asked = ExportRequest(
        folder=str(cells), out=str(out), data_dir=str(cells.parent / "data"), **more
    )
    return export.run(asked, lambda _: None, never_stop)


def test_tables_are_the_command_lines_own(cells: Path, judged: Path, tmp_path: Path) -> None:
    result = exported(cells, tmp_path / "out", formats=["csv", "json"])
    names = ["predictions.csv", "summary.json"]
    assert result["files"] == [str(tmp_path / "out" / name) for name in names]
    ours, theirs = ((place / names[0]).read_bytes() for place in (tmp_path / "out", judged))
    assert ours == theirs
    texts = [
        re.sub(r'"seconds": [0-9.]+', '"seconds": 0', (place / names[1]).read_text("utf-8"))
        for place in (tmp_path / "out", judged)
    ]
    assert texts[0] == texts[1]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names


def test_the_workbook_holds_what_the_table_holds(
    cells: Path, judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 12)  # so that a second sheet is needed
    exported(cells, tmp_path, formats=["xlsx"])
    book = openpyxl.load_workbook(tmp_path / "predictions.xlsx")
    assert book.sheetnames == [
        *("predictions", "predictions 2", "predictions 3", "summary", "model", "reviews", "runs")
    ]
    read: list[list[str]] = []
    for title in book.sheetnames[:3]:
        rows = list(book[title].iter_rows())
        assert len(rows) <= 12
        assert not any(cell.data_type == "f" for row in rows for cell in row)
        read += [[cell.value for cell in row] for row in (rows[1:] if read else rows)]
    with (judged / "predictions.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.reader(file))
    assert [[_plain(value) for value in row] for row in read] == [
        [_plain(value) for value in row] for row in written
    ]
    numbers = {type(row[3]) for row in read[1:]}
    assert numbers <= {float, int, type(None)}
    facts = {row[0].value: row[1].value for row in book["summary"].iter_rows()}
    assert facts["images"] == len(written) - 1
    assert facts["decision: failed"] == 1


def _plain(value: object) -> object:
    try:
        return float(str(value))
    except ValueError:
        return value or ""


class _Page(HTMLParser):
    """Everything in a page: its tags, addresses and words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_report_stands_alone(cells: Path, judged: Path, tmp_path: Path) -> None:
    exported(cells, tmp_path, formats=["html"])
    text = (tmp_path / "report.html").read_text("utf-8")
    page = _Page()
    page.feed(text)
    assert not {"script", "link", "iframe", "b:", "object"} & set(page.tags)
    assert page.addresses
    assert all(each.startswith("data:image/jpeg;base64,") for each in page.addresses)
    assert "://" not in text
    assert "url(" not in text
    assert page.tags.count("svg") == 2
    said = " ".join(page.words)
    summary = json.loads((judged / "summary.json").read_text("utf-8"))
    for needed in (
        "case & <b>",
        "=cut.jpg",
        "cut off",
        summary["model"]["card_sha256"],
        "per 100 white cells",
        "not a medical device",
        "openvino",
        *summary["differential"]["warnings"],
    ):
        assert needed in said, needed
    share = max(summary["differential"]["percent"].values(), key=lambda each: each["cells"])
    assert f"{share['low']:.1f}-{share['high']:.1f}" in said
    if sys.platform != "win32":
        assert "<script>" not in text.replace("&lt;script&gt;", "")


def test_cells_of_the_report_are_those_that_were_judged(
    drawn: Path, accepting: Path, tmp_path: Path
) -> None:
    cells = tmp_path / "cells"
    shutil.copytree(drawn, cells)
    classified([cells], tmp_path / "out", accepting)
    exported(cells, tmp_path / "before", formats=["html"])
    for path in cells.iterdir():
        path.write_bytes(path.read_bytes() + b"\0")
    exported(cells, tmp_path / "after", formats=["html"])
    pages = [(tmp_path / each / "report.html").read_text("utf-8") for each in ("before", "after")]
    assert [page.count("<figure>") > 0 for page in pages] == [True, False]
    assert "vanished since they were judged (21)" in pages[1]


def test_the_picture(cells: Path, judged: Path, tmp_path: Path) -> None:
    exported(cells, tmp_path, formats=["png"])
    picture = cv2.imread(str(tmp_path / "summary.png"))
    assert picture.shape == (1050, 1350, 3)
    assert len({tuple(pixel) for pixel in picture[::7, ::7].reshape(-1, 3)}) > 5


def test_files_are_replaced_only_if_that_is_said(cells: Path, judged: Path, tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_bytes(b"old")
    with pytest.raises(UserError, match=r"holds summary\.json already"):
        exported(cells, tmp_path, formats=["csv", "json"])
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
    assert (tmp_path / "summary.json").read_bytes() == b"old"
    exported(cells, tmp_path, formats=["csv", "json"], overwrite=True)
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["images"] > 20


def test_nothing_is_written_among_the_images(cells: Path, judged: Path) -> None:
    before = sorted(cells.iterdir())
    for out in (cells, cells / "new", cells.parent / "out" / ".." / cells.name / "x"):
        with pytest.raises(UserError, match="among the images"):
            exported(cells, out)
    assert sorted(cells.iterdir()) == before


@pytest.mark.parametrize("kind", ["csv", "xlsx", "html", "pdf"])
def test_a_cancelled_export_leaves_nothing_half_written(
    cells: Path, judged: Path, tmp_path: Path, kind: str
) -> None:
    writing: list[bool] = []

    def emit(said: object) -> None:
        if isinstance(said, Progress) and said.stage.startswith("writing"):
            writing.append(True)

    asks = iter([False] * 1)

    def stop() -> bool:
        # Not before the first file, and then in the middle of it.
        return bool(writing) and not next(asks, False)

    asked = ExportRequest(
        folder=str(cells),
        out=str(tmp_path),
        formats=(kind,),
        data_dir=str(cells.parent / "data"),
    )
    with pytest.raises(Cancelled):
        export.run(asked, emit, stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_told(
    cells: Path, judged: Path, tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="cannot be written to"):
        exported(cells, tmp_path)


def test_a_disk_that_cannot_be_written_to_is_told(
    cells: Path, judged: Path, small_disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(UserError, match="cannot be written to"):
        exported(cells, small_disk / "out")


def test_a_file_in_the_place_of_the_folder_is_told(
    cells: Path, judged: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(UserError, match="is no folder"):
        exported(cells, tmp_path / "out")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "html", "pdf", "png", "json"])
def test_a_full_disk_is_told_with_the_bytes_needed(
    cells: Path, judged: Path, small_disk: Path, kind: str
) -> None:
    name = export.FILE_NAMES[kind]
    (small_disk / name).write_bytes(b"old")
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    with pytest.raises(UserError, match=rf"disk is full: {name} .* [0-9,]+ bytes are needed"):
        exported(cells, small_disk, formats=[kind], overwrite=True)
    assert (small_disk / name).read_bytes() == b"old"
    assert sorted(path.name for path in small_disk.iterdir()) == sorted(["ballast", name])
    if kind == "csv":
        with pytest.raises(UserError) as told:
            exported(cells, small_disk, formats=[kind], overwrite=True)
        size = (judged / name).stat().st_size
        assert f" {size:,} bytes are needed" in told.value.message


@pytest.mark.slow
def test_the_command_line(cells: Path, judged: Path, tmp_path: Path) -> None:
    words = ["export", cells, "--data-dir", cells.parent / "data", "--out", tmp_path / "out"]
    told = run_trainer(*words, "--formats", "csv,png").stdout
    assert told.splitlines() == [
        str(tmp_path / "out" / name) for name in ("predictions.csv", "summary.png")
    ]
    assert rows_of(tmp_path / "out") == rows_of(judged)
    refused = run_trainer(*words, "--formats", "csv", check=(1,))
    assert "--overwrite" in refused.stderr
    assert "Error" in run_trainer(*words, "--formats", "csv,doc", check=(2,)).stderr
    run_trainer(*words, "--overwrite")
    assert len(list((tmp_path / "out").iterdir())) == 5
