from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.case.cells import ACCEPTED, EMPTY, FAILED, PENDING, REVIEW, CaseModel
from leukogui.case.folders import folder_tree
from leukogui.case.query import CellQuery
from leukogui.case.results import CellResult
from leukogui.filters.counted import FilterRole
from leukogui.filters.folders import FolderModel
from leukogui.filters.groups import ALL, GroupModel
from leukogui.filters.panel import FilterPanel
from leukogui.filters.text import describe_query
from leukogui.theme.theme import Theme
from tests.leukogui.window_fixtures import PATIENCE
from trainer.domain import CellId, Decision
from trainer.models.class_colours import marks_of

CLASSES = ("basophil", "monocyte")
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def case() -> CaseModel:
    case = CaseModel(Path("/smear <7>"))
    case.set_classes(CLASSES)
    case.set_files(["a.jpg", "b/c.jpg", "b/d.jpg", "b/x/e.jpg", "f & <b>/g.jpg"])
    said = {"a.jpg": ("basophil", 0.9, 0.5), "b/c.jpg": ("monocyte", 0.7, 0.9)}
    case.set_results(
        (CellId(name), CellResult(1, Decision.ACCEPT, label, probability, distance, "", "", ""))
        for name, (label, probability, distance) in said.items()
    )
    case.set_results(
        [(CellId("b/d.jpg"), CellResult(1, Decision.REVIEW, "monocyte", 0.4, 6.0, "", "", ""))]
    )
    return case


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication, case: CaseModel) -> FilterPanel:
    """The panel, which is shown what it wishes for."""
    around, grouped = QAction("Around"), QAction("Grouped")
    for action in (around, grouped):
        action.setCheckable(True)
    panel = FilterPanel(Theme(qapp, "light"), around, grouped)
    panel.actions_of_test = (around, grouped)
    qtbot.addWidget(panel)
    panel.resize(220, 700)
    panel.query_changed.connect(lambda wish: panel.show_case(case, wish))
    panel.set_marks(marks_of(CLASSES))
    panel.show_case(case, CellQuery())
    with qtbot.waitExposed(panel, timeout=PATIENCE):
        panel.show()
    return panel


def group_counts(panel: FilterPanel) -> dict[int, int]:
    model = panel.groups.lines
    return {
        group: model.index(row).data(FilterRole.COUNT)
        for row, group in enumerate(model.groups)
        if model.index(row).data(FilterRole.COUNT)
    }


def folder_counts(panel: FilterPanel) -> dict[str, int]:
    model = panel.folders.folders
    indexes = [model.index_of(number) for number in range(len(model.tree))]
    return {model.path(index): index.data(FilterRole.COUNT) for index in indexes}


def click_group(
    qtbot: QtBot,
    panel: FilterPanel,
    group: int,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> CellQuery:
    view = panel.groups
    box = view.visualRect(view.lines.index(view.lines.groups.index(group)))
    with qtbot.waitSignal(panel.query_changed, timeout=PATIENCE) as wished:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, box.center())
    return wished.args[0]


def test_groups_keep_qts_rules(qtbot: QtBot, qtmodeltester: object) -> None:
    model = GroupModel()
    tester = QAbstractItemModelTester(model, FATAL)
    qtmodeltester.check(model)
    counts = np.zeros(EMPTY + 1, np.int64)
    model.show_counts(CLASSES, marks_of(CLASSES), counts)
    qtmodeltester.check(model)
    counts[[0, 1, FAILED]] = 2, 3, 4
    model.show_counts(CLASSES, marks_of(CLASSES), counts)
    model.show_counts(("basophil",), {}, counts)
    assert model.index(0).data(FilterRole.COUNT) == 9
    assert model.index(1).data(FilterRole.COUNT) == 5
    assert model.index(2).data() == "Basophil"
    assert "Could not be read: 4" in model.index(5).data(Qt.ItemDataRole.AccessibleTextRole)
    tester.deleteLater()


def test_folders_keep_qts_rules(qtbot: QtBot, qtmodeltester: object) -> None:
    model = FolderModel()
    tester = QAbstractItemModelTester(model, FATAL)
    qtmodeltester.check(model)
    tree = folder_tree(["b/x", "b", "a 10", "a 9"])
    counts = np.arange(len(tree))
    model.show_tree("smear", tree, counts)
    qtmodeltester.check(model)
    with qtbot.assertNotEmitted(model.modelReset):
        model.show_tree("smear", folder_tree(["a 9", "a 10", "b/x"]), counts + 1)
    model.show_tree("smear", folder_tree(["c"]), np.ones(2, np.int64))
    top = model.index(0, 0)
    assert top.data() == "smear"
    assert [model.index(row, 0, top).data() for row in range(model.rowCount(top))] == ["c"]
    assert model.parent(top) == QModelIndex()
    tester.deleteLater()


def test_a_click_shows_one_group_and_with_ctrl_several(qtbot: QtBot, panel: FilterPanel) -> None:
    assert group_counts(panel) == {ALL: 5, ACCEPTED: 2, 0: 1, 1: 1, REVIEW: 1, PENDING: 2}
    assert click_group(qtbot, panel, 1).groups == {1}
    control = Qt.KeyboardModifier.ControlModifier
    assert click_group(qtbot, panel, REVIEW, control).groups == {1, REVIEW}
    # What a click would give does not depend on what was clicked.
    assert group_counts(panel)[ALL] == 5
    assert click_group(qtbot, panel, 1, control).groups == {REVIEW}
    assert click_group(qtbot, panel, ALL, control).groups is None
    assert click_group(qtbot, panel, 0, control).groups == {0}
    assert click_group(qtbot, panel, 0, control).groups is None


def test_groups_are_chosen_by_keys(qtbot: QtBot, panel: FilterPanel) -> None:
    click_group(qtbot, panel, ACCEPTED)
    with qtbot.waitSignal(panel.query_changed) as wished:
        qtbot.keyClick(panel.groups, Qt.Key.Key_Down)
    assert wished.args[0].groups == {0}
    with qtbot.assertNotEmitted(panel.query_changed, wait=10):
        qtbot.keyClick(panel.groups, Qt.Key.Key_M)
    with qtbot.waitSignal(panel.query_changed) as wished:
        qtbot.keyClick(panel.groups, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert wished.args[0].groups == {0, 1}


def test_a_folder_is_chosen_and_counts_follow(qtbot: QtBot, panel: FilterPanel) -> None:
    assert folder_counts(panel) == {"": 5, "b": 3, "b/x": 1, "f & <b>": 1}
    view = panel.folders
    index = view.folders.index_of(1)
    assert view.isExpanded(view.folders.index_of(0))
    with qtbot.waitSignal(panel.query_changed) as wished:
        left, point = Qt.MouseButton.LeftButton, view.visualRect(index).center()
        qtbot.mouseClick(view.viewport(), left, pos=point)
    assert wished.args[0].folder == "b"
    assert group_counts(panel) == {ALL: 3, ACCEPTED: 1, 1: 1, REVIEW: 1, PENDING: 1}
    click_group(qtbot, panel, 1)
    assert folder_counts(panel) == {"": 1, "b": 1, "b/x": 0, "f & <b>": 0}
    with qtbot.waitSignal(panel.query_changed) as wished:
        qtbot.keyClick(view, Qt.Key.Key_Up)
    assert wished.args[0].folder == ""
    tip = view.folders.index_of(3).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip


def test_unfolded_folders_stay_so_when_others_come(
    qtbot: QtBot, panel: FilterPanel, case: CaseModel
) -> None:
    view = panel.folders
    view.expand(view.folders.index_of(1))
    case.add_files(["a/new.jpg"])
    panel.show_case(case, CellQuery())
    model = view.folders
    (number,) = (each for each in range(len(model.tree)) if model.tree.paths[each] == "b")
    assert number != 1
    assert view.isExpanded(model.index_of(number))


def test_without_folders_there_is_no_tree(panel: FilterPanel, case: CaseModel) -> None:
    assert not panel.folders.isHidden()
    case.set_files(["a.jpg", "b.jpg"])
    panel.show_case(case, CellQuery())
    assert panel.folders.isHidden()
    panel.show_case(None, CellQuery())
    assert not panel.isEnabled()


def test_words_are_searched_when_typing_ends(qtbot: QtBot, panel: FilterPanel) -> None:
    with qtbot.waitSignal(panel.query_changed, timeout=PATIENCE) as wished:
        qtbot.keyClicks(panel.search, "b jpg")
        # What comes in the meantime does not undo what is typed.
        panel.show_case(None, CellQuery())
        assert panel.search.text() == "b jpg"
        panel.setEnabled(True)
    assert wished.args[0].text == "b jpg"
    assert group_counts(panel)[ALL] == 4
    with qtbot.waitSignal(panel.query_changed) as wished:
        qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert wished.args[0].text == ""
    with qtbot.waitSignal(panel.search.left):
        qtbot.keyClick(panel.search, Qt.Key.Key_Escape)


def test_ranges_are_chosen(qtbot: QtBot, panel: FilterPanel) -> None:
    with qtbot.waitSignal(panel.query_changed) as wished:
        panel.probability.low.setValue(70)
    assert wished.args[0].probability == (0.7, 1.0)
    assert group_counts(panel)[ALL] == 2
    with qtbot.waitSignal(panel.query_changed) as wished:
        panel.probability.high.setValue(40)
    assert wished.args[0].probability == (0.4, 0.4)
    assert group_counts(panel)[ALL] == 1
    panel.show_case(None, CellQuery())
    assert (panel.probability.low.value(), panel.probability.high.value()) == (0, 100)


def test_the_distance_has_an_open_end(qtbot: QtBot, panel: FilterPanel) -> None:
    distance = panel.distance
    assert distance.high.text() == "any"
    with qtbot.waitSignal(panel.query_changed) as wished:
        distance.low.setValue(1)
    assert wished.args[0].distance == (1.0, float("inf"))
    assert group_counts(panel) == {ALL: 1, REVIEW: 1}
    distance.high.selectAll()
    with qtbot.waitSignal(panel.query_changed) as wished:
        qtbot.keyClicks(distance.high, "2")
        qtbot.keyClick(distance.high, Qt.Key.Key_Return)
    assert wished.args[0].distance == (1.0, 2.0)
    distance.high.setValue(distance.high.maximum())
    distance.low.setValue(0)
    assert distance.limits is None


def test_what_is_filtered_is_said_in_words() -> None:
    assert describe_query(CellQuery(sort="distance", descending=True, grouped=False), CLASSES) == ""
    assert describe_query(CellQuery(text="  "), CLASSES) == ""
    wish = CellQuery(
        groups=frozenset({0, REVIEW}),
        text="x  y",
        folder="b/x",
        probability=(0.5, 1),
        distance=(0.5, float("inf")),
    )
    said = describe_query(wish, CLASSES)
    for part in ("Basophil or To review", "in b/x", "“x” and “y”", "50–100 %", "from 0.5"):
        assert part in said
