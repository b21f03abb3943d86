"""The source of the images, to be edited: lab or scanner, stain, size of a red cell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from leukogui.case.source_text import describe_calibration, describe_diameter
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.popup_panel import PopupPanel
from trainer.domain import FROM_PIXEL_SIZE, RED_CELL_MICROMETRES, ImageContent, SourceProfile

ScaleMethod = Literal["measure", "enter", "pixel"]
_WIDTH = 58 * GRID
_MAX_NAME_LENGTH = 200


class SourcePanel(PopupPanel):
    """Shows a profile, lets it be changed, and requests that it be saved; it saves nothing."""

    save_requested = Signal()
    content_chosen = Signal(object)  # ImageContent; it is to be saved at once

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WIDTH, parent)
        self.setWindowTitle(self.tr("Source of the images"))
        self._earlier: dict[str, SourceProfile] = {}
        self._sources: Sequence[str] | None = None
        self._shown_scale: tuple[object, ...] = ()
        self.name = _build_name_box(self.tr("Lab or scanner"))
        self.stain = QLineEdit()
        self.stain.setMaxLength(_MAX_NAME_LENGTH)
        self.stain.setAccessibleName(self.tr("Stain"))
        self.measure = QRadioButton(self.tr("Measure them on the images"))
        self.enter = QRadioButton(self.tr("Enter their diameter"))
        self.from_pixel = QRadioButton(self.tr("From the pixel size"))
        self.diameter = _build_number_box(1, 10_000, 2, self.tr("Diameter of a red cell in pixels"))
        self.diameter.setSuffix(self.tr(" px"))
        self.pixel_size = _build_number_box(0.001, 7.5, 5, self.tr("Micrometres a pixel"))
        self.pixel_size.setSuffix(self.tr(" µm per pixel"))
        self.measured, self.follows, self.calibrated = (
            _quiet_label(),
            _quiet_label(),
            _quiet_label(),
        )
        self.content = {
            ImageContent.AS_FOUND: QRadioButton(self.tr("As found")),
            ImageContent.SINGLE: QRadioButton(self.tr("One cell each")),
            ImageContent.FIELDS: QRadioButton(self.tr("Fields")),
        }
        self.counts = _quiet_label()
        self.problem = _quiet_label()
        self.problem.setProperty("tone", "bad")
        self.save = QPushButton(self.tr("Save"))
        self.save.setProperty("main", True)
        self.save.setDefault(True)
        self._build()
        self._connect()

    def set_choices(self, sources: Sequence[str] | None, earlier: Sequence[SourceProfile]) -> None:
        """Offer names: of the sources of the model's card, and of earlier cases."""
        self._sources = sources
        self._earlier = {each.name: each for each in earlier}
        typed = self.name.currentText()
        self.name.clear()
        self.name.addItems(list(dict.fromkeys([*(sources or ()), *self._earlier])))
        self.name.setEditText(typed)
        self._show_text()

    def show_profile(self, profile: SourceProfile, measured: SourceProfile | None) -> None:
        """Show what is saved, and what the last run measured."""
        self.problem.hide()
        self.name.setEditText(profile.name)
        self.stain.setText(profile.stain)
        self._show_scale(profile, measured)
        self._shown_scale = self._scale_now()
        found = describe_diameter(measured) if measured is not None else self.tr("nothing yet")
        self.measured.setText(self.tr("The last run that measured: {size}").format(size=found))
        self._show_text()

    def show_content(self, content: ImageContent, counts: str) -> None:
        """Show what the images hold, and how many cells were found in them."""
        for each, button in self.content.items():
            with QSignalBlocker(button):
                button.setChecked(each is content)
        self.counts.setText(counts)
        self.fit()

    def show_problem(self, text: str) -> None:
        """Show why it could not be saved."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.fit()

    def set_saving(self, saving: bool) -> None:
        """Show that it is being saved, or that this is over."""
        self.save.setEnabled(not saving)
        self.save.setText(self.tr("Saving…") if saving else self.tr("Save"))

    @property
    def scale_method(self) -> ScaleMethod:
        """How the size of the red cells is to be got."""
        if self.enter.isChecked():
            return "enter"
        return "pixel" if self.from_pixel.isChecked() else "measure"

    @property
    def scale_changed(self) -> bool:
        """Whether another size was chosen than is saved; a rounded figure is not another one."""
        return self._scale_now() != self._shown_scale

    def _scale_now(self) -> tuple[object, ...]:
        values = {"enter": self.diameter.value(), "pixel": self.pixel_size.value()}
        return self.scale_method, values.get(self.scale_method)

    def _show_scale(self, profile: SourceProfile, measured: SourceProfile | None) -> None:
        known = profile.red_cell_diameter or (measured.red_cell_diameter if measured else None)
        if known is not None:
            self.diameter.setValue(known)
            self.pixel_size.setValue(RED_CELL_MICROMETRES / known)
        ways = {"entered": self.enter, FROM_PIXEL_SIZE: self.from_pixel}
        ways.get(profile.origin, self.measure).setChecked(True)

    def _apply_earlier(self) -> None:
        """A name of an earlier case brings along its profile."""
        profile = self._earlier.get(self.name.currentText())
        if profile is None:
            return
        if profile.stain:
            self.stain.setText(profile.stain)
        if profile.stated_diameter is not None:
            self._show_scale(profile, None)

    def _show_text(self) -> None:
        self.diameter.setEnabled(self.enter.isChecked())
        self.pixel_size.setEnabled(self.from_pixel.isChecked())
        pixels = RED_CELL_MICROMETRES / self.pixel_size.value()
        text = self.tr("A red cell of {um} µm is {px} px wide then.")
        self.follows.setText(
            text.format(
                um=format_number(RED_CELL_MICROMETRES, "g"), px=format_number(pixels, ".1f")
            )
        )
        name = " ".join(self.name.currentText().split())
        lacking = describe_calibration(name, self._sources) if self._sources is not None else ""
        self.calibrated.setText(lacking)
        self.calibrated.setVisible(bool(lacking))
        self.fit()

    # Building

    def _connect(self) -> None:
        self.name.editTextChanged.connect(self._show_text)
        self.name.textActivated.connect(self._apply_earlier)
        self._scale_methods = QButtonGroup(self)
        for way in (self.measure, self.enter, self.from_pixel):
            self._scale_methods.addButton(way)
            way.toggled.connect(self._on_scale_method)
        self._contents = QButtonGroup(self)
        for content, button in self.content.items():
            self._contents.addButton(button)
            button.clicked.connect(partial(self.content_chosen.emit, content))
        self.pixel_size.valueChanged.connect(self._show_text)
        self.save.clicked.connect(self.save_requested)

    def _on_scale_method(self) -> None:
        """Tab leads to what is chosen; the arrows lead on from there."""
        for way in (self.measure, self.enter, self.from_pixel):
            chosen = way.isChecked()
            way.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)
        self._show_text()

    def _build(self) -> None:
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.hide)
        buttons = QHBoxLayout()
        buttons.addWidget(_quiet_label(self.tr("It counts for the next runs of this case.")), 1)
        buttons.addWidget(self.save)
        buttons.addWidget(close)
        self.column.addLayout(self._names())
        self.column.addLayout(self._content())
        self.column.addLayout(self._scale())
        self.column.addWidget(self.calibrated)
        self.column.addWidget(self.problem)
        self.column.addLayout(buttons)
        self.problem.hide()

    def _names(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("&Lab or scanner"), self.name),
            (self.tr("S&tain"), self.stain),
        )
        for at, (title, field) in enumerate(rows):
            label = QLabel(title)
            label.setBuddy(field)
            grid.addWidget(label, at, 0)
            grid.addWidget(field, at, 1)
        return grid

    def _content(self) -> QGridLayout:
        title = QLabel(self.tr("What an image holds"))
        title.setFont(font(bold=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(3, 1)
        grid.addWidget(title, 0, 0, 1, 4)
        tips = (
            self.tr("Decided for each image, from its scale and what is in it"),
            self.tr("The cell in the middle of each image"),
            self.tr("Every white cell of each image"),
        )
        for column, (button, tip) in enumerate(zip(self.content.values(), tips, strict=True)):
            button.setToolTip(tip)
            button.setAccessibleDescription(tip)
            grid.addWidget(button, 1, column)
        grid.addWidget(self.counts, 2, 0, 1, 4)
        return grid

    def _scale(self) -> QGridLayout:
        title = QLabel(self.tr("Size of the red cells"))
        title.setFont(font(bold=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(title, 0, 0, 1, 2)
        grid.addWidget(self.measure, 1, 0, 1, 2)
        grid.addWidget(self.measured, 2, 0, 1, 2)
        grid.addWidget(self.enter, 3, 0)
        grid.addWidget(self.diameter, 3, 1)
        grid.addWidget(self.from_pixel, 4, 0)
        grid.addWidget(self.pixel_size, 4, 1)
        grid.addWidget(self.follows, 5, 0, 1, 2)
        for words in (self.measured, self.follows):
            words.setContentsMargins(3 * GRID, 0, 0, 0)
        return grid


def _build_name_box(name: str) -> QComboBox:
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setAccessibleName(name)
    line = box.lineEdit()
    if line is not None:
        line.setMaxLength(_MAX_NAME_LENGTH)
        line.setAccessibleName(name)
    return box


class _NumberBox(QDoubleSpinBox):
    """Shows no more digits than a number has."""

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """The number without zeros at its end."""
        text, point = super().textFromValue(value), self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


def _build_number_box(lowest: float, highest: float, decimals: int, name: str) -> QDoubleSpinBox:
    box = _NumberBox()
    box.setDecimals(decimals)
    box.setRange(lowest, highest)
    box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
    box.setMinimumWidth(20 * GRID)
    box.setAccessibleName(name)
    return box


def _quiet_label(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(font(FontSize.SMALL))
    label.setProperty("tone", "quiet")
    label.setWordWrap(True)
    return label
