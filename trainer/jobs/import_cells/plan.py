"""Which annotated cells are cells of the case already, and which are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trainer.cases.current_runs import current_predictions, current_runs_of
from trainer.cases.records import Case, NewReview, Run
from trainer.cases.store import CaseStore
from trainer.data.annotations.records import LabelledCell
from trainer.data.item import format_names
from trainer.domain import (
    SAME_CELL_IOU,
    Box,
    CellId,
    CellOrigin,
    Decision,
    ImageContent,
    LocatedCell,
)
from trainer.errors import UserError
from trainer.jobs.import_cells.annotated_images import CaseImage


@dataclass(frozen=True)
class _PredictedCell:
    """What the model predicts of a cell; `box` is None where none was outlined."""

    label: str
    box: Box | None


@dataclass
class ImportPlan:
    """What is to be stored.

    Attributes:
        drawn: new cells, each with the bytes it lies in, and its label.
        known: annotated cells that are cells of the case already, with their labels.
    """

    drawn: list[tuple[LocatedCell, str, str]] = field(default_factory=list)
    known: list[tuple[LocatedCell, str, str]] = field(default_factory=list)


def plan_import(images: Sequence[CaseImage], store: CaseStore, case: Case) -> ImportPlan:
    """Match the annotated cells to those of the case; returns what is to be stored.

    In an image of one cell, that is the annotated one where it is alone, too. An image of the
    case that holds more is a field from then on.

    Raises:
        UserError: the case is set to one cell in each image, and one has several.
    """
    if case.content is ImageContent.SINGLE:
        _refuse_fields(images)
    predicted = _predicted_cells(store, case)
    plan = ImportPlan()
    for image in images:
        cells = store.cells.list_of_image(case.id, image.name, image.sha256)
        free = list(cells or _only_cell(image, predicted, case))
        for labelled in image.cells:
            best = max(free, key=lambda cell: cell.box.iou(labelled.cell.box), default=None)
            if best is not None and best.box.iou(labelled.cell.box) >= SAME_CELL_IOU:
                free.remove(best)
                label = _reviewed_label(labelled, predicted.get(best.id))
                plan.known.append((best, image.sha256, label))
            else:
                label = _reviewed_label(labelled, None)
                plan.drawn.append((_drawn_cell(labelled, image.name), image.sha256, label))
    return plan


def _reviewed_label(labelled: LabelledCell, prediction: _PredictedCell | None) -> str:
    """The label that a person gave; empty where a program did.

    A label with a probability is a program's. But if the case's own prediction is another, a
    person changed the label of a cell that was exported, and the probability was left there.
    """
    if labelled.probability is None:
        return labelled.label
    changed = prediction is not None and prediction.label != labelled.label
    return labelled.label if changed else ""


def _refuse_fields(images: Sequence[CaseImage]) -> None:
    if several := [image.name for image in images if len(image.cells) > 1]:
        raise UserError(
            f"The images of the case are set to one cell each, but several are annotated in "
            f"{format_names(several, 3)}.",
            "Set the case to fields, or as found (classify --content fields).",
        )


def _predicted_cells(store: CaseStore, case: Case) -> dict[CellId, _PredictedCell]:
    runs = store.runs.list_of_case(case.id)
    predictions = current_predictions(store, current_runs_of(runs)) if runs else ()
    return {
        each.cell_id: _PredictedCell(each.label, each.box)
        for _, each in predictions
        if each.decision is not Decision.FAILED
    }


def _only_cell(
    image: CaseImage, predicted: Mapping[CellId, _PredictedCell], case: Case
) -> tuple[LocatedCell, ...]:
    """The only cell of an image, where it holds one in the case and in the annotations."""
    only = CellId(image.name)
    single = only in predicted or case.content is ImageContent.SINGLE
    if not single or len(image.cells) != 1:
        return ()
    box = predicted[only].box if only in predicted else None
    return (LocatedCell(only, box or image.cells[0].cell.box, (), CellOrigin.ALONE),)


def _drawn_cell(labelled: LabelledCell, image: str) -> LocatedCell:
    """The cell under the name that its image has in the case."""
    return replace(labelled.cell, id=CellId(image), origin=CellOrigin.DRAWN)


def store_plan(plan: ImportPlan, store: CaseStore, case: Case, reviewer: str) -> int:
    """Draw and review cells, one action each; returns the number of reviews.

    Raises:
        StoreError: the store cannot be written.
    """
    reviews = [
        NewReview(cell.id.image, sha256, label, number=cell.id.number)
        for cell, sha256, label in plan.known
        if label and label != _current_label(store, case, cell.id)
    ]
    if plan.drawn:
        cells = [(cell, sha256) for cell, sha256, _ in plan.drawn]
        change = store.cells.draw_all(case.id, cells, reviewer=reviewer)
        reviews += [
            NewReview(cell.image, sha256, label, number=cell.number)
            for cell, (_, sha256, label) in zip(change.cells, plan.drawn, strict=True)
            if label
        ]
    if reviews:
        store.reviews.add(case.id, reviews, reviewer=reviewer)
    return len(reviews)


def _current_label(store: CaseStore, case: Case, cell: CellId) -> str:
    history = store.reviews.history(case.id, cell.image, cell.number)
    labels = [review.label for review in history if review.active]
    return labels[-1] if labels else ""


def classes_of_case(store: CaseStore, case: Case) -> tuple[str, ...]:
    """List all that the model of the newest run tells apart; empty where there is no run."""
    runs: list[Run] = store.runs.list_of_case(case.id)
    facts = runs[-1].settings.get("model_facts") if runs else None
    if not isinstance(facts, dict):
        return ()
    return (*facts.get("classes", ()), *facts.get("other_classes", ()))
