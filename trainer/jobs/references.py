"""`references`: the lab's reference cells: add some, remove one, list them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from trainer.cases.records import Case
from trainer.cases.store import CaseStore
from trainer.cases.tables.references import NewReference, Reference
from trainer.domain import CellId, Prediction, ShouldStop, Window, printable
from trainer.errors import Cancelled, UserError
from trainer.imaging import Image, read_image
from trainer.imaging.boxed_image import square_around
from trainer.imaging.codecs.downscale import downscale
from trainer.jobs.common.case.reader import name_in_case
from trainer.jobs.common.report.png import encode_png
from trainer.locations import store_file
from trainer.protocol.case_requests import ReferencesRequest
from trainer.protocol.events import Emit, Result

_MARGIN = 0.25  # of the window's side, on each of its sides
_MOST_SIDE = 1024  # px of a picture; a larger one is averaged down
_HINT = "Classify the folder first."


def run(request: ReferencesRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Add, remove or list reference cells (see `ReferencesRequest`).

    Returns:
        `added`, `removed`: how many; `references`: all there are now (id, label, image, number,
        case, source, reader, time, picture); `counts`: how many of each class.

    Raises:
        UserError: the folder is no case, an image cannot be read, or nobody acts.
        StoreError: the store cannot be read or written.
        Cancelled: `should_stop` returned True.
    """
    path = store_file(request.data_dir)
    if not path.is_file():
        raise UserError(f"{request.folder or path} is no case yet.", _HINT)
    if request.action != "list" and not request.reviewer.strip():
        raise UserError("Nobody's name is given.", "Name who adds or removes it.")
    added = removed = 0
    with CaseStore.open(path, read_only=request.action == "list") as store:
        if request.action == "add":
            added = _add(store, request, should_stop)
        elif request.action == "remove":
            removed = int(store.references.remove(request.remove, reader=request.reviewer))
        found, counts = store.references.list(), store.references.count_by_label()
    text = "\n".join(_format_reference(each) for each in found) or "There is no reference cell."
    emit(Result({"text": printable(text)}))
    return {
        "added": added,
        "removed": removed,
        "references": [_reference_to_json(each) for each in found],
        "counts": counts,
    }


def _add(store: CaseStore, request: ReferencesRequest, should_stop: ShouldStop) -> int:
    case = store.cases.find(Path(request.folder)) if request.folder else None
    if case is None:
        raise UserError(f"{request.folder or 'No folder'} is no case yet.", _HINT)
    added = 0
    for cell, label in _requested_cells(request, case):
        if should_stop():
            raise Cancelled
        if not label:
            raise UserError("A reference cell has a class.", "Give its class.")
        new = _cut_reference(store, case, cell, label)
        added += store.references.add(case.id, new, reader=request.reviewer)
    return added


def _requested_cells(request: ReferencesRequest, case: Case) -> Iterator[tuple[CellId, str]]:
    for image, number, label in request.cells:
        yield CellId(image, number), label
    if request.image:
        name = name_in_case(request.image, case.root)
        yield CellId.of_letters(name, request.cell), request.label


def _cut_reference(store: CaseStore, case: Case, cell: CellId, label: str) -> NewReference:
    """Copy the picture of a cell with its surroundings, and note where the cell is in it."""
    image, prediction = read_image(case.root / cell.image), _newest_prediction(store, case, cell)
    plane = prediction.plane if prediction is not None else image.sharpest
    pixels = image.planes[min(plane, len(image.planes) - 1)]
    window = _window_of(store, case, cell, prediction, image)
    height, width = pixels.shape[:2]
    reach = window.part(-_MARGIN, 1 + 2 * _MARGIN)
    left, right = _clamp(reach.x, reach.side, width)
    top, bottom = _clamp(reach.y, reach.side, height)
    part = pixels[top:bottom, left:right]
    reduction = max(math.ceil(max(part.shape[:2]) / _MOST_SIDE), 1)
    shown = Window(window.x - left, window.y - top, window.side).scaled(1 / reduction)
    picture = encode_png(downscale(np.ascontiguousarray(part), reduction))
    return NewReference(cell, label, picture, shown, case.profile.name)


def _newest_prediction(store: CaseStore, case: Case, cell: CellId) -> Prediction | None:
    for run in reversed(store.runs.list_of_case(case.id)):
        found = store.predictions.get(run.id, cell.image, cell.number)
        if found is not None:
            return found
    return None


def _window_of(
    store: CaseStore, case: Case, cell: CellId, prediction: Prediction | None, image: Image
) -> Window:
    """What a network was shown of the cell, else the square around its box, else the image's."""
    if prediction is not None and prediction.window is not None:
        return prediction.window
    cells = store.cells.list_of_image(case.id, cell.image) if cell.number else ()
    box = next((each.box for each in cells if each.id == cell), None)
    if cell.number and box is None:
        raise UserError(f"{cell.image} {cell.letters} is no cell of the case.", _HINT)
    if box is not None:
        return square_around(box)
    side = min(image.width, image.height)
    return Window((image.width - side) / 2, (image.height - side) / 2, side)


def _clamp(start: float, length: float, available: int) -> tuple[int, int]:
    first = min(max(math.floor(start), 0), available - 1)
    return first, max(min(math.ceil(start + length), available), first + 1)


def _format_reference(each: Reference) -> str:
    name = f"{each.cell.image} {each.cell.letters}".rstrip()
    lacking = "" if each.is_intact else "; its picture is gone or was changed"
    return f"{each.id}: {each.label}, {name} of {each.case_name}, {each.reader}{lacking}"


def _reference_to_json(each: Reference) -> dict[str, object]:
    return {
        **{"id": each.id, "label": each.label, "image": each.cell.image},
        **{"number": each.cell.number, "case": each.case_name, "source": each.source},
        **{"reader": each.reader, "time": each.time, "picture": str(each.picture)},
    }
