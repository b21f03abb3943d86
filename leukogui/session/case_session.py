"""The open case as Qt sees it: one case at a time, read by threads, told by signals."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.case.cells import CaseModel, Judged
from leukogui.case.listing import Listing
from leukogui.session.folder_watch import FolderWatch
from leukogui.session.store_thread import StoreThread
from trainer.errors import UserError

if TYPE_CHECKING:
    from trainer.cases.records import Run
    from trainer.cases.store import CaseStore
    from trainer.domain import Prediction

_MILLISECONDS_TO_GATHER = 80
_MOST_TO_GATHER = 1000
_SHARE_OF_TELLING = 8
_MILLISECONDS_TO_POLL = 400


class CaseSession(QObject):
    """Opens a folder, keeps its `CaseModel` up to date, and fetches details of a cell.

    Args:
        store: path of the store's file.
    """

    opened = Signal()  # a folder was opened, or closed: `model` is another one
    changed = Signal()  # files or predictions of the model changed; gathered, not one by one
    listed = Signal()  # the folder was listed to its end
    run_changed = Signal()  # `run` is another one
    failed = Signal(object)  # UserError
    restored = Signal(object)  # where the damaged store is now
    fetched = Signal(str, object)  # name, Prediction or None
    _page = Signal(int, list)
    _runs = Signal(int, list)
    _polled = Signal()

    def __init__(self, store: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: CaseModel | None = None
        self.run: Run | None = None
        # The last row read of each run; the store's thread alone looks into it.
        self._marks: dict[int, int] = {}
        self._store = StoreThread(store, self)
        self._store.failed.connect(self.failed)
        self._folder = FolderWatch(self)
        self._folder.found.connect(self._on_found)
        self._folder.listed.connect(self._on_listed)
        self._folder.failed.connect(self._on_failed)
        self._page.connect(self._on_page)
        self._runs.connect(self._on_runs)
        self._gather = QTimer(self, singleShot=True, interval=_MILLISECONDS_TO_GATHER)
        self._gather.timeout.connect(self._tell_change)
        self._poll = QTimer(self, interval=_MILLISECONDS_TO_POLL)
        self._poll.timeout.connect(self._look_for_news)
        self._polled.connect(self._on_polled)
        self.restored.connect(self.reread)
        self._polling = False
        self._poll_again = False
        self.is_listing = False

    @property
    def root(self) -> Path | None:
        """The open folder."""
        return self.model.root if self.model is not None else None

    def open(self, root: Path) -> None:
        """Open a folder; what was open is closed."""
        self._leave()
        self.model = CaseModel(root)
        self.is_listing = True
        self._folder.open(root)
        self.opened.emit()
        self._look_for_news()

    def close_case(self) -> None:
        """Have no folder open."""
        self._leave()
        self.opened.emit()

    def shut_down(self) -> None:
        """Stop every thread; the session is of no use afterwards."""
        self._leave()
        self._store.close()

    def follow_run(self, going: bool) -> None:
        """Look for new predictions all the time, or only once more."""
        if going:
            self._poll.start()
        else:
            self._poll.stop()
            self._look_for_news()

    def reread(self) -> None:
        """Read every run of the case again: another one may count now."""
        self._marks = {}
        self._look_for_news()

    def restore(self, backup: Path) -> None:
        """Put a backup in the place of a damaged store, and read it; told by `restored`."""

        def task(store: Path) -> None:
            from trainer.cases.backups import restore

            self.restored.emit(restore(store, backup))

        self._store.ask_closed(task)

    def look_again(self) -> None:
        """List the folder again."""
        self._folder.look_again()

    def fetch(self, name: str) -> None:
        """Read the whole prediction of an image, heat map included; told by `fetched`."""
        row = self.model.row(name) if self.model is not None else None
        judged = self.model.judged[row] if self.model is not None and row is not None else None
        if judged is None:
            self.fetched.emit(name, None)
            return
        run = judged.run

        def task(store: CaseStore | None) -> None:
            found: Prediction | None = store.prediction(run, name) if store else None
            self.fetched.emit(name, found)

        self._store.ask(task, partial(self.fetched.emit, name, None))

    def ask_store(
        self,
        task: Callable[[CaseStore | None], None],
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """Run a function of the store on its thread; `on_failure` too, if it fails."""
        self._store.ask(task, on_failure)

    def _leave(self) -> None:
        self._poll.stop()
        self._gather.stop()
        self._folder.close()
        self.model, self.run = None, None
        self._marks = {}
        self.is_listing = False

    # On the store's thread

    def _read_news(
        self,
        root: Path,
        generation: int,
        last: Run | None,
        marks: dict[int, int],
        store: CaseStore | None,
    ) -> None:
        from leukogui.case import store_queries as reading

        runs = reading.shown_runs(store, root) if store else []
        if (runs[-1] if runs else None) != last:
            self._runs.emit(generation, runs)
        for page in reading.news(store, runs, marks) if store else ():
            if self._store.leaving or generation != self._folder.generation:
                break
            self._page.emit(generation, page)
        self._polled.emit()

    # On the window's thread

    def _look_for_news(self) -> None:
        # Asked for while it looks: what came in the meantime must not be missed.
        self._poll_again = self._polling
        if self.model is None or self._polling:
            return
        self._polling = True
        arguments = (self.model.root, self._folder.generation, self.run, self._marks)
        # Told when it fails, too: not even opening the store must end the looking.
        self._store.ask(partial(self._read_news, *arguments), self._polled.emit)

    def _on_polled(self) -> None:
        self._polling = False
        if self._poll_again:
            self._look_for_news()

    def _on_found(self, generation: int, names: list[str]) -> None:
        if self.model is not None and generation == self._folder.generation:
            self.model.add_files(names)
            self._change()

    def _on_listed(self, generation: int, listing: Listing) -> None:
        if self.model is None or generation != self._folder.generation:
            return
        self.is_listing = False
        if self.model.set_files(listing.files, listing.file_places):
            self._change()
        self.listed.emit()
        for problem in listing.problems[:3]:
            self.failed.emit(UserError(problem))

    def _on_failed(self, generation: int, error: UserError) -> None:
        if generation == self._folder.generation:
            self.is_listing = False
            self.failed.emit(error)
            self.listed.emit()

    def _on_runs(self, generation: int, runs: list[Run]) -> None:
        if self.model is None or generation != self._folder.generation:
            return
        from trainer.cases.current_runs import same_model

        newest = runs[-1] if runs else None
        if not same_model(self.run, newest):
            self.model.forget_judged()
            self._change()
        self.run = newest
        self.run_changed.emit()

    def _on_page(self, generation: int, page: list[tuple[str, Judged]]) -> None:
        if self.model is not None and generation == self._folder.generation:
            self.model.set_judged(page)
            self._change()

    def _tell_change(self) -> None:
        """Tell, and the longer that takes the more seldom: it is never most of the time."""
        begun = time.perf_counter()
        self.changed.emit()
        took = round(1000 * (time.perf_counter() - begun))
        wait = max(_MILLISECONDS_TO_GATHER, _SHARE_OF_TELLING * took)
        self._gather.setInterval(min(wait, _MOST_TO_GATHER))

    def _change(self) -> None:
        if not self._gather.isActive():
            self._gather.start()
