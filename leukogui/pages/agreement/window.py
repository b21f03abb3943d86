"""A window that compares two readers, a reader with a model, or two models, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from leukogui.language.number_format import format_number
from leukogui.pages.agreement.matrix import ReaderMatrix
from leukogui.pages.agreement.table import (
    DifferenceModel,
    DifferenceTable,
    DifferingCell,
    readable_label,
)
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.theme.metrics import GRID, font
from trainer.domain import CellId

_MOST_LABELS = 6


class AgreementWindow(QDialog):
    """Whose labels, how far they agree, and the cells to adjudicate; it stops no work beside it."""

    pair_chosen = Signal(str, str)  # two sources
    read_requested = Signal()
    reading_requested = Signal()  # a person is to read the case blind
    adjudication_requested = Signal()  # of the cells on which the two differ
    cell_chosen = Signal(object)  # CellId

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Compare readers and models"))
        self.first, self.second = QComboBox(), QComboBox()
        self.first.setAccessibleName(self.tr("The first, whose labels are compared"))
        self.second.setAccessibleName(self.tr("The second, whose labels are compared"))
        self.outcome = plain_label()
        self.outcome.setFont(font(bold=True))
        self.by_label = plain_label("quiet")
        self.cells = DifferenceModel()
        self.table = DifferenceTable(self.cells)
        self.read = QPushButton(self.tr("Take in a blind reading…"))
        self.start = QPushButton(self.tr("Read blind…"))
        self.adjudicate = QPushButton(self.tr("Adjudicate in the gallery"))
        self.adjudicate.setEnabled(False)
        self.matrix = ReaderMatrix()
        self._build()
        self.table.chosen.connect(self.cell_chosen)
        self.read.clicked.connect(self.read_requested)
        self.start.clicked.connect(self.reading_requested)
        self.adjudicate.clicked.connect(self.adjudication_requested)
        for box in (self.first, self.second):
            box.activated.connect(self._choose)

    @property
    def pair(self) -> tuple[str, str]:
        """The two sources that are chosen; empty for none."""
        return self.first.currentData() or "", self.second.currentData() or ""

    def show_sources(self, sources: Sequence[str], wanted: tuple[str, str] = ("", "")) -> None:
        """Show whose labels there are.

        Args:
            wanted: the pair to choose; empty: what was chosen stays, where it is still there.
        """
        for at, box in enumerate((self.first, self.second)):
            chosen = wanted[at] or box.currentData()
            box.clear()
            for each in sources:
                box.addItem(self._describe_source(each), each)
            known = box.findData(chosen) if chosen else -1
            box.setCurrentIndex(known if known >= 0 else min(at, len(sources) - 1))
        if len(sources) < 2:
            self.show_failure(
                self.tr(
                    "There are labels of one reader or model only. Run a second model, review "
                    "cells, or take in a blind reading."
                )
            )
        else:
            self._choose()

    def show_waiting(self) -> None:
        """They are being compared."""
        self.outcome.setText(self.tr("They are being compared…"))

    def show_failure(self, text: str) -> None:
        """They could not be compared."""
        self.outcome.setText(text)
        self.by_label.setText("")
        self.cells.show_cells((), "", "")
        self.matrix.show_matrix((), (), "", "")
        self.adjudicate.setEnabled(False)

    def show_agreement(self, found: Mapping[str, Any], titles: Mapping[str, str]) -> None:
        """Show what the worker returned (see `trainer.jobs.agreement`).

        Args:
            titles: names of the review classes, by their id.
        """
        self.outcome.setText(self._describe_agreement(found))
        shares = sorted(found["by_label"].items(), key=lambda each: each[1])
        texts = [f"{readable_label(name, titles)} {_percent(share)}" for name, share in shares]
        lowest = self.tr("Agreement by label, the lowest first: {labels}")
        self.by_label.setText(lowest.format(labels=", ".join(texts[:_MOST_LABELS])))
        rows = [
            DifferingCell(
                CellId(each["image"], each["number"]),
                readable_label(each["first"], titles),
                readable_label(each["second"], titles),
                _describe_adjudication(each, titles),
            )
            for each in found["differ"]
        ]
        readers = self.first.currentText(), self.second.currentText()
        self.cells.show_cells(rows, *readers)
        labels = [readable_label(each, titles) for each in found["labels"]]
        self.matrix.show_matrix(labels, found["matrix"], *readers)
        self.adjudicate.setEnabled(bool(rows))
        self._show_left(rows)

    def _show_left(self, rows: Sequence[DifferingCell]) -> None:
        """How many cells differ, and on how many of them somebody has decided."""
        decided = sum(bool(each.adjudicated) for each in rows)
        text = self.tr("Cells that differ: {n}, adjudicated: {d}")
        self.tabs.setTabText(0, text.format(n=format_number(len(rows)), d=format_number(decided)))

    def _describe_agreement(self, found: Mapping[str, Any]) -> str:
        share, kappa = found["share"], found["kappa"]
        text = self.tr("{n} cells in common, {p} with the same label ({low}-{high}).").format(
            n=format_number(found["cells"]),
            p=_percent(share["value"]),
            low=_percent(share["low"]),
            high=_percent(share["high"]),
        )
        if kappa["value"] is None or kappa["low"] is None:
            return f"{text} {self.tr('Too few labels for a kappa.')}"
        shown = self.tr("Kappa {k} ({low}-{high}).").format(
            k=format_number(kappa["value"], ".2f"),
            low=format_number(kappa["low"], ".2f"),
            high=format_number(kappa["high"], ".2f"),
        )
        return f"{text} {shown}"

    def _describe_source(self, source: str) -> str:
        """A source as the worker names it, in words."""
        if source.startswith("model:"):
            return self.tr("Model {name}").format(name=source.removeprefix("model:"))
        name, _, series = source.rpartition(":")
        if name and series.isdecimal():
            return self.tr("{name}, blind reading {n}").format(name=name, n=series)
        return self.tr("{name}, reviews").format(name=source)

    def _choose(self) -> None:
        first, second = self.first.currentData(), self.second.currentData()
        if not first or not second:
            return
        if first == second:
            self.show_failure(self.tr("Choose two that are not the same."))
            return
        self.pair_chosen.emit(first, second)

    def _build(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for row in (above, below):
            row.setSpacing(GRID)
        above.addWidget(self.first, 1)
        above.addWidget(QLabel(self.tr("with")))
        above.addWidget(self.second, 1)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        for button in (self.start, self.read, self.adjudicate):
            button.setAutoDefault(False)
            below.addWidget(button)
        below.addStretch()
        self.tabs = QTabWidget()
        self.tabs.addTab(self.table, self.tr("Cells that differ"))
        self.tabs.addTab(self.matrix, self.tr("All cells by both labels"))
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addLayout(above)
        column.addWidget(self.outcome)
        column.addWidget(self.by_label)
        column.addWidget(self.tabs, 1)
        column.addLayout(below)
        self.resize(112 * GRID, 72 * GRID)


def _describe_adjudication(found: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    if not found["adjudicated"]:
        return ""
    label = readable_label(found["adjudicated"], titles)
    return f"{label}, {found['adjudicator']}, {found['time'][:10]}"


def _percent(share: float) -> str:
    return f"{format_number(100 * share, '.1f')} %"
