"""Predict labelled cells by a model, and keep a sample of their views for further measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.groups import patients_of
from trainer.data.item import Item, format_names
from trainer.data.manifest import Manifest
from trainer.domain import (
    AlertLevel,
    CellState,
    Decision,
    OnProgress,
    Prediction,
    Progress,
    ShouldStop,
    SourceProfile,
)
from trainer.errors import UserError
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.imaging.model_input import ImageTask, Product
from trainer.imaging.view import soft_mask
from trainer.inference.classifier import ClassifiedCell
from trainer.inference.openvino_engine import usable_cores
from trainer.inference.policy import Decisions
from trainer.jobs.common.labelled.cells import measure_sources
from trainer.jobs.common.opened_model import OpenedModel

# Enough for differences of a few percent, and quick for a large network on a CPU.
SAMPLE_CELLS = 250
# Metrics of fewer cells of a patient or source mean nothing.
MIN_GROUP_CELLS = 10
ONE_PATIENT = (
    "All cells are of one patient: the intervals hold for more cells of this patient, and nothing "
    "is said of other patients."
)
ONE_CLASS = "All cells that the model was taught are of one class: what needs two is left out."
# A report shows a dozen; more are not worth their memory.
_MAX_ERRORS = 500


@dataclass(frozen=True, eq=False)
class SampleCell:
    """A cell with its view, sampled for further measures.

    Attributes:
        row: its index among the cells.
        view: uint8 (S, S, 3), the input of the network.
        mask: float32 (S, S) over the square that its heat maps cover, 1 on the cell; None
            where no cell was found.
    """

    row: int
    view: NDArray[np.uint8]
    mask: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class LabelledPredictions:
    """Labelled cells that could be read, with the model's prediction of each.

    Attributes:
        items: (N,), in the order of the manifest.
        predictions: (N,), heat maps included.
        scored: the same as arrays.
        pooled: float32 (N, K), the network's pooled features.
        samples: some cells of the model's outputs, equally many of each.
        errors: cells of the model's classes that are misclassified.
        faults: images that could not be read, each with the reason.
    """

    items: tuple[Item, ...]
    predictions: tuple[Prediction, ...]
    scored: ScoredCells
    pooled: NDArray[np.float32]
    samples: tuple[SampleCell, ...]
    errors: tuple[SampleCell, ...]
    faults: tuple[str, ...]

    @property
    def decisions(self) -> Decisions:
        """What became of the cells."""
        return Decisions.of(self.predictions)

    def balanced_samples(self, most: int) -> tuple[SampleCell, ...]:
        """Choose at most `most` of the samples, of every label as many as of the others or all.

        Within a label by the hash of the bytes: names often say patient, smear or order of the
        shots. So the same cells are chosen whatever they are called and in whatever order.
        """
        taken: Counter[str] = Counter()
        ranked: list[tuple[int, str, SampleCell]] = []
        for cell in sorted(self.samples, key=lambda each: self.predictions[each.row].sha256):
            label = self.items[cell.row].label
            ranked.append((taken[label], label, cell))
            taken[label] += 1
        ranked.sort(key=lambda each: each[:2])
        return tuple(cell for _, _, cell in ranked[:most])


def predict_labelled_cells(
    manifest: Manifest,
    opened: OpenedModel,
    *,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
    profiles: Mapping[str, SourceProfile] | None = None,
    alert: AlertLevel = AlertLevel.OFF,
) -> LabelledPredictions:
    """Classify every cell as `classify` does, each source at its own scale.

    Args:
        alert: how readily cells of sources that are not in the card are held.
        profiles: of the sources; measured here where None.

    Raises:
        UserError: not one image can be read.
        Cancelled: `should_stop` returned true.
    """
    if profiles is None:
        profiles = measure_sources(manifest.items, on_progress, should_stop)
    chosen = sample_balanced(manifest.items, opened.card.outputs, SAMPLE_CELLS, seed)
    collected = _PredictionCollector(opened, {item.key for item in chosen})
    for source, profile in profiles.items():
        view_parameters = opened.card.view_parameters(profile)
        items = {item.key: item for item in manifest.items if item.source == source}
        tasks = [ImageTask(name, item.path, item.box) for name, item in items.items()]
        classifier = opened.classifier.for_source(opened.card, source, alert)
        for batch in classifier.run(
            tasks,
            view_parameters,
            keep=Product.CELL,
            workers=usable_cores(),
            should_stop=should_stop,
        ):
            for image in batch:
                for each in image.cells:
                    collected.add(each, items[each.prediction.image])
            done = len(collected.predictions)
            on_progress(Progress("judging cells", done, len(manifest.items)))
    return _build_predictions(manifest, opened, collected)


class _PredictionCollector:
    """Collects the predictions and sampled views of a pass, by name."""

    def __init__(self, opened: OpenedModel, chosen: set[str]) -> None:
        self._opened, self._sample_names = opened, chosen
        self.predictions: dict[str, Prediction] = {}
        self.pooled: dict[str, NDArray[np.float32]] = {}
        self.samples: dict[str, SampleCell] = {}
        self.errors: dict[str, SampleCell] = {}

    def add(self, each: ClassifiedCell, item: Item) -> None:
        name, view = each.prediction.image, each.model_input.view
        self.predictions[name] = each.prediction
        if view is None or each.pooled is None:
            return
        self.pooled[name] = each.pooled
        if name in self._sample_names:
            self.samples[name] = SampleCell(-1, view, _heatmap_mask(each, self._opened))
        wrong = item.label in self._opened.card.classes and each.prediction.label != item.label
        if wrong and len(self.errors) < _MAX_ERRORS:
            self.errors[name] = SampleCell(-1, view, None)


def sample_balanced(
    items: Sequence[Item], outputs: Sequence[str], most: int, seed: int
) -> tuple[Item, ...]:
    """Draw equally many images of every output by `seed`; `most` in all, but one of each."""
    random = np.random.default_rng(seed)
    by_label = [[item for item in items if item.label == name] for name in outputs]
    occupied = [group for group in by_label if group]
    share = max(most // max(len(occupied), 1), 1)
    return tuple(group[at] for group in occupied for at in random.permutation(len(group))[:share])


def _heatmap_mask(each: ClassifiedCell, opened: OpenedModel) -> NDArray[np.float32] | None:
    cell, window = each.model_input.cell, each.prediction.window
    if cell is None or window is None or cell.state is CellState.NONE:
        return None
    return soft_mask(cell, window.scaled(each.model_input.scale), opened.card.input_size)


def _build_predictions(
    manifest: Manifest, opened: OpenedModel, collector: _PredictionCollector
) -> LabelledPredictions:
    pairs = [(item, collector.predictions[item.key]) for item in manifest.items]
    readable = [pair for pair in pairs if pair[1].decision is not Decision.FAILED]
    faults = tuple(f"{item.short_name}: {p.error}" for item, p in pairs if p.error)
    if not readable:
        raise UserError(f"Not one image can be read: {format_names(faults, 3)}.")
    items, predictions = (tuple(column) for column in zip(*readable, strict=True))
    rows = {item.key: row for row, item in enumerate(items)}
    samples, errors = (
        tuple(replace(cell, row=rows[name]) for name, cell in sorted(cells.items()))
        for cells in (collector.samples, collector.errors)
    )
    pooled = np.stack([collector.pooled[name] for name in rows])
    scored = _build_scored_cells(items, predictions, opened)
    return LabelledPredictions(items, predictions, scored, pooled, samples, errors, faults)


def _build_scored_cells(
    items: Sequence[Item], predictions: Sequence[Prediction], opened: OpenedModel
) -> ScoredCells:
    index_of = {name: index for index, name in enumerate(opened.card.outputs)}
    return ScoredCells(
        np.array([index_of.get(item.label, -1) for item in items], dtype=np.intp),
        np.array([each.probabilities for each in predictions], dtype=np.float64),
        np.array([each.distance for each in predictions], dtype=np.float64),
        patients_of(items),
    )
