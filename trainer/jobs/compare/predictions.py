"""Predict the same cells by every model of a comparison, and measure its heat maps.

Both are saved beside the comparison, so that they are computed once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import write_text, write_with
from trainer.data.item import Item
from trainer.data.manifest import Manifest
from trainer.domain import AlertLevel, ShouldStop
from trainer.errors import UserError
from trainer.evaluation.ensembles import ProbabilityArray
from trainer.evaluation.map_gates import MOST_CELLS
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.imaging.model_input import ImageTask
from trainer.imaging.preprocess import ViewParameters, preprocess
from trainer.jobs.common.alert_levels import AlertLevels, measure_alert_levels
from trainer.jobs.common.explanation.map_gates import measure_heat_maps
from trainer.jobs.common.explanation.metrics import FaithfulnessResult
from trainer.jobs.common.labelled.cells import measure_sources, refuse_unreadable
from trainer.jobs.common.labelled.scored_cells import (
    LabelledPredictions,
    predict_labelled_cells,
    sample_balanced,
)
from trainer.jobs.common.opened_model import open_model
from trainer.locations import data_folder
from trainer.models.package.card import Card, HeadSpec
from trainer.models.probabilities import softmax
from trainer.models.safe_files.npz import read_arrays, write_arrays
from trainer.protocol.events import Emit, JobWarning
from trainer.training.head_fit import Examples, fit_head


def measure_model_faithfulness(
    model: str,
    manifest: Manifest,
    items: Sequence[Item],
    file: Path,
    *,
    seed: int,
    data_dir: str | None,
    emit: Emit,
    should_stop: ShouldStop,
) -> FaithfulnessResult | None:
    """Measure how faithful a model's heat maps are, or read the saved result.

    Args:
        model: id or folder of the model.
        manifest: of the whole comparison; each source's scale is measured on its held-out images.
        items: test cells, of which at most `MOST_CELLS` are used, the same for every
            model.
        file: `.json` file of the result.
        seed: of the choice of cells and of the random orders.

    Returns:
        None where none of the cells can be read.

    Raises:
        UserError: the disk is full.
        Cancelled: `should_stop` returned true.
    """
    chosen = sample_balanced(items, manifest.classes, MOST_CELLS, seed)
    names = [item.name(manifest.root) for item in chosen]
    key = {"cells": names, "seed": seed}
    saved = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if saved.get("asked") == key:
        return FaithfulnessResult.from_json(saved["found"]) if saved["found"] else None
    opened = open_model(
        model, data=data_folder(data_dir), device="cpu", precision="exact", emit=emit
    )
    held = manifest.split("val") + manifest.split("test")
    cells = predict_labelled_cells(
        replace(manifest, items=chosen),
        opened,
        seed=seed,
        profiles=measure_sources(held, emit, should_stop),
        on_progress=emit,
        should_stop=should_stop,
    )
    result = measure_heat_maps(
        cells, opened.classifier, opened.card.view.grey, seed, emit, should_stop
    )
    record = {"asked": key, "found": result.to_json() if result else None}
    write_text(file, json.dumps(record, indent=2) + "\n")
    return result


PIXEL_PROBE_SIDE = 16


@dataclass(frozen=True, eq=False)
class SplitPredictions:
    """One model's predictions of validation and test cells.

    Outputs are in the order of the manifest's classes, whatever the model's own order.

    Attributes:
        names: of the test cells, in order.
        accepted: bool (N,), test cells that are accepted where no alert holds them.
    """

    val: ScoredCells
    test: ScoredCells
    names: tuple[str, ...]
    accepted: NDArray[np.bool_]

    def measure_alert(
        self,
        card: Card,
        classes: Sequence[str],
        sources: Mapping[str, str],
        level: AlertLevel,
        alert_classes: Sequence[str],
    ) -> AlertLevels | None:
        """Measure what the model's alert does on the test cells.

        Args:
            card: of the model.
            classes: of the manifest, the order of the outputs here.
            sources: of the test cells, by name.
            level, alert_classes: as of `measure_alert_levels`.
        """
        columns = [classes.index(name) for name in card.outputs]
        scored = ScoredCells(
            np.argsort(columns)[self.test.labels],
            self.test.probabilities[:, columns],
            self.test.distance,
        )
        here = [sources[name] for name in self.names]
        return measure_alert_levels(
            card, scored, self.accepted, here, level=level, classes=alert_classes
        )


def predict_splits(
    name: str,
    manifest: Manifest,
    file: Path,
    left_out: frozenset[str],
    *,
    data_dir: str | None,
    emit: Emit,
    should_stop: ShouldStop,
) -> SplitPredictions:
    """Predict all validation and test cells by a model, or read its saved predictions.

    Args:
        name: id or folder of the model.
        file: `.npz` file of its predictions.
        left_out: names of the excluded test cells.

    Raises:
        UserError: more than a tenth of the images cannot be read, or the disk is full.
    """
    arrays = read_arrays(file) if file.is_file() else {}
    if not {"outputs", "accepted"} <= arrays.keys():  # a file of an older version
        opened = open_model(
            name, data=data_folder(data_dir), device="cpu", precision="exact", emit=emit
        )
        held = manifest.split("val") + manifest.split("test")
        cells = predict_labelled_cells(
            replace(manifest, items=held),
            opened,
            seed=0,
            on_progress=emit,
            should_stop=should_stop,
        )
        refuse_unreadable(cells.faults, len(held))
        for fault in cells.faults:
            emit(JobWarning(f"Left out: {fault}"))
        arrays = _arrays_of(cells, opened.card.outputs, manifest.root)
        write_with(file, lambda temporary: write_arrays(temporary, arrays))
    return _predictions_of_arrays(arrays, manifest.classes, left_out)


def _arrays_of(
    cells: LabelledPredictions, outputs: Sequence[str], root: Path
) -> dict[str, NDArray[np.generic]]:
    groups = cells.scored.groups
    return {
        "outputs": np.array(outputs),
        "labels": cells.scored.labels,
        "probabilities": cells.scored.probabilities,
        "distance": np.asarray(cells.scored.distance, np.float64),
        "names": np.array([item.name(root) for item in cells.items]),
        "splits": np.array([item.split for item in cells.items]),
        "accepted": cells.decisions.accepted,
        "groups": np.array([""] * len(cells.items)) if groups is None else groups,
    }


def _predictions_of_arrays(
    arrays: Mapping[str, NDArray[np.generic]], classes: Sequence[str], left_out: frozenset[str]
) -> SplitPredictions:
    # The file holds all cells: the next call may exclude others.
    groups = arrays["groups"] if arrays["groups"].astype(bool).any() else None
    outputs = [str(name) for name in arrays["outputs"]]
    index = np.array([classes.index(name) for name in outputs], dtype=np.intp)
    whole = ScoredCells(
        index[arrays["labels"].astype(np.intp)],
        arrays["probabilities"].astype(np.float64)[:, np.argsort(index)],
        arrays["distance"].astype(np.float64),
        groups,
    )
    test = arrays["splits"] == "test"
    evaluated = test & [str(name) not in left_out for name in arrays["names"]]
    names = tuple(str(name) for name in arrays["names"][evaluated])
    accepted = arrays["accepted"].astype(bool)[evaluated]
    return SplitPredictions(whole.part(~test), whole.part(evaluated), names, accepted)


def refuse_other_classes(card: Card, manifest: Manifest) -> None:
    """Refuse a model whose classes are not those of the data.

    Raises:
        UserError: they differ.
    """
    if set(card.outputs) != set(manifest.classes):
        raise UserError(
            f"The model {card.id} is for {', '.join(card.outputs)}.",
            f"The data are for {', '.join(manifest.classes)}: these cannot be compared.",
        )


def fit_pixel_probe(
    manifest: Manifest, card: Card, emit: Emit, should_stop: ShouldStop
) -> tuple[ProbabilityArray, tuple[str, ...]]:
    """Fit a linear model of the view at 16 x 16 px, the baseline without any network.

    A network that does not beat it gains nothing by its depth.

    Returns:
        Probabilities float64 (N, C) over the classes of the manifest, and names, of the test
        cells.
    """
    view = card.view.to_view()
    profiles = measure_sources(manifest.items, emit, should_stop)
    parts: dict[str, tuple[list[NDArray[np.float32]], list[int], list[str]]] = {
        split: ([], [], []) for split in ("train", "val", "test")
    }
    for item in manifest.items:
        view_parameters = ViewParameters(view, PIXEL_PROBE_SIDE, profiles[item.source])
        prepared = preprocess(ImageTask(item.short_name, item.path, item.box), view_parameters)
        if prepared.view is not None and item.split in parts:
            pixels, labels, names = parts[item.split]
            pixels.append(np.float32(1 / 255) * prepared.view.ravel())
            labels.append(manifest.classes.index(item.label))
            names.append(item.name(manifest.root))
    train, val = (_build_examples(*parts[split][:2]) for split in ("train", "val"))
    fit = fit_head(train, val, len(manifest.classes), HeadSpec(), should_stop=should_stop)
    test = _build_examples(*parts["test"][:2])
    return softmax(fit.head.logits(test.pooled)), tuple(parts["test"][2])


def _build_examples(pixels: list[NDArray[np.float32]], labels: list[int]) -> Examples:
    label = np.array(labels, dtype=np.intp)
    weight = 1 / np.maximum(np.bincount(label), 1)[label]
    return Examples(np.stack(pixels), label, weight)
