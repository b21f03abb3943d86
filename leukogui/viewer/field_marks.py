"""How the cells of a field are marked: by the class of each, as the gallery marks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from leukogui.case.cells import CaseModel
from leukogui.case.results import CellResult, CellReview
from leukogui.language.number_format import format_number
from leukogui.viewer.cell_layer import CellMark
from trainer.cases.records import UNKNOWN
from trainer.domain import Decision, LocatedCell
from trainer.models.class_colours import NEUTRAL, Mark


class FieldMarks:
    """Marks the cells of one field; a mark stays the same object while nothing of its cell changed.

    A slide has thousands of cells, and each key changes one.
    """

    def __init__(self) -> None:
        self._class_marks: Mapping[str, Mark] = {}
        # By number: what a mark was built from, and the mark.
        self._built: dict[
            int, tuple[LocatedCell, CellResult | None, CellReview | None, CellMark]
        ] = {}

    def build(
        self, model: CaseModel, cells: Sequence[LocatedCell], class_marks: Mapping[str, Mark]
    ) -> tuple[CellMark, ...]:
        """Return the marks of these cells, in their order.

        Args:
            model: has the results.
            cells: of one image, with their outlines, as far as these are known.
            class_marks: of the model's classes, by name.
        """
        if class_marks is not self._class_marks:
            self._class_marks, self._built = class_marks, {}
        rows = model.rows_of(cells[0].id.image) if cells else range(0)
        numbers = model.numbers[rows.start : rows.stop]
        results = dict(zip(numbers, model.results[rows.start : rows.stop], strict=True))
        built, self._built = self._built, {}
        for cell in cells:
            number = cell.id.number
            result, review = results.get(number), model.reviews.get(cell.id)
            if review is not None and not review.counts_for(result):
                review = None
            known = built.get(number)
            if known is None or not (
                known[0] is cell and known[1] is result and known[2] is review
            ):
                mark = _build_mark(cell, result, review, class_marks)
                known = (cell, result, review, mark)
            self._built[number] = known
        return tuple(known[3] for known in self._built.values())


def _build_mark(
    cell: LocatedCell,
    result: CellResult | None,
    review: CellReview | None,
    class_marks: Mapping[str, Mark],
) -> CellMark:
    if review is not None and review.label in class_marks:
        mark = class_marks[review.label]
        return CellMark(cell, mark.letter, mark.colour, mark.ink)
    if review is not None:
        letter = "U" if review.label == UNKNOWN else "–"
        return CellMark(cell, letter, NEUTRAL, "#000000")
    if result is None:
        return CellMark(cell)
    if result.decision is Decision.FAILED:
        return CellMark(cell, "!", NEUTRAL)
    if result.decision is Decision.UNKNOWN:
        return CellMark(cell, "U", NEUTRAL)
    mark = class_marks.get(result.label) or Mark("?", NEUTRAL, "#000000")
    accepted = result.decision is Decision.ACCEPT
    return CellMark(cell, mark.letter, mark.colour, mark.ink if accepted else "")


def describe_field(model: CaseModel, image: str) -> str:
    """Count the cells of a field in one line; empty where the image is none."""
    if image not in model.fields:
        return ""
    if model.fields.is_empty(image):
        return _tr("No cell was found")
    results = [model.results[row] for row in model.rows_of(image)]
    decisions = [result.decision if result is not None else None for result in results]
    counted = (
        (decisions.count(Decision.ACCEPT), _tr("{n} accepted")),
        (decisions.count(Decision.REVIEW), _tr("{n} to review")),
        (decisions.count(Decision.UNKNOWN), _tr("{n} unknown")),
        (decisions.count(Decision.FAILED), _tr("{n} failed")),
        (decisions.count(None), _tr("{n} not classified")),
    )
    parts = [text.format(n=format_number(count)) for count, text in counted if count]
    total = _tr("{n} cells") if len(results) != 1 else _tr("1 cell")
    return " · ".join([total.format(n=format_number(len(results))), *parts])


def _tr(text: str) -> str:
    return QCoreApplication.translate("Field", text)
