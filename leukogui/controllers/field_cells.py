"""What draws cells of fields, removes them and takes that back; what is new is classified."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from leukogui.backend.model_list import ModelList
from leukogui.backend.worker import QtWorker
from leukogui.controllers.run import RunController
from leukogui.language.worker_messages import translate_message
from leukogui.session.reviews import ReviewSession
from leukogui.viewer.page import ViewerPage
from leukogui.window.parts import WindowParts
from trainer.domain import Box, CellId

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import CellsRequest

_GATHER_MILLISECONDS = 1500


class FieldCellController(QObject):
    """Connects the actions that change the cells of fields.

    The helper's job writes them, as the command line does. A cell that no run has seen is
    classified with the model of the run that is shown; those that are drawn shortly after one
    another are so together.

    Args:
        run_controller: classifies what is new.
        helper: worker for small requests.
        reviews: takes back what was done last, cells and reviews alike.
        model_list: knows whether the model of that run is still the same.
    """

    def __init__(
        self,
        parts: WindowParts,
        viewer: ViewerPage,
        run_controller: RunController,
        helper: QtWorker,
        model_list: ModelList,
        reviews: ReviewSession,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._viewer = parts, parts.session, viewer
        self._run_controller, self._helper = run_controller, helper
        self._model_list, self._reviews = model_list, reviews
        self._under_way = 0  # changes that the helper has not stored yet
        self._waiting: list[Callable[[], None]] = []  # until it has
        self._message = ""  # of the notification of the newest change
        self._unseen: set[str] = set()  # images with cells that may not be classified
        self._drawn: CellId | None = None  # to be shown as soon as it is there
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MILLISECONDS)
        self._gather.timeout.connect(self._classify_unseen)
        viewer.cell_marked.connect(self.draw)
        viewer.field.region_drawn.connect(self._scan_part)
        actions = parts.actions
        actions.on("remove_cell", self.remove)
        # What is to be undone may still be on its way to the store.
        actions.on("undo", lambda: self._do_when_stored(reviews.undo))
        actions.on("redo", lambda: self._do_when_stored(reviews.redo))
        reviews.undone.connect(self._on_undone)
        session = parts.session
        session.opened.connect(self._on_case)
        session.cells_reread.connect(self._on_reread)
        parts.queue.ended.connect(self._gather.start)
        parts.review.gallery.selectionModel().selectionChanged.connect(self._show_possible)
        parts.review.gallery.current_changed.connect(self._show_possible)
        parts.pages.currentChanged.connect(self._show_possible)
        viewer.changed.connect(self._show_possible)
        self._on_case()

    def draw(self, image: str, box: Box) -> None:
        """Add the cell at a place of an image; a box without extent is a point of the cell."""
        self._change("draw", image=image, box=(box.x, box.y, box.width, box.height))

    def _scan_part(self, image: str, part: Box) -> None:
        """Scan what was drawn on a slide; the next drag moves the slide again."""
        self._parts.actions["scan_part"].setChecked(False)
        self._run_controller.run_part(image, part)

    def remove(self) -> None:
        """Remove the cell that is shown, or those that are selected in the gallery."""
        cells = self._removable()
        if cells:
            self._change("remove", cells=tuple((cell.image, cell.number) for cell in cells))

    def show_new(self, images: Iterable[str]) -> None:
        """Show cells that came into images of the case, and have them classified."""
        self._unseen.update(images)
        self._session.reread_cells()

    def _removable(self) -> list[CellId]:
        """What is meant by the cell or the cells, as far as they are cells of fields."""
        shown = self._viewer.cell
        if self._parts.pages.currentWidget() is self._viewer:
            return [shown] if shown is not None and shown.number else []
        if self._parts.pages.currentWidget() is not self._parts.review:
            return []
        return [cell for cell in self._parts.review.gallery.selected_cells() if cell.number]

    def _change(self, action: str, **values: object) -> None:
        from trainer.protocol.requests import CellsRequest

        root = self._session.root
        if root is None:
            return
        fields = {"folder": str(root), "action": action, **values}
        request: CellsRequest = CellsRequest.model_validate(fields)
        self._under_way += 1
        job = self._helper.run(request)
        job.ended.connect(lambda outcome: self._on_changed(request, outcome))

    def _do_when_stored(self, do: Callable[[], None]) -> None:
        if self._under_way:
            self._waiting.append(do)
        else:
            do()

    def _on_undone(self, kind: str, cells: tuple[CellId, ...]) -> None:
        """Cells of fields may be there again or gone: nothing tells from their reviews."""
        if not cells:
            self._notify(kind, [])
            return
        self._parts.notifications.dismiss(self._message)
        if any(cell.number for cell in cells):
            self._unseen.update(cell.image for cell in cells)
            self._session.reread_cells()

    def _on_changed(self, request: CellsRequest, outcome: Outcome) -> None:
        self._under_way -= 1
        if not self._under_way:
            waiting, self._waiting = self._waiting, []
            for do in waiting:
                do()
        root = self._session.root
        if root is None or request.folder != str(root):
            return
        if outcome.kind != "done":
            if outcome.message:
                self._parts.notifications.show(translate_message(outcome.text))
            return
        changed: Any = outcome.result["cells"]
        cells = [CellId(image, number) for image, number in changed]
        self._notify(request.action, cells)
        self._unseen.update(cell.image for cell in cells)
        self._drawn = cells[0] if request.action == "draw" and cells else None
        self._session.reread_cells()

    def _notify(self, kind: str, cells: list[CellId]) -> None:
        """What was done, with the way back."""
        notifications, letters = self._parts.notifications, cells[0].letters if cells else ""
        # What was done before is no longer what the button would undo.
        notifications.dismiss(self._message)
        self._message = self._describe(kind, letters, len(cells))
        undo = (self.tr("Undo"), self._parts.actions["undo"].trigger)
        if self._message:
            way_back = undo if kind in ("draw", "remove") else None
            notifications.show(self._message, action=way_back)

    def _describe(self, kind: str, letters: str, count: int) -> str:
        if kind == "draw":
            return self.tr("Cell {letters} was added.").format(letters=letters)
        if kind == "remove" and count == 1:
            return self.tr("Cell {letters} was removed.").format(letters=letters)
        if kind == "remove":
            return self.tr("{n} cells were removed.").format(n=count)
        if count:
            return ""
        nothing_to_undo = self.tr("There is nothing to undo.")
        return nothing_to_undo if kind == "undo" else self.tr("There is nothing to redo.")

    # What is not classified yet

    def _on_reread(self) -> None:
        if self._unseen:
            self._gather.start()
        drawn, self._drawn = self._drawn, None
        if drawn is not None and self._is_shown(drawn):
            self._viewer.show_cell(drawn)

    def _is_shown(self, cell: CellId) -> bool:
        model, in_front = self._session.model, self._parts.pages.currentWidget() is self._viewer
        here = in_front and cell.image == self._viewer.name
        return here and model is not None and model.row(cell) is not None

    def _classify_unseen(self) -> None:
        """Classify the images that have cells without a result; after a run that goes on."""
        run, model = self._session.run, self._session.model
        if self._parts.queue.current is not None or not self._unseen:
            return
        images, self._unseen = sorted(self._unseen), set()
        if run is None or model is None:
            return
        waiting = [
            image
            for image in images
            if any(model.numbers[row] and not model.results[row] for row in model.rows_of(image))
        ]
        # Another model of that name would put its results in the place of all others.
        if waiting and self._model_list.digest(run.model) == run.model_sha256:
            self._run_controller.run_again(tuple(waiting), run.model, run.precision, quiet=True)

    def _on_case(self) -> None:
        self._unseen.clear()
        self._gather.stop()
        self._show_possible()

    def _show_possible(self) -> None:
        has_case = self._session.root is not None
        self._parts.actions.enable(
            remove_cell=bool(self._removable()), undo=has_case, redo=has_case
        )
