"""How far a review is: cells counted towards the target, share reviewed, live differential."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QWidget,
)

from leukogui.case.live_differential import LiveDifferential
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.elided_text import ElidedLabel
from leukogui.widgets.popup_panel import PopupPanel

TARGETS = (100, 200, 400)
_ROOM_FOR_METER = 36 * GRID


class ReviewProgress(QWidget):
    """One line below the gallery, with a table that opens from it.

    Attributes:
        now: the counts that are shown; None: of no case.
        titles: of the classes, by the numbers of their groups.
    """

    target_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reviewProgress")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.now: LiveDifferential | None = None
        self.titles: Sequence[str] = ()
        self.meter = QProgressBar()
        self.meter.setTextVisible(False)
        self.meter.setFixedWidth(8 * GRID)
        self.meter.setAccessibleName(self.tr("White cells counted"))
        self.text = ElidedLabel()
        self.text.setFont(font(FontSize.SMALL))
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.target = QComboBox()
        self.target.setAccessibleName(self.tr("Count to"))
        self.target.setToolTip(self.tr("How many white cells the lab counts"))
        self.target.addItems([format_number(each) for each in TARGETS])
        self.target.currentIndexChanged.connect(lambda at: self.target_chosen.emit(TARGETS[at]))
        self.button = QToolButton()
        self.button.setText(self.tr("Differential"))
        self.button.setToolTip(self.tr("Percentages before and after the review"))
        self.button.clicked.connect(self.show_table)
        self._popup = PopupPanel(76 * GRID, self)
        self._popup.setWindowTitle(self.tr("Differential"))
        self.table = DifferentialTable(self._popup)
        self.table.setMinimumHeight(36 * GRID)
        self._build()

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What takes keys, from the left."""
        return (self.target, self.button)

    def show_target(self, target: int) -> None:
        """Show how many cells are to be counted."""
        with QSignalBlocker(self.target):
            self.target.setCurrentIndex(TARGETS.index(target) if target in TARGETS else 0)
        self._show()

    def show_differential(self, now: LiveDifferential | None, titles: Sequence[str]) -> None:
        """Show the counts of a case; None for none.

        Args:
            titles: of the classes, by the numbers of their groups.
        """
        self.now, self.titles = now, titles
        self._show()

    def show_table(self) -> None:
        """Open the table; it follows the review."""
        self._fill_table()
        self._popup.fit()
        self._popup.show()
        place = self.button.mapToGlobal(self.button.rect().topRight())
        self._popup.move(place.x() - self._popup.width(), place.y() - self._popup.height() - GRID)
        self._popup.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the meter out where there is no room for it beside the target."""
        super().resizeEvent(event)
        self.meter.setVisible(event.size().width() >= _ROOM_FOR_METER)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self.meter)
        row.addWidget(self.text, 1)
        row.addWidget(self.target)
        row.addWidget(self.button)
        self._note = QLabel(
            self.tr(
                "Of classified white cells; cells beside them are per 100 white cells. The summary "
                "has the intervals."
            )
        )
        self._note.setWordWrap(True)
        self._note.setProperty("tone", "quiet")
        self._note.setFont(font(FontSize.SMALL))
        self._popup.column.addWidget(self.table)
        self._popup.column.addWidget(self._note)

    def _show(self) -> None:
        now = self.now
        self.button.setEnabled(now is not None)
        target = TARGETS[self.target.currentIndex()]
        self.meter.setRange(0, target)
        self.meter.setValue(min(now.white_now, target) if now is not None else 0)
        self.text.setText(self._describe(now, target) if now is not None else "")
        self.text.setToolTip(self.text.text())
        if self._popup.isVisible():
            self._fill_table()

    def _describe(self, now: LiveDifferential, target: int) -> str:
        share = 100 * now.reviewed / now.cells if now.cells else 0.0
        counted = self.tr("{n} of {target} white cells").format(
            n=format_number(now.white_now), target=format_number(target)
        )
        reviewed = self.tr("{n} of {total} reviewed ({share} %)").format(
            n=format_number(now.reviewed),
            total=format_number(now.cells),
            share=format_number(share, ".0f"),
        )
        left = self.tr("{n} open").format(n=format_number(now.open))
        return "  ·  ".join((counted, reviewed, left))

    def _fill_table(self) -> None:
        if self.now is not None:
            self.table.show_differential(self.now, self.titles)


class DifferentialTable(QTableWidget):
    """Class, and number and percent before and after the review."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        self.setAccessibleName(self.tr("Differential before and after the review"))
        self.setHorizontalHeaderLabels(
            [self.tr("Class"), self.tr("Model"), "%", self.tr("Reviewed"), "%"]
        )
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_differential(self, now: LiveDifferential, titles: Sequence[str]) -> None:
        """Show the classes that have a cell before or after."""
        numbers = [at for at in range(len(titles)) if now.before[at] or now.now[at]]
        self.setRowCount(len(numbers))
        for row, number in enumerate(numbers):
            texts = [
                titles[number],
                format_number(int(now.before[number])),
                self._format_share(now, number, before=True),
                format_number(int(now.now[number])),
                self._format_share(now, number, before=False),
            ]
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.setItem(row, column, item)

    def _format_share(self, now: LiveDifferential, number: int, *, before: bool) -> str:
        share = now.percent(number, before=before)
        if share is None:
            return "–"
        shown = format_number(share, ".1f")
        return self.tr("{n} per 100").format(n=shown) if now.beside[number] else shown
