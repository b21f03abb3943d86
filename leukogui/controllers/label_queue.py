"""Leads through the cells that are most worth a label, as the worker names them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from leukogui.backend.worker import QtWorker
from leukogui.controllers.correction import CorrectionController
from leukogui.language.number_format import format_number
from leukogui.window.parts import WindowParts
from trainer.domain import CellId

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome


class LabelQueueController(QObject):
    """Shows the cells to label first, one of each group of like cells, and goes to the next.

    Args:
        helper: worker for small requests.
        correction: goes to a cell, in gallery and viewer.
    """

    def __init__(
        self, parts: WindowParts, helper: QtWorker, correction: CorrectionController
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._review = parts, parts.session, parts.review
        self._helper, self._correction = helper, correction
        self.cells: tuple[CellId, ...] = ()
        self._like: dict[CellId, int] = {}
        self._message = ""
        self._is_waiting = False
        parts.session.opened.connect(self._forget)
        parts.session.run_changed.connect(self._forget)

    def go_on(self) -> None:
        """Go to the next cell to label; where none is left, have the worker name others."""
        left = self._left()
        if left:
            self._go_to(self._next(left))
        elif not self._is_waiting:
            self._request()

    def _left(self) -> list[CellId]:
        """The cells of the queue that nobody has reviewed, in order."""
        model = self._session.model
        if model is None:
            return []
        present = [cell for cell in self.cells if model.row(cell) is not None]
        return [cell for cell in present if model.review(cell) is None]

    def _next(self, left: Sequence[CellId]) -> CellId:
        """The first after the current one, which may be none of the queue; else the first."""
        current = self._review.gallery.current_cell()
        if current not in self.cells:
            return left[0]
        behind = self.cells[self.cells.index(current) + 1 :]
        return next((cell for cell in behind if cell in left), left[0])

    def _go_to(self, cell: CellId) -> None:
        named = frozenset(self.cells)
        if self._review.cells.query.cells != named:
            self._review.show_cells(named)
        self._correction.go_to(cell)
        text = self.tr("To label first: {at} of {n}; it stands for {like} cells.")
        self._show(
            text.format(
                at=format_number(self.cells.index(cell) + 1),
                n=format_number(len(self.cells)),
                like=format_number(self._like[cell]),
            )
        )

    def _request(self) -> None:
        from trainer.protocol.adaptation_requests import SuggestRequest

        root = self._session.root
        if root is None:
            return
        self._is_waiting = True
        job = self._helper.run(SuggestRequest(folder=str(root)))
        job.ended.connect(lambda outcome: self._on_named(root, outcome))

    def _on_named(self, root: Path, outcome: Outcome) -> None:
        self._is_waiting = False
        if root != self._session.root or outcome.kind in ("cancelled", "terminated"):
            return
        if outcome.kind != "done":
            self._parts.notifications.show(outcome.message, outcome.hint, stays=True)
            return
        named: Any = outcome.result["cells"]
        self._like = {CellId(each["image"], each["number"]): each["like"] for each in named}
        self.cells = tuple(self._like)
        left = self._left()
        if left:
            self._go_to(left[0])
        else:
            self._show(self.tr("Every cell of this case was reviewed."))

    def _show(self, message: str) -> None:
        """Show what belongs to the current cell, and no more what belonged to the one before."""
        self._parts.notifications.dismiss(self._message)
        self._message = message
        self._parts.notifications.show(message)

    def _forget(self) -> None:
        self.cells, self._like = (), {}
