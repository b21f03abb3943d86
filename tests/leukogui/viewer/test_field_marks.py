"""Marks of the cells of a field: only those whose cell changed are built anew."""

from __future__ import annotations

from pathlib import Path

from leukogui.case.cells import CaseModel
from leukogui.case.results import CellResult, CellReview
from leukogui.viewer.field_marks import FieldMarks
from trainer.domain import Box, CellId, Decision, ImageContent, LocatedCell
from trainer.models.class_colours import Mark

MARKS = {"monocyte": Mark("M", "#112233", "#ffffff")}


def test_a_mark_stays_while_nothing_of_its_cell_changed(tmp_path: Path) -> None:
    model = CaseModel(tmp_path)
    model.add_files(["other.png", "slide.svs"])
    cells = [LocatedCell(CellId("slide.svs", at), Box(20 * at, 0, 10, 10)) for at in (1, 2, 4)]
    model.set_cells(tuple(cells), ImageContent.FIELDS)
    model.update_rows()
    result = CellResult(1, Decision.ACCEPT, "monocyte", 0.9, None, "", "", "")
    model.set_results([(cells[1].id, result)])
    marks = FieldMarks()
    first = marks.build(model, cells, MARKS)
    assert [(each.letter, each.ink) for each in first] == [("", ""), ("M", "#ffffff"), ("", "")]
    model.set_reviews({cells[2].id: CellReview("unknown")})
    second = marks.build(model, cells, MARKS)
    assert [one is two for one, two in zip(first, second, strict=True)] == [True, True, False]
    assert second[2].letter == "U"
    assert [each.cell for each in marks.build(model, cells[:1], MARKS)] == cells[:1]
    assert marks.build(model, cells, dict(MARKS))[1] is not first[1]
    assert marks.build(model, (), MARKS) == ()
