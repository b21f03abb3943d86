"""Pictures of reference cells beside a cell, and of two readers who are compared.

Not to be run by itself: `screenshots.py` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from leukogui.app import App
    from trainer.domain import CellId

Picture = Callable[..., None]
Until = Callable[[Callable[[], bool]], None]
REFERENCES = 5
OTHER_LABELS = {2: "monocyte", 7: "lymphocyte", 11: "unknown"}
"""What the second reader calls some cells, by their number; the others as the model does."""


def take_references(app: App, picture: Picture, until: Until) -> None:
    """The cell of the viewer beside reference cells of its class."""
    from trainer.cases.store import CaseStore

    model, viewer = app.session.model, app.viewer_controller.viewer
    assert model is not None and viewer.cell is not None
    label = _label_of(app, viewer.cell)
    others = [cell for cell in _named_cells(app) if _label_of(app, cell) == label]
    for cell in others[:REFERENCES]:
        _keep_reference(app, cell, label)
    controller = app.reference_controller
    with CaseStore.open(app.session.store_path, read_only=True) as store:
        count = len(store.references.list())
    app.window.commands["compare"].trigger()
    until(lambda: len(controller.panel.cells) >= min(count, len(others)))
    app.window.commands["next_reference"].trigger()
    until(lambda: viewer.other.image is not None and bool(viewer.other.title))
    picture("references")
    app.window.commands["compare"].trigger()


def take_readers(app: App, picture: Picture, until: Until) -> None:
    """A blind reading that goes on, and then what two readers differ on."""
    from leukogui.settings.table import REVIEWER
    from trainer.cases.reader_labels import adjudication_note

    app.settings.set(REVIEWER, "First reader")
    cells = _named_cells(app)
    labels = {cell: _label_of(app, cell) for cell in cells}
    app.reviews.review(labels)
    reading = app.agreement_controller.reading
    reading.start("Second reader", 1, True)
    until(lambda: app.session.model is not None and len(app.session.model) >= len(cells))
    others = {cell: OTHER_LABELS.get(at, labels[cell]) for at, cell in enumerate(cells)}
    app.reviews.review(others)
    picture("reading")
    reading.end()
    controller = app.agreement_controller
    until(lambda: controller.window is not None and controller.window.cells.rowCount() > 0)
    assert controller.window is not None
    first = controller.window.cells.rows[0].cell
    app.reviews.adjudicate([first], adjudication_note(*controller.window.pair))
    app.reviews.review({first: labels[first]})
    until(lambda: bool(controller.window and controller.window.cells.rows[0].adjudicated))
    window: QWidget = controller.window
    picture("agreement", window)
    window.close()
    app.window.activateWindow()  # without a screen no window becomes the active one by itself


def _named_cells(app: App) -> list[CellId]:
    """The cells that the model gives a class."""
    model = app.session.model
    assert model is not None
    rows = [row for row in range(len(model)) if model.groups[row] < len(model.classes)]
    return [model.cell(row) for row in rows]


def _label_of(app: App, cell: CellId) -> str:
    model = app.session.model
    row = model.row(cell) if model is not None else None
    assert model is not None and row is not None
    return model.classes[model.groups[row]]


def _keep_reference(app: App, cell: CellId, label: str) -> None:
    from trainer.domain import never_stop
    from trainer.jobs import references
    from trainer.protocol.case_requests import ReferencesRequest

    request = ReferencesRequest(
        action="add",
        folder=str(app.session.root),
        cells=((cell.image, cell.number, label),),
        reviewer="AB",
    )
    references.run(request, lambda _: None, never_stop)
