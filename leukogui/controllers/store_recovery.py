"""What helps where the store fails: a backup in its place, or another try."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject

from leukogui.backend.run_queue import RunQueue
from leukogui.session.case_session import CaseSession
from leukogui.window.notifications import Notifications, Remedy
from trainer.errors import UserError


class StoreRecoveryController(QObject):
    """Shows what fails in a case, with a button that helps where the store does."""

    def __init__(
        self, session: CaseSession, queue: RunQueue, notifications: Notifications, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._queue, self._notifications = session, queue, notifications
        session.failed.connect(self._show_error)
        session.restored.connect(self._on_restored)

    def remedy_for(self, error: UserError) -> Remedy | None:
        """What a person can do about an error with one click; None where that is nothing."""
        from trainer.cases.database.errors import DamagedStoreError, LockedStoreError

        match error:
            case DamagedStoreError(backups=(newest, *_)):
                return self._button_text(newest), partial(self.restore, newest)
            case LockedStoreError():
                return self.tr("Try again"), self._session.reread
        return None

    def restore(self, backup: Path) -> None:
        """Put a backup in the place of the damaged store; no run may be going on."""
        if self._queue.current is not None:
            self._notifications.show(
                self.tr("A run is going on."), self.tr("Stop it, then restore the backup.")
            )
            return
        self._session.restore(backup)

    def _show_error(self, error: UserError) -> None:
        self._notifications.show_error(error, self.remedy_for(error))

    def _button_text(self, backup: Path) -> str:
        from trainer.cases.database.backups import backup_time

        seconds = round(backup_time(backup).timestamp())
        when = QDateTime.fromSecsSinceEpoch(max(seconds, 0))
        shown = QLocale().toString(when, QLocale.FormatType.ShortFormat)
        return self.tr("Restore the backup of {time}").format(time=shown)

    def _on_restored(self, damaged: Path) -> None:
        self._notifications.show(
            self.tr("The backup is in the store's place."),
            self.tr("The damaged file is kept: {path}").format(path=damaged),
            stays=True,
        )
