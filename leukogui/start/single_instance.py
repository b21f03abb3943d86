"""One window for one data folder: a second start shows the first one's window instead."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

LOCK = "window.lock"
_MILLISECONDS = 1500


class SingleInstance(QObject):
    """Holds the data folder for this window, or knows who does.

    Args:
        folder: the data folder; two folders are two programs.
    """

    open_requested = Signal(list)  # paths that a second start was given, maybe none

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = QLockFile(str(folder / LOCK))
        self._lock.setStaleLockTime(0)  # held for as long as its process lives
        digest = hashlib.sha256(str(folder.absolute()).encode("utf-8", "surrogateescape"))
        self._name = f"leukogui-{digest.hexdigest()[:16]}"
        self._folder = folder
        self._server: QLocalServer | None = None
        self._sockets: list[QLocalSocket] = []

    def acquire(self) -> bool:
        """Take the folder; False if another window has it.

        A folder that cannot be written is nobody's: every start opens a window then.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return True
        if not self._lock.tryLock(0):
            return self._lock.error() != QLockFile.LockError.LockFailedError
        self._listen()
        return True

    def holder(self) -> str:
        """Who has it, in words; empty if it is not known."""
        try:
            pid, program, host, *_ = (self._folder / LOCK).read_text("utf-8").splitlines()
        except (OSError, ValueError):
            return ""
        return f"{program} (process {pid} on {host})"

    def show_other(self, paths: list[str]) -> bool:
        """Request the window that has it to come to the front and open `paths`; whether it will."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_MILLISECONDS):
            return False
        socket.write(json.dumps(paths).encode("ascii") + b"\n")
        is_sent = socket.waitForBytesWritten(_MILLISECONDS)
        socket.disconnectFromServer()
        return is_sent

    def release(self) -> None:
        """Give the folder free."""
        if self._server is not None:
            self._sockets.clear()
            self._server.close()
            self._server.deleteLater()
            self._server = None
        self._lock.unlock()

    def _listen(self) -> None:
        QLocalServer.removeServer(self._name)  # of a window that was killed
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        self._server.listen(self._name)

    def _on_connection(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()):
            self._sockets.append(socket)
            socket.readyRead.connect(self._read_sockets)
        self._read_sockets()

    def _read_sockets(self) -> None:
        for socket in list(self._sockets):
            if not socket.canReadLine():
                continue
            self._sockets.remove(socket)
            line = bytes(socket.readLine().data())
            socket.close()
            self._handle_line(line)

    def _handle_line(self, line: bytes) -> None:
        try:
            paths = json.loads(line)
        except ValueError:
            return
        if isinstance(paths, list):
            self.open_requested.emit([str(path) for path in paths])
