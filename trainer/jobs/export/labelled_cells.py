"""The cells of a case with what counts for each, image by image, for every format of cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from trainer.cases.current_runs import CurrentResult, current_results
from trainer.cases.records import EXCLUDED, Origin, Run, SearchedField
from trainer.data.annotations.records import AnnotatedImage, LabelledCell
from trainer.domain import Box, Decision, LocatedCell, Prediction
from trainer.errors import Cancelled, ImageError
from trainer.imaging import read_header
from trainer.imaging.slides.slide import find_slide
from trainer.jobs.export.content import ExportContent
from trainer.protocol.events import JobWarning


@dataclass(frozen=True)
class CaseImage:
    """An image of a case with its cells.

    Attributes:
        annotated: its name, size and cells. The label of a cell is its verdict: a review, else
            an accepted decision; empty while it is pending.
        sha256: of the bytes that the cells lie in.
        plane: index of the focal plane that was classified.
    """

    annotated: AnnotatedImage
    sha256: str
    plane: int = 0


@dataclass
class _Omissions:
    """What an export leaves out, counted."""

    missing: list[str] = field(default_factory=list)
    excluded: int = 0
    pending: int = 0


def iterate_images(content: ExportContent) -> Iterator[CaseImage]:
    """Iterate the images of a case that could be read, by name; warn of what is left out.

    Excluded cells are left out, and images of one cell that are gone, whose size is not known.

    Raises:
        Cancelled: it is time to stop.
    """
    reader = content.reader
    results = current_results(reader.store, reader.runs)
    omissions = _Omissions()
    for name, found in groupby(results, key=lambda pair: pair[1].image):
        if content.should_stop():
            raise Cancelled
        if (image := _build_image(name, list(found), content, omissions)) is not None:
            yield image
    _warn_of_omissions(omissions, content)


def _build_image(
    name: str,
    results: list[tuple[Run, CurrentResult]],
    content: ExportContent,
    omissions: _Omissions,
) -> CaseImage | None:
    run, first = results[0]
    predictions = [each for _, each in results if isinstance(each, Prediction)]
    readable = [each for each in predictions if each.decision is not Decision.FAILED]
    if not readable and not isinstance(first, SearchedField):
        return None
    plane = readable[0].plane if readable else 0
    if isinstance(first, SearchedField):
        width, height = first.width, first.height
        cells = [_locate(each, width, height) for each in readable]
        cells += _drawn_since(name, first.sha256, cells, content)
    else:
        size = _read_size(name, content)
        if size is None:
            omissions.missing.append(name)
            return None
        width, height = size
        # An image of one cell in which a person has drawn cells since is a field.
        cells = _drawn_since(name, first.sha256, [], content) or [
            _locate(each, width, height) for each in readable
        ]
    known = {each.cell_id: each for each in readable}
    labelled = [_label(cell, known.get(cell.id), run, content) for cell in cells]
    kept = tuple(each for each in labelled if each.label != EXCLUDED)
    omissions.excluded += len(labelled) - len(kept)
    omissions.pending += sum(not each.label for each in kept)
    return CaseImage(AnnotatedImage(name, width, height, kept), first.sha256, plane)


def _locate(prediction: Prediction, width: int, height: int) -> LocatedCell:
    """Where a predicted cell lies; of one that was not outlined, the whole image is its box."""
    box = prediction.box or Box(0.0, 0.0, float(width), float(height))
    return LocatedCell(
        prediction.cell_id, box, prediction.outline, prediction.origin, prediction.at_edge
    )


def _drawn_since(
    name: str, sha256: str, cells: list[LocatedCell], content: ExportContent
) -> list[LocatedCell]:
    """Cells that a person drew after the field was classified."""
    reader = content.reader
    known = {cell.id for cell in cells}
    every = reader.store.cells.list_of_image(reader.case.id, name, sha256)
    return [cell for cell in every if cell.id not in known]


def _label(
    cell: LocatedCell, prediction: Prediction | None, run: Run, content: ExportContent
) -> LabelledCell:
    reader = content.reader
    verdict = reader.store.verdicts.get(reader.case.id, run.id, cell.id.image, cell.id.number)
    reviewed = verdict.origin is Origin.REVIEW
    probability = None if reviewed or prediction is None else prediction.probability
    return LabelledCell(cell, verdict.label, probability, reviewed)


def _read_size(name: str, content: ExportContent) -> tuple[int, int] | None:
    path = content.reader.root / name
    try:
        slide = find_slide(path)  # a whole slide would be gigabytes
        header = slide if slide is not None else read_header(path)
    except ImageError:
        return None
    return header.width, header.height


def _warn_of_omissions(omissions: _Omissions, content: ExportContent) -> None:
    if count := len(omissions.missing):
        images = "1 image" if count == 1 else f"{count} images"
        content.emit(
            JobWarning(
                f"Left out: {images} that cannot be read any more, as {omissions.missing[0]}.",
                "Put the images back, and export again.",
            )
        )
    if omissions.excluded:
        cells = "1 cell" if omissions.excluded == 1 else f"{omissions.excluded} cells"
        content.emit(JobWarning(f"Left out: {cells} that a person excluded."))
    if omissions.pending:
        cells = "1 cell is" if omissions.pending == 1 else f"{omissions.pending} cells are"
        content.emit(JobWarning(f"{cells} pending, and got no label.", "Review them first."))
