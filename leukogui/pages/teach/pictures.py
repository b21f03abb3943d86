"""Cells that an audit names, as pictures with what is to be known of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem

from leukogui.gallery.text import class_title
from leukogui.language.worker_messages import translate_message
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip

if TYPE_CHECKING:
    from leukogui.backend.audit_result import AuditPicture


class PictureList(QListWidget):
    """Pictures in rows, each with a few words below."""

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(8 * GRID, 8 * GRID))
        self.setGridSize(QSize(24 * GRID, 14 * GRID))
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setSpacing(GRID // 2)
        self.setAccessibleName(self.tr("Cells to look at"))

    def show_pictures(self, pictures: Sequence[AuditPicture]) -> None:
        """Show these."""
        self.clear()
        for each in pictures:
            item = QListWidgetItem(self._describe(each))
            if each.rgb is not None:
                height, width = each.rgb.shape[:2]
                stride, kind = each.rgb.strides[0], QImage.Format.Format_RGB888
                image = QImage(each.rgb.data, width, height, stride, kind)
                item.setIcon(QIcon(QPixmap.fromImage(image)))
            item.setToolTip(plain_tooltip(f"{each.name}\n{self._describe(each)}"))
            self.addItem(item)

    def _describe(self, picture: AuditPicture) -> str:
        label, other = class_title(picture.label), class_title(picture.other)
        if picture.why == "label":
            text = self.tr("Labelled {label}; looks like {other}")
        elif picture.why == "copy":
            differ = picture.label != picture.other
            both = self.tr("Copy; {label}, the other {other}")
            text = both if differ else self.tr("Copy; {label}")
        else:
            return translate_message(picture.other)
        return text.format(label=label, other=other)
