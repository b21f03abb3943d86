"""The background trainings as the window sees them: read and started on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.threads.errors import report_error
from trainer.errors import UserError

if TYPE_CHECKING:
    from leukogui.backend.training_reader import ShownTraining, TrainingReader
    from trainer.protocol.background import Order
    from trainer.protocol.validation import Request

MILLISECONDS_BETWEEN_LOOKS = 500


class Trainings(QObject):
    """Knows all trainings, and has the next one started whenever none runs.

    While one runs or waits it looks every half second; else when something is done here.

    Args:
        root: folder of all trainings.
        command: what runs one; None: this program.
    """

    changed = Signal()
    ended = Signal(object)  # ShownTraining that ran when it was looked at before
    failed = Signal(object)  # UserError
    _read = Signal(object)  # tuple of ShownTraining

    def __init__(
        self, root: Path, parent: QObject | None = None, command: Sequence[str] | None = None
    ) -> None:
        super().__init__(parent)
        self._root, self._command = root, command
        self._reader: TrainingReader | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="trainings")
        self._looks = 0  # that were begun and have not come back
        self._closed = self._is_stuck = False
        self.all: tuple[ShownTraining, ...] = ()
        self._timer = QTimer(self, interval=MILLISECONDS_BETWEEN_LOOKS)
        self._timer.timeout.connect(self._look_unless_busy)
        self._read.connect(self._show)

    @property
    def root(self) -> Path:
        """Folder of all trainings."""
        return self._root

    @property
    def running(self) -> ShownTraining | None:
        """The one that goes on."""
        return next((each for each in self.all if each.state == "running"), None)

    def find(self, training_id: str) -> ShownTraining | None:
        """One of them by its id."""
        return next((each for each in self.all if each.id == training_id), None)

    def look(self) -> None:
        """Read what has changed, and start the next if none runs."""
        self._is_stuck = False
        self._submit(lambda: None)

    def add(self, request: Request, name: str, folder: Path | None = None) -> None:
        """Put a training in the queue; the folder may hold files of it already."""

        def do() -> None:
            from trainer.protocol.background import create_training

            create_training(self._root, request, name, folder)

        self._is_stuck = False
        self._submit(do)

    def train_with_recipe(self, tuning: ShownTraining, folder: Path, name: str) -> None:
        """Put the training in the queue that a tuning was made for.

        Args:
            folder: of the training, a new one of `new_folder`.
            name: of the model that will come of it.
        """

        def do() -> None:
            from leukogui.backend.tuning import training_with_recipe
            from trainer.protocol.background import create_training

            request = training_with_recipe(tuning, folder, name)
            create_training(self._root, request, name, folder)

        self._is_stuck = False
        self._submit(do)

    def order(self, training: ShownTraining, order: Order) -> None:
        """Have one paused, cancelled, or ended with what is best so far."""

        def do() -> None:
            from trainer.protocol.background import Training

            Training(training.folder).give_order(order)

        self._submit(do)

    def go_on(self, training: ShownTraining) -> None:
        """Put one in the queue again, to go on from where it broke off."""

        def do() -> None:
            from trainer.protocol.background import Training

            Training(training.folder).put_in_queue()

        self._is_stuck = False
        self._submit(do)

    def delete(self, training: ShownTraining) -> None:
        """Remove one from the list, with its log; the model that came of it stays."""

        def do() -> None:
            from trainer.protocol.background import Training

            Training(training.folder).delete()

        self._submit(do)

    def close(self) -> None:
        """Wait for the thread; a training that runs goes on."""
        self._closed = True
        self._timer.stop()
        self._pool.shutdown()

    def _look_unless_busy(self) -> None:
        if not self._looks:
            self._submit(lambda: None)

    def _submit(self, do: Callable[[], None]) -> None:
        if self._closed:
            return
        self._looks += 1
        self._pool.submit(self._do_and_look, do)

    def _show(self, found: tuple[ShownTraining, ...]) -> None:
        self._looks -= 1
        if self._closed:
            return
        before, self.all = self.all, found
        is_active = any(each.is_active for each in found)
        if is_active != self._timer.isActive():
            self._timer.start() if is_active else self._timer.stop()
        if before != found:
            self.changed.emit()
        now = {each.id: each for each in found}
        for each in before:
            after = now.get(each.id)
            if each.is_going and after is not None and not after.is_going:
                self.ended.emit(after)

    # On the thread

    def _do_and_look(self, do: Callable[[], None]) -> None:
        found: tuple[ShownTraining, ...] = ()
        try:
            self._try(do)
            self._try(self._start_next)
            found = self._read_all()
        except Exception:  # noqa: BLE001 - reported
            report_error()
        self._read.emit(found)

    def _try(self, do: Callable[[], None]) -> None:
        try:
            do()
        except UserError as error:
            self.failed.emit(error)
        except OSError as error:
            self.failed.emit(UserError(f"{error.filename or self._root}: {error.strerror}."))

    def _start_next(self) -> None:
        """Start the next; one that cannot be started is not tried again by itself."""
        from trainer.protocol.background import start_next

        if self._is_stuck:
            return
        try:
            start_next(self._root, self._command)
        except (UserError, OSError):
            self._is_stuck = True
            raise

    def _read_all(self) -> tuple[ShownTraining, ...]:
        from leukogui.backend.training_reader import TrainingReader

        if self._reader is None:
            self._reader = TrainingReader(self._root)
        return self._reader.read()
