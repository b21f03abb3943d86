"""The fine-tuning stage: the network itself is trained, by Keras, on cells in ever new looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.data.manifest import file_hashes, read_manifest
from trainer.domain import SourceProfile
from trainer.errors import Cancelled
from trainer.jobs.events import Notice
from trainer.jobs.train_figures import Answers, ask
from trainer.jobs.train_stems import new_network, weights_file
from trainer.jobs.train_work import Measured, Taught, Work, gate_rows, reference_cells, spread
from trainer.jobs.training_data import (
    Labelled,
    Shot,
    cells_of,
    kept_profiles,
    labelled,
    read_shots,
)

GATE_CELLS = 1200


@dataclass(frozen=True, eq=False)
class _Held:
    """Everything read from the images."""

    shots: list[Shot]
    profiles: Mapping[str, SourceProfile]
    sets: Mapping[str, Labelled]


def teach_network(work: Work) -> Taught:
    """A network whose layers are trained as the recipe says.

    Raises:
        UserError: the data, the weights or the recipe do not do.
        Cancelled: before there was anything worth keeping.
    """
    plan = work.plan
    held = _read(work)
    network = _network(work)
    from trainer.models.export import round_to_float16
    from trainer.training.finetune import fine_tune

    history = fine_tune(
        network,
        cells_of(held.shots, "train", plan.outputs, plan.view, plan.size),
        plan.recipe,
        others=plan.others,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    if history.stopped and not history.averaged:
        raise Cancelled
    round_to_float16(network)
    train = labelled(held.shots, "train", plan.outputs)
    rows = spread(train.items, train.labels, plan.recipe.seed)
    near = ask(network, train.views[rows], train.labels[rows])
    return Taught(
        network,
        held.profiles,
        reference_cells(plan, [train.items[row] for row in rows], near.labels, near.pooled),
        _calibration(network, held, work),
        {
            name: Measured(data.items, ask(network, data.views, data.labels))
            for name, data in held.sets.items()
        },
        _gate(labelled(held.shots, "val", plan.outputs)),
        history.rows(),
        (history.note(),),
    )


def _read(work: Work) -> _Held:
    plan = work.plan
    profiles = kept_profiles(
        plan.manifest.items, plan.hashes, work.kept, work.emit, work.should_stop
    )
    shots, faults = read_shots(
        plan.manifest.items,
        profiles,
        plan.view,
        plan.size,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    for fault in faults:
        work.emit(Notice(f"Left out: {fault}"))
    sets = {"test": labelled(shots, "test", plan.outputs)}
    for name, data in work.request.holdouts.items():
        sets[name] = _holdout(work, Path(data))
    return _Held(shots, profiles, sets)


def _holdout(work: Work, data: Path) -> Labelled:
    """Further cells to measure on: every image of the data, whatever its split."""
    plan, manifest = work.plan, read_manifest(data)
    items = [replace(item, split="test") for item in manifest.items]
    digests = file_hashes(manifest)
    hashes = {item.path: sha for item, sha in zip(items, digests, strict=True)}
    profiles = kept_profiles(items, hashes, work.kept, work.emit, work.should_stop)
    shots, _ = read_shots(
        items,
        profiles,
        plan.view,
        plan.size,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    return labelled(shots, "test", plan.outputs)


def _network(work: Work) -> Any:
    if work.plan.parent is None:
        return new_network(work, weights_file(work))
    from trainer.models.loading import load_network

    return load_network(work.plan.parent)


def _calibration(network: Any, held: _Held, work: Work) -> Answers:
    """Validation cells as they are, and each once in a look that training might have shown.

    In-source cells alone made the model too sure of itself on other labs' cells.
    """
    from trainer.training.augment import augmented
    from trainer.training.style import measure_looks

    plan, recipe = work.plan, work.plan.recipe
    plain = labelled(held.shots, "val", plan.outputs)
    cells = cells_of(held.shots, "val", plan.outputs, plan.view, plan.size)
    looks = measure_looks(cells, recipe.looks_on)
    varied = [
        augmented(
            cells, row, looks, recipe.augmentation, np.random.default_rng([recipe.seed, row, 2])
        )
        for row in range(len(cells))
    ]
    views = np.concatenate([plain.views, np.stack(varied)])
    return ask(network, views, np.concatenate([plain.labels, cells.label]))


def _gate(val: Labelled) -> Labelled:
    rows = gate_rows(val.labels, GATE_CELLS)
    return Labelled(tuple(val.items[row] for row in rows), val.views[rows], val.labels[rows])
