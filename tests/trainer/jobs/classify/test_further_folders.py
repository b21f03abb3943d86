"""A case of several folders: one run, one summary, one export; nothing is written beside them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from tests.trainer.jobs.classify.test_job import classified, rows_of
from trainer.cases import CaseStore
from trainer.commands.parser import build_parser, request_of
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.jobs import case as case_job
from trainer.jobs.classify.selection import select_images
from trainer.jobs.common.explanation.heatmap_files import path_for_image
from trainer.jobs.export import job as export
from trainer.protocol.requests import ExportRequest


@pytest.fixture
def folders(drawn: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of two drawn cells, of which the second was added to the case of the first."""
    first, second = tmp_path / "slide A", tmp_path / "slide B"
    images = sorted(drawn.glob("*.jpg"))[:4]
    for folder, chosen in ((first, images[:2]), (second, images[2:])):
        folder.mkdir()
        for image in chosen:
            shutil.copy(image, folder)
    words = ["case", "details", str(first), "--add-folder", str(second)]
    request = request_of(build_parser().parse_args([*words, "--data-dir", str(tmp_path / "data")]))
    made = case_job.run(request, lambda _: None, never_stop)
    assert made["details"]["folders"] == ["../slide B"]
    return first, second


def files_below(folder: Path) -> set[Path]:
    return {each for each in folder.rglob("*") if each.is_file()}


@pytest.mark.slow
def test_all_folders_of_a_case_are_classified_and_exported(
    folders: tuple[Path, Path], package: Path, tmp_path: Path
) -> None:
    first, second = folders
    before = files_below(first) | files_below(second)
    out = tmp_path / "out"
    classified([first], out, package, heatmaps=True)
    names = [f"../slide B/{path.name}" for path in sorted(second.iterdir())]
    names += [path.name for path in sorted(first.iterdir())]
    assert sorted(row["image"] for row in rows_of(out)) == sorted(names)
    with CaseStore.open(tmp_path / "data" / "cases.sqlite", read_only=True) as store:
        assert len(store.cases.list_all()) == 1

    # A selection of the second folder belongs to the same case, as the window asks for it.
    chosen = first / names[0]
    classified([chosen], tmp_path / "part", package, root=str(first))
    assert [row["image"] for row in rows_of(tmp_path / "part")] == names[:1]

    request = ExportRequest(
        folder=str(first),
        out=str(tmp_path / "export"),
        formats=("csv", "crops"),
        data_dir=str(tmp_path / "data"),
    )
    export.run(request, lambda _: None, never_stop)
    with (tmp_path / "export" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        assert {row["image"] for row in csv.DictReader(file)} == set(names)
    assert len(list((tmp_path / "export" / "crops").rglob("*.png"))) == len(names)
    assert files_below(first) | files_below(second) == before
    inside = request.model_copy(update={"out": str(second / "export")})
    with pytest.raises(UserError, match="would lie among the images"):
        export.run(inside, lambda _: None, never_stop)


def test_a_folder_moves_and_leaves_by_the_command_line(folders: tuple[Path, Path]) -> None:
    first, second = folders
    place = shutil.move(second, first.parent / "archive")
    data = ["--data-dir", str(first.parent / "data")]
    for words, left in (
        (["move", str(first), "--further", "../slide B", "--to", place], ["../archive"]),
        (["details", str(first), "--remove-folder", place], []),
    ):
        request = request_of(build_parser().parse_args(["case", *map(str, words), *data]))
        made = case_job.run(request, lambda _: None, never_stop)
        assert made["details"]["folders"] == left


def test_results_do_not_lie_among_the_images_of_any_folder(
    folders: tuple[Path, Path], package: Path
) -> None:
    first, second = folders
    data = str(first.parent / "data")
    values = ["classify", str(first), "--out", str(second / "results"), "--data-dir", data]
    request = request_of(build_parser().parse_args([*values, "--model", str(package)]))
    with pytest.raises(UserError, match="would lie among the images"):
        select_images(request, lambda _: None)


def test_a_folder_that_is_gone_is_said(folders: tuple[Path, Path], package: Path) -> None:
    first, second = folders
    shutil.rmtree(second)
    said: list[object] = []
    data = str(first.parent / "data")
    values = ["classify", str(first), "--out", str(first.parent / "out"), "--data-dir", data]
    request = request_of(build_parser().parse_args([*values, "--model", str(package)]))
    found = select_images(request, said.append)
    assert len(found.names) == 2
    assert [getattr(each, "message", "") for each in said] == [
        f"{second} is not there; its images are left out."
    ]


def test_names_of_further_folders_lead_out_of_no_folder(tmp_path: Path) -> None:
    found = path_for_image(tmp_path, "../../B/x.jpg", ".png")
    assert found == tmp_path / "%2E." / "%2E." / "B" / "x.jpg.png"
    assert found.resolve().is_relative_to(tmp_path)
