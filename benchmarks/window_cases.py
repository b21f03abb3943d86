"""Folders of drawn images, and stores in which they are classified, for `window.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic import draw_cell, draw_field
from trainer.domain import (
    Box,
    CellId,
    CellOrigin,
    Decision,
    LocatedCell,
    Precision,
    Prediction,
    Window,
)

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore
    from trainer.models.package.layout import Package

SIDES = {"small": 48, "large": 1024, "fields": 1280}
"""Kinds of folders, and the longer side of their images in pixels."""
CLASSES = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
IN_A_FOLDER = 10_000
_DRAWN = 20  # different images of a folder
_BATCH = 50  # images that are stored at once
_DECISIONS = (*[Decision.ACCEPT] * 3, Decision.REVIEW, Decision.UNKNOWN)


def draw(folder: Path, count: int, kind: str) -> None:
    """Draw a few images, and copy them with another last byte each; as is where it is there."""
    if folder.is_dir():
        return
    pictures = [_draw_one(kind, number) for number in range(_DRAWN)]
    drawn = [cv2.imencode(".jpg", pixels[..., ::-1])[1].tobytes() for pixels in pictures]
    for index in range(count):
        path = folder / f"slide_{index // IN_A_FOLDER}" / f"cell_{index}.jpg"
        if index % IN_A_FOLDER == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(drawn[index % len(drawn)] + index.to_bytes(4, "big"))


def _draw_one(kind: str, number: int) -> NDArray[np.uint8]:
    if kind == "fields":
        return _draw_field(number)[0]
    side, rng = SIDES[kind], np.random.default_rng(number)
    cell = draw_cell(CLASSES[number % len(CLASSES)], rng)
    return np.asarray(cv2.resize(cell, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


@cache
def _draw_field(number: int) -> tuple[NDArray[np.uint8], tuple[Box, ...]]:
    """A field of 20 white cells, and their boxes."""
    width = SIDES["fields"]
    field = draw_field(
        CLASSES * 4,
        np.random.default_rng(number),
        size=(width, width * 3 // 4),
        red_cell_diameter=width / 20,
    )
    return field.pixels, tuple(cell.box for cell in field.cells)


def fill(data: Path, images: Path, kind: str) -> int:
    """Fill a store with predictions of the bundled model; returns of how many cells."""
    from trainer.cases.store import CaseStore
    from trainer.locations import STORE_NAME, data_folder
    from trainer.models.package.registry import registry_of

    package = registry_of(data_folder()).find("")
    names = sorted(path.relative_to(images).as_posix() for path in images.rglob("*.jpg"))
    with CaseStore.open(data / STORE_NAME) as store:
        case = store.cases.find_or_create(images).id
        run = store.runs.start(
            case,
            model=package.card.id,
            model_sha256=hashlib.sha256((package.path / "card.json").read_bytes()).hexdigest(),
            precision=Precision.F32,
            device="cpu",
            settings={},
            images=names,
        )
        rng = np.random.default_rng(0)
        size = _BATCH if kind == "fields" else 20 * _BATCH
        batches = [names[start : start + size] for start in range(0, len(names), size)]
        add = _add_fields if kind == "fields" else _add_images
        count = sum(add(store, case, run.id, batch, package, rng) for batch in batches)
        store.runs.finish(run.id)
    return count


def _add_images(
    store: CaseStore,
    _: int,
    run: int,
    names: Sequence[str],
    package: Package,
    rng: np.random.Generator,
) -> int:
    window = Window(0.0, 0.0, float(SIDES["small"]))
    predictions = [replace(_predict(name, package, rng), window=window) for name in names]
    store.predictions.add(run, predictions)
    return len(predictions)


def _add_fields(
    store: CaseStore,
    case: int,
    run: int,
    names: Sequence[str],
    package: Package,
    rng: np.random.Generator,
) -> int:
    from trainer.cases.records import FieldSearch, SearchedField

    searches = [FieldSearch(name, _sha256(name), tuple(_cells(name))) for name in names]
    numbers = store.cells.add_found(case, searches)
    predictions: list[Prediction] = []
    for search, given in zip(searches, numbers, strict=True):
        for cell, number in zip(search.cells, given, strict=True):
            one = _predict(search.image, package, rng)
            where = Window(cell.box.x, cell.box.y, cell.box.width)
            predictions.append(
                replace(one, number=number or 0, box=cell.box, origin=cell.origin, window=where)
            )
    width = SIDES["fields"]
    fields = [
        SearchedField(each.image, each.sha256, len(each.cells), width, width * 3 // 4)
        for each in searches
    ]
    store.predictions.add(run, predictions, fields=fields)
    return len(predictions)


def _cells(name: str) -> Iterator[LocatedCell]:
    number = int(Path(name).stem.removeprefix("cell_")) % _DRAWN
    for box in _draw_field(number)[1]:
        yield LocatedCell(CellId(name), box, (), CellOrigin.FOUND)


def _predict(name: str, package: Package, rng: np.random.Generator) -> Prediction:
    outputs = len(package.card.outputs)
    chances = np.sort(rng.dirichlet(np.ones(outputs)))[::-1]
    return Prediction(
        image=name,
        sha256=_sha256(name),
        decision=_DECISIONS[int(rng.integers(len(_DECISIONS)))],
        model=package.card.id,
        precision=Precision.F32,
        label=package.card.classes[int(rng.integers(len(package.card.classes)))],
        probability=float(chances[0]),
        probabilities=tuple(map(float, chances)),
        distance=float(rng.random()),
        heat=rng.random((outputs, 4, 4)).astype("<f2").tobytes(),
        heat_shape=(outputs, 4, 4),
    )


def _sha256(name: str) -> str:
    """Of no file: nobody compares it here."""
    return hashlib.sha256(name.encode()).hexdigest()
