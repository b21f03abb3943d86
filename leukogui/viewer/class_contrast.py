"""The choice of the class that the heat map tells the other one from."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from leukogui.gallery.text import class_name
from leukogui.inspector.prediction_panel import text_label
from leukogui.theme.metrics import FontSize


class ClassContrast(QWidget):
    """All other classes, or one of them; and what the two colours then mean."""

    chosen = Signal(int)  # output of the model; -1 for all others

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outputs: tuple[str, ...] = ()
        self.classes = QComboBox()
        self.classes.setAccessibleName(self.tr("Class that the heat map tells this one from"))
        self.classes.setToolTip(self.classes.accessibleName())
        self.note = text_label(FontSize.SMALL, tone="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.classes)
        column.addWidget(self.note)
        self.show_outputs(())
        self.classes.currentIndexChanged.connect(lambda at: self.chosen.emit(at - 1))

    @property
    def output(self) -> int:
        """The output of the model that is chosen; -1 for all others."""
        return self.classes.currentIndex() - 1

    def show_outputs(self, outputs: tuple[str, ...]) -> None:
        """Offer the outputs of a model."""
        if outputs == self._outputs and self.classes.count():
            return
        self._outputs = outputs
        with QSignalBlocker(self.classes):
            self.classes.clear()
            self.classes.addItem(self.tr("All other classes"))
            self.classes.addItems([class_name(name) for name in outputs])
        self.show_contrast(-1, possible=False)

    def show_contrast(self, output: int, *, possible: bool) -> None:
        """Show what the colours mean for the map of an output.

        Args:
            output: whose map is shown; -1 for none.
            possible: whether the cell's maps can be compared; those of older versions cannot.
        """
        self.classes.setEnabled(possible)
        two = possible and 0 <= output < len(self._outputs) and self.output not in (-1, output)
        self.note.setVisible(two)
        if two:
            first, second = (class_name(self._outputs[at]) for at in (output, self.output))
            text = self.tr("Orange speaks for {first}, blue for {second}.")
            self.note.setText(text.format(first=first, second=second))
