"""Shows the report of the last error. Nothing is sent anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QWidget

from leukogui.threads.repeated_task import RepeatedTask
from leukogui.window.action_set import Actions
from leukogui.window.notifications import Notifications

if TYPE_CHECKING:
    from leukogui.widgets.text_window import TextWindow

_MAX_CHARACTERS = 1_000_000


class CrashReportController(QObject):
    """Connects the action that shows the newest report.

    Args:
        logs: folder of logs and reports.
        parent: owner of the controller and of the window that shows a report.
    """

    _found = Signal(str, str)  # path, text; both empty where there is none

    def __init__(
        self, actions: Actions, notifications: Notifications, logs: Path, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._notifications, self._logs, self._parent_widget = notifications, logs, parent
        self._search_task = RepeatedTask("report", self._find)
        self.shown: TextWindow | None = None
        self._found.connect(self._show)
        actions.on("report", self.show_last)

    def show_last(self) -> None:
        """Find the newest report, and show it."""
        self._search_task.start()

    def close(self) -> None:
        """Wait for the thread."""
        self._search_task.close()

    def notify_last_session(self, log: str) -> None:
        """Notify that the last session ended unexpectedly, and where its log is."""
        text = self.tr("The last session ended unexpectedly. What was committed is safe.")
        where = self.tr("Its log is {path}.").format(path=log)
        report = (self.tr("Show the report"), self.show_last)
        self._notifications.show(text, where, stays=True, action=report)

    def _find(self) -> None:
        path = find_newest_report(self._logs)
        text = ""
        if path is not None:
            try:
                text = path.read_text("utf-8", errors="replace")[:_MAX_CHARACTERS]
            except OSError as error:
                text = f"{path}: {error.strerror or error}"
        self._found.emit(str(path or ""), text)

    def _show(self, path: str, text: str) -> None:
        from leukogui.widgets.text_window import TextWindow

        if not path:
            self._notifications.show(self.tr("There is no report: no mistake was noted."))
            return
        folder = QPushButton(self.tr("Open its folder"))
        where = QUrl.fromLocalFile(str(Path(path).parent))
        folder.clicked.connect(lambda: QDesktopServices.openUrl(where))
        if self.shown is not None:
            self.shown.deleteLater()
        title = self.tr("Report: {name}").format(name=Path(path).name)
        self.shown = TextWindow(title, text, self._parent_widget)
        self.shown.add_button(folder)
        self.shown.show()


def find_newest_report(logs: Path) -> Path | None:
    """The crash report that was written last."""
    dated: list[tuple[float, Path]] = []
    for path in logs.glob("crash-*.txt"):
        try:
            dated.append((path.stat().st_mtime, path))
        except OSError:  # deleted meanwhile
            continue
    return max(dated)[1] if dated else None
