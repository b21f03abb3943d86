"""The files of the open folder that are not read: counted below the pages, and read on request."""

from __future__ import annotations

from PySide6.QtCore import QObject

from leukogui.case.unread_text import count_text, describe_images, describe_unread
from leukogui.settings.store import add_folder
from leukogui.settings.table import ANY_SUFFIX_FOLDERS
from leukogui.window.notifications import Remedy
from leukogui.window.parts import WindowParts
from leukogui.window.status_bar import StatusBar


class UnreadFilesController(QObject):
    """Shows what is not read when a folder was listed, in full on request.

    Files that are images by their content can be read with one click. That holds for the folder
    from then on, in runs too.

    Args:
        status: it shows their number.
    """

    def __init__(self, parts: WindowParts, status: StatusBar) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._status = parts, parts.session, status
        self._is_new = True
        status.unread.clicked.connect(self.show_files)
        parts.session.opened.connect(self._on_case)
        parts.session.listed.connect(self._on_listed)
        self._on_case()

    def show_files(self) -> None:
        """Show how many there are of each kind, until it is closed."""
        self._notify(stays=True)

    def read_images(self) -> None:
        """Read files that are images by their content, in this folder from now on."""
        root, settings = self._session.root, self._parts.settings
        if root is not None:
            folders = add_folder(settings.value(ANY_SUFFIX_FOLDERS), str(root))
            settings.set(ANY_SUFFIX_FOLDERS, folders)
            self._session.read_any_suffix()

    def _on_case(self) -> None:
        self._is_new = True
        self._status.show_unread("", "")

    def _on_listed(self) -> None:
        unread = self._session.unread
        if unread is None or not len(unread):
            self._status.show_unread("", "")
            return
        self._status.show_unread(count_text(len(unread)), describe_unread(unread))
        if self._is_new:
            self._is_new = False
            # Backups alone are no surprise; of images a person may not know that they are not read.
            if any(each.kind != "backup" for each in unread.groups):
                self._notify(stays=bool(describe_images(unread)))

    def _notify(self, *, stays: bool) -> None:
        unread = self._session.unread
        if unread is None or not len(unread):
            return
        images = describe_images(unread)
        action: Remedy | None = (self.tr("Read them"), self.read_images) if images else None
        text = describe_unread(unread)
        self._parts.notifications.show(text, images, stays=stays, action=action)
