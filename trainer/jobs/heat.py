"""`heat`: where the heat of the maps of two classes lies in a cell of a case. No network runs."""

from __future__ import annotations

from pathlib import Path

from trainer.domain import CellId, Prediction, ShouldStop
from trainer.errors import UserError
from trainer.imaging.cell_parts import PartMasks
from trainer.imaging.heat_maps import MapPair, pair_maps
from trainer.imaging.model_input import ModelInput
from trainer.inference.ablation import heat_shares
from trainer.jobs.common.case.classified_cell import (
    CellCache,
    find_classified_cell,
    find_package,
    knows_cells,
)
from trainer.jobs.common.explanation.cell_ablation import render_masks
from trainer.locations import data_folder
from trainer.models.package.card import Card
from trainer.protocol.cell_requests import HeatRequest
from trainer.protocol.events import Emit, Result

NO_OUTLINE = "No cell was outlined: where in it the heat lies cannot be measured."
NO_NUCLEUS = "No nucleus stands out: its share of the heat cannot be measured."
NOT_PASSED = "The maps of the model did not pass their gates: where their heat lies says little."

_CACHE = CellCache()


def run(request: HeatRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Measure where the heat of two maps and of their difference lies (see `HeatRequest`).

    Returns:
        `image`, `number` of the cell, `run` and `model`; `first` and `second`, the classes;
        `maps`, for each map its `class`, `against` ("": all others) and the shares 0-1 of what
        speaks for the class: `nucleus`, `cytoplasm` (both None where no nucleus stands out),
        `cell` and `beside`; and `note`, in words what is to be known of them.

    Raises:
        UserError: the cell was not classified, could not be read or has no such maps, its image
            has changed, the model is not there any more or has no such class.
        StoreError: the store cannot be read.
    """
    cell = find_classified_cell(
        request.folder, request.image, request.cell, request.run, request.data_dir
    )
    card = find_package(cell.run, data_folder(request.data_dir)).card
    first, second = _choose_outputs(request, cell.prediction, card)
    maps = pair_maps(cell.prediction, first, second)
    if maps is None:
        raise UserError(
            f"{cell.id.image} was classified without heat maps that can be compared.",
            "Classify it again.",
        )
    model_input = _CACHE.read(Path(request.folder), cell, card)
    masks = render_masks(model_input, card)
    names = card.outputs[first], card.outputs[second]
    records = _measure(maps, names, cell.prediction, model_input, masks)
    note = _note(masks, card)
    emit(Result({"text": _format_result(cell.id, records, note)}))
    return {
        **{"image": cell.id.image, "number": cell.id.number},
        **{"run": cell.run.id, "model": cell.run.model},
        **{"first": names[0], "second": names[1], "maps": records, "note": note},
    }


def _choose_outputs(request: HeatRequest, prediction: Prediction, card: Card) -> tuple[int, int]:
    """The classes that are asked for, else that of the prediction and the likeliest besides."""
    first = _output_index(request.class_name or prediction.looks_like or prediction.label, card)
    if request.against is not None:
        second = _output_index(request.against, card)
    else:
        order = sorted(range(len(card.outputs)), key=lambda at: -prediction.probabilities[at])
        second = next(at for at in order if at != first)
    if first == second:
        raise UserError(f"{card.outputs[first]} cannot be told from itself.")
    return first, second


def _output_index(name: str, card: Card) -> int:
    if name not in card.outputs:
        raise UserError(
            f"The model {card.id} has no class {name}.", f"It has {', '.join(card.outputs)}."
        )
    return card.outputs.index(name)


def _measure(
    maps: MapPair,
    names: tuple[str, str],
    prediction: Prediction,
    model_input: ModelInput,
    masks: PartMasks | None,
) -> list[dict[str, object]]:
    """Shares of both maps, and of what of their difference speaks for either class."""
    assert prediction.window is not None and model_input.window is not None
    first, second = names
    wanted = (
        (first, "", maps.first),
        (second, "", maps.second),
        (first, second, maps.difference),
        (second, first, -maps.difference),
    )
    if masks is None:
        return []
    records: list[dict[str, object]] = []
    for name, against, heat in wanted:
        found = heat_shares(heat, prediction.window, model_input.window, masks)
        parts = (found.nucleus, found.cytoplasm) if masks.has_nucleus else (None, None)
        shares = (*parts, found.nucleus + found.cytoplasm, found.beside)
        values = (None if each is None else round(each, 4) for each in shares)
        record = dict(zip(("nucleus", "cytoplasm", "cell", "beside"), values, strict=True))
        records.append({"class": name, "against": against, **record})
    return records


def _note(masks: PartMasks | None, card: Card) -> str:
    if masks is None:
        return NO_OUTLINE
    if not knows_cells(card):
        return NOT_PASSED
    return "" if masks.has_nucleus else NO_NUCLEUS


def _format_result(cell: CellId, records: list[dict[str, object]], note: str) -> str:
    name = f"{cell.image} {cell.letters}" if cell.number else cell.image
    lines = [f"{name}: where the network looked, not why"]
    for each in records:
        title = f"{each['class']} against {each['against'] or 'all others'}"
        shares = ("nucleus", "cytoplasm") if each["nucleus"] is not None else ("cell",)
        parts = ", ".join(f"{part} {each[part]:.0%}" for part in shares)
        lines.append(f"  {title:<40} {parts}, beside the cell {each['beside']:.0%}")
    return "\n".join([*lines, *([note] if note else [])])
