"""Signing a case: its cells are counted by what they rest on while nobody else can write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from trainer.cases.current_runs import current_runs_of
from trainer.cases.records import UNKNOWN, Review
from trainer.cases.store import CaseStore
from trainer.cases.tables.sign_offs import CellCounts, Requirement, SignOff
from trainer.domain import CellId, Decision

Basis = Literal["reviewed", "accepted", "unknown", "pending", "failed"]
"""The attributes of `CellCounts`."""


def sign_case(
    store: CaseStore,
    case_id: int,
    *,
    reviewer: str,
    requirement: Requirement = Requirement.EVERY_CELL,
    remark: str = "",
    count_edge_cells: bool = False,
) -> SignOff:
    """Close a case. Errors and arguments as of `SignOffs.sign` and `list_bases`."""
    return store.sign_offs.sign(
        case_id,
        lambda: count_cells(store, case_id, count_edge_cells=count_edge_cells),
        reviewer=reviewer,
        requirement=requirement,
        remark=remark,
    )


def count_cells(store: CaseStore, case_id: int, *, count_edge_cells: bool = False) -> CellCounts:
    """Return how many cells of a case rest on what, by its current runs."""
    bases = list_bases(store, case_id, count_edge_cells=count_edge_cells)
    found = Counter(basis for _, basis in bases)
    return CellCounts(
        found["reviewed"], found["accepted"], found["unknown"], found["pending"], found["failed"]
    )


def first_missing(
    store: CaseStore,
    case_id: int,
    requirement: Requirement = Requirement.EVERY_CELL,
    *,
    count_edge_cells: bool = False,
) -> CellId | None:
    """Return the first cell, by name, that keeps a case from being signed; None if none does."""
    wanted = {basis for basis in get_args(Basis) if _is_missing(basis, requirement)}
    bases = list_bases(store, case_id, count_edge_cells=count_edge_cells)
    missing = (cell for cell, basis in bases if basis in wanted)
    return min(missing, key=lambda cell: (cell.image, cell.number), default=None)


def _is_missing(basis: str, requirement: Requirement) -> bool:
    return CellCounts(**{basis: 1}).missing(requirement) > 0


def list_bases(
    store: CaseStore, case_id: int, *, count_edge_cells: bool = False
) -> Iterator[tuple[CellId, Basis]]:
    """Yield every cell of a case with what its verdict rests on.

    Cells that a person drew or reviewed and that no run has seen come last.

    Args:
        count_edge_cells: whether cells that the edge of a field cuts must be reviewed as well.
    """
    reviews, gone = store.reviews.latest(case_id), store.cells.gone(case_id)
    is_outside = store.details.outside_images(case_id)
    seen: set[CellId] = set()
    images: set[str] = set()  # that a newer run has seen
    fields: set[str] = set()
    for run in reversed(current_runs_of(store.runs.list_of_case(case_id))):
        searched = {each.image for each in store.fields.stream(run.id)} - images
        fields |= searched
        found = [each for each in store.predictions.list_decisions(run.id) if each[0] not in images]
        for each in found:
            cell = CellId(each.image, each.number)
            seen.add(cell)
            review = _review_of(reviews.get(cell), each.sha256)
            counts = review is not None or not each.at_edge or count_edge_cells
            if counts and cell not in gone and not is_outside(cell.image):
                yield cell, _basis_of(each.decision, review)
        images |= searched | {each.image for each in found}
    yield from _unseen_reviews(store, case_id, reviews, seen, fields)
    for drawn in store.cells.stream(case_id):
        counts = count_edge_cells or not drawn.at_edge
        if counts and drawn.id not in seen and drawn.id not in reviews:
            yield drawn.id, "pending"


def _review_of(review: Review | None, sha256: str) -> Review | None:
    # A review of other bytes is none of this cell.
    if review is None or (review.sha256 and review.sha256 != sha256):
        return None
    return review


def _basis_of(decision: str, review: Review | None) -> Basis:
    if decision == Decision.FAILED:
        return "failed"
    if review is not None:
        return _basis_of_review(review)
    return "accepted" if decision == Decision.ACCEPT else "pending"


def _basis_of_review(review: Review) -> Basis:
    return "unknown" if review.label == UNKNOWN else "reviewed"


def _unseen_reviews(
    store: CaseStore,
    case_id: int,
    reviews: Mapping[CellId, Review],
    seen: set[CellId],
    fields: set[str],
) -> Iterator[tuple[CellId, Basis]]:
    gone = store.cells.gone(case_id)
    single = {cell.image for cell in seen if not cell.number}
    for cell, review in reviews.items():
        # A review of an image as one cell counts for none of the cells of a field, and the
        # other way.
        of_other_content = cell.image in (single if cell.number else fields)
        if cell not in seen and cell not in gone and not of_other_content:
            yield cell, _basis_of_review(review)
