"""The panel of filters in the real window, after a real run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.case.cells import ACCEPTED, FAILED, PENDING, CaseModel
from leukogui.case.query import CellQuery
from leukogui.case.results import CellResult
from leukogui.filters.counted import FilterRole
from leukogui.settings.table import SIDE_SHOWN
from tests.leukogui.case_steps import CELLS, open_case, run_to_end
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.domain import CellId, Decision


@pytest.fixture
def folders(drawn: Path) -> Path:
    """The drawn cells, half of them in a folder of their own."""
    inner = drawn / "slide 2"
    inner.mkdir()
    for path in sorted(drawn.glob("cell_*.jpg"))[::2]:
        shutil.move(path, inner)
    return drawn


def model_of(assembly: App) -> CaseModel:
    assert assembly.session.model is not None
    return assembly.session.model


def shown(assembly: App) -> list[str]:
    cells = assembly.window.review.cells
    return [cells.name(row) for row in range(cells.rowCount())]


def click_group(qtbot: QtBot, assembly: App, group: int) -> None:
    view = assembly.filter_controller.panel.groups
    box = view.visualRect(view.lines.index(view.lines.groups.index(group)))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


@pytest.mark.slow
def test_cells_are_filtered_after_a_run(
    qtbot: QtBot, program: Program, with_model: Path, folders: Path
) -> None:
    assembly = program()
    review, panel = assembly.window.review, assembly.filter_controller.panel
    open_case(qtbot, assembly, folders)
    assert run_to_end(qtbot, assembly).kind == "done"
    model = model_of(assembly)
    qtbot.waitUntil(lambda: PENDING not in model.groups, timeout=PATIENCE)
    lines = panel.groups.lines

    def is_all_counted() -> bool:
        """Not only the first of what the run committed."""
        counts = {
            group: lines.index(row).data(FilterRole.COUNT) for row, group in enumerate(lines.groups)
        }
        return all(counts.get(group) == model.groups.count(group) for group in set(model.groups))

    qtbot.waitUntil(is_all_counted, timeout=PATIENCE)
    assert lines.index(lines.groups.index(FAILED)).data(FilterRole.COUNT) == 1
    assert [lines.index(row).data(FilterRole.MARK) is not None for row in (1, 2)] == [False, True]

    for group in sorted(set(model.groups)):
        click_group(qtbot, assembly, group)
        assert {model.groups[model.row(CellId(name)) or 0] for name in shown(assembly)} == {group}
        count = lines.index(lines.groups.index(group)).data(FilterRole.COUNT)
        assert count == len(shown(assembly)) == model.groups.count(group)
        assert review._filter_line.count.text() == f"{count} of {CELLS} cells"
        assert not review._filter_line.isHidden()
    review.show_group(ACCEPTED)
    assert len(shown(assembly)) == model.counts().accepted

    assembly.window.commands["clear_filters"].trigger()
    assert len(shown(assembly)) == CELLS
    assert review._filter_line.isHidden()
    assert not assembly.window.commands["clear_filters"].isEnabled()

    panel.probability.low.setValue(1)
    assert 0 < len(shown(assembly)) < CELLS
    assembly.window.commands["grouped"].trigger()
    assembly.window.commands["sort_probability"].trigger()
    values = [model.probabilities[model.row(CellId(name)) or 0] for name in shown(assembly)]
    assert values == sorted(values)
    assembly.window.commands["descending"].trigger()
    values = [model.probabilities[model.row(CellId(name)) or 0] for name in shown(assembly)]
    assert values == sorted(values, reverse=True)
    assert not panel.order.box.isChecked()
    assert panel.order.keys.currentText() == "Probability"


def test_a_folder_and_words_are_looked_for(qtbot: QtBot, program: Program, folders: Path) -> None:
    assembly = program()
    window, panel = assembly.window, assembly.filter_controller.panel
    open_case(qtbot, assembly, folders)
    view = panel.folders
    assert not view.isHidden()
    box = view.visualRect(view.folders.index_of(1))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    inner = [name for name in model_of(assembly).names if name.startswith("slide 2/")]
    assert shown(assembly) == inner

    window.commands["search"].trigger()
    qtbot.waitUntil(panel.search.hasFocus, timeout=PATIENCE)
    word = Path(inner[0]).stem
    qtbot.keyClicks(panel.search, f"{word} slide")
    qtbot.waitUntil(lambda: shown(assembly) == inner[:1], timeout=PATIENCE)
    qtbot.keyClicks(panel.search, "no such")
    qtbot.waitUntil(lambda: shown(assembly) == [], timeout=PATIENCE)
    nothing = window.review._no_matches
    assert nothing.isVisible()
    assert f"{CELLS} cells" in nothing.words.text()
    nothing.clear.click()
    assert len(shown(assembly)) == CELLS
    assert window.review.gallery.isVisible()
    assert panel.search.text() == ""
    assert panel.folders.folders.path(view.currentIndex()) == ""


def test_files_are_sorted_by_their_own_names(qtbot: QtBot, program: Program, folders: Path) -> None:
    assembly = open_case(qtbot, program(), folders)
    by_folder = shown(assembly)
    keys = assembly.filter_controller.panel.order.keys
    keys.setCurrentIndex(keys.findText("Name alone"))
    assert [Path(name).name for name in shown(assembly)] == sorted(
        Path(name).name for name in by_folder
    )
    assert shown(assembly) != by_folder
    assert assembly.window.commands["sort_name"].isChecked()


def test_another_case_starts_without_filters(
    qtbot: QtBot, program: Program, folders: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folders / "cut.jpg", other)
    assembly = open_case(qtbot, program(), folders)
    cells = assembly.window.review.cells
    cells.set_query(CellQuery(text="zzz", sort="name", descending=True, grouped=False))
    assert assembly.window.commands["descending"].isChecked()
    assembly.session.close_case()
    assert not assembly.window.commands["search"].isEnabled()
    open_case(qtbot, assembly, other, 1)
    assert cells.query == CellQuery()
    assert assembly.window.commands["grouped"].isChecked()
    assert not assembly.window.commands["descending"].isChecked()
    assert assembly.filter_controller.panel.folders.isHidden()


def test_the_panel_can_be_hidden_and_that_is_remembered(
    qtbot: QtBot, program: Program, folders: Path
) -> None:
    assembly = program()
    window, panel = assembly.window, assembly.filter_controller.panel
    open_case(qtbot, assembly, folders)
    assert panel.isVisible()
    before = window.review.gallery.width()
    panel.search.setFocus()
    window.commands["side"].trigger()
    assert not panel.isVisible()
    qtbot.waitUntil(lambda: window.review.gallery.width() > before, timeout=PATIENCE)
    assert window.review.gallery.hasFocus()
    # What is filtered is said even so.
    window.review.show_group(FAILED)
    assert window.review._no_matches.isVisible()
    window.close()

    again = program()
    assert again.settings.value(SIDE_SHOWN) is False
    open_case(qtbot, again, folders)
    assert again.filter_controller.panel.isHidden()
    again.window.commands["search"].trigger()
    assert again.filter_controller.panel.isVisible()
    assert again.settings.value(SIDE_SHOWN) is True
    assert again.filter_controller.panel.groups.lines.index(0).data(FilterRole.COUNT) == CELLS


def test_the_width_of_the_panel_is_remembered(
    qtbot: QtBot, program: Program, folders: Path
) -> None:
    assembly = open_case(qtbot, program(), folders)
    splitter = assembly.window.review._splitter
    splitter.setSizes([300, 500, 320])
    width = assembly.filter_controller.panel.width()
    assert width > 280
    assembly.window.close()
    again = open_case(qtbot, program(), folders)
    assert again.filter_controller.panel.width() == width


def test_the_gallery_has_room_beside_the_panel(
    qtbot: QtBot, program: Program, folders: Path
) -> None:
    assembly = program()
    assembly.window.resize(1280, 720)
    open_case(qtbot, assembly, folders)
    assert assembly.filter_controller.panel.width() <= 220
    assert assembly.window.review.gallery.viewport().width() >= 600


def test_the_tab_key_goes_through_the_panel_to_the_gallery(
    qtbot: QtBot, program: Program, folders: Path
) -> None:
    assembly = open_case(qtbot, program(), folders)
    panel, gallery = assembly.filter_controller.panel, assembly.window.review.gallery
    panel.search.setFocus()
    for control in (*panel.controls, gallery):
        qtbot.waitUntil(control.hasFocus, timeout=PATIENCE)
        qtbot.keyClick(control, Qt.Key.Key_Tab)


def test_a_filter_keeps_its_class_when_another_card_counts(
    qtbot: QtBot, program: Program, folders: Path
) -> None:
    assembly = open_case(qtbot, program(), folders)
    review, model = assembly.window.review, model_of(assembly)
    review.set_outputs(("basophil", "monocyte"), ("basophil", "monocyte"))
    said = CellResult(1, Decision.ACCEPT, "monocyte", 0.9, 0.1, "", "", "")
    model.set_results([(model.cell(0), said)])
    review.show_group(1)
    assert shown(assembly) == model.names[:1]
    review.set_outputs(("monocyte", "basophil"), ("monocyte", "basophil"))
    assert review.cells.query.groups == {0}
    assert shown(assembly) == model.names[:1]


def test_the_keys_go_to_what_takes_the_place_of_the_gallery(
    qtbot: QtBot, program: Program, folders: Path
) -> None:
    assembly = program()
    window, gallery = assembly.window, assembly.window.review.gallery
    open_case(qtbot, assembly, folders)
    qtbot.waitUntil(gallery.hasFocus, timeout=PATIENCE)
    window.commands["only_failed"].trigger()
    clear = window.review._no_matches.clear
    qtbot.waitUntil(clear.hasFocus, timeout=PATIENCE)
    qtbot.keyClick(clear, Qt.Key.Key_Space)
    qtbot.waitUntil(gallery.hasFocus, timeout=PATIENCE)
    # Whoever is in the panel stays there.
    panel = assembly.filter_controller.panel
    panel.search.setFocus()
    window.commands["only_failed"].trigger()
    assert panel.search.hasFocus()
