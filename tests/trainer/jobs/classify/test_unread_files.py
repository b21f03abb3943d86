"""What a folder holds beside images that are read: counted, named, read where wanted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.trainer.jobs.program import draw_folder
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.imaging.folders.unread_files import MAX_EXAMINED_PER_SUFFIX
from trainer.jobs import summary
from trainer.jobs.classify import job as classify
from trainer.jobs.classify.selection import select_images
from trainer.jobs.export import job as export
from trainer.protocol.events import JobWarning
from trainer.protocol.requests import ClassifyRequest, ExportRequest, SummaryRequest

NOT_READ = {
    "without suffix (JPEG)": 2,
    ".czi": 1,
    ".gif": 1,
    ".heic": 2,
    ".jpg~ (backup)": 1,
    ".jpg.icloud (in the cloud)": 1,
}
SENTENCES = (
    "5 files were not read: 1 .czi, 1 .gif, 2 .heic, 1 .jpg~ (backup).",
    "2 files without suffix are JPEG.",
    "1 image is still in the cloud.",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two images that are read, two that are not named as images, and other files."""
    cells = draw_folder(tmp_path / "case", 5)
    for number, cell in enumerate(cells[2:4]):
        cell.rename(cell.parent / f"cell_{number}")
    cells[4].rename(f"{cells[4]}~")
    for name in ("a.heic", "b.HEIC", "c.gif", "d.czi", ".e.jpg.icloud", "Thumbs.db", "f.csv"):
        (tmp_path / "case" / name).write_bytes(b"\0\1\2\3")
    return tmp_path / "case"


def request(folder: Path, out: Path, **more: Any) -> ClassifyRequest:
    paths = more.pop("paths", [folder])
    values = {"paths": [str(path) for path in paths], "out": str(out), "device": "cpu"}
    return ClassifyRequest(**values, data_dir=str(out.parent / "data"), **more)


def classified(folder: Path, out: Path, package: Path, **more: Any) -> list[Any]:
    items: list[Any] = []
    classify.run(request(folder, out, model=str(package), **more), items.append, never_stop)
    return items


def about_files(items: Sequence[Any]) -> dict[str, str]:
    warnings = [each for each in items if isinstance(each, JobWarning) and each.about == "files"]
    return {each.message: each.hint for each in warnings}


def summary_of(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return content


def test_what_is_not_read_stands_in_notes_and_summary(
    folder: Path, package: Path, tmp_path: Path
) -> None:
    warnings = about_files(classified(folder, tmp_path / "out", package))
    assert tuple(warnings) == SENTENCES
    assert "--any-suffix" in warnings[SENTENCES[1]]
    content = summary_of(tmp_path / "out")
    assert (content["images"], content["files_not_read"]) == (2, NOT_READ)


def test_a_later_run_on_one_image_leaves_it_in_the_exports(
    folder: Path, package: Path, tmp_path: Path
) -> None:
    classified(folder, tmp_path / "out", package)
    one = next(folder.glob("*.jpg"))
    items = classified(folder, tmp_path / "one", package, paths=[one], root=str(folder))
    assert not about_files(items)
    assert "files_not_read" not in summary_of(tmp_path / "one")

    out, data = str(tmp_path / "export"), str(tmp_path / "data")
    items: list[Any] = []
    summary.run(SummaryRequest(folder=str(folder), data_dir=data), items.append, never_stop)
    assert "8 files were not read: 1 .czi, " in items[-1].data["text"]
    formats = ["json", "xlsx", "html"]
    wanted = ExportRequest(folder=str(folder), out=out, data_dir=data, formats=formats)
    export.run(wanted, lambda _: None, never_stop)
    assert summary_of(Path(out))["files_not_read"] == NOT_READ
    text = (
        "8 files were not read: 1 .czi, 1 .gif, 2 .heic, 1 .jpg.icloud (in the cloud), "
        "1 .jpg~ (backup), 2 without suffix (JPEG)."
    )
    assert text in Path(out, "report.html").read_text("utf-8")
    sheet = openpyxl.load_workbook(Path(out, "predictions.xlsx"))["summary"]
    assert text in [row[0].value for row in sheet.iter_rows()]


def test_images_of_any_suffix_are_read_if_that_is_wanted(
    folder: Path, package: Path, tmp_path: Path
) -> None:
    items = classified(folder, tmp_path / "out", package, any_suffix=True)
    assert tuple(about_files(items)) == (SENTENCES[0], SENTENCES[2])
    content = summary_of(tmp_path / "out")
    assert content["images"] == 4
    assert content["decisions"]["failed"] == 0
    assert "without suffix (JPEG)" not in content["files_not_read"]


def test_a_folder_of_images_alone_has_no_such_key(package: Path, tmp_path: Path) -> None:
    draw_folder(tmp_path / "case", 1)
    assert not about_files(classified(tmp_path / "case", tmp_path / "out", package))
    assert "files_not_read" not in summary_of(tmp_path / "out")


def test_a_folder_without_an_image_names_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("a.heic", "b.heic", "labels.csv", "notes.txt", "Thumbs.db"):
        (folder / name).write_bytes(b"\0\1\2\3")
    (folder / "cell").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(UserError) as caught:
        select_images(request(folder, tmp_path / "out"), lambda _: None)
    assert caught.value.message == f"No image was found in {folder}."
    assert caught.value.hint == (
        "Images are JPEG, PNG, TIFF, BMP and WebP files. The folder holds 1 .csv, 2 .heic, "
        "1 .txt, 1 without suffix (JPEG). The option --any-suffix reads them."
    )


def test_of_many_files_without_a_suffix_it_is_said_how_many_were_examined(tmp_path: Path) -> None:
    folder, items = tmp_path / "case", list[Any]()
    draw_folder(folder, 1)
    count = MAX_EXAMINED_PER_SUFFIX + 3
    for number in range(count):
        (folder / f"{number}").write_bytes(b"\xff\xd8\xff\xe0")
    select_images(request(folder, tmp_path / "out"), items.append)
    assert tuple(about_files(items)) == (
        "3 files were not read: 3 without suffix.",
        f"Of {count} files without suffix the first {count - 3} were examined: {count - 3} of "
        "them are JPEG.",
    )
