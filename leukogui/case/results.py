"""What is known of a cell: its result in a run, and its review by a person. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.domain import POSSIBLE_BLAST, Decision, Prediction


@dataclass(frozen=True, slots=True)
class CellResult:
    """The result of one cell in a run: the short part of a `Prediction`, held for every cell."""

    run: int
    decision: Decision
    label: str
    probability: float
    distance: float | None
    reason: str
    looks_like: str
    error: str
    sha256: str = ""

    @classmethod
    def of(cls, prediction: Prediction, run: int) -> CellResult:
        """Take the short part of a prediction."""
        return cls(
            run,
            prediction.decision,
            prediction.label,
            prediction.probability,
            prediction.distance,
            prediction.reason,
            prediction.looks_like,
            prediction.error,
            prediction.sha256,
        )

    @property
    def is_possible_blast(self) -> bool:
        """Whether it is under review because it resembles an alert class."""
        return self.decision is Decision.REVIEW and self.reason.startswith(POSSIBLE_BLAST)


@dataclass(frozen=True, slots=True)
class CellReview:
    """The review that counts of one cell.

    Attributes:
        label: a class, "unknown" or "excluded".
        reviewer: who gave it.
        sha256: of the bytes that were reviewed; empty where that is not known.
        time: when, in UTC, by ISO 8601; empty where that is not known.
    """

    label: str
    reviewer: str = ""
    sha256: str = ""
    time: str = ""

    def counts_for(self, result: CellResult | None) -> bool:
        """Whether it is of what was classified: not of other bytes, nor of an unread file."""
        if result is None:
            return True
        if result.decision is Decision.FAILED:
            return False
        return not (self.sha256 and result.sha256) or self.sha256 == result.sha256


@dataclass(frozen=True)
class Counts:
    """Numbers of cells by decision, and of the accepted ones by class.

    Attributes:
        total: cells; an image that was not searched counts as one.
        images: files.
        fields: those of them that are fields.
        empty: the fields without a cell.
        reviewed: cells with a review that counts.
        classes: by verdict: as reviewed, else as accepted.
    """

    total: int = 0
    accepted: int = 0
    review: int = 0
    unknown: int = 0
    failed: int = 0
    pending: int = 0
    images: int = 0
    fields: int = 0
    empty: int = 0
    reviewed: int = 0
    classes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A review that is contradicted.

    Attributes:
        label: of the review, when it was judged.
        suggested: the class that is more likely.
        by_reviews: whether the other reviewed cells contradict it; else the model does.
    """

    label: str
    suggested: str
    by_reviews: bool


class CellScores:
    """A number for each of some cells, 0 or more, as a column of the rows that are shown."""

    def __init__(
        self,
        scores: Mapping[tuple[str, int], float] | None = None,
        suspicions: Mapping[tuple[str, int], Suspicion] | None = None,
    ) -> None:
        self._scores = scores or {}
        self._suspicions = suspicions or {}
        self._names: Sequence[str] = ()
        self._column = np.zeros(0, np.float32)

    def __bool__(self) -> bool:
        return bool(self._scores)

    def suspicion(self, image: str, number: int) -> Suspicion | None:
        """Return why the review of a cell is suspected, None where it is not."""
        return self._suspicions.get((image, number))

    def column(self, names: Sequence[str], numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return the score of each row, -1 where it has none.

        Args:
            names: of the images, row for row; another list where the rows are others.
            numbers: of the cells in them.
        """
        if names is not self._names or len(names) != len(self._column):
            scores, rows = self._scores, zip(names, numbers, strict=True)
            found = (scores.get(row, -1.0) for row in rows)
            self._names, self._column = names, np.fromiter(found, np.float32, len(names))
        return self._column
