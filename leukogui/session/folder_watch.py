"""Lists the open folder on a thread, and again whenever something in it changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from leukogui.case.listing import Listing, list_images
from trainer.errors import UserError

_MILLISECONDS_TO_SETTLE = 800
_MILLISECONDS_BETWEEN = 60_000
_MILLISECONDS_GONE = 2000
_MOST_WATCHED = 200


class FolderWatch(QObject):
    """Tells what images a folder holds. Emits from its thread; Qt brings it to the receiver's.

    Network drives tell of no change, so the folder is also listed every minute. A folder that
    is gone is told once, and looked for until it is back. No system tells of a folder's own new
    name, but of a change in the folder that holds it: then it is looked whether it is still there.
    """

    found = Signal(int, list)  # generation, names, as they come
    listed = Signal(int, object)  # generation, Listing
    failed = Signal(int, object)  # generation, UserError
    _gone = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.generation = 0
        self._root: Path | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._settle = QTimer(self, singleShot=True, interval=_MILLISECONDS_TO_SETTLE)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_changed)
        self._settle.timeout.connect(self.look_again)
        self._regular = QTimer(self, interval=_MILLISECONDS_BETWEEN)
        self._regular.timeout.connect(self.look_again)
        self._search = QTimer(self, singleShot=True, interval=_MILLISECONDS_GONE)
        self._search.timeout.connect(self.look_again)
        self._glance = QTimer(self, singleShot=True, interval=_MILLISECONDS_TO_SETTLE)
        self._glance.timeout.connect(lambda: self._start_thread(self._list_if_gone, tell=False))
        self._is_gone = False
        self._gone.connect(self._on_gone)
        self.listed.connect(self._watch)

    def open(self, root: Path) -> int:
        """Begin with a folder; returns the generation that its signals carry."""
        self.close()
        self._root = root
        self._regular.start()
        self._start_thread(self._list, tell=True)
        return self.generation

    def look_again(self) -> None:
        """List the folder anew, unless that goes on already."""
        if self._root is None:
            return
        if self._is_listing():
            self._settle.start()
        else:
            self._start_thread(self._list, tell=False)

    def close(self) -> None:
        """Stop, and forget the folder; signals on their way carry an older generation."""
        self._stop.set()
        self._settle.stop()
        self._search.stop()
        self._glance.stop()
        self._regular.stop()
        self._is_gone = False
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.generation += 1
        self._root = None
        self._watch_nothing()

    def _is_listing(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _start_thread(self, do: Callable[..., None], *, tell: bool) -> None:
        if self._root is None or self._is_listing():
            return
        self._stop = threading.Event()
        arguments = (self._root, self.generation, self._stop, tell)
        self._thread = threading.Thread(target=do, args=arguments, name="listing", daemon=True)
        self._thread.start()

    def _on_changed(self, folder: str) -> None:
        if self._root is None or folder != str(self._root.parent):
            self._settle.start()
        elif not self._glance.isActive():  # a folder of many changes is glanced at now and then
            self._glance.start()

    def _watch_nothing(self) -> None:
        if watched := self._watcher.directories():
            self._watcher.removePaths(watched)

    def _list_if_gone(self, root: Path, generation: int, stop: threading.Event, tell: bool) -> None:
        if not root.is_dir():
            self._list(root, generation, stop, tell)

    def _list(self, root: Path, generation: int, stop: threading.Event, tell: bool) -> None:
        def on_batch(names: list[str]) -> None:
            if tell:
                self.found.emit(generation, names)

        try:
            listing = list_images(root, on_batch, stop.is_set)
        except UserError as error:
            self._gone.emit(generation, error)
            return
        if not stop.is_set():
            self.listed.emit(generation, listing)

    def _on_gone(self, generation: int, error: UserError) -> None:
        if generation != self.generation:
            return
        self._watch_nothing()  # what comes back under the same name may be another folder
        self._search.start()
        if not self._is_gone:
            self._is_gone = True
            self.failed.emit(generation, error)

    def _watch(self, generation: int, listing: Listing) -> None:
        if generation != self.generation or self._root is None:
            return
        self._is_gone = False
        pairs = zip(listing.folders[:_MOST_WATCHED], listing.times, strict=False)
        times: dict[str, int | None] = {str(self._root / folder): at for folder, at in pairs}
        if self._root.parent != self._root:
            times.setdefault(str(self._root.parent), None)
        new = sorted(times.keys() - set(self._watcher.directories()))
        if new:
            self._watcher.addPaths(new)
        # What changed after it was listed and before it was watched, nobody would tell.
        if any(times[path] not in (None, _time_of(path)) for path in new):
            self._settle.start()


def _time_of(folder: str) -> int | None:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return None
