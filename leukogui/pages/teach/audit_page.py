"""Second page of the retrain wizard: what an audit found in the cells, before they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.pages.teach.job_page import JobPage, scrolled
from leukogui.pages.teach.pictures import PictureList
from leukogui.theme.metrics import GRID
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows

if TYPE_CHECKING:
    from leukogui.backend.audit_result import AuditResult, CountTable

_SHOWN = ("split", "source", "patient")


class CountModel(RowModel):
    """Cells of each class, all and by one property."""

    def __init__(self) -> None:
        super().__init__(())
        self.rows: tuple[tuple[str, ...], ...] = ()

    def show_table(self, table: CountTable) -> None:
        """Show this one."""
        self.beginResetModel()
        self.titles = (self.tr("Class"), self.tr("Cells"), *map(self._title, table.columns))
        self.rows = tuple(
            (class_title(name), format_number(sum(counts)), *map(format_number, counts))
            for name, counts in zip(table.classes, table.counts, strict=True)
        )
        self.endResetModel()

    def _title(self, value: str) -> str:
        """A value of the property; sources and patients are named as the data name them."""
        words = {
            "not known": self.tr("not known"),
            "train": self.tr("training"),
            "val": self.tr("validation"),
            "test": self.tr("judging"),
        }
        return words.get(value, value)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """A name or a count."""
        is_shown = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        return self.rows[index.row()][index.column()] if is_shown and index.isValid() else None


class AuditPage(JobPage):
    """Counts, findings and pictures; serious findings must be acknowledged."""

    def __init__(self) -> None:
        super().__init__(
            self.tr("What is in these cells"),
            self.tr("Copies, wrong labels and shortcuts make a model look better than it is."),
            self.tr("Progress of the audit"),
        )
        self.result: AuditResult | None = None
        self.by = QComboBox()
        self.by.setAccessibleName(self.tr("What the cells are counted by"))
        self.counts = CountModel()
        self.table = QTableView()
        self.counts.setParent(self.table)
        self.table.setModel(self.counts)
        self.table.setAccessibleName(self.tr("Cells of each class"))
        show_as_rows(self.table, (22, 9), 3 * GRID)
        columns = self.table.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.findings = QVBoxLayout()
        self.pictures = PictureList()
        self.report = QPushButton(self.tr("Open the report"))
        self.report.clicked.connect(self._open_report)
        self.acknowledged = QCheckBox()
        self.acknowledged.toggled.connect(lambda _: self.completeChanged.emit())
        self.by.activated.connect(self._show_counts)
        self._lay_out()

    def initializePage(self) -> None:  # noqa: N802 - Qt's name
        """Have the chosen cells audited."""
        self.result = None
        self.content.hide()
        self.acknowledged.setChecked(False)
        self._request(self.tr("The cells are being looked over…"))

    def isComplete(self) -> bool:  # noqa: N802 - Qt's name
        """Whether it was audited, and what is serious acknowledged."""
        if self.result is None:
            return False
        return not self.result.alarms or self.acknowledged.isChecked()

    def show_result(self, result: AuditResult) -> None:
        """What was found."""
        self.result = result
        self.bar.hide()
        total = format_number(sum(result.classes.values()))
        words = self.tr("{n} cells of {k} classes.").format(n=total, k=len(result.classes))
        if not result.findings:
            words += " " + self.tr("Nothing was found that speaks against learning from them.")
        self.state.setText(words)
        names = {
            "split": self.tr("By split"),
            "source": self.tr("By source"),
            "patient": self.tr("By patient"),
        }
        self.by.clear()
        for table in result.tables:
            if table.by in _SHOWN:
                self.by.addItem(names[table.by], table)
        self.by.setCurrentIndex(max(self.by.findText(names["source"]), 0))
        self._show_counts()
        self._show_findings(result)
        self.pictures.show_pictures(result.pictures)
        self.pictures.setVisible(bool(result.pictures))
        one = self.tr("I have seen the serious finding and train all the same")
        many = self.tr("I have seen the {n} serious findings and train all the same")
        text = one if len(result.alarms) == 1 else many
        self.acknowledged.setText(text.format(n=len(result.alarms)))
        self.acknowledged.setVisible(bool(result.alarms))
        self.content.show()
        self.completeChanged.emit()

    def _show_counts(self) -> None:
        if (table := self.by.currentData()) is not None:
            self.counts.show_table(table)

    def _show_findings(self, result: AuditResult) -> None:
        while (item := self.findings.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for each in result.findings:
            mark = self.tr("Serious") if each.level == "alarm" else self.tr("Note")
            label = plain_label("bad" if each.level == "alarm" else "")
            text, advice = translate_message(each.text), translate_message(each.advice)
            label.setText(f"{mark}: {text} {advice}".strip())
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.findings.addWidget(label)

    def _open_report(self) -> None:
        if self.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.result.report)))

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(GRID)
        above.addWidget(self.by)
        above.addStretch()
        above.addWidget(self.report)
        self.content = QWidget()
        middle = QVBoxLayout(self.content)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(GRID)
        middle.addLayout(above)
        middle.addWidget(self.table, 2)
        middle.addWidget(scrolled(self.findings), 2)
        middle.addWidget(self.pictures, 2)
        middle.addWidget(self.acknowledged)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addWidget(self.content, 1)
        column.addWidget(QLabel(), 0)
