"""`similar`: the nearest neighbours of a cell, among training cells and in its case.

Nothing is computed but distances between stored features, so it takes milliseconds and no
network. What was read is cached for the next request to this process."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.cases.current_runs import same_model
from trainer.cases.records import Run
from trainer.domain import CellId, Decision, ShouldStop
from trainer.errors import UserError
from trainer.inference.feature_distance import decode_embedding
from trainer.jobs.common.case.reader import (
    CaseReader,
    find_prediction,
    name_in_case,
    open_case_reader,
)
from trainer.jobs.similar.index import (
    CaseFeatures,
    Neighbour,
    ReferenceCell,
    ReferenceIndex,
    open_reference_index,
)
from trainer.locations import data_folder
from trainer.protocol.cell_requests import SimilarRequest
from trainer.protocol.events import Emit, Result

_RUN_AGAIN = (
    "What similar cells are found by was not stored for this cell: run the model again to see "
    "similar cells."
)
_NO_PICTURES = "The pictures of the model's training cells are not on this computer."
_ALONE = "No other cell of this case can be compared with it yet."
_FAILED = "The image could not be read, so it is like no other."


class _Cache:
    """What was read for earlier requests: the cells of two models at most, and of one case."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[str, ReferenceIndex] = OrderedDict()
        self._case: tuple[tuple[object, ...], CaseFeatures] | None = None

    def reference_index(self, run: Run, data: Path) -> ReferenceIndex:
        """The training cells of a run's model."""
        key = run.model_sha256
        if key not in self._indexes:
            self._indexes[key] = open_reference_index(run.model, key, data)
        self._indexes.move_to_end(key)
        while len(self._indexes) > 2:
            self._indexes.popitem(last=False)
        return self._indexes[key]

    def case(self, reader: CaseReader, run: Run, channels: int) -> CaseFeatures:
        """The cells that count together with a run; those of another case leave the cache."""
        # With its time, because a restored store may number anew.
        case = (reader.store.path, run.case_id, reader.case.created)
        key = (*case, run.model_sha256, run.precision, channels)
        if self._case is None or self._case[0] != key:
            self._case = (key, CaseFeatures(channels))
        return self._case[1]


_CACHE = _Cache()


def run(request: SimilarRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Find the cells most similar to one (see `SimilarRequest`).

    Returns:
        `image`, `number` of the cell, `run` and `model`; `training`, the nearest training cells
        (label, distance in units of the model's limit, name, source, file or ""); `cells`, the
        nearest other cells of the case (image, number, label, decision, looks_like, distance,
        run); `note`, `training_note` and `cells_note`, in words why something is not there,
        else "".

    Raises:
        UserError: the folder or the image was not classified, or features do not fit.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned True.
    """
    data = data_folder(request.data_dir)
    with open_case_reader(request.folder, request.run, request.data_dir) as reader:
        cell = CellId.of_letters(name_in_case(request.image, Path(request.folder)), request.cell)
        query_run, prediction = find_prediction(reader, cell)
        stored = reader.store.features.get(query_run.id, cell.image, cell.number)
        result: dict[str, object] = {
            **{
                "image": cell.image,
                "number": cell.number,
                "run": query_run.id,
                "model": query_run.model,
                "note": "",
            },
            **{"training": [], "training_note": "", "cells": [], "cells_note": ""},
        }
        if stored is None:
            failed = prediction.decision is Decision.FAILED
            result["note"] = _FAILED if failed else _RUN_AGAIN
        else:
            pooled = decode_embedding([stored])[0]
            result |= _nearest_training_cells(query_run, pooled, request.count, data)
            result |= _nearest_case_cells(
                reader, query_run, cell, pooled, request.count, should_stop
            )
    emit(Result({"text": _format_result(result)}))
    return result


def _nearest_training_cells(
    query_run: Run, pooled: NDArray[np.float16], count: int, data: Path
) -> dict[str, object]:
    """The nearest training cells; why there are none, in words, costs only this part."""
    try:
        index = _CACHE.reference_index(query_run, data)
    except UserError as error:
        return {"training_note": str(error)}
    if index.reference.directions.shape[1] != len(pooled):
        raise UserError(
            f"The features stored for this cell are {len(pooled)} numbers, where the model "
            f"{query_run.model} has {index.reference.directions.shape[1]}.",
            "Run the model again to see similar cells.",
        )
    cells = index.nearest(pooled, count)
    lacking = not any(cell.file for cell in cells)
    return {
        "training": [_training_record(cell) for cell in cells],
        "training_note": _NO_PICTURES if lacking else "",
    }


def _training_record(cell: ReferenceCell) -> dict[str, object]:
    return {
        "label": cell.label,
        "distance": round(cell.distance, 6),
        "name": cell.name,
        "source": cell.source,
        "file": str(cell.file or ""),
    }


def _nearest_case_cells(
    reader: CaseReader,
    query_run: Run,
    cell: CellId,
    pooled: NDArray[np.float16],
    count: int,
    should_stop: ShouldStop,
) -> dict[str, object]:
    """The nearest other cells of the case, by the same model at the same precision."""
    runs = [each for each in reader.all_runs if same_model(each, query_run)]
    features = _CACHE.case(reader, query_run, len(pooled))
    features.refresh(reader.store, runs, should_stop)
    excluded = {cell, *reader.store.cells.gone(reader.case.id)}
    neighbours = features.nearest(reader.store, excluded, pooled, count, should_stop)
    limit = reader.model.thresholds.unknown_distance or 1.0
    cells = [found for each in neighbours if (found := _case_record(reader, each, limit))]
    return {"cells": cells, "cells_note": "" if cells else _ALONE}


def _case_record(
    reader: CaseReader, neighbour: Neighbour, limit: float
) -> dict[str, object] | None:
    cell = neighbour.cell
    prediction = reader.store.predictions.get(neighbour.run, cell.image, cell.number)
    if prediction is None:
        return None
    return {
        "image": cell.image,
        "number": cell.number,
        "label": prediction.label,
        "decision": prediction.decision.value,
        "looks_like": prediction.looks_like,
        "distance": round(neighbour.distance / limit, 6),
        "run": neighbour.run,
    }


def _format_result(result: dict[str, Any]) -> str:
    """What the command line prints; distances are shares of the model's limit."""
    training = [
        _format_cell(cell, cell["file"] or f"{cell['name']} {cell['source']}".rstrip())
        for cell in result["training"]
    ]
    cells = [_format_cell(cell, _format_name(cell)) for cell in result["cells"]]
    lines = [
        *(f"{_format_name(result)}, run {result['run']}, model {result['model']}:", result["note"]),
        *(["  training cells", *training] if training else []),
        result["training_note"],
        *(["  cells of this case", *cells] if cells else []),
        result["cells_note"],
    ]
    return "\n".join(line for line in lines if line)


def _format_name(record: dict[str, Any]) -> str:
    """The image, and in a field the letters of the cell: "f.png B"."""
    cell = CellId(record["image"], record["number"])
    return f"{cell.image} {cell.letters}" if cell.number else cell.image


def _format_cell(cell: dict[str, Any], what: str) -> str:
    return f"  {cell['distance']:6.2f}  {cell['label']:<16} {what}"
