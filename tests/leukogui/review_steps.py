"""A case that a model has classified, and what a person does with its verdicts."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.gallery.cell_drag import selection_mime
from tests.leukogui.window_fixtures import MODEL, PATIENCE
from trainer.cases.records import Review, Verdict
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Decision, Precision, Prediction
from trainer.locations import STORE_NAME

CLASSES = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
CELLS = 20
BLAST = 17  # may be one, by the model
FIRST_OPEN = 15


def shown_cells(assembly: App) -> list[CellId]:
    """The cells in the gallery, in order."""
    cells = assembly.window.review.cells
    return [cells.cell(row) for row in range(cells.rowCount())]


def build_case(folder: Path, data: Path, cells: int = CELLS, model_sha256: str = "a" * 64) -> Path:
    """Images of which three in four are accepted, the others to review; the last is unknown."""
    folder.mkdir()
    predictions = []
    for number in range(cells):
        path = folder / f"{number:03}.png"
        Pillow.fromarray(np.full((24, 24, 3), 5 * number % 255, np.uint8)).save(path)
        predictions.append(_predict(path, number, cells))
    data.mkdir(exist_ok=True)
    with CaseStore.open(data / STORE_NAME) as store:
        case = store.cases.find_or_create(folder)
        run = store.runs.start(
            case.id,
            model=MODEL,
            model_sha256=model_sha256,
            precision=Precision.F32,
            device="CPU",
            settings={},
            images=[each.image for each in predictions],
        )
        store.predictions.add(run.id, predictions)
        store.runs.finish(run.id)
    return folder


def _predict(path: Path, number: int, cells: int) -> Prediction:
    open_from = 3 * cells // 4
    decision = Decision.ACCEPT if number < open_from else Decision.REVIEW
    reason = "" if number < open_from else "probability 0.60 under 0.90"
    if number == open_from + 2:
        reason = "possible blast: myeloblast with probability 0.40, 1.2 times as far"
    if number == cells - 1:
        decision, reason = Decision.UNKNOWN, "1.40 times as far from known cells as the limit"
    return Prediction(
        path.name,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        decision,
        MODEL,
        Precision.F32,
        label=CLASSES[number % len(CLASSES)],
        probability=0.97 if number < open_from else 0.6,
        probabilities=(0.2,) * 5,
        distance=0.5,
        reason=reason,
    )


def name(number: int) -> CellId:
    return CellId(f"{number:03}.png")


def open_for_review(qtbot: QtBot, assembly: App, folder: Path) -> App:
    assembly.case_controller.open_folder(folder)
    session = assembly.session
    qtbot.waitUntil(lambda: not session.is_listing, timeout=PATIENCE)
    qtbot.waitUntil(lambda: session.run is not None, timeout=PATIENCE)
    model = session.model
    assert model is not None
    qtbot.waitUntil(lambda: model.counts().pending == 0, timeout=PATIENCE)
    cells = assembly.window.review.cells
    qtbot.waitUntil(lambda: cells.rowCount() == len(model), timeout=PATIENCE)
    qtbot.waitUntil(lambda: model.card_classes == CLASSES, timeout=PATIENCE)
    # The gallery groups the cells later; a case corrected before has more groups than a new one.
    qtbot.waitUntil(
        lambda: {each.group for each in cells.sections} == set(model.groups), timeout=PATIENCE
    )
    assembly.window.review.gallery.setFocus()
    return assembly


def press(assembly: App, key: Qt.Key, qtbot: QtBot, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key where the keyboard is, as a shortcut of the window sees it."""
    pressed = Qt.KeyboardModifier.NoModifier
    for each in modifiers:
        pressed |= each
    focus = QApplication.focusWidget() or assembly.window.review.gallery
    qtbot.keyClick(focus, key, pressed)


def choose(assembly: App, *numbers: int) -> None:
    """Select cells; the last is the current one."""
    gallery, cells = assembly.window.review.gallery, assembly.window.review.cells
    positions = cells.positions_of({name(each) for each in numbers})
    assert len(positions) == len(numbers)
    selecting = gallery.selectionModel()
    gallery.setCurrentIndex(cells.index(positions[-1]))
    for position in positions:
        selecting.select(cells.index(position), selecting.SelectionFlag.Select)


def verdict_of(assembly: App, number: int) -> str:
    """The title of the group that a cell is in now."""
    model = assembly.session.model
    assert model is not None
    row = model.row(name(number))
    assert row is not None
    group = model.groups[row]
    return model.classes[group] if group < len(model.classes) else str(group)


def drop_selection(onto: QWidget, place: QPoint) -> None:
    """Drop the selected cells of the gallery, as a drag from it does."""
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    mime = selection_mime()
    onto.dropEvent(QDropEvent(QPointF(place), copy, mime, left, none))


def wait_until_stored(qtbot: QtBot, assembly: App) -> None:
    """Wait until everything that was submitted to the store is done."""
    done: list[bool] = []
    assembly.session.submit_to_store(lambda _: done.append(True))
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE)
    QApplication.processEvents()


def stored_reviews(data: Path, folder: Path) -> list[Review]:
    with CaseStore.open(data / STORE_NAME, read_only=True) as store:
        case = store.cases.find(folder)
        assert case is not None
        return [*store.reviews.history(case.id)]


def stored_verdicts(data: Path, folder: Path) -> dict[str, Verdict]:
    with CaseStore.open(data / STORE_NAME, read_only=True) as store:
        case = store.cases.find(folder)
        assert case is not None
        run = store.runs.list_of_case(case.id)[-1]
        return {each.image: each for each in store.verdicts.stream(case.id, run.id)}
