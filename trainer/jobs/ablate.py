"""`ablate`: what the prediction of one cell of a case rests on.

Six passes of the network in one batch. The model that was used last is kept open for the
next request to this process, which then takes milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.cases.records import Run
from trainer.domain import CellId, ShouldStop
from trainer.imaging.heat_maps import heat_maps_of
from trainer.inference.classifier import Classifier
from trainer.jobs.common.case.classified_cell import (
    CellCache,
    find_classified_cell,
    find_package,
    knows_cells,
)
from trainer.jobs.common.explanation.cell_ablation import PART_NAMES, CellAblation, ablate_cell
from trainer.locations import data_folder
from trainer.models.package.card import Card
from trainer.protocol.cell_requests import AblateRequest
from trainer.protocol.events import Emit, Result


@dataclass(frozen=True, eq=False)
class _OpenModel:
    card: Card
    classifier: Classifier


class _Cache:
    """The model and the field that were used last."""

    def __init__(self) -> None:
        self.cells = CellCache()
        self._sha256 = ""
        self._model: _OpenModel | None = None

    def model(self, run: Run, data: Path) -> _OpenModel:
        """The model of a run, in exact arithmetic on the CPU."""
        if self._model is None or self._sha256 != run.model_sha256:
            package = find_package(run, data)
            self._model = _OpenModel(package.card, Classifier.from_package(package, device="cpu"))
            self._sha256 = run.model_sha256
        return self._model


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
    cell = find_classified_cell(
        request.folder, request.image, request.cell, request.run, request.data_dir
    )
    prediction = cell.prediction
    model = _CACHE.model(cell.run, data_folder(request.data_dir))
    model_input = _CACHE.cells.read(Path(request.folder), cell, model.card)
    output = model.card.outputs.index(prediction.looks_like or prediction.label)
    maps = heat_maps_of(prediction) if knows_cells(model.card) else None
    heat = None if maps is None else maps[output]
    found = ablate_cell(model.classifier, model.card, model_input, output, heat, prediction.window)
    emit(Result({"text": _format_result(cell.id, found)}))
    return {
        **{"image": cell.id.image, "number": cell.id.number},
        **{"run": cell.run.id, "model": cell.run.model},
        **found.to_json(),
    }


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
