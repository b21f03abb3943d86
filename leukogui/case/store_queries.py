"""Queries of the window to the store: the runs of a folder, their results, its cells.

They run on the thread that holds the open store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from leukogui.case.results import CellResult, CellReview
from trainer.cases.current_runs import current_runs_of
from trainer.cases.records import CLEARED, Review, Run
from trainer.cases.store import CaseStore
from trainer.domain import CellId, ImageContent, LocatedCell, Prediction

PAGE_LENGTH = 1000
_MAX_SINGLE = 200


@dataclass
class Cursor:
    """The last rows that were read of a run: of its predictions, and of its searched fields."""

    prediction: int = 0
    field: int = 0


@dataclass(frozen=True)
class ResultPage:
    """A part of what a run stored.

    Attributes:
        results: of cells.
        cells: those of fields, each with the number of the run.
        searched: fields, those without a cell too, each with the number of the run.
    """

    results: list[tuple[CellId, CellResult]] = field(default_factory=list)
    cells: list[tuple[LocatedCell, int]] = field(default_factory=list)
    searched: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class CaseCells:
    """The cells of all fields of a case, without outlines, and what its images hold."""

    content: ImageContent = ImageContent.AS_FOUND
    cells: tuple[LocatedCell, ...] = ()


def find_current_runs(store: CaseStore, root: Path) -> list[Run]:
    """Find the runs of a folder whose predictions count together, oldest first."""
    case = store.cases.find(root)
    return current_runs_of(store.runs.list_of_case(case.id)) if case is not None else []


def read_new_results(
    store: CaseStore, runs: Sequence[Run], cursors: dict[int, Cursor]
) -> Iterator[ResultPage]:
    """Read the results of runs since the last call, a page at a time.

    Args:
        store: of the case.
        runs: the current ones, oldest first.
        cursors: by the run's number; updated. A run that is not current any more is
            forgotten, and read from its beginning if it comes back.
    """
    for gone in cursors.keys() - {run.id for run in runs}:
        del cursors[gone]
    for run in runs:
        cursor = cursors.setdefault(run.id, Cursor())
        while page := store.predictions.list_after(run.id, cursor.prediction, limit=PAGE_LENGTH):
            cursor.prediction = page[-1][0]
            yield _page_of([prediction for _, prediction in page], run.id)
        while fields := store.fields.list_after(run.id, cursor.field, limit=PAGE_LENGTH):
            cursor.field = fields[-1][0]
            yield ResultPage(searched=[(each.image, run.id) for _, each in fields])


def _page_of(predictions: Sequence[Prediction], run: int) -> ResultPage:
    return ResultPage(
        results=[(each.cell_id, CellResult.of(each, run)) for each in predictions],
        cells=[
            (replace(located, outline=()), run)
            for each in predictions
            if each.number and (located := each.located)
        ],
    )


def read_cells(store: CaseStore, root: Path) -> CaseCells:
    """Read where all cells of a folder's fields lie now."""
    case = store.cases.find(root)
    if case is None:
        return CaseCells()
    cells = tuple(replace(cell, outline=()) for cell in store.cells.stream(case.id))
    return CaseCells(case.content, cells)


def read_field(store: CaseStore, root: Path, image: str) -> tuple[LocatedCell, ...]:
    """Read the cells of one image with their outlines, by number."""
    case = store.cases.find(root)
    return store.cells.list_of_image(case.id, image) if case is not None else ()


def read_reviews(store: CaseStore, root: Path) -> dict[CellId, CellReview]:
    """Read the reviews that count of all cells of a folder; cleared ones are left out."""
    case = store.cases.find(root)
    if case is None:
        return {}
    return {cell: _short(review) for cell, review in store.reviews.latest(case.id).items()}


def read_reviews_of(
    store: CaseStore, root: Path, cells: Iterable[CellId]
) -> dict[CellId, CellReview | None]:
    """Read the reviews that count of some cells, None for none."""
    wanted = tuple(cells)
    if len(wanted) > _MAX_SINGLE:
        every = read_reviews(store, root)
        return {cell: every.get(cell) for cell in wanted}
    case = store.cases.find(root)
    found: dict[CellId, CellReview | None] = {}
    for cell in wanted:
        history = store.reviews.history(case.id, cell.image, cell.number) if case else ()
        latest = next((each for each in reversed([*history]) if each.active), None)
        found[cell] = _short(latest) if latest and latest.label != CLEARED else None
    return found


def _short(review: Review) -> CellReview:
    return CellReview(review.label, review.reviewer, review.sha256, review.time)
