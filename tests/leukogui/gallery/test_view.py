from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from leukogui.case.arrangement import CellQuery
from leukogui.case.cells import PENDING, CaseModel
from leukogui.case.results import CellResult
from leukogui.gallery.model import CellRole, GalleryModel
from leukogui.gallery.painter import CellPainter
from leukogui.gallery.view import LARGEST, GalleryView
from leukogui.gallery.view_state import contiguous_ranges
from leukogui.theme.theme import LIGHT
from leukogui.thumbnails.loader import ThumbnailLoader
from tests.leukogui.window_fixtures import PATIENCE
from trainer.domain import CellId, Decision
from trainer.models.class_colours import marks_of


def accepted(label: str, probability: float = 0.9) -> CellResult:
    return CellResult(1, Decision.ACCEPT, label, probability, 0.3, "", "", "")


@pytest.fixture
def case() -> CaseModel:
    case = CaseModel(Path("/absent"))
    case.set_classes(("basophil", "monocyte"))
    case.add_files([f"{number}.jpg" for number in range(50)])
    return case


@pytest.fixture
def model(case: CaseModel) -> GalleryModel:
    model = GalleryModel()
    model.show_case(case)
    return model


@pytest.fixture
def view(qtbot: QtBot, model: GalleryModel, tmp_path: Path) -> Iterator[GalleryView]:
    shop = ThumbnailLoader(tmp_path / "cache")
    painter = CellPainter(LIGHT, marks_of(("basophil", "monocyte")))
    view = GalleryView(model, shop, painter, None)
    qtbot.addWidget(view)
    view.resize(700, 500)
    with qtbot.waitExposed(view, timeout=PATIENCE):
        view.show()
    yield view
    shop.close()


def test_the_model_keeps_qts_rules(
    qtbot: QtBot, qtmodeltester: object, case: CaseModel, model: GalleryModel
) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtmodeltester.check(model)
    case.set_results([(CellId("7.jpg"), accepted("monocyte"))])
    model.refresh()
    model.set_query(CellQuery(text="7"))
    model.show_case(None)
    assert model.rowCount() == 0
    tester.deleteLater()


def test_roles_say_what_is_known(case: CaseModel, model: GalleryModel) -> None:
    case.set_results([(CellId("7.jpg"), accepted("monocyte", 0.997))])
    model.refresh()
    index = model.index(0)
    assert index.data(CellRole.CELL) == CellId("7.jpg")
    assert index.data(CellRole.PATH) == Path("/absent/7.jpg")
    assert index.data(CellRole.GROUP) == 1
    assert "> 99 %" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_selection_and_place_survive_another_order(
    qtbot: QtBot, case: CaseModel, model: GalleryModel, view: GalleryView
) -> None:
    view.setCurrentIndex(model.index(30))
    top = view.visualRect(view.currentIndex()).top()
    case.set_results([(CellId(f"{number}.jpg"), accepted("monocyte")) for number in range(10)])
    model.refresh()
    assert view.current_name() == "30.jpg"
    assert view.selected_names() == ["30.jpg"]
    assert view.visualRect(view.currentIndex()).top() == top
    model.set_query(CellQuery(text="1"))
    assert view.selected_names() == []


def test_keys_move_and_open(qtbot: QtBot, view: GalleryView, model: GalleryModel) -> None:
    columns = view.indexAt(view.visualRect(model.index(0)).center() + QPoint(0, 200)).row()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.current_name() == "1.jpg"
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.current_name() == f"{1 + columns}.jpg"
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.current_name() == "49.jpg"
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()).center())
    with qtbot.waitSignal(view.opened) as opened:
        place = view.visualRect(view.currentIndex()).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [CellId("49.jpg")]


def test_the_mouse_selects(qtbot: QtBot, view: GalleryView, model: GalleryModel) -> None:
    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(view.viewport(), left, pos=view.visualRect(model.index(1)).center())
    assert view.selected_names() == ["1.jpg"]
    qtbot.mouseClick(view.viewport(), left, shift, view.visualRect(model.index(3)).center())
    assert "3.jpg" in view.selected_names()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.selected_names()) == 50


def test_it_zooms_within_limits(qtbot: QtBot, view: GalleryView, model: GalleryModel) -> None:
    view.setCurrentIndex(model.index(20))
    with qtbot.waitSignal(view.side_changed):
        view.set_side(1000)
    assert view.side == LARGEST
    assert view.viewport().rect().intersects(view.visualRect(view.currentIndex()))


def test_100_000_cells_are_arranged_in_an_instant(
    qtbot: QtBot, case: CaseModel, model: GalleryModel, view: GalleryView
) -> None:
    case.add_files([f"x/{number}.png" for number in range(100_000)])
    model.refresh()
    assert model.rowCount() == 100_050
    view.setCurrentIndex(model.index(99_999))
    assert len(list(view.visible())) < 100
    assert not view.grab().isNull()


def test_other_files_do_not_move_the_selection(
    qtbot: QtBot, case: CaseModel, model: GalleryModel, view: GalleryView
) -> None:
    view.setCurrentIndex(model.index(30))
    case.set_files(["0 new.jpg", *case.names[:40]])
    # Not told yet: what is shown is what was there.
    assert view.current_name() == "30.jpg"
    assert model.name(49) == "49.jpg"
    assert not view.grab().isNull()
    model.refresh()
    assert model.rowCount() == 41
    assert view.selected_names() == [view.current_name()] == ["30.jpg"]


def test_the_next_cell_takes_the_place_of_one_that_goes(
    case: CaseModel, model: GalleryModel, view: GalleryView
) -> None:
    model.set_query(CellQuery(groups=frozenset({PENDING})))
    view.setCurrentIndex(model.index(20))
    top = view.visualRect(view.currentIndex()).top()
    case.set_results(
        [(CellId("20.jpg"), accepted("monocyte")), (CellId("21.jpg"), accepted("monocyte"))]
    )
    model.refresh()
    assert view.current_name() == "22.jpg"
    assert view.selected_names() == []
    assert view.visualRect(view.currentIndex()).top() == top
    case.set_results([(CellId(f"{number}.jpg"), accepted("basophil")) for number in range(22, 50)])
    model.refresh()
    assert view.current_name() == "19.jpg"


def test_other_groups_that_grow_do_not_move_what_is_looked_at(
    case: CaseModel, model: GalleryModel, view: GalleryView
) -> None:
    view.setCurrentIndex(model.index(0))
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    seen = [model.name(position) for position in view.visible()]
    assert "0.jpg" not in seen
    (second,) = model.positions_of({CellId(seen[1])})
    top = view.visualRect(model.index(second)).top()
    # Rows of cells get a class, the first of those on the screen among them.
    case.set_results([(CellId(f"{number}.jpg"), accepted("basophil")) for number in range(8)])
    case.set_results([(CellId(seen[0]), accepted("monocyte"))])
    model.refresh()
    (second,) = model.positions_of({CellId(seen[1])})
    assert view.visualRect(model.index(second)).top() == top


def test_a_filter_shows_its_cells_from_the_top(
    case: CaseModel, model: GalleryModel, view: GalleryView
) -> None:
    case.add_files([f"far/{number}.jpg" for number in range(300)])
    model.refresh()
    view.setCurrentIndex(model.index(349))
    model.set_query(CellQuery(text="1", folder=""))
    assert view.visualRect(view.currentIndex()).intersects(view.viewport().rect())
    view.setCurrentIndex(model.index(model.rowCount() - 1))
    case.set_results([(CellId("0.jpg"), accepted("basophil"))])
    model.set_query(CellQuery(groups=frozenset({0})))
    assert view.current_name() == "0.jpg"
    assert view.verticalScrollBar().value() == 0


def test_a_selection_of_all_stays_one_while_a_run_goes_on(
    case: CaseModel, model: GalleryModel, view: GalleryView
) -> None:
    case.add_files([f"far/{number}.jpg" for number in range(30_000)])
    model.refresh()
    view.selectAll()
    case.set_results([(CellId("7.jpg"), accepted("monocyte"))])
    model.refresh()
    assert len(view.selected_names()) == 30_050
    model.set_query(CellQuery(groups=frozenset({1})))
    assert view.selected_names() == []


def test_selected_cells_are_put_together_to_runs() -> None:
    assert contiguous_ranges([]) == []
    assert contiguous_ranges([3]) == [range(3, 4)]
    assert contiguous_ranges([1, 2, 3, 7, 9, 10]) == [range(1, 4), range(7, 8), range(9, 11)]
