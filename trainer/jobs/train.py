"""Train a model package: plan, teach, calibrate, set thresholds, measure, export, register."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trainer.atomic_files import make_ready
from trainer.cache.results import KeptResults
from trainer.domain import ShouldStop
from trainer.errors import PackageError, UserError
from trainer.inference.feature_distance import NEIGHBOURS, Reference
from trainer.jobs.train_card import card_of, package_of
from trainer.jobs.train_figures import Settled, answered_of, by_source, figures_of, settle
from trainer.jobs.train_head import teach_head
from trainer.jobs.train_holdouts import read_holdouts
from trainer.jobs.train_network import teach_network
from trainer.jobs.train_plan import Plan, plan_of
from trainer.jobs.train_room import refuse_too_little
from trainer.jobs.train_stems import note_stem
from trainer.jobs.train_summary import summary_of
from trainer.jobs.train_work import Taught, Work
from trainer.jobs.training_pictures import note_pictures
from trainer.locations import cache_folder, data_folder
from trainer.models.export.head_swap import Reheaded, StaleFeaturesError
from trainer.models.package.layout import CARD, sha256_of
from trainer.protocol.events import Emit, Notice, Result
from trainer.protocol.requests import TrainRequest

KEPT = "kept.sqlite"


def run(request: TrainRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Train a model (see `TrainRequest`).

    Returns:
        `model`, its id; `folder`; and its balanced accuracy on the test split.

    Raises:
        UserError: the data, the hold-outs, the weights or the recipe do not do, or the
            package could not be written.
        Cancelled: before there was anything worth keeping.
    """
    plan = plan_of(request, emit)
    make_ready(plan.folder.parent)
    refuse_too_little(plan)
    holdouts = read_holdouts(plan, request.holdouts, emit, should_stop)
    with KeptResults(cache_folder() / KEPT) as kept:
        work = Work(plan, request, kept, emit, should_stop, holdouts)
        try:
            return _train(work)
        except StaleFeaturesError as error:
            emit(Notice(f"{error.message} They are computed again."))
            kept.clear()
            return _train(work)


def _train(work: Work) -> dict[str, object]:
    plan = work.plan
    fine = "finetune" in plan.recipe.stages
    taught = teach_network(work) if fine else teach_head(work)
    reference = Reference.of(taught.reference.pooled, NEIGHBOURS)
    settled = settle(taught.calibration, reference, len(plan.classes))
    figures = _figures(taught, plan, settled, reference)
    card = card_of(plan, work.request, taught, settled, figures)
    with _kept(taught):
        package = package_of(plan, card, taught, figures)
    if isinstance(taught.network, Reheaded):
        note_stem(work.kept, taught.network.stem.digest, package.card)
    if taught.checkpoint:
        taught.checkpoint.remove()
    _note_pictures(work, package.path, taught)
    told = figures["test"].get("balanced_accuracy")
    accuracy = getattr(told, "value", None)
    said = summary_of(plan.id, package.path, figures, listed=not work.request.out)
    work.emit(Result({"text": said, "balanced_accuracy": accuracy}))
    return {
        "model": plan.id,
        "folder": str(package.path),
        "balanced_accuracy": accuracy,
        "failed": 0,
    }


@contextmanager
def _kept(taught: Taught) -> Iterator[None]:
    """Say that what was learned is kept where its package cannot be written."""
    try:
        yield
    except PackageError:
        raise
    except UserError as error:
        if taught.checkpoint is None:
            raise
        words = "Make room; what was learned is kept."
        raise UserError(error.message, words, can_go_on=True) from error


def _figures(taught: Taught, plan: Plan, settled: Settled, reference: Reference) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name, measured in taught.sets.items():
        answered = answered_of(measured.items, measured.answers, settled, reference)
        figures[name] = figures_of(answered, settled, plan.classes)
        parts = by_source(measured.items, answered)
        if len(parts) > 1:
            for source, part in parts.items():
                figures[f"{name}, {source}"] = figures_of(part, settled, plan.classes)
    return figures


def _note_pictures(work: Work, package: Path, taught: Taught) -> None:
    """So that similar training cells can be shown on this computer."""
    data = Path(work.request.data_dir) if work.request.data_dir else data_folder()
    names = [str(name) for name in taught.reference.images]
    note_pictures(data, sha256_of(package / CARD), work.plan.manifest.root, names)
