"""The hook for what nobody caught, on any thread: a report in a file, a calm notification.

`UserError` is shown in its own words, `Cancelled` is silent, everything else is a bug."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from trainer.errors import Cancelled, UserError

_LOG = logging.getLogger("leukogui")
_QT = logging.getLogger("qt")
_MAX_REPORTS = 20
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ExceptionHook(QObject):
    """Catches what escapes; one report for each place in the code, however often it fails."""

    user_error = Signal(str, str)  # message, hint: of a UserError
    reported = Signal(str, str)  # message, path of the report

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reported_places: set[str] = set()
        self._log_tail: Any = None

    def install(self) -> None:
        """Take over the hooks of Python and Qt."""
        sys.excepthook = self._on_main_thread
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable
        qInstallMessageHandler(_log_qt)

    def keep_log(self) -> None:
        """Keep the last lines of the log for the reports."""
        from trainer.protocol.diagnostics import LogTail  # not needed for the first second

        self._log_tail = LogTail()
        logging.getLogger().addHandler(self._log_tail)

    def handle(self, error: BaseException) -> None:
        """Deal with one; safe on any thread."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            _LOG.warning("%s %s", error.message, error.hint)
            self.user_error.emit(error.message, error.hint)
            return
        _LOG.error("a mistake in the program", exc_info=error)
        place = _location_of(error)
        if place in self._reported_places or len(self._reported_places) >= _MAX_REPORTS:
            return
        self._reported_places.add(place)
        self._report(error)

    def _report(self, error: BaseException) -> None:
        from trainer.protocol.diagnostics import write_crash_report
        from trainer.protocol.requests import PingRequest

        lines = list(self._log_tail.lines) if self._log_tail is not None else []
        # A report is about a request; the window's own errors are about none.
        path = write_crash_report(error, PingRequest(echo="the window"), lines)
        self.reported.emit(f"{type(error).__name__}: {str(error)[:200]}", str(path or ""))

    def _on_main_thread(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.handle(error.with_traceback(trace))

    def _on_thread(self, fault: threading.ExceptHookArgs) -> None:
        if fault.exc_value is not None and not isinstance(fault.exc_value, SystemExit):
            self.handle(fault.exc_value)

    def _on_unraisable(self, fault: Any) -> None:
        if fault.exc_value is not None:
            self.handle(fault.exc_value)


def _location_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    last = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} {last}"


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    where = getattr(context, "category", None) or "default"
    _QT.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", where, text)
