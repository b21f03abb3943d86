"""Reviews of the open case: shown at once, stored on the store's thread, taken back if that fails.

The store is the truth: every action is committed by itself, and undone or redone there, so that
it can also be undone after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.case.results import CellReview
from leukogui.session.case_session import CaseSession
from leukogui.session.reading import (
    BlindReading,
    ReadingHistory,
    read_history,
    read_labels,
)
from trainer.domain import CellId

if TYPE_CHECKING:
    from pathlib import Path

    from leukogui.case.cells import CaseModel
    from trainer.cases.records import Change, NewReview
    from trainer.cases.store import CaseStore

Reviews = Mapping[CellId, CellReview | None]
CLEARED = ""  # label of a review that takes back those before it


class ReviewSession(QObject):
    """Gives cells of the open case reviews, and takes them back.

    What a person did last counts: an answer of the store that was ordered before the newest
    review of a cell does not touch that cell.

    Args:
        reviewer: gives the name of who reviews.
    """

    undone = Signal(str, object)  # "undo" or "redo"; tuple of CellIds, empty for nothing to do
    stored = Signal()  # an action is in the store now
    _written = Signal(object, int, object)  # CaseModel, number of the action, Reviews
    _refused = Signal(object, int, object)  # as above: the store could not be written
    _answered = Signal(object, int, object)  # CaseModel, number of the action, Reviews
    _read = Signal(object, int, object)  # as above, of all cells
    _history_read = Signal(object, object)  # CaseModel, ReadingHistory

    def __init__(self, session: CaseSession, reviewer: Callable[[], str]) -> None:
        super().__init__(session)
        self._session, self._reviewer = session, reviewer
        self._history = ReadingHistory()
        self._adjudicated: frozenset[CellId] = frozenset()
        self._note = ""
        self._number = 0
        self._newest: dict[CellId, int] = {}  # number of the last action on a cell
        # What the store holds of cells whose newest review is still on its way.
        self._in_store: dict[CellId, CellReview | None] = {}
        session.opened.connect(self._begin_history)
        session.opened.connect(self._newest.clear)
        session.opened.connect(self._in_store.clear)
        session.cells_reread.connect(self.reread)
        self._written.connect(self._on_written)
        self._refused.connect(self._on_refused)
        self._answered.connect(self._on_answer)
        self._read.connect(self._on_read)
        self._history_read.connect(self._on_history)

    def review(self, labels: Mapping[CellId, str]) -> int:
        """Give cells labels, all in one action; returns how many that changed.

        Args:
            labels: a class, "unknown", or empty to take a review back; cells that have it
                already are left out.
        """
        model, root = self._session.model, self._session.root
        if model is None or root is None:
            return 0
        before = {cell: (model.review(cell) or CellReview(CLEARED)).label for cell in labels}
        # Who decides between two readers may agree with the first of them, which counts as well.
        new = {
            cell: self._new_review(model, cell, label)
            for cell, label in labels.items()
            if label != before[cell] or (label and cell in self._adjudicated)
        }
        if new and self._session.reading is not None:
            self._history.add({cell: before[cell] for cell in new}, labels_of(new))
        return self._write(model, root, new) if new else 0

    def adjudicate(self, cells: Iterable[CellId], note: str) -> None:
        """Note of reviews of these cells that they decide between readers, until the case closes.

        Args:
            note: of `trainer.cases.reader_labels.adjudication_note`.
        """
        self._adjudicated, self._note = frozenset(cells), note

    def is_adjudicated(self, cells: Iterable[CellId]) -> bool:
        """Whether all of these, and one at least, are decided between readers now."""
        wanted = frozenset(cells)
        return bool(wanted) and wanted <= self._adjudicated

    def _begin_history(self) -> None:
        """Forget what was done in the case of before; read what was done in a reading before."""
        self._history = ReadingHistory()
        self._adjudicated, self._note = frozenset(), ""
        model, reading = self._session.model, self._session.reading
        if model is None or reading is None:
            return

        def task(store: CaseStore | None) -> None:
            if store is not None:
                self._history_read.emit(model, read_history(store, model.root, reading))

        self._session.submit_to_store(task)  # before any label of now, so all of it is earlier

    def _on_history(self, model: CaseModel, earlier: ReadingHistory) -> None:
        if model is self._session.model:
            self._history.add_earlier(earlier)

    def _write(self, model: CaseModel, root: Path, new: Mapping[CellId, CellReview]) -> int:
        """Show reviews, and store them; returns how many they are."""
        number = self._begin(new)
        shown = {cell: review if review.label else None for cell, review in new.items()}
        for cell in new:
            self._in_store.setdefault(cell, model.reviews.get(cell))
        result = model.result(next(iter(new)))
        run = result.run if result is not None else None
        on_stored = partial(self._written.emit, model, number, shown)
        task: Callable[[CaseStore], None]
        if self._session.reading is not None:
            task = partial(_store_labels, root, new, self._session.reading, on_stored)
        else:
            notes = dict.fromkeys(self._adjudicated, self._note)
            act = _ReviewAct(root, self._reviewer(), run, notes)
            task = partial(_store_reviews, act, new, on_stored)
        self._session.submit_write(task, partial(self._refused.emit, model, number, shown))
        self._show(model, shown)
        return len(new)

    def undo(self) -> None:
        """Take back what a person did last in this case; `undone` is emitted."""
        self._toggle("undo")

    def redo(self) -> None:
        """Bring back what was undone last, unless something new was done; `undone` is emitted."""
        self._toggle("redo")

    def reread(self) -> None:
        """Read all reviews of the case again."""
        model, root = self._session.model, self._session.root
        if model is None or root is None:
            return
        number, reading = self._number, self._session.reading

        def task(store: CaseStore | None) -> None:
            from leukogui.case.store_queries import read_reviews

            if store is None:
                found: Mapping[CellId, CellReview] = {}
            elif reading is not None:
                found = read_labels(store, root, reading)
            else:
                found = read_reviews(store, root)
            self._read.emit(model, number, found)

        self._session.submit_to_store(task)

    def _new_review(self, model: CaseModel, cell: CellId, label: str) -> CellReview:
        result = model.result(cell)
        sha256 = result.sha256 if result is not None else ""
        reading = self._session.reading
        reader = self._reviewer() if reading is None else reading.reader
        return CellReview(label, reader, sha256, datetime.now(UTC).isoformat())

    def _toggle_reading(self, model: CaseModel, root: Path, kind: str) -> None:
        labels = self._history.undo() if kind == "undo" else self._history.redo()
        if labels:
            new = {cell: self._new_review(model, cell, label) for cell, label in labels.items()}
            self._write(model, root, new)
        self.undone.emit(kind, tuple(labels))

    def _toggle(self, kind: str) -> None:
        model, root = self._session.model, self._session.root
        if model is None or root is None:
            return
        if self._session.reading is not None:
            self._toggle_reading(model, root, kind)
            return
        number = self._begin({})

        def task(store: CaseStore) -> None:
            from leukogui.case.store_queries import read_reviews_of

            case = store.cases.find(root)
            change: Change | None = getattr(store.reviews, kind)(case.id) if case else None
            cells = change.cells if change is not None else ()
            self._answered.emit(model, number, read_reviews_of(store, root, cells))
            self.undone.emit(kind, cells)

        self._session.submit_write(task)

    def _begin(self, cells: Mapping[CellId, object]) -> int:
        self._number += 1
        self._newest.update(dict.fromkeys(cells, self._number))
        return self._number

    def _on_written(self, model: CaseModel, number: int, reviews: Reviews) -> None:
        if model is self._session.model:
            for cell, review in reviews.items():
                if self._newest[cell] == number:
                    self._in_store.pop(cell, None)
                else:
                    self._in_store[cell] = review
        self.stored.emit()

    def _on_refused(self, model: CaseModel, number: int, reviews: Reviews) -> None:
        """Show again what the store holds, unless something newer is on its way there."""
        if model is self._session.model:
            due = [cell for cell in reviews if self._newest[cell] == number]
            self._show(model, {cell: self._in_store.pop(cell, None) for cell in due})

    def _on_answer(self, model: CaseModel, number: int, reviews: Reviews) -> None:
        if model is self._session.model:
            kept = {cell: each for cell, each in reviews.items() if self._is_due(cell, number)}
            self._show(model, kept)

    def _on_read(self, model: CaseModel, number: int, found: Mapping[CellId, CellReview]) -> None:
        if model is not self._session.model:
            return
        gone = [cell for cell in model.reviews if cell not in found]
        every: Reviews = {**dict.fromkeys(gone), **found}
        self._show(
            model,
            {
                cell: review
                for cell, review in every.items()
                if self._is_due(cell, number) and model.reviews.get(cell) != review
            },
        )

    def _is_due(self, cell: CellId, number: int) -> bool:
        return self._newest.get(cell, 0) <= number

    def _show(self, model: CaseModel, reviews: Reviews) -> None:
        if reviews:
            model.set_reviews(reviews)
            self._session.show_change()


def labels_of(reviews: Mapping[CellId, CellReview]) -> dict[CellId, str]:
    """Return the label of each review."""
    return {cell: review.label for cell, review in reviews.items()}


@dataclass(frozen=True)
class _ReviewAct:
    """Who reviews what: the folder, the run whose results they see, notes of some cells."""

    root: Path
    reviewer: str
    run: int | None
    notes: Mapping[CellId, str]


def _store_reviews(
    act: _ReviewAct,
    new: Mapping[CellId, CellReview],
    on_stored: Callable[[], None],
    store: CaseStore,
) -> None:
    """Write the reviews of one action, on the store's thread."""
    case = store.cases.find_or_create(act.root)
    reviews = _rows_of(act.root, new, act.notes)
    store.reviews.add(case.id, reviews, reviewer=act.reviewer, run_id=act.run)
    on_stored()


def _store_labels(
    root: Path,
    new: Mapping[CellId, CellReview],
    reading: BlindReading,
    on_stored: Callable[[], None],
    store: CaseStore,
) -> None:
    """Write the labels of one action of a reader, on the store's thread."""
    case = store.cases.find_or_create(root)
    labels = _rows_of(root, new, {})
    store.readings.add(case.id, labels, reader=reading.reader, series=reading.series)
    on_stored()


def _rows_of(
    root: Path, new: Mapping[CellId, CellReview], notes: Mapping[CellId, str]
) -> list[NewReview]:
    from trainer.cases.records import NewReview

    hashed = {cell: _with_hash(root, cell, review) for cell, review in new.items()}
    return [
        NewReview(cell.image, each.sha256, each.label, notes.get(cell, ""), number=cell.number)
        for cell, each in hashed.items()
    ]


def _with_hash(root: Path, cell: CellId, review: CellReview) -> CellReview:
    """The review with the hash of the file's bytes, for a cell that no run has seen."""
    from trainer.atomic_files import sha256_of

    if review.sha256:
        return review
    try:
        return replace(review, sha256=sha256_of(root / cell.image))
    except OSError:  # gone in the meantime: the review counts for whatever comes back
        return review
