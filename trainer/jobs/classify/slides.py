"""Slides in `classify`: where each is scanned, and the scan, which stops at a count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.atomic_files import sha256_of
from trainer.awake_clock import awake_seconds
from trainer.cases.records import FieldSearch, SearchedField
from trainer.cases.store import CaseStore
from trainer.domain import Box, Decision, KnownCells, Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.imaging.files import native_path
from trainer.imaging.model_input import ImageTask
from trainer.imaging.preprocess import ViewParameters
from trainer.imaging.slides.box_index import BoxIndex
from trainer.imaging.slides.overview import assume_diameter, measure_overview
from trainer.imaging.slides.parts import BORDER, SlidePart, cut_parts
from trainer.imaging.slides.slide import Slide, open_slide
from trainer.inference.classifier import ClassifiedCell, ClassifiedImage, Classifier
from trainer.inference.feature_distance import encode_embedding
from trainer.inference.openvino_engine import usable_cores
from trainer.protocol.events import Emit, JobWarning

_CHANGED = "{name} is no longer the slide whose scan began."
_CHANGED_HINT = "Start again without --resume."
_NOT_READ = "{count} parts of the slide could not be read: {reason}"
NO_HEAT_MAPS = "Heat maps of cells on slides are shown in the window; no files are drawn of them."


@dataclass(frozen=True)
class SlidePlan:
    """What the scan of a slide was started with; a resumed one goes on with it.

    Attributes:
        sha256: of the file.
        region: that is scanned, in pixels of the full size.
    """

    sha256: str
    region: Box

    def to_json(self) -> dict[str, object]:
        """JSON values from which `from_json` builds the same."""
        box = self.region
        return {"sha256": self.sha256, "region": [box.x, box.y, box.width, box.height]}

    @classmethod
    def from_json(cls, record: Any) -> SlidePlan:
        """Build a plan from what `to_json` returned."""
        return cls(record["sha256"], Box(*record["region"]))


def plan_slides(
    root: Path,
    names: Sequence[str],
    region: tuple[float, float, float, float] | None,
    emit: Emit,
    should_stop: ShouldStop,
) -> dict[str, object]:
    """Find where each slide is to be scanned; JSON values by name.

    Args:
        root: the case's folder.
        names: of its slides.
        region: that a person gave; None: where cells lie in one layer.

    Raises:
        Cancelled: `should_stop` returned True.
        UserError: a slide lies outside of the region, or cannot be read any more.
    """
    plans: dict[str, object] = {}
    for done, name in enumerate(names):
        emit(Progress("finding the layer of cells", done, len(names)))
        if should_stop():
            raise Cancelled
        slide = open_slide(root / name)
        if region is None:
            box = measure_overview(slide, assume_diameter(slide)).layer
        else:
            box = _clip(Box(*region), slide, name)
        plans[name] = SlidePlan(sha256_of(native_path(slide.path)), box).to_json()
    return plans


def _clip(box: Box, slide: Slide, name: str) -> Box:
    left, top = max(box.x, 0.0), max(box.y, 0.0)
    right = min(box.x + box.width, float(slide.width))
    bottom = min(box.y + box.height, float(slide.height))
    if right - left < 1 or bottom - top < 1:
        raise UserError(
            f"The part to be scanned lies outside of {name}, which is {slide.width} × "
            f"{slide.height} pixels.",
            "Give left, top, width and height in pixels of its full size.",
        )
    return Box(left, top, right - left, bottom - top)


@dataclass(frozen=True, eq=False)
class SlideScan:
    """The scan of the slides of one run.

    Attributes:
        store: that takes the cells.
        case_id, run_id: of the run.
        root: the case's folder.
        classifier: for the source of the case.
        parameters: of the views.
        count: at so many cells of a slide its scan stops; None: never before its end.
    """

    store: CaseStore
    case_id: int
    run_id: int
    root: Path
    classifier: Classifier
    parameters: ViewParameters
    count: int | None
    emit: Emit
    should_stop: ShouldStop

    def scan(self, name: str, plan: SlidePlan) -> None:
        """Scan what is left of a slide, and commit its cells batch by batch.

        Raises:
            ImageError: it is no slide that can be read any more.
            UserError: it holds other bytes than when the scan began, or is gone.
            Cancelled: `should_stop` returned True; what was committed stays.
        """
        slide = open_slide(self.root / name)
        committed = self.store.predictions.list_of_image(self.run_id, name)
        if committed and sha256_of(native_path(slide.path)) != plan.sha256:
            raise UserError(_CHANGED.format(name=name), _CHANGED_HINT)
        diameter = self.parameters.diameter_of(slide.width, slide.height)
        parts = cut_parts(plan.region, diameter)
        known = self.store.cells.known(self.case_id).get(name)
        kept = known.kept if known is not None and known.sha256 == plan.sha256 else ()
        boxes = {each.number: each.box for each in committed if each.box is not None}
        numbers = {each.id.number for each in kept}
        found_boxes = [box for number, box in boxes.items() if number not in numbers]
        first = _first_left(parts, found_boxes, BORDER * diameter)
        # What a person drew or reviewed is judged first, wherever it lies and whatever the count.
        own = [SlidePart.around(each.box) for each in kept if each.id.number not in boxes]
        left = [*own, *parts[first:]]
        total = len(own) + len(parts)
        found, notes = self._scan_parts(name, plan, left, known, list(boxes.values()), total)
        field = SearchedField(name, plan.sha256, found, slide.width, slide.height, notes)
        self.store.predictions.add(self.run_id, [], (), [field])

    def _scan_parts(
        self,
        name: str,
        plan: SlidePlan,
        parts: Sequence[SlidePart],
        known: KnownCells | None,
        boxes: list[Box],
        total: int,
    ) -> tuple[int, tuple[str, ...]]:
        """How many cells there are in the end, and notes on what could not be read."""
        tasks = [
            ImageTask(name, self.root / name, known=known, part=part, sha256=plan.sha256)
            for part in parts
        ]
        found, index = len(boxes), BoxIndex(boxes)
        if self.count is not None and found >= self.count:
            return found, ()
        start, before = awake_seconds(), found
        errors: list[str] = []
        batches = self.classifier.run(
            tasks, self.parameters, workers=usable_cores(), should_stop=self.should_stop
        )
        done = total - len(parts)
        with closing(batches):
            for batch in batches:
                done += len(batch)
                errors += _errors_in(batch)
                self._refuse_if_gone(name, errors)
                left = None if self.count is None else self.count - found
                found += self._commit(name, plan, list(_cut_batch(batch, left, index)))
                rate = (found - before) / max(awake_seconds() - start, 1e-6)
                self._report(found, done, total, rate)
                if self.count is not None and found >= self.count:
                    break
        notes = (_NOT_READ.format(count=len(errors), reason=errors[0]),) if errors else ()
        for note in notes:
            self.emit(JobWarning(f"{name}: {note}"))
        return found, notes

    def _report(self, found: int, done: int, total: int, rate: float) -> None:
        """By cells where the scan stops at a count, else by parts of the slide."""
        if self.count is None:
            self.emit(Progress("scanning parts", done, total))
        else:
            self.emit(Progress("scanning", min(found, self.count), self.count, rate))

    def _refuse_if_gone(self, name: str, errors: list[str]) -> None:
        if errors and not (self.root / name).is_file():
            raise UserError(
                f"The slide {name} is gone.",
                "Bring it back, then go on with the run: what was done is kept.",
                can_go_on=True,
            )

    def _commit(self, name: str, plan: SlidePlan, batch: list[ClassifiedImage]) -> int:
        """Number the cells of some parts and store them; how many they are."""
        if not batch:
            return 0
        cells = [cell for each in batch for cell in each.cells]
        located = [found for cell in cells if (found := cell.prediction.located)]
        search = FieldSearch(name, plan.sha256, tuple(located), is_partial=True)
        (numbers,) = self.store.cells.add_found(self.case_id, [search])
        numbered = [
            (replace(cell.prediction, number=number), encode_embedding(cell.pooled))
            for cell, number in zip(cells, numbers, strict=True)
            if number is not None
        ]
        self.store.predictions.add(
            self.run_id, [each for each, _ in numbered], [pooled for _, pooled in numbered]
        )
        return len(numbered)


def _first_left(parts: Sequence[SlidePart], boxes: Sequence[Box], border: float) -> int:
    """The part after the last that has a cell: parts are committed whole and in order.

    Of a cell on a border the earlier part counts: what is searched again is not taken twice.
    """
    last = -1
    for box in boxes:
        x, y = box.x + box.width / 2, box.y + box.height / 2
        own = next((part.number for part in parts if part.contains(x, y, border)), -1)
        last = max(last, own)
    return last + 1


def _errors_in(batch: Sequence[ClassifiedImage]) -> list[str]:
    cells = (cell.prediction for each in batch for cell in each.cells)
    return [cell.error for cell in cells if cell.decision is Decision.FAILED]


def _cut_batch(
    batch: Sequence[ClassifiedImage], left: int | None, index: BoxIndex
) -> Iterator[ClassifiedImage]:
    """The parts that could be read, with the cells that are new, no more than are left.

    Args:
        index: of the cells that were found; updated.
    """
    for each in batch:
        if not each.image.is_field or left == 0:
            continue
        cells: list[ClassifiedCell] = []
        for cell in each.cells:
            box = cell.prediction.box
            if box is not None and left != len(cells) and index.add(box):
                cells.append(cell)
        left = None if left is None else left - len(cells)
        yield replace(each, cells=tuple(cells))
