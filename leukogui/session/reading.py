"""A blind reading of the open case: labels of a reader who does not see those of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from leukogui.case.results import CellReview
from trainer.domain import CellId, Decision

if TYPE_CHECKING:
    from leukogui.case.store_queries import ResultPage
    from trainer.cases.store import CaseStore


@dataclass(frozen=True)
class BlindReading:
    """One pass of a reader over a case.

    Attributes:
        series: number of the pass, from 1.
        hides_model: whether the reader is not to see either what a model gives the cells.
    """

    reader: str
    series: int
    hides_model: bool = True

    def mask(self, page: ResultPage) -> ResultPage:
        """Return what the reader may see of a page: the cells, and the files that are none."""
        if not self.hides_model:
            return page
        failed = [each for each in page.results if each[1].decision is Decision.FAILED]
        return replace(page, results=failed)


Labels = dict[CellId, str]


class ReadingHistory:
    """What was done in a reading: labels before each action, and after it.

    The store has no undo of readings: what is undone is written as new labels. So the actions of
    before are read from it, and one that restores what was before the newest is its undo.
    """

    def __init__(self) -> None:
        self._done: list[tuple[Labels, Labels]] = []
        self._undone: list[tuple[Labels, Labels]] = []

    @classmethod
    def of_actions(cls, actions: Iterable[Mapping[CellId, str]]) -> ReadingHistory:
        """Return the history of a reading from its actions as they were stored, oldest first."""
        history, labels = cls(), dict[CellId, str]()
        for after in actions:
            before = {cell: labels.get(cell, "") for cell in after}
            if history._done and (after, before) == history._done[-1]:
                history.undo()
            elif history._undone and (before, after) == history._undone[-1]:
                history.redo()
            else:
                history.add(before, after)
            labels.update(after)
        return history

    def add(self, before: Mapping[CellId, str], after: Mapping[CellId, str]) -> None:
        """Note an action; what was undone cannot be redone any more."""
        self._done.append((dict(before), dict(after)))
        self._undone.clear()

    def add_earlier(self, earlier: ReadingHistory) -> None:
        """Put what was done before in front; it can be redone only if nothing was done since."""
        if not self._done and not self._undone:
            self._undone = earlier._undone
        self._done = earlier._done + self._done

    def undo(self) -> Labels:
        """Take the newest action back, and return the labels before it; empty for nothing to do."""
        if not self._done:
            return {}
        self._undone.append(self._done.pop())
        return self._undone[-1][0]

    def redo(self) -> Labels:
        """Do again what was undone last, and return its labels; empty for nothing to do."""
        if not self._undone:
            return {}
        self._done.append(self._undone.pop())
        return self._done[-1][1]


def read_history(store: CaseStore, root: Path, reading: BlindReading) -> ReadingHistory:
    """Read what was done in a reading before, on the store's thread."""
    case = store.cases.find(root)
    if case is None:
        return ReadingHistory()
    return ReadingHistory.of_actions(
        store.readings.actions(case.id, reading.reader, reading.series)
    )


def read_labels(store: CaseStore, root: Path, reading: BlindReading) -> dict[CellId, CellReview]:
    """Read the labels of a reading, on the store's thread."""
    case = store.cases.find(root)
    if case is None:
        return {}
    labels = store.readings.labels(case.id, reading.reader, reading.series)
    return {cell: CellReview(label, reading.reader) for cell, label in labels.items()}
