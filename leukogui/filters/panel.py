"""The panel left of the gallery: words, groups, folders, ranges and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from leukogui.case.cells import CaseModel
from leukogui.case.query import CellQuery, QueryMasks
from leukogui.filters.folders import FolderView
from leukogui.filters.groups import GroupList
from leukogui.filters.order import OrderRow
from leukogui.filters.ranges import RangeRow
from leukogui.filters.search import SearchField
from leukogui.theme.metrics import GRID
from leukogui.theme.theme import Theme
from trainer.models.class_colours import Mark

_FARTHEST = 5.0


class FilterPanel(QScrollArea):
    """Shows a query with the counts of what each choice would leave, and emits another query.

    Args:
        descending: action that turns the order round.
        grouped: action that groups by verdict.
    """

    query_changed = Signal(object)  # CellQuery

    def __init__(
        self, theme: Theme, descending: QAction, grouped: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._query = CellQuery()
        self._marks: Mapping[str, Mark] = {}
        self.search = SearchField()
        self.groups = GroupList(theme, self)
        self.folders = FolderView(theme, self)
        self.probability = RangeRow(self.tr("Probability"), 100, unit=100, suffix=" %")
        self.distance = RangeRow(
            self.tr("Distance (1 is the limit)"),
            _FARTHEST,
            decimals=1,
            step=0.1,
            end=self.tr("any"),
        )
        self.order = OrderRow(descending, grouped)
        self._build()
        self._connect()

    @property
    def controls(self) -> list[QWidget]:
        """What takes keys, from the top."""
        rows = (self.probability, self.distance)
        boxes = [box for row in rows for box in (row.low, row.high)]
        order = [self.order.keys, self.order.direction, self.order.box]
        return [self.search, self.groups, self.folders, *boxes, *order]

    def show_case(self, case: CaseModel | None, query: CellQuery) -> None:
        """Show a query, and how many cells each choice would leave."""
        self._query = query
        self.setEnabled(case is not None)
        if case is not None:
            sieve, tree = QueryMasks(case, query), case.folders.tree
            self.groups.lines.show_counts(
                case.classes,
                self._marks,
                sieve.counts_by_group,
                case.class_titles,
                _unused_classes(case, sieve, query),
            )
            self.folders.setVisible(len(tree) > 1)
            if len(tree) > 1:
                self.folders.folders.show_tree(case.root.name, tree, sieve.counts_by_folder)
                self.folders.show_folder(query.folder)
        self.groups.show_groups(query.groups)
        self.search.show_text(query.text)
        self.probability.show_limits(query.probability)
        self.distance.show_limits(query.distance)
        self.order.show_key(query.sort)

    def set_marks(self, marks: Mapping[str, Mark]) -> None:
        """Take the marks of the classes; shown with the next `show_case`."""
        self._marks = marks

    def _build(self) -> None:
        self.setObjectName("side")
        self.setAccessibleName(self.tr("Groups and filters"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        for part in (self.search, self.groups):
            column.addWidget(part)
        column.addWidget(self.folders, 1)
        for row in (self.probability, self.distance, self.order):
            column.addWidget(row)
        column.addStretch()
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        # The words of some languages are longer.
        self.setMinimumWidth(max(25 * GRID, inner.minimumSizeHint().width()))

    def _connect(self) -> None:
        self.search.searched.connect(lambda text: self._emit_query(text=text))
        self.groups.chosen.connect(lambda groups: self._emit_query(groups=groups))
        self.folders.chosen.connect(lambda folder: self._emit_query(folder=folder))
        self.probability.changed.connect(lambda limits: self._emit_query(probability=limits))
        self.distance.changed.connect(lambda limits: self._emit_query(distance=limits))
        self.order.chosen.connect(lambda key: self._emit_query(sort=key))

    def _emit_query(self, **parts: object) -> None:
        self.query_changed.emit(replace(self._query, **parts))  # type: ignore[arg-type]


def _unused_classes(case: CaseModel, masks: QueryMasks, query: CellQuery) -> set[int]:
    """The lab's own classes that no cell has: the palette lists them."""
    every = np.bincount(masks.groups, minlength=len(case.classes))
    further = range(len(case.card_classes), len(case.classes))
    return {at for at in further if not every[at]} - (query.groups or frozenset())
