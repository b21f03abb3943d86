"""Lists the open folder on a thread, and again whenever something in it changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from leukogui.case.listing import Listing, list_images
from trainer.errors import UserError

_DEBOUNCE_MILLISECONDS = 800
_RELIST_MILLISECONDS = 60_000
_RETRY_MILLISECONDS = 2000
_MAX_WATCHED = 200


class FolderWatch(QObject):
    """Lists the images of a folder. Emits from its thread; Qt brings it to the receiver's.

    Network drives report no change, so the folder is also listed every minute. A folder that
    is gone is reported once, and looked up until it is back. No system reports a folder's own new
    name, but of a change in the folder that holds it: then it is checked whether it, or a further
    folder of the case, came or went.
    """

    found = Signal(int, list)  # generation, names, as they come
    listed = Signal(int, object)  # generation, Listing
    failed = Signal(int, object)  # generation, UserError
    _missing = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.generation = 0
        self.any_suffix = False  # as for `search_images`, from the next listing on
        self.folders: tuple[str, ...] = ()  # further ones, relative to it, likewise
        self._root: Path | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._debounce = QTimer(self, singleShot=True, interval=_DEBOUNCE_MILLISECONDS)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_changed)
        self._debounce.timeout.connect(self.relist)
        self._relist_timer = QTimer(self, interval=_RELIST_MILLISECONDS)
        self._relist_timer.timeout.connect(self.relist)
        self._retry_timer = QTimer(self, singleShot=True, interval=_RETRY_MILLISECONDS)
        self._retry_timer.timeout.connect(self.relist)
        self._parent_check = QTimer(self, singleShot=True, interval=_DEBOUNCE_MILLISECONDS)
        self._parent_check.timeout.connect(
            lambda: self._start_thread(self._list_if_moved, emit_found=False)
        )
        self._absent: frozenset[str] = frozenset()  # of root and further ones, at the last look
        self._is_missing = False
        self._missing.connect(self._on_missing)
        self.listed.connect(self._watch)

    def open(self, root: Path) -> int:
        """Begin with a folder; returns the generation that its signals carry."""
        self.close()
        self._root = root
        self._relist_timer.start()
        self._start_thread(self._list, emit_found=True)
        return self.generation

    def relist(self) -> None:
        """List the folder anew, unless that goes on already."""
        if self._root is None:
            return
        if self._is_listing():
            self._debounce.start()
        else:
            self._start_thread(self._list, emit_found=False)

    def close(self) -> None:
        """Stop, and forget the folder; signals on their way carry an older generation."""
        self._stop.set()
        self._debounce.stop()
        self._retry_timer.stop()
        self._parent_check.stop()
        self._relist_timer.stop()
        self._is_missing = False
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.generation += 1
        self._root = None
        self._unwatch_all()

    def _is_listing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _start_thread(self, do: Callable[..., None], *, emit_found: bool) -> None:
        if self._root is None or self._is_listing():
            return
        self._stop = threading.Event()
        arguments = (self._root, self.generation, self._stop, emit_found)
        self._thread = threading.Thread(target=do, args=arguments, name="listing", daemon=True)
        self._thread.start()

    def _on_changed(self, folder: str) -> None:
        if self._root is None or folder not in self._parents():
            self._debounce.start()
        elif (
            not self._parent_check.isActive()
        ):  # a folder of many changes is glanced at now and then
            self._parent_check.start()

    def _unwatch_all(self) -> None:
        if watched := self._watcher.directories():
            self._watcher.removePaths(watched)

    def _parents(self) -> set[str]:
        """The folders that hold the folder and the further ones."""
        if self._root is None:
            return set()
        further = (Path(os.path.normpath(self._root / each)) for each in self.folders)
        return {str(each.parent) for each in (self._root, *further) if each.parent != each}

    def _find_absent(self, root: Path) -> frozenset[str]:
        return frozenset(each for each in ("", *self.folders) if not (root / each).is_dir())

    def _list_if_moved(
        self, root: Path, generation: int, stop: threading.Event, emit_found: bool
    ) -> None:
        absent = self._find_absent(root)
        if "" in absent or absent != self._absent:
            self._list(root, generation, stop, emit_found)

    def _list(self, root: Path, generation: int, stop: threading.Event, emit_found: bool) -> None:
        self._absent = self._find_absent(root)

        def on_batch(names: list[str]) -> None:
            if emit_found:
                self.found.emit(generation, names)

        try:
            listing = list_images(
                root, on_batch, stop.is_set, any_suffix=self.any_suffix, folders=self.folders
            )
        except UserError as error:
            self._missing.emit(generation, error)
            return
        if not stop.is_set():
            self.listed.emit(generation, listing)

    def _on_missing(self, generation: int, error: UserError) -> None:
        if generation != self.generation:
            return
        self._unwatch_all()  # what comes back under the same name may be another folder
        self._retry_timer.start()
        if not self._is_missing:
            self._is_missing = True
            self.failed.emit(generation, error)

    def _watch(self, generation: int, listing: Listing) -> None:
        if generation != self.generation or self._root is None:
            return
        self._is_missing = False
        pairs = zip(listing.folders[:_MAX_WATCHED], listing.times, strict=False)
        times: dict[str, int | None] = {str(self._root / folder): at for folder, at in pairs}
        for parent in self._parents():
            times.setdefault(parent, None)
        new = sorted(times.keys() - set(self._watcher.directories()))
        if new:
            self._watcher.addPaths(new)
        # What changed after it was listed and before it was watched, nobody would report.
        if any(times[path] not in (None, _modified_time_of(path)) for path in new):
            self._debounce.start()


def _modified_time_of(folder: str) -> int | None:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return None
