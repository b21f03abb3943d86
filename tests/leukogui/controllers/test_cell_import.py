"""Annotated cells of another program in the case that is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from leukogui.app import App
from tests.leukogui.notification_steps import click, wait_for_notification
from tests.leukogui.window_fixtures import PATIENCE, Program
from tests.trainer.jobs.classified_fields import FieldCase, build_field_case
from trainer.data.annotations.geojson import format_geojson


@pytest.fixture
def case(tmp_path: Path) -> FieldCase:
    return build_field_case(tmp_path, classified=False)


def annotations(case: FieldCase) -> list[str]:
    """A file of QuPath for each field, beside the case."""
    files = []
    for name, image in case.fields.items():
        path = case.root.parent / f"{Path(name).name}.geojson"
        path.write_text(format_geojson(image, {}), "utf-8")
        files.append(str(path))
    return files


def open_case(qtbot: QtBot, assembly: App, case: FieldCase) -> App:
    assert not assembly.window.commands["import_cells"].isEnabled()
    assembly.case_controller.open_folder(case.root)
    qtbot.waitUntil(lambda: not assembly.session.is_listing, timeout=PATIENCE)
    return assembly


def test_cells_of_several_files_come_into_the_case(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_case(qtbot, program(), case)
    assembly.window.commands["import_cells"].trigger()
    dialog = assembly.window.findChild(QFileDialog)
    assert dialog is not None
    count = sum(len(image.cells) for image in case.fields.values())
    dialog.filesSelected.emit(annotations(case))
    assert not assembly.window.commands["import_cells"].isEnabled()
    text = f"{count} cells were added, 0 were there already; {count} reviewed."
    wait_for_notification(qtbot, assembly, text)
    model = assembly.session.model
    assert model is not None
    qtbot.waitUntil(lambda: model.counts().total >= count, timeout=PATIENCE)
    assert assembly.window.commands["import_cells"].isEnabled()
    dialog.reject()


def test_broken_annotations_are_named(qtbot: QtBot, program: Program, case: FieldCase) -> None:
    assembly = open_case(qtbot, program(), case)
    broken = case.root.parent / "cells.json"
    broken.write_text("{", "utf-8")
    assembly.cell_import_controller.import_cells([str(broken)])
    wait_for_notification(qtbot, assembly, "cells.json")


def test_labels_that_differ_only_in_spelling_are_taken_as_one_by_a_button(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_case(qtbot, program(), case)
    files = annotations(case)
    first = Path(files[0])
    first.write_text(first.read_text("utf-8").replace('"monocyte"', '"Monocyte"'), "utf-8")
    count = sum(len(image.cells) for image in case.fields.values())
    assembly.cell_import_controller.import_cells(files)
    refused = wait_for_notification(qtbot, assembly, "differ only in case")
    assert "“Monocyte” (1 image)" in refused.message
    assert "--" not in refused.hint  # no option of the command line
    click(refused, "Take as one")
    taken = wait_for_notification(qtbot, assembly, f"{count} cells were added")
    assert "“Monocyte” as “monocyte”" in taken.hint
    assert refused not in assembly.window.notifications.shown
    with case.open(read_only=True) as store:
        reviews = store.reviews.latest(case.case(store).id)
    assert {review.label for review in reviews.values()} == {
        cell.label for image in case.fields.values() for cell in image.cells
    }
