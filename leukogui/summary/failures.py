"""Images that could not be read, each with the reason; they can be classified again."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QWidget

from leukogui.language.worker_messages import translate_message
from leukogui.summary.image_table import ImageModel, ImageTable


class FailedModel(ImageModel):
    """Names and reasons."""

    def __init__(self) -> None:
        super().__init__(translate_message)
        self.titles = (self.tr("Image"), self.tr("Why it could not be read"))


class FailedTable(ImageTable):
    """Shows them; Enter or a double click requests one of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(FailedModel(), parent)
        self.setAccessibleName(self.tr("Failed images"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def selected_names(self) -> list[str]:
        """Names of the selected images."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.images.rows[row][0] for row in rows]
