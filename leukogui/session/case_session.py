"""The open case as Qt sees it: one case at a time, read by threads, reported by signals."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.case.cells import CaseModel
from leukogui.case.listing import Listing
from leukogui.case.results import CellResult
from leukogui.session.folder_watch import FolderWatch
from leukogui.session.reading import BlindReading
from leukogui.session.store_thread import StoreThread
from trainer.domain import CellId
from trainer.errors import UserError

if TYPE_CHECKING:
    from leukogui.case.store_queries import CaseCells, Cursor, ResultPage
    from trainer.cases.records import Run
    from trainer.cases.store import CaseStore
    from trainer.domain import Prediction
    from trainer.imaging.folders.unread_files import UnreadFiles

_BATCH_MILLISECONDS = 80
_MAX_BATCH_MILLISECONDS = 1000
_SIGNAL_COST_FACTOR = 8
_POLL_MILLISECONDS = 400


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
    fetched = Signal(object, object)  # CellId, Prediction or None
    cells_reread = Signal()  # after `reread_cells`: they are in the model now
    field_fetched = Signal(str, object)  # image, its LocatedCells with their outlines
    _page = Signal(int, object)
    _cells = Signal(int, object)
    _runs = Signal(int, list)
    _folders = Signal(int, object)  # generation, further folders of the case
    _polled = Signal()

    def __init__(self, store: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: CaseModel | None = None
        self.run: Run | None = None
        self.reading: BlindReading | None = None
        self._newest_run: Run | None = None  # also where a reader is not to see it
        self.unread: UnreadFiles | None = None  # of the folder, when it was listed last
        # The last rows read of each run; the store's thread alone reads it.
        self._cursors: dict[int, Cursor] = {}
        self.store_path = store
        self._store = StoreThread(store, self)
        self._store.failed.connect(self.failed)
        self._folder = FolderWatch(self)
        self._folder.found.connect(self._on_found)
        self._folder.listed.connect(self._on_listed)
        self._folder.failed.connect(self._on_failed)
        self._page.connect(self._on_page)
        self._cells.connect(self._on_cells)
        self._runs.connect(self._on_runs)
        self._folders.connect(self._on_folders)
        self._change_timer = QTimer(self, singleShot=True, interval=_BATCH_MILLISECONDS)
        self._change_timer.timeout.connect(self._emit_change)
        self._poll = QTimer(self, interval=_POLL_MILLISECONDS)
        self._poll.timeout.connect(self._poll_store)
        self._polled.connect(self._on_polled)
        self.restored.connect(self.reread)
        self._is_polling = False
        self._poll_again = False
        self._cells_due = False
        self.is_listing = False

    @property
    def root(self) -> Path | None:
        """The open folder."""
        return self.model.root if self.model is not None else None

    def open(
        self, root: Path, *, any_suffix: bool = False, reading: BlindReading | None = None
    ) -> None:
        """Open a folder; what was open is closed.

        Args:
            root: the folder.
            any_suffix: images are read whatever their names, as by `search_images`.
            reading: it is read blind; None: it is reviewed.
        """
        self._close_current()
        self.reading = reading
        self.model = CaseModel(root)
        self.is_listing = True
        self._folder.any_suffix, self._folder.folders = any_suffix, ()
        generation = self._folder.open(root)
        self.opened.emit()
        self._read_folders(root, generation)
        self.reread_cells()

    def open_again(self, reading: BlindReading | None) -> None:
        """Open the open folder anew, to read it blind or to review it."""
        if self.root is not None:
            self.open(self.root, any_suffix=self._folder.any_suffix, reading=reading)

    def close_case(self) -> None:
        """Have no folder open."""
        self._close_current()
        self.opened.emit()

    def shut_down(self) -> None:
        """Stop every thread; the session is of no use afterwards."""
        self._close_current()
        self._store.close()

    def follow_run(self, going: bool) -> None:
        """Poll the store for new predictions, or read it only once more."""
        if going:
            self._poll.start()
        else:
            self._poll.stop()
            self.reread_cells()

    def reread(self) -> None:
        """Read every run of the case again: another one may count now."""
        self._cursors = {}
        self.reread_cells()

    def reread_cells(self) -> None:
        """Read the cells of all fields again: a person drew or removed one, or a run ended.

        A run that goes on only adds cells, which come with their results.
        """
        self._cells_due = True
        self._poll_store()

    def restore(self, backup: Path) -> None:
        """Put a backup in the place of a damaged store, and read it; `restored` is emitted."""

        def task(store: Path) -> None:
            from trainer.cases.database.backups import restore

            self.restored.emit(restore(store, backup))

        self._store.submit_closed(task)

    def read_any_suffix(self) -> None:
        """List the folder again, with the files that are images by their content."""
        self._folder.any_suffix = True
        self._folder.relist()

    def add_folder(self, folder: Path, reviewer: str) -> None:
        """Add a folder to the case; its images are listed as soon as it is in the store."""
        root, generation = self.root, self._folder.generation
        if root is None:
            return

        def task(store: CaseStore) -> None:
            from trainer.cases import case_folders

            case = store.cases.find_or_create(root)
            case_folders.add_folder(store, case, folder, reviewer=reviewer)
            self._folders.emit(generation, case_folders.folders_of(store, root))

        self._store.submit_write(task)

    def reread_folders(self) -> None:
        """Read again which folders belong to the case."""
        if self.root is not None:
            self._read_folders(self.root, self._folder.generation)

    def relist(self) -> None:
        """List the folder again."""
        self._folder.relist()

    def result(self, cell: CellId | None) -> CellResult | None:
        """The result of a cell of the open case, if it has one."""
        return self.model.result(cell) if self.model is not None else None

    def fetch(self, cell: CellId) -> None:
        """Read the whole prediction of a cell, heat map included; emitted by `fetched`."""
        result = self.result(cell)
        if result is None:
            self.fetched.emit(cell, None)
            return
        run = result.run

        def task(store: CaseStore | None) -> None:
            found: Prediction | None = (
                store.predictions.get(run, cell.image, cell.number) if store else None
            )
            self.fetched.emit(cell, found)

        self._store.submit(task, partial(self.fetched.emit, cell, None))

    def fetch_field(self, image: str) -> None:
        """Read the cells of an image with their outlines; emitted by `field_fetched`."""
        root = self.root
        if root is None:
            return

        def task(store: CaseStore | None) -> None:
            from leukogui.case.store_queries import read_field

            cells = read_field(store, root, image) if store is not None else ()
            self.field_fetched.emit(image, cells)

        self._store.submit(task)

    def submit_to_store(
        self,
        task: Callable[[CaseStore | None], None],
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """Run a function of the store on its thread; `on_failure` too, if it fails."""
        self._store.submit(task, on_failure)

    def submit_write(
        self, task: Callable[[CaseStore], None], on_failure: Callable[[], None] = lambda: None
    ) -> None:
        """As `submit_to_store`, with a store that can be written; what waits is still written."""
        self._store.submit_write(task, on_failure)

    def show_change(self) -> None:
        """Emit now that the model changed, for what a person waits for."""
        self._change_timer.stop()
        self._emit_change()

    def _close_current(self) -> None:
        self._poll.stop()
        self._change_timer.stop()
        self._folder.close()
        self.model, self.run, self.unread = None, None, None
        self.reading, self._newest_run = None, None
        self._cursors = {}
        self.is_listing = False

    def _read_folders(self, root: Path, generation: int) -> None:
        def task(store: CaseStore | None) -> None:
            from trainer.cases.case_folders import folders_of

            if store is not None:
                self._folders.emit(generation, folders_of(store, root))

        self._store.submit(task)

    # On the store's thread

    def _read_new_results(
        self,
        root: Path,
        generation: int,
        last: Run | None,
        cursors: dict[int, Cursor],
        cells_due: bool,
        store: CaseStore | None,
    ) -> None:
        from leukogui.case import store_queries as reading

        runs = reading.find_current_runs(store, root) if store else []
        if (runs[-1] if runs else None) != last:
            self._runs.emit(generation, runs)
        for page in reading.read_new_results(store, runs, cursors) if store else ():
            if self._store.is_closing or generation != self._folder.generation:
                break
            self._page.emit(generation, page)
        if cells_due and store is not None:
            self._cells.emit(generation, reading.read_cells(store, root))
        self._polled.emit()

    # On the window's thread

    def _poll_store(self) -> None:
        # Requested while it reads: what came in the meantime must not be missed.
        self._poll_again = self._is_polling
        if self.model is None or self._is_polling:
            return
        self._is_polling = True
        due, self._cells_due = self._cells_due, False
        arguments = (self.model.root, self._folder.generation, self._newest_run, self._cursors, due)
        # Emitted when it fails, too: not even opening the store must end the polling.
        self._store.submit(partial(self._read_new_results, *arguments), self._polled.emit)

    def _on_polled(self) -> None:
        self._is_polling = False
        if self._poll_again:
            self._poll_store()

    def _on_folders(self, generation: int, folders: tuple[str, ...]) -> None:
        if generation == self._folder.generation and folders != self._folder.folders:
            self._folder.folders = folders
            self._folder.relist()
            self.reread_cells()  # of a folder that left, or is back, with what is known of it

    def _on_found(self, generation: int, names: list[str]) -> None:
        if self.model is not None and generation == self._folder.generation:
            self.model.add_files(names)
            self._schedule_change()

    def _on_listed(self, generation: int, listing: Listing) -> None:
        if self.model is None or generation != self._folder.generation:
            return
        self.is_listing = False
        self.unread = listing.unread
        if self.model.set_files(listing.files, listing.name_ranks):
            self._schedule_change()
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
        if not same_model(self._newest_run, newest):
            self.model.clear_results()
            self._schedule_change()
        self._newest_run = newest
        self.run = None if self.reading is not None and self.reading.hides_model else newest
        self.run_changed.emit()

    def _on_page(self, generation: int, page: ResultPage) -> None:
        if self.model is not None and generation == self._folder.generation:
            self.model.add_cells(page.cells)
            self.model.add_searched(page.searched)
            seen = self.reading.mask(page) if self.reading is not None else page
            self.model.set_results(seen.results)
            self._schedule_change()

    def _on_cells(self, generation: int, found: CaseCells) -> None:
        if self.model is not None and generation == self._folder.generation:
            self.model.set_cells(found.cells, found.content)
            self.model.update_rows()
            self._schedule_change()
            self.cells_reread.emit()

    def _emit_change(self) -> None:
        """Emit, and the longer that takes the more seldom: it is never most of the time."""
        start = time.perf_counter()
        if self.model is not None:
            self.model.update_rows()
        self.changed.emit()
        took = round(1000 * (time.perf_counter() - start))
        wait = max(_BATCH_MILLISECONDS, _SIGNAL_COST_FACTOR * took)
        self._change_timer.setInterval(min(wait, _MAX_BATCH_MILLISECONDS))

    def _schedule_change(self) -> None:
        if not self._change_timer.isActive():
            self._change_timer.start()
