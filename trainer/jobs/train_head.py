"""The head stage: a head fitted on kept features of the frozen network, without Keras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from trainer.data.item import Item
from trainer.domain import SourceProfile
from trainer.errors import UserError
from trainer.jobs.train_features import FeatureReader, Features
from trainer.jobs.train_figures import Answers
from trainer.jobs.train_gate import Known, gate_features, gate_items
from trainer.jobs.train_holdouts import HoldOut
from trainer.jobs.train_stems import stem_for
from trainer.jobs.train_work import Measured, Taught, Work, reference_cells, spread, tell_of_copies
from trainer.jobs.training_data import kept_profiles, labels_of, refuse_empty
from trainer.models.export.feature_extractor import Stem
from trainer.models.export.head_swap import Reheaded
from trainer.models.head import Head
from trainer.protocol.events import Notice
from trainer.training.head_fit import Examples, HeadFit, fit_head
from trainer.training.sampling import cell_weights, output_weights


@dataclass(frozen=True, eq=False)
class HeadStage:
    """What the head stage leaves behind.

    Attributes:
        train, val: features of the splits.
    """

    stem: Stem
    fit: HeadFit
    train: Features
    val: Features
    profiles: Mapping[str, SourceProfile]
    reader: FeatureReader


def teach_head(work: Work) -> Taught:
    """A network whose head alone is trained.

    Raises:
        UserError: the data or the weights do not do.
        Cancelled: before a head was fitted.
    """
    plan = work.plan
    stage = head_stage(work)
    head = stage.fit.head
    labels = labels_of(stage.train.items, plan.outputs)
    rows = spread(stage.train.items, labels, plan.recipe.seed)
    chosen = [stage.train.items[row] for row in rows]
    found = gate_features(work, Known(stage.stem, stage.reader, stage.val, stage.profiles))
    sets = _sets(work, stage)
    return Taught(
        Reheaded(stage.stem, head, found.pooled, found.shown),
        stage.profiles,
        reference_cells(plan, chosen, labels[rows], stage.train.pooled[0][rows]),
        _answers(plan.outputs, stage.val, head),
        sets,
        found.gate,
        stage.fit.path,
        (_note(stage), *tell_of_copies(work)),
    )


def head_stage(work: Work, varied: int = 1) -> HeadStage:
    """Features of training and validation cells, and the head that fits them best.

    Args:
        varied: varied looks of each validation cell, for the calibration.
    """
    plan, recipe = work.plan, work.plan.recipe
    stem, profiles = _stem_and_profiles(work)
    reader = FeatureReader(
        stem, plan.view, recipe.augmentation, work.kept, work.emit, work.should_stop
    )
    train = reader.features_of(
        plan.manifest.split("train"), plan.hashes, profiles, recipe.head_looks
    )
    cells = plan.manifest.split("val")
    val = reader.features_of(cells, plan.hashes, profiles, varied, gate_items(plan, cells))
    for name, features in (("train", train), ("val", val)):
        refuse_empty(len(features.items), name)
        for fault in features.faults:
            work.emit(Notice(f"Left out: {fault}"))
    _refuse_missing(plan.outputs, train.items)
    fit = fit_head(
        _examples(work, train),
        _examples(work, val, looks=1),
        len(plan.outputs),
        plan.head,
        label_smoothing=recipe.label_smoothing,
        seed=recipe.seed,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    return HeadStage(stem, fit, train, val, profiles, reader)


def _stem_and_profiles(work: Work) -> tuple[Stem, Mapping[str, SourceProfile]]:
    """Red cells are measured aside, for making a stem keeps one core busy and no more."""
    items = work.plan.manifest.items
    with ThreadPoolExecutor(1, thread_name_prefix="profiles") as aside:
        measured = aside.submit(
            kept_profiles, items, work.plan.hashes, work.kept, work.emit, work.should_stop
        )
        return stem_for(work, measured.result), measured.result()


def _examples(work: Work, features: Features, looks: int | None = None) -> Examples:
    """Every look of every cell as an example, weighted as cells are drawn for fine-tuning."""
    plan = work.plan
    pooled = features.pooled[:looks]
    label = labels_of(features.items, plan.outputs)
    sources = sorted({item.source for item in features.items})
    source = np.array([sources.index(item.source) for item in features.items], dtype=np.intp)
    shares = output_weights(plan.outputs, plan.others, plan.recipe.other_share)
    weight = cell_weights(label, source, shares, plan.recipe.source_power)
    views = len(pooled)
    return Examples(
        pooled.reshape(-1, pooled.shape[-1]), np.tile(label, views), np.tile(weight, views)
    )


def _refuse_missing(outputs: Sequence[str], items: Sequence[Item]) -> None:
    if missing := [name for name in outputs if name not in {item.label for item in items}]:
        raise UserError(
            f"There are no training images of {', '.join(missing)}.",
            "Add images of it, or leave the class out.",
        )


def _answers(outputs: Sequence[str], features: Features, head: Head) -> Answers:
    """Answers to every look, one look after the other."""
    views = len(features.pooled)
    pooled = features.pooled.reshape(-1, head.channels)
    labels = np.tile(labels_of(features.items, outputs), views)
    return Answers(labels, head.logits(pooled), pooled)


def _sets(work: Work, stage: HeadStage) -> dict[str, Measured]:
    plan, head = work.plan, stage.fit.head
    test = stage.reader.features_of(plan.manifest.split("test"), plan.hashes, stage.profiles)
    refuse_empty(len(test.items), "test")
    sets = {"test": test}
    for name, held in work.holdouts.items():
        sets[name] = _holdout(work, stage, held)
    return {
        name: Measured(features.items, _answers(plan.outputs, features, head))
        for name, features in sets.items()
    }


def _holdout(work: Work, stage: HeadStage, held: HoldOut) -> Features:
    profiles = kept_profiles(held.items, held.hashes, work.kept, work.emit, work.should_stop)
    return stage.reader.features_of(held.items, held.hashes, profiles)


def _note(stage: HeadStage) -> str:
    return (
        f"Only the head was trained, on features of {len(stage.train.items)} cells from the frozen"
        f" network; the weights are held back by {stage.fit.penalty:g}, which"
        f" {len(stage.val.items)} validation cells chose."
    )
