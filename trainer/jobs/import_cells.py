"""`import-cells`: cells that were annotated in another program, drawn and reviewed in a case."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainer.cases.records import Case, NewReview
from trainer.cases.store import CaseStore
from trainer.data.annotations.files import find_annotation_files, read_annotations
from trainer.data.annotations.image_names import ImageNames
from trainer.data.annotations.records import AnnotatedImage, LabelledCell, clip_cells
from trainer.data.item import format_names
from trainer.data.labels import choose_spellings, describe_merged, is_missing_value
from trainer.domain import SAME_CELL_IOU, CellId, LocatedCell, Progress, ShouldStop
from trainer.errors import Cancelled, ImageError, UserError
from trainer.imaging import decode_header
from trainer.imaging.discovery import find_images
from trainer.imaging.files import read_file
from trainer.imaging.reader import DEFAULT_LIMIT_MEGAPIXELS
from trainer.locations import STORE_NAME, data_folder
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import ImportCellsRequest


@dataclass(frozen=True)
class _CaseImage:
    """An image of the case with its annotated cells.

    Attributes:
        name: below the case's folder.
        sha256: of its bytes, which the cells lie in.
    """

    name: str
    sha256: str
    cells: tuple[LabelledCell, ...]


@dataclass
class _Plan:
    """What is to be stored.

    Attributes:
        drawn: new cells, each with the bytes it lies in, and its label.
        known: annotated cells that are cells of the case already, with their labels.
    """

    drawn: list[tuple[LocatedCell, str, str]] = field(default_factory=list)
    known: list[tuple[LocatedCell, str, str]] = field(default_factory=list)


def run(request: ImportCellsRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Draw annotated cells in the images of a case, and review them (see the request).

    A cell that overlaps one of the case is that one, and is only reviewed. Drawing is one
    action, and so is reviewing: undone once each.

    Returns:
        `images`, how many the annotations are of; `drawn`, `known` and `reviewed`, how many cells.

    Raises:
        UserError: broken annotations, or not one image of them lies in the folder.
        StoreError: the store cannot be written.
        Cancelled: `should_stop` returned true; nothing was stored then.
    """
    root, data = Path(request.folder), Path(request.data)
    if not root.is_dir():
        raise UserError(f"There is no folder “{root}”.", "Give the folder of the case.")
    images = _read_images(root, data, request, emit, should_stop)
    reviewer = request.reviewer or data.name
    with CaseStore.open(data_folder(request.data_dir) / STORE_NAME) as store:
        case = store.cases.find_or_create(root)
        images = _spell_labels(images, store, case, request, emit)
        plan = _plan(images, store, case)
        reviews = _store(plan, store, case, reviewer)
    counts = {
        "images": len(images),
        "drawn": len(plan.drawn),
        "known": len(plan.known),
        "reviewed": reviews,
    }
    emit(Result({"text": _describe(counts)}))
    return dict(counts)


def _describe(counts: dict[str, int]) -> str:
    cells = counts["drawn"] + counts["known"]
    return (
        f"{cells} cells in {counts['images']} images: {counts['drawn']} drawn, "
        f"{counts['known']} were there already; {counts['reviewed']} reviewed."
    )


def _read_images(
    root: Path, data: Path, request: ImportCellsRequest, emit: Emit, should_stop: ShouldStop
) -> list[_CaseImage]:
    files = find_annotation_files(data)
    if not files:
        raise UserError(
            f"There are no annotations in “{data}”.",
            "COCO (.json), QuPath GeoJSON (.geojson) and Pascal VOC (.xml) are read.",
        )
    names = ImageNames(find_images([root], any_suffix=request.any_suffix).relative)
    images: dict[str, _CaseImage] = {}
    missing: list[str] = []
    for at, file in enumerate(files):
        if should_stop():
            raise Cancelled
        emit(Progress("reading annotations", at, len(files)))
        for annotated, name in _match_images(file, names, emit):
            if name is None:
                missing.append(annotated.name)
            elif name in images:
                raise UserError(f"“{name}” is annotated twice.", "Keep one of the annotations.")
            else:
                try:
                    images[name] = _read_image(root, name, annotated, request.labels)
                except ImageError as error:
                    emit(JobWarning(f"Left out: {name}: {error.message}", error.hint))
    _report_missing(missing, len(images), root, emit)
    _refuse_unknown_labels(list(images.values()), request.labels)
    return list(images.values())


def _match_images(
    file: Path, names: ImageNames, emit: Emit
) -> Iterator[tuple[AnnotatedImage, str | None]]:
    found = read_annotations(file)
    for note in found.notes:
        emit(JobWarning(note))
    for image in found.images:
        name = names.find(image.name, image.place)
        if name is None and len(found.images) == 1:
            name = names.find(file.stem, image.place)
        yield image, name


def _read_image(
    root: Path, name: str, annotated: AnnotatedImage, labels: Sequence[str]
) -> _CaseImage:
    """The annotated cells within the true image; ImageError where it cannot be read."""
    data = read_file(root / name, DEFAULT_LIMIT_MEGAPIXELS)
    header = decode_header(data)
    clipped = clip_cells(annotated, header.width, header.height)
    cells = tuple(each for each in clipped.cells if not labels or each.label in labels)
    return _CaseImage(name, hashlib.sha256(data).hexdigest(), cells)


def _report_missing(missing: Sequence[str], found: int, root: Path, emit: Emit) -> None:
    if not missing:
        return
    count = "1 image" if len(missing) == 1 else f"{len(missing)} images"
    text = f"The annotations name {count} that are not in “{root}”: {format_names(missing, 3)}."
    if not found:
        raise UserError(text, "Give the folder that holds these images.")
    emit(JobWarning(text, "Their cells were left out."))


def _refuse_unknown_labels(images: Sequence[_CaseImage], labels: Sequence[str]) -> None:
    present = {cell.label for image in images for cell in image.cells}
    if lacking := [label for label in labels if label not in present]:
        raise UserError(f"No cell has the label {format_names(lacking)}.")


def _spell_labels(
    images: Sequence[_CaseImage],
    store: CaseStore,
    case: Case,
    request: ImportCellsRequest,
    emit: Emit,
) -> list[_CaseImage]:
    """The images with labels spelled as the classes of the case's model are."""
    counts = Counter(
        cell.label for image in images for cell in image.cells if not is_missing_value(cell.label)
    )
    known = _classes_of_case(store, case)
    spellings = choose_spellings(counts, known, merge=request.merge_labels)
    for note in describe_merged(spellings):
        emit(JobWarning(note))
    if known and (strange := sorted(set(spellings.values()) - set(known))):
        emit(
            JobWarning(
                f"The model of the case has no class {format_names(strange)}.",
                "The cells keep these labels.",
            )
        )
    return [
        _CaseImage(
            image.name,
            image.sha256,
            tuple(_relabel(cell, spellings.get(cell.label, "")) for cell in image.cells),
        )
        for image in images
    ]


def _relabel(cell: LabelledCell, label: str) -> LabelledCell:
    return LabelledCell(cell.cell, label, cell.probability, cell.reviewed)


def _classes_of_case(store: CaseStore, case: Case) -> tuple[str, ...]:
    """All that the model of the newest run tells apart; empty where there is no run."""
    runs = store.runs.list_of_case(case.id)
    facts = runs[-1].settings.get("model_facts") if runs else None
    if not isinstance(facts, dict):
        return ()
    return (*facts.get("classes", ()), *facts.get("other_classes", ()))


def _plan(images: Sequence[_CaseImage], store: CaseStore, case: Case) -> _Plan:
    plan = _Plan()
    for image in images:
        free = list(store.cells.list_of_image(case.id, image.name, image.sha256))
        for labelled in image.cells:
            # The label of a program is no review.
            label = "" if labelled.probability is not None else labelled.label
            best = max(free, key=lambda cell: cell.box.iou(labelled.cell.box), default=None)
            if best is not None and best.box.iou(labelled.cell.box) >= SAME_CELL_IOU:
                free.remove(best)
                plan.known.append((best, image.sha256, label))
            else:
                cell = _in_case(labelled.cell, image.name)
                plan.drawn.append((cell, image.sha256, label))
    return plan


def _in_case(cell: LocatedCell, image: str) -> LocatedCell:
    """The cell under the name that its image has in the case."""
    return LocatedCell(CellId(image), cell.box, cell.outline, cell.origin, cell.at_edge)


def _store(plan: _Plan, store: CaseStore, case: Case, reviewer: str) -> int:
    """Store the plan; returns the number of reviews."""
    reviews = [
        NewReview(cell.id.image, sha256, label, number=cell.id.number)
        for cell, sha256, label in plan.known
        if label and label != _current_label(store, case, cell)
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


def _current_label(store: CaseStore, case: Case, cell: LocatedCell) -> str:
    history = store.reviews.history(case.id, cell.id.image, cell.id.number)
    labels = [review.label for review in history if review.active]
    return labels[-1] if labels else ""
