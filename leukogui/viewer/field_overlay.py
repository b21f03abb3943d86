"""The cells of a field over its image in one pane: shown, chosen and marked with the mouse."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from leukogui.session.case_session import CaseSession
from leukogui.viewer.cell_tool import CellTool
from leukogui.viewer.field_marks import FieldMarks
from leukogui.viewer.pane import Pane
from trainer.domain import Box, ImageContent, LocatedCell
from trainer.models.class_colours import Mark


class FieldOverlay(QObject):
    """Keeps what lies over the pane's canvas up to date with the case.

    The outlines are read from the store when a field is opened; until then, and of cells that
    have none, the boxes are shown.
    """

    chosen = Signal(object)  # CellId that was clicked
    marked = Signal(str, object)  # image, Box in its pixels as of `CellTool.marked`

    region_drawn = Signal(str, object)  # image, Box in its pixels as of `CellTool.region_drawn`

    def __init__(self, session: CaseSession, pane: Pane, *, editable: bool) -> None:
        super().__init__(pane)
        self._session, self._pane, self._editable = session, pane, editable
        self._class_marks: Mapping[str, Mark] = {}
        self._marks = FieldMarks()
        self._outlined: dict[int, LocatedCell] = {}  # of the image that was fetched, by number
        self._fetched: tuple[str, tuple[LocatedCell, ...]] = ("", ())
        self._reveal_due = False
        self.tool = CellTool(pane.canvas)
        self.tool.chosen.connect(self.chosen)
        self.tool.marked.connect(self._on_marked)
        self.tool.region_drawn.connect(self._on_region)
        session.field_fetched.connect(self._on_fetched)

    def set_class_marks(self, marks: Mapping[str, Mark]) -> None:
        """Take the marks of the model's classes, by name."""
        self._class_marks = marks
        self.refresh()

    def reveal(self) -> None:
        """Bring the pane's cell into view as soon as its image is there."""
        self._reveal_due = True
        self.refresh()

    def refresh(self) -> None:
        """Show the cells of now."""
        model, cell = self._session.model, self._pane.cell
        cells = model.fields.cells(cell.image) if model is not None and cell is not None else ()
        self._update_tool()
        if model is None or cell is None:
            return
        if cells and self._fetched != (cell.image, cells):
            self._fetched = cell.image, cells
            self._session.fetch_field(cell.image)
        outlined = [self._with_outline(each) for each in cells]
        marks = self._marks.build(model, outlined, self._class_marks)
        canvas = self._pane.canvas
        canvas.steps_sideways = cell.image in model.fields
        if canvas.image_size[0]:
            canvas.set_cells(marks, cell.number)
            self._reveal(model.box(cell))

    def _reveal(self, box: Box | None) -> None:
        if self._reveal_due and box is not None:
            self._pane.canvas.reveal(box)
        self._reveal_due = False

    def _with_outline(self, cell: LocatedCell) -> LocatedCell:
        known = self._outlined.get(cell.id.number)
        if known is None or known.id.image != cell.id.image or known.box != cell.box:
            return cell
        return known

    def _update_tool(self) -> None:
        model, cell = self._session.model, self._pane.cell
        content = model.fields.content if model is not None else ImageContent.SINGLE
        known = model is not None and cell is not None and self._pane.image is not None
        is_field = known and model is not None and cell is not None and cell.image in model.fields
        self.tool.can_mark = self._editable and known and content is not ImageContent.SINGLE
        self.tool.double_click_marks = is_field or content is ImageContent.FIELDS

    def _on_fetched(self, image: str, cells: tuple[LocatedCell, ...]) -> None:
        if self._pane.cell is not None and image == self._pane.cell.image:
            self._outlined = {cell.id.number: cell for cell in cells}
            self.refresh()

    def _on_marked(self, box: Box) -> None:
        if self._pane.cell is not None:
            self.marked.emit(self._pane.cell.image, box)

    def _on_region(self, box: Box) -> None:
        if self._pane.cell is not None:
            self.region_drawn.emit(self._pane.cell.image, box)
