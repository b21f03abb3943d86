"""Keeps where each case is left, and leads back there when it is opened again."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.controllers.sign_off import SignOffController
from leukogui.window.parts import WindowParts
from trainer.domain import CellId
from trainer.errors import StoreError

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore


class PlaceController(QObject):
    """Connects the gallery with the places of the store.

    Args:
        sign_off: knows the number of the open case.
    """

    _found = Signal(object, object)  # root, CellId or None

    def __init__(self, parts: WindowParts, sign_off: SignOffController) -> None:
        super().__init__(parts.parent)
        self._session, self._review = parts.session, parts.review
        self._sign_off = sign_off
        self._case_id: int | None = None
        self._cell: CellId | None = None
        self._wanted: CellId | None = None
        parts.review.gallery.current_changed.connect(self._on_cell)
        parts.session.opened.connect(self._on_case)
        parts.session.changed.connect(self._go_back)
        sign_off.changed.connect(self._on_record)
        self._found.connect(self._on_found)

    def leave(self) -> None:
        """Keep the place of the open case; a folder that is no case yet has none."""
        if self._case_id is not None:
            self._session.submit_write(partial(_keep, self._case_id, self._cell))

    def _on_case(self) -> None:
        self.leave()
        self._case_id, self._cell, self._wanted = None, None, None
        root = self._session.root
        if root is None:
            return

        def task(store: CaseStore | None) -> None:
            self._found.emit(root, _read_place(store, root) if store is not None else None)

        self._session.submit_to_store(task)

    def _on_record(self) -> None:
        record = self._sign_off.record
        if record is not None and self._case_id is None:
            self._case_id = record.row.case.id
            self.leave()  # it is open now, which the list of cases shows

    def _on_found(self, root: Path, cell: CellId | None) -> None:
        if root == self._session.root:
            self._wanted = cell
            self._cell = cell or self._cell
            self._go_back()

    def _go_back(self) -> None:
        """Make the cell the current one, once it is there, unless a person chose another."""
        if self._wanted is None:
            return
        review = self._review
        if review.gallery.currentIndex().row() > 0:
            self._wanted = None
            return
        places = review.cells.positions_of({self._wanted})
        if places:
            self._wanted = None
            review.gallery.setCurrentIndex(review.cells.index(places[0]))

    def _on_cell(self, cell: CellId | None) -> None:
        # While the place is still to be found, the first cell is nobody's choice.
        if cell is not None:
            self._cell = self._wanted or cell


def _read_place(store: CaseStore, root: Path) -> CellId | None:
    case = store.cases.find(root)
    place = store.places.get(case.id) if case is not None else None
    if place is None:
        return None
    image, number = place.values.get("image"), place.values.get("number")
    return CellId(image, number) if isinstance(image, str) and isinstance(number, int) else None


def _keep(case_id: int, cell: CellId | None, store: CaseStore) -> None:
    """Write a place; a store that cannot be written loses no more than it."""
    with suppress(StoreError):
        if cell is None:
            known = store.places.get(case_id)
            store.places.keep(case_id, known.values if known is not None else {})
        else:
            store.places.keep(case_id, {"image": cell.image, "number": cell.number})
