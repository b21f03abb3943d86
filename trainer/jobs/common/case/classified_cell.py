"""One cell of a case, read again as a run saw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.atomic_files import sha256_of
from trainer.cases.records import Run
from trainer.domain import (
    Box,
    CellId,
    CellOrigin,
    Decision,
    ImageContent,
    KnownCells,
    LocatedCell,
    Prediction,
)
from trainer.errors import UserError
from trainer.imaging.image_cells import ContentRule
from trainer.imaging.model_input import ImageTask, ModelInput
from trainer.imaging.preprocess import ViewParameters, preprocess, preprocess_cells
from trainer.imaging.slides.parts import BORDER, SlidePart, cut_parts
from trainer.imaging.slides.slide import Slide, find_slide
from trainer.jobs.common.case.reader import (
    CaseReader,
    find_prediction,
    name_in_case,
    open_case_reader,
)
from trainer.jobs.common.explanation.cell_ablation import NEEDED
from trainer.jobs.common.source_scale import SourceScale
from trainer.models.package.card import Card
from trainer.models.package.layout import CARD, Package
from trainer.models.package.registry import registry_of


@dataclass(frozen=True)
class ClassifiedCell:
    """A cell, its prediction by a run, and all cells of its field (empty: it is no field)."""

    id: CellId
    run: Run
    prediction: Prediction
    located: tuple[LocatedCell, ...]


class CellCache:
    """The field that was read last, which is searched once for all its cells."""

    def __init__(self) -> None:
        self._field: tuple[object, tuple[ModelInput, ...]] = (None, ())

    def read(self, root: Path, cell: ClassifiedCell, card: Card) -> ModelInput:
        """Read a cell as its run saw it: at the run's scale, in the outline that was classified.

        Args:
            root: the case's folder.

        Raises:
            UserError: the image cannot be read, or has changed.
        """
        scale, prediction = SourceScale.from_json(cell.run.settings), cell.prediction
        path = root / cell.id.image
        parameters = card.view_parameters(scale.profile, scale.by_size)
        slide = find_slide(path) if prediction.number else None
        if slide is not None:
            diameter = parameters.diameter_of(slide.width, slide.height)
            task = _task_of_slide_cell(slide, cell, diameter)
            cells = preprocess_cells(task, parameters, NEEDED).cells
        elif prediction.number:
            known = KnownCells(prediction.sha256, cell.located, ())
            parameters = replace(parameters, content=ContentRule(ImageContent.FIELDS))
            task = ImageTask(prediction.image, path, known=known)
            cells = self._read_field(task, parameters, cell.run)
        else:
            cells = (preprocess(ImageTask(prediction.image, path), parameters, NEEDED),)
        return _find_unchanged(cells, prediction)

    def _read_field(
        self, task: ImageTask, parameters: ViewParameters, run: Run
    ) -> tuple[ModelInput, ...]:
        status = task.path.stat() if task.path.is_file() else None
        changed = (status.st_mtime_ns, status.st_size) if status is not None else None
        key = (task, run.model_sha256, run.id, changed)
        if self._field[0] != key:
            self._field = (key, preprocess_cells(task, parameters, NEEDED).cells)
        return self._field[1]


def find_classified_cell(
    folder: str, image: str, letters: str, run: int | None, data_dir: str | None
) -> ClassifiedCell:
    """Find a cell of a case and its prediction.

    Raises:
        UserError: it was not classified or could not be read.
        StoreError: the store cannot be read.
    """
    with open_case_reader(folder, run, data_dir) as reader:
        cell = CellId.of_letters(name_in_case(image, Path(folder)), letters)
        found_run, prediction = find_prediction(reader, cell)
        located = _located_cells(reader, found_run, cell) if cell.number else ()
    if prediction.decision is Decision.FAILED:
        raise UserError(f"{cell.image} could not be read, so there is no prediction of it.")
    return ClassifiedCell(cell, found_run, prediction, located)


def find_package(run: Run, data: Path) -> Package:
    """Find the model of a run.

    Raises:
        UserError: it is not there any more, or is another one of that name.
    """
    package = registry_of(data).find(run.model)
    if sha256_of(package.path / CARD) != run.model_sha256:
        raise UserError(
            f"The model {run.model} is not the one of run {run.id} any more.",
            "Classify the folder again.",
        )
    return package


def knows_cells(card: Card) -> bool:
    """Whether the heat maps of a model may be believed, or were not checked."""
    return card.map_gates is None or card.map_gates.passed


def _located_cells(reader: CaseReader, run: Run, cell: CellId) -> tuple[LocatedCell, ...]:
    """All cells of an image, as a run found them."""
    found = reader.store.predictions.list_of_image(run.id, cell.image)
    return tuple(located for each in found if (located := each.located))


def _task_of_slide_cell(slide: Slide, cell: ClassifiedCell, diameter: float) -> ImageTask:
    """The part of the scan that gave the cell: so it is outlined in the same window."""
    prediction = cell.prediction
    box = prediction.box
    assert box is not None
    plans: Any = cell.run.settings.get("slides", {})
    region = plans.get(prediction.image, {}).get("region", (0, 0, 0, 0))
    x, y, reach = box.x + box.width / 2, box.y + box.height / 2, BORDER * diameter
    parts = (part for part in cut_parts(Box(*region), diameter) if part.contains(x, y, reach))
    found = prediction.origin is CellOrigin.FOUND
    part = next(parts, None) if found else None
    located = tuple(each for each in cell.located if each.id == cell.id)
    return ImageTask(
        prediction.image,
        slide.path,
        known=KnownCells(prediction.sha256, located, ()),
        part=part or SlidePart.around(box),
        sha256=slide.sha256,
    )


def _find_unchanged(cells: Sequence[ModelInput], prediction: Prediction) -> ModelInput:
    if cells and cells[0].view is None:
        raise UserError(cells[0].error, cells[0].hint)
    found = next((each for each in cells if each.number == prediction.number), None)
    if found is None or found.sha256 != prediction.sha256:
        raise UserError(
            f"{prediction.image} has changed since it was classified.", "Classify it again."
        )
    return found
