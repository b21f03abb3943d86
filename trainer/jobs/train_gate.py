"""The validation cells on which the package of a fitted head is measured, at every precision.

What the frozen network makes of them does not change with its head, so it is kept like all
other features: with the next head nothing but that head is left to be asked. A head with
batch norm says something else by itself than in its graph (see `trainer.models.export.head_swap`),
so there the whole graph is asked of all cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import Item
from trainer.domain import Precision, ShouldStop, SourceProfile
from trainer.errors import Cancelled
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.inference.pipeline import forward
from trainer.jobs.train_features import FeatureReader, Features
from trainer.jobs.train_plan import Plan
from trainer.jobs.train_work import Gate, Work, gate_rows
from trainer.jobs.training_data import labels_of, read_shots
from trainer.models.export.acceptance import FAST
from trainer.models.export.feature_extractor import Stem
from trainer.models.export.runtime import native_precisions

# One changed answer among them is within the gate, two are not.
GATE_CELLS = 200
# Of these, so many pass through the whole graph of a package: its wiring and its constants
# are the same for every cell.
SHOWN_CELLS = 16

Views = dict[Item, NDArray[np.uint8]]
Show = Callable[[Sequence[Item]], Views]


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the validation cells of a head.

    Attributes:
        stem: the network up to its pooled features.
        reader: of features.
        features: of the cells, at f32.
        profiles: of the sources.
    """

    stem: Stem
    reader: FeatureReader
    features: Features
    profiles: Mapping[str, SourceProfile]


@dataclass(frozen=True, eq=False)
class GateFeatures:
    """Cells that measure a head's package.

    Attributes:
        gate: some of them as the network is shown them, and the labels of all.
        pooled, shown: as in `Reheaded`.
    """

    gate: Gate
    pooled: Mapping[Precision, NDArray[np.float32]]
    shown: NDArray[np.intp]


def gate_items(plan: Plan, items: Sequence[Item]) -> list[Item]:
    """The validation cells that measure a package, evenly spread."""
    return [items[row] for row in gate_rows(labels_of(items, plan.outputs), GATE_CELLS)]


def gate_features(work: Work, known: Known) -> GateFeatures:
    """Features of the cells at every precision at which the head can be asked, and views.

    Raises:
        UserError: more than a tenth of the images cannot be read any more.
        Cancelled: on the way.
    """
    items = gate_items(work.plan, known.features.items)
    show, whole = _shower(work, known), work.plan.head.batch_norm
    quick = {
        precision: _at_precision(precision, items, work, known, show)
        for precision in FAST
        if precision in native_precisions() and not whole
    }
    there = [item for item in items if all(item in found for found in quick.values())]
    views = show(there if whole else there[:: max(1, len(there) // SHOWN_CELLS)])
    return _joined(work.plan, known.features, list(views) if whole else there, quick, views)


def _joined(
    plan: Plan,
    features: Features,
    items: Sequence[Item],
    quick: Mapping[Precision, Mapping[Item, NDArray[np.float32]]],
    views: Views,
) -> GateFeatures:
    rows = {item: row for row, item in enumerate(features.items)}
    exact = features.pooled[0][[rows[item] for item in items]]
    faster = {name: np.stack([found[item] for item in items]) for name, found in quick.items()}
    return GateFeatures(
        Gate(np.stack(list(views.values())), labels_of(items, plan.outputs)),
        {Precision.F32: exact, **faster},
        np.array([items.index(item) for item in views], dtype=np.intp),
    )


def _at_precision(
    precision: Precision, items: Sequence[Item], work: Work, known: Known, show: Show
) -> dict[Item, NDArray[np.float32]]:
    """Features (K,) of cells at a precision; those of which there is no view are left out."""
    hashes, profiles = work.plan.hashes, known.profiles
    keys = {
        item: known.reader.key(hashes[item.path], profiles[item.source], 0, precision)
        for item in items
    }
    found = work.kept.get(keys.values())
    if missing := [item for item in items if keys[item] not in found]:
        passed = _passed(show(missing), precision, known.stem, work.should_stop)
        fresh = {keys[item]: row.tobytes() for item, row in passed.items()}
        work.kept.put(fresh)
        found |= fresh
    rows = {item: found[key] for item, key in keys.items() if key in found}
    return {item: np.frombuffer(row, np.float32) for item, row in rows.items()}


def _passed(
    views: Views, precision: Precision, stem: Stem, should_stop: ShouldStop
) -> dict[Item, NDArray[np.float32]]:
    """What the network makes of views at a precision."""
    engine = OpenVinoEngine(stem.graph, precision=precision)
    found: dict[Item, NDArray[np.float32]] = {}
    for passed in forward(views, engine, views.__getitem__):
        if should_stop():
            raise Cancelled
        if passed.outputs:
            found |= dict(zip(passed.items, passed.outputs.pooled, strict=True))
    return found


def _shower(work: Work, known: Known) -> Show:
    """Gives kept views, and those of the other images after reading them."""
    plan, kept = work.plan, known.reader.views

    def show(items: Sequence[Item]) -> Views:
        keys = {
            item: kept.key(plan.hashes[item.path], known.profiles[item.source]) for item in items
        }
        found = kept.get(keys.values())
        if missing := {
            replace(item, split="test"): key for item, key in keys.items() if key not in found
        }:
            shots, _ = read_shots(
                list(missing),
                known.profiles,
                plan.view,
                plan.size,
                on_progress=work.emit,
                should_stop=work.should_stop,
            )
            read = {missing[shot.item]: shot.view for shot in shots}
            kept.put(read)
            found |= read
        return {item: found[key] for item, key in keys.items() if key in found}

    return show
