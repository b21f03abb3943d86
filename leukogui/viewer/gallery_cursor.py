"""Where in the gallery the viewer is: it goes on in the gallery's order, and stays put otherwise.

The gallery may be arranged anew at any time: a run goes on, a file vanishes, a cell is
reviewed. None of it takes away the cell that is shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from leukogui.gallery.model import GalleryModel
from leukogui.gallery.view import GalleryView
from trainer.domain import CellId


class GalleryCursor(QObject):
    """Follows the gallery's current cell while it is `active`, but not its new arrangements."""

    moved = Signal(object)  # CellId that a person went to

    def __init__(
        self, gallery: GalleryView, cells: GalleryModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._gallery, self._cells = gallery, cells
        self._is_resetting = False
        self._position = -1
        self.cell: CellId | None = None
        self.active = False
        cells.modelAboutToBeReset.connect(self._on_reset_started)
        # After the gallery's own slot, which was connected before.
        cells.arranged.connect(self._on_reset_done)
        gallery.current_changed.connect(self._on_current)

    @property
    def position(self) -> int:
        """Of the cell in the gallery, from 0; -1 where it is not shown there."""
        row = self._gallery.currentIndex().row()
        if self.cell is None:
            return -1
        if 0 <= row < self._cells.rowCount() and self._cells.cell(row) == self.cell:
            return row
        found = self._cells.positions_of({self.cell})
        return found[0] if found else -1

    def go_to(self, cell: CellId) -> None:
        """Be at this cell."""
        self.cell = cell
        position = self.position
        self._position = position if position >= 0 else self._position
        if position >= 0 and self._gallery.current_cell() != cell:
            self._gallery.setCurrentIndex(self._cells.index(position))

    def step(self, step: int) -> None:
        """Go to the next cell, or an earlier one; past one that is gone, to its neighbours."""
        target = self._target(step)
        if target is not None:
            self.go_to(self._cells.cell(target))
            self.moved.emit(self.cell)

    def neighbours(self) -> list[str]:
        """The images of the next and the previous cell, as far as they are others."""
        found = (self._target(1), self._target(-1))
        names = (self._cells.name(target) for target in found if target is not None)
        here = self.cell.image if self.cell is not None else ""
        return [name for name in names if name != here]

    def _target(self, step: int) -> int | None:
        count = self._cells.rowCount()
        if not count:
            return None
        position = self.position
        if position < 0:  # its successor has moved up to its place
            position = self._position - (1 if step > 0 else 0)
        return min(max(position + step, 0), count - 1)

    def _on_reset_started(self) -> None:
        self._is_resetting = True

    def _on_reset_done(self) -> None:
        self._is_resetting = False

    def _on_current(self, cell: CellId | None) -> None:
        if self.active and not self._is_resetting and cell is not None and cell != self.cell:
            self.go_to(cell)
            self.moved.emit(cell)
