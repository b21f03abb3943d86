"""What lets a run that did not come to its end go on after the program was started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from leukogui.settings.table import UNFINISHED_RUN
from leukogui.window.main_window import MainWindow
from leukogui.work.kept_order import order_from_text, order_to_text
from leukogui.work.run_queue import RunOrder

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome


class Resuming(QObject):
    """Keeps the run that goes on, until it is done; however the program ends."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.queue.began.connect(self._keep)
        window.queue.ended.connect(self._on_ended)
        window.session.opened.connect(self._offer)
        kept = order_from_text(window.settings.value(UNFINISHED_RUN))
        if kept is not None:
            window.queue.take_stopped(kept)

    def _keep(self, order: RunOrder) -> None:
        self._window.settings.set(UNFINISHED_RUN, order_to_text(order))

    def _on_ended(self, _: RunOrder, outcome: Outcome) -> None:
        if outcome.kind == "done":
            stopped = self._window.queue.stopped
            self._window.settings.set(UNFINISHED_RUN, order_to_text(stopped))

    def _offer(self) -> None:
        queue, root = self._window.queue, self._window.session.root
        if root is None or queue.current is not None or queue.stopped is None:
            return
        if queue.stopped.root == root:
            self._window.notices.tell(
                self.tr("The last run of this folder did not come to its end."),
                action=(self.tr("Go on"), queue.resume),
            )
