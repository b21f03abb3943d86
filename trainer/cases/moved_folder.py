"""A further folder that lies elsewhere now: what is known of its images goes with it.

Rows are never changed, and an image's name is its path (see `case_folders`). So what counts is
written again under the new names, for images of the same bytes; the old rows stay behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from trainer.atomic_files import sha256_of
from trainer.cases.case_folders import name_folder
from trainer.cases.records import Case, FieldSearch, NewReview, Run
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Prediction
from trainer.errors import UserError

_BATCH = 64  # images


@dataclass(frozen=True)
class MovedFolder:
    """What went with a folder.

    Attributes:
        folder: its new name, relative to the case's folder.
        images, reviews: how many were found there, and went with them.
    """

    folder: str
    images: int
    reviews: int


@dataclass(frozen=True)
class _Move:
    """Names of before and now of the images, and of the cells of fields."""

    images: Mapping[str, str]
    hashes: Mapping[str, str]
    cells: dict[CellId, CellId]

    def cell(self, cell: CellId) -> CellId | None:
        """What a cell is called now; None for one that does not go along."""
        if cell.number:
            return self.cells.get(cell)
        image = self.images.get(cell.image)
        return CellId(image) if image is not None else None


def move_folder(
    store: CaseStore, case: Case, folder: str, to: Path, reviewer: str = ""
) -> MovedFolder:
    """Have a further folder of a case lie elsewhere, with results, reviews and blind readings.

    Args:
        folder: as the case's details name it.
        to: where it is now.

    Raises:
        UserError: it is no further folder of the case, or the images there are not its images;
            or as `add_folder`.
        SignedCaseError: the case was signed.
    """
    details = store.details.get(case.id)
    if folder not in details.folders:
        raise UserError(
            f"{folder} is no further folder of the case.",
            "The details of the case list its folders.",
        )
    others = tuple(each for each in details.folders if each != folder)
    name = name_folder(case, others, to)
    if name == folder:
        return MovedFolder(name, 0, 0)
    hashes = _known_images(store, case, f"{folder}/")
    moved = _find_images(hashes, folder, name, to)
    move = _Move(moved, hashes, _number_cells(store, case, moved, hashes))
    for run in store.runs.list_of_case(case.id):
        _copy_predictions(store, run, move)
    reviews = _copy_reviews(store, case, move)
    _copy_readings(store, case, move)
    # At last: until then all that was written lies in no folder of the case.
    folders = tuple(name if each == folder else each for each in details.folders)
    store.details.set(case.id, replace(details, folders=folders), reviewer=reviewer)
    return MovedFolder(name, len(moved), reviews)


def _known_images(store: CaseStore, case: Case, inside: str) -> dict[str, str]:
    """Return the hash of every known image of a folder, as it was seen last."""
    found: dict[str, str] = {}
    for run in store.runs.list_of_case(case.id):
        found |= store.predictions.committed_images(run.id)
    for cell, review in store.reviews.latest(case.id).items():
        if review.sha256:
            found.setdefault(cell.image, review.sha256)
    return {image: sha256 for image, sha256 in found.items() if sha256 and image.startswith(inside)}


def _find_images(hashes: Mapping[str, str], folder: str, name: str, to: Path) -> dict[str, str]:
    """Return the new name of each image that lies in the new place with the same bytes."""
    rests = {image: image.removeprefix(f"{folder}/") for image in hashes}
    moved = {
        image: f"{name}/{rest}"
        for image, rest in rests.items()
        if _sha256_or_empty(to / rest) == hashes[image]
    }
    if hashes and 2 * len(moved) <= len(hashes):
        raise UserError(
            f"The images in {to} are not those of {Path(folder).name}.",
            "Choose the folder that holds the same files under the same names.",
        )
    return moved


def _sha256_or_empty(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return ""


def _number_cells(
    store: CaseStore, case: Case, moved: Mapping[str, str], hashes: Mapping[str, str]
) -> dict[CellId, CellId]:
    """Store the cells of fields under the new names; return what each is called now."""
    cells = {
        image: found
        for image in moved
        if (found := store.cells.list_of_image(case.id, image, hashes[image]))
    }
    searches = [
        FieldSearch(
            moved[image],
            hashes[image],
            tuple(replace(each, id=CellId(moved[image])) for each in found),
        )
        for image, found in cells.items()
    ]
    numbers = store.cells.add_found(case.id, searches)
    return {
        cell.id: CellId(moved[image], number)
        for (image, found), given in zip(cells.items(), numbers, strict=True)
        for cell, number in zip(found, given, strict=True)
        if number is not None
    }


def _copy_predictions(store: CaseStore, run: Run, move: _Move) -> None:
    fields = {each.image: each for each in store.fields.stream(run.id)}
    stored = store.predictions.committed_images(run.id)
    due = [
        image
        for image, name in move.images.items()
        if stored.get(image) == move.hashes[image] and name not in stored
    ]
    for at in range(0, len(due), _BATCH):
        batch = due[at : at + _BATCH]
        found = [each for image in batch for each in _named(store, run, image, move)]
        store.predictions.add(
            run.id,
            [prediction for prediction, _ in found],
            [pooled for _, pooled in found],
            [
                replace(fields[image], image=move.images[image])
                for image in batch
                if image in fields
            ],
        )


def _named(
    store: CaseStore, run: Run, image: str, move: _Move
) -> Iterator[tuple[Prediction, bytes]]:
    """Yield the predictions of an image under its new name, each with its features."""
    for each in store.predictions.list_of_image(run.id, image):
        cell = move.cell(each.cell_id)
        if cell is not None:
            pooled = store.features.get(run.id, image, each.number) or b""
            yield replace(each, image=cell.image, number=cell.number), pooled


def _copy_reviews(store: CaseStore, case: Case, move: _Move) -> int:
    """Write the reviews that count under the new names, in the name of who made them."""
    given = sorted(store.reviews.latest(case.id).values(), key=lambda each: each.reviewer)
    count = 0
    for reviewer, reviews in groupby(given, key=lambda each: each.reviewer):
        new = [
            NewReview(cell.image, each.sha256, each.label, each.note, number=cell.number)
            for each in reviews
            if (cell := move.cell(CellId(each.image, each.number))) is not None
        ]
        if new:
            store.reviews.add(case.id, new, reviewer=reviewer)
            count += len(new)
    return count


def _copy_readings(store: CaseStore, case: Case, move: _Move) -> None:
    labels: dict[tuple[str, int], list[NewReview]] = defaultdict(list)
    for series in store.readings.list_series(case.id):
        given = store.readings.labels(case.id, series.reader, series.series)
        for before, label in given.items():
            if (cell := move.cell(before)) is not None:
                sha256 = move.hashes[before.image]
                new = NewReview(cell.image, sha256, label, number=cell.number)
                labels[series.reader, series.series].append(new)
    for (reader, number), new_labels in labels.items():
        store.readings.add(case.id, new_labels, reader=reader, series=number)
