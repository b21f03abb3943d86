"""The inspector: everything about the current cell, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.gallery.text import describe_place, describe_review_of, short_name
from leukogui.inspector.cell_picture import CellPictureView
from leukogui.inspector.cell_reader import CellImage, CellReader
from leukogui.inspector.heat import render_with_heatmap
from leukogui.inspector.prediction_panel import PredictionPanel, default_output, text_label
from leukogui.language.worker_messages import translate_message
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import Settings
from leukogui.settings.table import COLOUR_MAP, HEAT_OPACITY
from leukogui.theme.metrics import GRID
from leukogui.theme.theme import Theme
from trainer.domain import Box, CellId, LocatedCell

if TYPE_CHECKING:
    from trainer.domain import Prediction


class Inspector(QScrollArea):
    """Shows one cell: picture, heat map of any class, probabilities, decision and why."""

    opened = Signal(object)  # CellId

    def __init__(
        self,
        session: CaseSession,
        settings: Settings,
        theme: Theme,
        heat: QAction,
        outline: QAction,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(self.tr("The current cell"))
        self._session, self._settings, self._theme = session, settings, theme
        self._heat, self._outline = heat, outline
        self._cell: CellId | None = None
        self._image: CellImage | None = None
        self._field_outline: Any = ()
        self._prediction: Prediction | None = None
        self._outputs: tuple[str, ...] = ()
        self._output = -1
        self.reader = CellReader(parent=self)
        self.picture = CellPictureView(self)
        self.prediction_panel = PredictionPanel(theme, self)
        self.bars = self.prediction_panel.bars
        self._build()
        self._connect()
        self.show_cell(None)

    @property
    def name(self) -> str:
        """The image of the cell that is shown, empty for none."""
        return self._cell.image if self._cell is not None else ""

    @property
    def prediction(self) -> Prediction | None:
        """The prediction of the cell, as far as it was read."""
        return self._prediction

    def set_outputs(self, outputs: tuple[str, ...]) -> None:
        """Names of the model's outputs, by its card."""
        self._outputs = outputs
        self._choose_default_output()
        self._show_prediction()
        self._show_picture()

    def show_cell(self, cell: CellId | None) -> None:
        """Show another cell, or none."""
        model = self._session.model
        row = model.row(cell) if model is not None and cell is not None else None
        self._inner.setVisible(row is not None)
        if row is None or model is None or cell is None:
            self._cell, self._image, self._prediction = None, None, None
            return
        if cell != self._cell:
            self._cell, self._image, self._prediction, self._output = cell, None, None, -1
            self._field_outline = ()
            self.picture.set_part(bool(cell.number))
            self._file.setText(short_name(cell))
            self._file.setToolTip(str(model.path(row)))
            self.picture.show_message("")
            self._show_prediction()
            self._read()
        self._session.fetch(cell)
        if cell.number:
            self._session.fetch_field(cell.image)

    def refresh(self) -> None:
        """Predictions changed: fetch that of the cell if it has a new one."""
        cell = self._cell
        result = self._session.result(cell)
        if self._image is not None and self._image.box != self._box():
            self._image = None
            self._read()
        self._show_review()
        if cell is not None and (result is None) != (self._prediction is None):
            self._session.fetch(cell)

    def add_section(self, section: QWidget) -> None:
        """Put something more about the cell below what is there."""
        column = self._inner.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, section)

    def retry_failed(self) -> None:
        """Read the image once more if it could not be read."""
        if self._image is not None and self._image.rgb is None:
            self._image = None
            self._read()

    def close_reader(self) -> None:
        """Stop the thread that reads images."""
        self.reader.close()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Read what became current while another page was in front."""
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        root = self._session.root
        cell = self._cell
        if cell is not None and self._image is None and root is not None and self.isVisible():
            self.reader.read(root / cell.image, self._box())

    def _box(self) -> Box | None:
        """Of the cell, where it is one of a field."""
        model = self._session.model
        return model.box(self._cell) if model is not None and self._cell is not None else None

    # Building

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inner = QWidget()
        self._inner.setObjectName("inspector")
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        self._file = text_label(bold=True)
        column.addWidget(self._file)
        column.addWidget(self.picture)
        column.addLayout(self._tools())
        column.addWidget(self.prediction_panel)
        column.addStretch()
        self.setWidget(self._inner)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        for action in (self._heat, self._outline):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAccessibleName(action.statusTip())
            row.addWidget(button)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(round(self._settings.value(HEAT_OPACITY) * 100))
        self.opacity.setAccessibleName(self.tr("Strength of the heat map"))
        self.opacity.setToolTip(self.opacity.accessibleName())
        row.addSpacing(GRID)
        row.addWidget(self.opacity, 1)
        return row

    def _connect(self) -> None:
        self.reader.ready.connect(self._on_image)
        self._session.fetched.connect(self._on_fetched)
        self._session.field_fetched.connect(self._on_field)
        self.prediction_panel.chosen.connect(self._choose)
        self.opacity.valueChanged.connect(self._on_opacity)
        self._heat.toggled.connect(self._show_picture)
        self._outline.toggled.connect(self._show_picture)
        self._settings.changed.connect(self._on_setting)
        self.picture.opened.connect(self._on_opened)

    # What comes in

    def _on_image(self, image: CellImage) -> None:
        root, cell = self._session.root, self._cell
        wanted = root / cell.image if root is not None and cell is not None else None
        if image.path == wanted and image.box == self._box():
            self._image = image
            self._show_picture()
            self._show_facts()

    def _on_fetched(self, cell: CellId, prediction: Prediction | None) -> None:
        if cell != self._cell:
            return
        self._prediction = prediction
        self._choose_default_output()
        self._show_prediction()
        self._show_picture()

    def _on_field(self, image: str, cells: tuple[LocatedCell, ...]) -> None:
        if self._cell is not None and image == self._cell.image:
            found = (each.outline for each in cells if each.id == self._cell)
            self._field_outline = next(found, ())
            self._show_picture()

    def _on_opacity(self, value: int) -> None:
        self._settings.set(HEAT_OPACITY, value / 100)

    def _on_setting(self, key: str) -> None:
        if key in (HEAT_OPACITY.key, COLOUR_MAP.key):
            self.opacity.setValue(round(self._settings.value(HEAT_OPACITY) * 100))
            self._show_picture()

    def _on_opened(self) -> None:
        if self._cell is not None:
            self.opened.emit(self._cell)

    def _choose(self, output: int) -> None:
        self._output = output
        if self._heat.isChecked():
            self._show_picture()
        else:
            self._heat.setChecked(True)

    def _choose_default_output(self) -> None:
        if self._prediction is not None and self._output < 0:
            self._output = default_output(self._prediction, self._outputs)

    # What is shown

    def _show_picture(self) -> None:
        image = self._image
        if image is None:
            return
        if image.rgb is None:
            self.picture.show_message(translate_message(image.error))
            return
        part = image.part or Box(0, 0, image.width, image.height)
        corner = (part.x, part.y)
        shown = render_with_heatmap(
            image.rgb,
            image.scale,
            self._prediction,
            self._output if self._heat.isChecked() and self._output >= 0 else None,
            corner=corner,
            opacity=self._settings.value(HEAT_OPACITY),
            colour_map=self._settings.value(COLOUR_MAP),
        )
        shifted = [(x - part.x, y - part.y) for x, y in self._outline_of(image)]
        size = (round(part.width), round(part.height))
        self.picture.show_image(shown, size, shifted if self._outline.isChecked() else ())

    def _outline_of(self, image: CellImage) -> Any:
        """Of the cell; none where it is not known yet whether the image is a field."""
        if image.part is not None:
            return self._field_outline
        return image.outline if image.is_crop or self._prediction is not None else ()

    def _show_prediction(self) -> None:
        model, cell = self._session.model, self._cell
        empty = model is not None and cell is not None and model.fields.is_empty(cell.image)
        self.prediction_panel.show_prediction(
            self._session.result(cell), self._prediction, self._outputs, self._output, empty=empty
        )
        self._show_review()
        self._show_facts()

    def _show_review(self) -> None:
        self.prediction_panel.show_review(describe_review_of(self._session.model, self._cell))

    def _show_facts(self) -> None:
        model, cell = self._session.model, self._cell
        located = model.fields.cell(cell) if model is not None and cell is not None else None
        facts = self._image.facts() if self._image is not None else []
        self.prediction_panel.show_facts([*describe_place(located), *facts])
