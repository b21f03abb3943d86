"""Asks the helper which cells are like the current one: late, one at a time, the newest wins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.backend.worker import WorkerBridge
from leukogui.language.worker_messages import told

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome


MILLISECONDS_TO_SETTLE = 150


@dataclass(frozen=True)
class Wish:
    """Of which cell: an image of the case in `root`, as a run judged it."""

    root: Path
    image: str
    run: int


class SimilarFinder(QObject):
    """Tells what is like the cell that was wished for last.

    Args:
        helper: a kept worker, so that the second answer takes milliseconds.
    """

    found = Signal(object, object)  # Wish, what the job returned
    failed = Signal(object, str)  # Wish, why, in words

    def __init__(self, helper: WorkerBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._helper = helper
        self._wish: Wish | None = None
        self._asked: Wish | None = None
        self._closed = False
        self._settle = QTimer(self, singleShot=True, interval=MILLISECONDS_TO_SETTLE)
        self._settle.timeout.connect(self._ask)

    def wish(self, wish: Wish) -> None:
        """Find it out, unless another cell is wished for in the next moment."""
        if not self._closed:
            self._wish = wish
            self._settle.start()

    def forget(self) -> None:
        """Nothing is wished for; an answer on its way will be ignored."""
        self._wish = None
        self._settle.stop()

    def close(self) -> None:
        """Ask for nothing any more: the helper is about to go."""
        self._closed = True
        self.forget()

    def _ask(self) -> None:
        # Not cancelled, what is under way takes milliseconds; the newest wish waits for it.
        if self._wish is None or self._asked is not None:
            return
        from trainer.protocol.messages import SimilarRequest

        self._asked = self._wish
        request = SimilarRequest(
            folder=str(self._asked.root), image=self._asked.image, run=self._asked.run
        )
        self._helper.run(request).ended.connect(self._on_ended)

    def _on_ended(self, outcome: Outcome) -> None:
        asked, self._asked = self._asked, None
        # Its process, which others use, too, may have been ended for the sake of one of them.
        if asked != self._wish or outcome.kind in ("cancelled", "terminated"):
            if not self._settle.isActive():
                self._ask()
        elif outcome.kind == "done":
            self.found.emit(asked, outcome.result)
        else:
            self.failed.emit(asked, told(outcome.text))
