"""One funnel for what nobody caught, on any thread: a report in a file, a calm notice.

`UserError` is told in its own words, `Cancelled` is silent, everything else is a bug."""

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
_MOST_REPORTS = 20
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class FaultFunnel(QObject):
    """Catches what escapes; one report for each place in the code, however often it fails."""

    told = Signal(str, str)  # message, hint: of a UserError
    reported = Signal(str, str)  # message, path of the report

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._tail: Any = None

    def install(self) -> None:
        """Take over the hooks of Python and Qt."""
        sys.excepthook = self._from_main
        threading.excepthook = self._from_thread
        sys.unraisablehook = self._from_nowhere
        qInstallMessageHandler(_log_qt)

    def keep_log(self) -> None:
        """Keep the last lines of the log for the reports."""
        from trainer.protocol.diagnostics import LogTail  # not needed for the first second

        self._tail = LogTail()
        logging.getLogger().addHandler(self._tail)

    def take(self, error: BaseException) -> None:
        """Deal with one; safe on any thread."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, UserError):
            _LOG.warning("%s %s", error.message, error.hint)
            self.told.emit(error.message, error.hint)
            return
        _LOG.error("a mistake in the program", exc_info=error)
        place = _place_of(error)
        if place in self._seen or len(self._seen) >= _MOST_REPORTS:
            return
        self._seen.add(place)
        self._report(error)

    def _report(self, error: BaseException) -> None:
        from trainer.protocol.diagnostics import write_crash_report
        from trainer.protocol.requests import PingRequest

        lines = list(self._tail.lines) if self._tail is not None else []
        # A report is about a request; the window's own mistakes are about none.
        path = write_crash_report(error, PingRequest(echo="the window"), lines)
        self.reported.emit(f"{type(error).__name__}: {str(error)[:200]}", str(path or ""))

    def _from_main(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.take(error.with_traceback(trace))

    def _from_thread(self, fault: threading.ExceptHookArgs) -> None:
        if fault.exc_value is not None and not isinstance(fault.exc_value, SystemExit):
            self.take(fault.exc_value)

    def _from_nowhere(self, fault: Any) -> None:
        if fault.exc_value is not None:
            self.take(fault.exc_value)


def _place_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    last = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__} {last}"


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    where = getattr(context, "category", None) or "default"
    _QT.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", where, text)
