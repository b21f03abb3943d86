"""`ablate`: what the prediction of one cell of a case rests on.

Six passes of the network in one batch. The model that was used last is kept open for the
next request to this process, which then takes milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import sha256_of
from trainer.cases.records import Run
from trainer.domain import (
    CellId,
    Decision,
    ImageContent,
    KnownCells,
    LocatedCell,
    Prediction,
    ShouldStop,
)
from trainer.errors import UserError
from trainer.imaging.image_cells import ContentRule
from trainer.imaging.model_input import ImageTask, ModelInput
from trainer.imaging.preprocess import ViewParameters, preprocess, preprocess_cells
from trainer.inference.classifier import Classifier
from trainer.jobs.common.case_reader import (
    CaseReader,
    find_prediction,
    name_in_case,
    open_case_reader,
)
from trainer.jobs.common.cell_ablation import NEEDED, PART_NAMES, CellAblation, ablate_cell
from trainer.jobs.common.source_scale import SourceScale
from trainer.locations import data_folder
from trainer.models.package.card import Card
from trainer.models.package.layout import CARD
from trainer.models.package.registry import registry_of
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import AblateRequest


@dataclass(frozen=True, eq=False)
class _OpenModel:
    card: Card
    classifier: Classifier


class _Cache:
    """The model and the field that were used last; a field is searched once for all its cells."""

    def __init__(self) -> None:
        self._field: tuple[object, tuple[ModelInput, ...]] = (None, ())
        self._sha256 = ""
        self._model: _OpenModel | None = None

    def model(self, run: Run, data: Path) -> _OpenModel:
        """The model of a run, in exact arithmetic on the CPU."""
        if self._model is None or self._sha256 != run.model_sha256:
            self._model, self._sha256 = _open_model(run, data), run.model_sha256
        return self._model

    def field(
        self, task: ImageTask, parameters: ViewParameters, run: Run
    ) -> tuple[ModelInput, ...]:
        """The cells of a field, as a run saw them."""
        status = task.path.stat() if task.path.is_file() else None
        changed = (status.st_mtime_ns, status.st_size) if status is not None else None
        key = (task, run.model_sha256, run.id, changed)
        if self._field[0] != key:
            self._field = (key, preprocess_cells(task, parameters, NEEDED).cells)
        return self._field[1]


_CACHE = _Cache()


def run(request: AblateRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Measure what the prediction of one cell loses without its parts (see `AblateRequest`).

    Returns:
        `image`, `number` of the cell, `run` and `model`, and the record of `CellAblation`.

    Raises:
        UserError: the cell was not classified or could not be read, its image has changed,
            or its model is not there any more.
        StoreError: the store cannot be read.
    """
    data, root = data_folder(request.data_dir), Path(request.folder)
    with open_case_reader(request.folder, request.run, request.data_dir) as reader:
        cell = CellId.of_letters(name_in_case(request.image, root), request.cell)
        found_run, prediction = find_prediction(reader, cell)
        located = _located_cells(reader, found_run, cell) if cell.number else ()
    if prediction.decision is Decision.FAILED:
        raise UserError(f"{cell.image} could not be read, so there is no prediction of it.")
    model = _CACHE.model(found_run, data)
    model_input = _read_cell(root / cell.image, prediction, located, found_run, model.card)
    output = model.card.outputs.index(prediction.looks_like or prediction.label)
    heat = _decode_heat(prediction, output) if _knows_cells(model.card) else None
    found = ablate_cell(model.classifier, model.card, model_input, output, heat, prediction.window)
    emit(Result({"text": _format_result(cell, found)}))
    return {
        **{"image": cell.image, "number": cell.number},
        **{"run": found_run.id, "model": found_run.model},
        **found.to_json(),
    }


def _located_cells(reader: CaseReader, run: Run, cell: CellId) -> tuple[LocatedCell, ...]:
    """All cells of an image, as a run found them."""
    found = reader.store.predictions.list_of_image(run.id, cell.image)
    return tuple(
        LocatedCell(each.cell_id, each.box, each.outline, each.origin, each.at_edge)
        for each in found
        if each.box is not None
    )


def _open_model(run: Run, data: Path) -> _OpenModel:
    package = registry_of(data).find(run.model)
    if sha256_of(package.path / CARD) != run.model_sha256:
        raise UserError(
            f"The model {run.model} is not the one of run {run.id} any more.",
            "Classify the folder again.",
        )
    return _OpenModel(package.card, Classifier.from_package(package, device="cpu"))


def _read_cell(
    path: Path, prediction: Prediction, located: Sequence[LocatedCell], run: Run, card: Card
) -> ModelInput:
    """The cell as the run saw it: at the run's scale, in the outline that was classified.

    Args:
        located: all cells of its field.
    """
    scale = SourceScale.from_json(run.settings)
    parameters = card.view_parameters(scale.profile, scale.by_size)
    if prediction.number:
        known = KnownCells(prediction.sha256, tuple(located), ())
        parameters = replace(parameters, content=ContentRule(ImageContent.FIELDS))
        cells = _CACHE.field(ImageTask(prediction.image, path, known=known), parameters, run)
    else:
        cells = (preprocess(ImageTask(prediction.image, path), parameters, NEEDED),)
    if cells and cells[0].view is None:
        raise UserError(cells[0].error, cells[0].hint)
    found = next((each for each in cells if each.number == prediction.number), None)
    if found is None or found.sha256 != prediction.sha256:
        raise UserError(
            f"{prediction.image} has changed since it was classified.", "Classify it again."
        )
    return found


def _knows_cells(card: Card) -> bool:
    """Whether the heat maps of a model may be believed, or were not checked."""
    return card.map_gates is None or card.map_gates.passed


def _decode_heat(prediction: Prediction, output: int) -> NDArray[np.float32] | None:
    if not prediction.heat:
        return None
    maps = np.frombuffer(prediction.heat, "<f2").reshape(prediction.heat_shape)
    return np.asarray(maps[output], np.float32)


def _format_result(cell: CellId, found: CellAblation) -> str:
    name = f"{cell.image} {cell.letters}" if cell.number else cell.image
    probability = found.ablation.probability
    lines = [f"{name}: {found.label} {probability:.3f}; log-odds lost without"]
    lines += [
        f"  {PART_NAMES[each.part]:<24}{each.lost:+7.2f}  {found.outputs[each.output]} "
        f"{each.probability:.3f}"
        for each in found.ablation.losses
    ]
    if found.heat is not None:
        shares = found.heat
        lines.append(
            f"  heat: nucleus {shares.nucleus:.0%}, cytoplasm {shares.cytoplasm:.0%}, "
            f"beside the cell {shares.beside:.0%}"
        )
    if found.nucleus_share is not None:
        lines.append(f"  nucleus: {found.nucleus_share:.0%} of the cell's area")
    return "\n".join([*lines, *([found.note] if found.note else []), found.describe()])
