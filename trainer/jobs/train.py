"""Train a model package: read, cut, fine-tune, calibrate, measure, export, register."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.data.item import Item, relative_name
from trainer.data.manifest import read_manifest
from trainer.domain import ShouldStop, SourceProfile
from trainer.errors import Cancelled, UserError
from trainer.inference.distance import NEIGHBOURS, Reference
from trainer.jobs.events import Emit, Notice, Result
from trainer.jobs.model_opening import registry_of
from trainer.jobs.requests import TrainRequest
from trainer.jobs.train_card import card_of, package_of
from trainer.jobs.train_figures import Answers, Settled, ask, by_group, figures_of, settle
from trainer.jobs.train_plan import Plan, plan_of
from trainer.jobs.training_data import (
    Labelled,
    Shot,
    cells_of,
    labelled,
    measure_sources,
    read_shots,
)
from trainer.jobs.training_pictures import note_pictures
from trainer.locations import data_folder
from trainer.models.package import CARD, sha256_of
from trainer.models.reference import ReferenceCells

REFERENCE_CELLS = 900


@dataclass(frozen=True, eq=False)
class Held:
    """Everything read from the images."""

    shots: list[Shot]
    profiles: dict[str, SourceProfile]
    holdouts: dict[str, Labelled]


def run(request: TrainRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Train a model (see `TrainRequest`).

    Returns:
        `model`, its id; `folder`; and its balanced accuracy on the test split.

    Raises:
        UserError: the data, the weights or the recipe do not do.
        Cancelled: before there was anything worth keeping.
    """
    plan = plan_of(request, emit)
    held = _read(plan, request, emit, should_stop)
    network = _network(plan, request, emit, should_stop)
    from trainer.models.export import round_to_float16
    from trainer.training.finetune import fine_tune

    history = fine_tune(
        network,
        cells_of(held.shots, "train", plan.outputs, plan.view, plan.size),
        plan.recipe,
        others=plan.others,
        on_progress=emit,
        should_stop=should_stop,
    )
    if history.stopped and not history.averaged:
        raise Cancelled
    round_to_float16(network)
    reference, kept = _reference(network, held, plan)
    settled = settle(_calibration(network, held, plan), reference, len(plan.classes))
    figures = _figures(network, held, plan, settled, reference)
    card = card_of(plan, request, held.profiles, settled, figures, history)
    val = labelled(held.shots, "val", plan.outputs)
    package = package_of(plan, card, network, val, kept, figures, history)
    _note_pictures(request, package, plan, kept)
    told = figures["test"].get("balanced_accuracy")
    accuracy = getattr(told, "value", None)
    emit(Result({"text": f"The model {plan.id} is in {package}.", "balanced_accuracy": accuracy}))
    return {"model": plan.id, "folder": str(package), "balanced_accuracy": accuracy, "failed": 0}


def _read(plan: Plan, request: TrainRequest, emit: Emit, should_stop: ShouldStop) -> Held:
    profiles = measure_sources(plan.manifest.items, emit, should_stop)
    shots, faults = read_shots(
        plan.manifest.items,
        profiles,
        plan.view,
        plan.size,
        on_progress=emit,
        should_stop=should_stop,
    )
    for fault in faults:
        emit(Notice(f"Left out: {fault}"))
    holdouts = {
        name: _holdout(Path(data), plan, emit, should_stop)
        for name, data in request.holdouts.items()
    }
    return Held(shots, profiles, holdouts)


def _holdout(data: Path, plan: Plan, emit: Emit, should_stop: ShouldStop) -> Labelled:
    """Further cells to measure on: every image of the data, whatever its split."""
    items = [replace(item, split="test") for item in read_manifest(data).items]
    profiles = measure_sources(items, emit, should_stop)
    shots, _ = read_shots(
        items, profiles, plan.view, plan.size, on_progress=emit, should_stop=should_stop
    )
    return labelled(shots, "test", plan.outputs)


def _network(plan: Plan, request: TrainRequest, emit: Emit, should_stop: ShouldStop) -> Any:
    import keras

    from trainer.models.network import build_network

    keras.utils.set_random_seed(request.seed)
    if request.from_model:
        return _continued(plan, request)
    weights: Path | None = None
    if request.weights == "imagenet":
        from trainer.models.weights import imagenet_weights

        weights = imagenet_weights(
            plan.backbone,
            consent=lambda _: request.download,
            on_progress=emit,
            should_stop=should_stop,
        )
    elif request.weights != "none":
        weights = Path(request.weights)
    return build_network(plan.backbone, len(plan.outputs), plan.size, plan.head, weights)


def _continued(plan: Plan, request: TrainRequest) -> Any:
    from trainer.models.loading import load_network

    package = registry_of(request.data_dir).find(request.from_model or "")
    if package.card.backbone != plan.backbone or package.card.outputs != plan.outputs:
        raise UserError(
            f"The model {package.card.id} is a {package.card.backbone} for "
            f"{', '.join(package.card.outputs)}.",
            f"The data are for {', '.join(plan.outputs)}; train from weights instead.",
        )
    return load_network(package)


def _calibration(network: Any, held: Held, plan: Plan) -> Answers:
    """Validation cells as they are, and each once in a look that training might have shown.

    In-source cells alone made the model too sure of itself on other labs' cells.
    """
    from trainer.training.augment import augmented
    from trainer.training.style import measure_looks

    plain = labelled(held.shots, "val", plan.outputs)
    cells = cells_of(held.shots, "val", plan.outputs, plan.view, plan.size)
    looks = measure_looks(cells, plan.recipe.looks_on)
    varied = [
        augmented(
            cells,
            row,
            looks,
            plan.recipe.augmentation,
            np.random.default_rng([plan.recipe.seed, row, 2]),
        )
        for row in range(len(cells))
    ]
    views = np.concatenate([plain.views, np.stack(varied)])
    return ask(network, views, np.concatenate([plain.labels, cells.label]))


def _reference(network: Any, held: Held, plan: Plan) -> tuple[Reference, ReferenceCells]:
    """Training cells to compare with: outputs alike, and sources alike within an output."""
    train = labelled(held.shots, "train", plan.outputs)
    rows = _spread(train, plan.recipe.seed)
    answers = ask(network, train.views[rows], train.labels[rows])
    names = np.array([_name(train.items[row], plan.manifest.root) for row in rows])
    pooled = answers.pooled.astype(np.float16)
    kept = ReferenceCells(pooled, answers.labels.astype(np.int64), names)
    return Reference.of(pooled, NEIGHBOURS), kept


def _spread(train: Labelled, seed: int) -> NDArray[np.intp]:
    rng = np.random.default_rng(seed)
    keys = [
        (int(label), item.source) for label, item in zip(train.labels, train.items, strict=True)
    ]
    groups = sorted(set(keys))
    share = max(REFERENCE_CELLS // len(groups), NEIGHBOURS)
    chosen: list[int] = []
    for group in groups:
        rows = [row for row, key in enumerate(keys) if key == group]
        chosen.extend(rng.permutation(rows)[:share].tolist())
    return np.array(sorted(chosen), dtype=np.intp)


def _note_pictures(request: TrainRequest, package: Path, plan: Plan, kept: ReferenceCells) -> None:
    """So that similar training cells can be shown on this computer."""
    data = Path(request.data_dir) if request.data_dir else data_folder()
    names = [str(name) for name in kept.images]
    note_pictures(data, sha256_of(package / CARD), plan.manifest.root, names)


def _name(item: Item, root: Path) -> str:
    return relative_name(item.path, root)


def _figures(
    network: Any, held: Held, plan: Plan, settled: Settled, reference: Reference
) -> dict[str, Any]:
    sets = {"test": labelled(held.shots, "test", plan.outputs), **held.holdouts}
    figures: dict[str, Any] = {}
    for name, data in sets.items():
        answers = ask(network, data.views, data.labels)
        figures[name] = figures_of(answers, settled, reference, plan.classes)
        parts = by_group(data, answers, lambda item: str(item.source))
        if len(parts) > 1:
            for source, part in parts.items():
                figures[f"{name}, {source}"] = figures_of(part, settled, reference, plan.classes)
    return figures
