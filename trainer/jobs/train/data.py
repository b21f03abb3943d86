"""The data of a training: read, split, and checked for leaks before anything long begins."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from trainer.cache.results import ResultCache
from trainer.data.item import SPLITS, Item, format_names
from trainer.data.labels import compose
from trainer.data.left_out import find_group
from trainer.data.manifest import (
    Manifest,
    digest_of,
    hashes_by_path,
    read_manifest,
    remove_leaks,
)
from trainer.domain import ClassRole, Progress, ShouldStop
from trainer.errors import Cancelled, ImageError, UserError
from trainer.imaging import read_image
from trainer.inference.openvino_engine import usable_cores
from trainer.inference.pipeline import limit_library_threads
from trainer.jobs.common.labelled.cells import (
    match_labels,
    read_labelled_manifest,
    refuse_unreadable,
)
from trainer.jobs.common.labelled.leakage import (
    TrainingHistory,
    exclude_by_hash,
    history_of_manifest,
    training_history_of,
)
from trainer.jobs.common.labelled.near_duplicates import describe_near_duplicates
from trainer.jobs.common.labelled.splits import assign_known_splits, describe_split_caveats
from trainer.jobs.common.unread_notes import warn_about_unread
from trainer.jobs.train.class_roles import ClassRoles, select_class_roles
from trainer.jobs.train.held_fit import kept_outside
from trainer.jobs.train.plan import Plan
from trainer.jobs.train.requirements import refuse_test_cells, refuse_untrainable
from trainer.models.package.class_roles import classes_with_role
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.training_requests import TrainRequest


@dataclass(frozen=True, eq=False)
class HoldOut:
    """Readable images that the training has never seen.

    Attributes:
        items: all of the data, whatever its splits, as test cells.
        hashes: SHA-256 of each.
    """

    items: tuple[Item, ...]
    hashes: Mapping[Path, str]


@dataclass(frozen=True, eq=False)
class LabelledData:
    """All labelled images of a training, each in its split.

    Attributes:
        manifest: without training images that are held-out images too.
        hashes: SHA-256 of every file.
        classes: what the model reports, in the order of its outputs.
        others: classes that it recognises as outside of these.
        kept: those of them without a cell here, which a held head keeps of the model before.
        class_roles: what the card states of the classes.
        notes: what may make the metrics too good, for the card.
        holdouts: further cells to measure on, by name, in the order of the request; then those
            left out of the data.
    """

    manifest: Manifest
    hashes: Mapping[Path, str]
    classes: tuple[str, ...]
    others: tuple[str, ...]
    class_roles: ClassRoles = field(default_factory=ClassRoles)
    notes: tuple[str, ...] = ()
    holdouts: Mapping[str, HoldOut] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    @property
    def labelled_outputs(self) -> tuple[str, ...]:
        """The outputs of which there are cells."""
        return tuple(name for name in self.outputs if name not in self.kept)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Classes, then other classes: the order of the logits."""
        return self.classes + self.others

    @property
    def alert_outputs(self) -> tuple[int, ...]:
        """Indices of the classes with the role alert among the outputs."""
        alert = classes_with_role(ClassRole.ALERT, self.classes, self.class_roles.roles)
        return tuple(self.classes.index(name) for name in alert)

    def digest(self) -> str:
        """SHA-256 of the data, as `Manifest.digest`."""
        items = self.manifest.items
        return digest_of(items, [self.hashes[item.path] for item in items])


def read_data(
    plan: Plan, emit: Emit, should_stop: ShouldStop, splits: Sequence[str] = SPLITS
) -> LabelledData:
    """Read, split and check the labelled data of a training, with its hold-outs.

    Args:
        splits: those that are needed; none where the cells are split by other means.

    Raises:
        UserError: the data or a hold-out do not do, or a file cannot be read.
        Cancelled: `should_stop` returned true.
    """
    parent = plan.parent
    history = training_history_of(parent, plan.registry) if parent else TrainingHistory()
    manifest = _read_manifest(plan, emit)
    refuse_test_cells(manifest)
    hashes = hashes_by_path(manifest)
    if not manifest.split("train"):
        models = [parent] if parent else []
        manifest, note = assign_known_splits(
            manifest, plan.request.seed, list(hashes.values()), models, history
        )
        emit(JobWarning(note))
    manifest, leaked = remove_leaks(manifest, hashes)
    manifest, left_out = _leave_out(manifest, hashes, plan.request.leave_out)
    test = manifest.split("test")
    if leaked:
        emit(JobWarning(_describe_leaks(leaked)))
    classes, others = _split_outputs(manifest, plan)
    refuse_untrainable(manifest, classes, others, splits)
    kept = kept_outside(plan, classes, others)
    others += kept
    for note in _describe_outside(classes, others, plan):
        emit(JobWarning(note))
    lost = _describe_lost_classes(classes + others, plan)
    roles = select_class_roles(plan.request.about, parent.card if parent else None, classes, others)
    notes = (
        *lost,
        *(_describe_left_out(name, holdout) for name, holdout in left_out.items()),
        *describe_split_caveats(manifest, test),
        *history.describe_test_cells(test, hashes),
    )
    for note in notes:
        emit(JobWarning(note))
    history = history_of_manifest(manifest, hashes) | history
    holdouts = _read_holdouts(plan.request, classes, others, history, emit, should_stop)
    holdouts |= left_out
    return LabelledData(manifest, hashes, classes, others, roles, notes, holdouts, kept)


def _leave_out(
    manifest: Manifest, hashes: Mapping[Path, str], words: Sequence[str]
) -> tuple[Manifest, dict[str, HoldOut]]:
    """Part from the data the cells of groups that are to be left out, by the name of their set.

    Raises:
        UserError: a group without a cell.
    """
    groups = [find_group(word, manifest.items) for word in words]
    items = tuple(item for item in manifest.items if not any(group.holds(item) for group in groups))
    remaining = {item.digest(hashes[item.path]) for item in items}
    left_out = {}
    for group in groups:
        found = [
            replace(item, split="test")
            for item in manifest.items
            if group.holds(item) and item.digest(hashes[item.path]) not in remaining
        ]
        left_out[group.set_name] = HoldOut(tuple(found), hashes)
    return (replace(manifest, items=items) if groups else manifest), left_out


def _describe_left_out(name: str, holdout: HoldOut) -> str:
    return f"“{name}”: {len(holdout.items)} cells took no part in training, choice or calibration."


def _read_manifest(plan: Plan, emit: Emit) -> Manifest:
    """Read the manifest, its labels as the model before and the request write them."""
    request, merge = plan.request, plan.request.merge_labels
    manifest = read_labelled_manifest(
        request.data, emit, merge_labels=merge, any_suffix=request.any_suffix
    )
    if plan.parent:
        outputs = plan.parent.card.outputs
        manifest = match_labels(manifest, outputs, merge_labels=merge, emit=emit)
    others = tuple(map(compose, request.other_classes))
    return match_labels(manifest, others, merge_labels=merge, emit=emit, origin="of --other")


def report_near_duplicates(data: LabelledData, cache: ResultCache, emit: Emit) -> tuple[str, ...]:
    """Warn of test images that are near-duplicates of training images, once all were read."""
    notes = describe_near_duplicates(data.manifest, data.hashes, cache)
    for note in notes:
        emit(JobWarning(note))
    return notes


def _describe_leaks(items: Sequence[Item]) -> str:
    images = (
        "1 training image that lies"
        if len(items) == 1
        else f"{len(items)} training images that lie"
    )
    return f"Left out: {images} in val or test, too: {format_names([i.path.name for i in items])}."


def _split_outputs(manifest: Manifest, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Classes and other classes; in the order of the parent's where they are the same."""
    parent = plan.parent
    composed = {compose(name): name for name in manifest.classes}
    others = tuple(composed.get(compose(name), name) for name in plan.request.other_classes)
    if missing := sorted(set(others) - set(manifest.classes)):
        raise UserError(f"The data hold no images of {format_names(missing)}.")
    classes = tuple(name for name in manifest.classes if name not in others)
    orders = (parent.card.classes, parent.card.outputs) if parent else ()
    return next((order for order in orders if set(order) == set(classes)), classes), others


def _describe_outside(
    classes: tuple[str, ...], others: tuple[str, ...], plan: Plan
) -> Iterator[str]:
    """What becomes of the classes that the model before recognised as outside of its own."""
    outside = plan.parent.card.other_classes if plan.parent else ()
    if new := [name for name in classes if name in outside]:
        names, options = format_names(new), " ".join(f"--other {shlex.quote(n)}" for n in new)
        what, it = ("is a class", "it") if len(new) == 1 else ("are classes", "them")
        leave = f"To leave it as it was: {options}."
        yield (
            f"{names} {what} of the new model; the model before recognised {it} as outside of its "
            f"classes. {leave}"
        )
    if lost := [name for name in outside if name not in classes + others]:
        yield (
            f"The data hold no {format_names(lost)}, which the model before recognised as outside "
            "of its classes: the new one will know such cells by their distance alone."
        )


def _describe_lost_classes(outputs: tuple[str, ...], plan: Plan) -> Iterator[str]:
    """Classes of the model before that the new one will not know."""
    before = plan.parent.card.classes if plan.parent else ()
    if lost := [name for name in before if name not in outputs]:
        yield (
            f"The data hold no {format_names(lost)}, which the model before this one tells apart: "
            "the new one will not know them."
        )


def _read_holdouts(
    request: TrainRequest,
    classes: Sequence[str],
    others: Sequence[str],
    history: TrainingHistory,
    emit: Emit,
    should_stop: ShouldStop,
) -> dict[str, HoldOut]:
    """Hold-outs by name, all of them looked up before the images of one are read.

    Args:
        request: names them, each a folder or CSV.
        classes, others: of the model.
        history: of the model, from this training and those before it.
    """
    manifests: dict[str, Manifest] = {}
    for name in request.holdouts:
        _refuse_holdout_name(name)
        try:
            manifests[name] = _read_holdout_manifest(name, request, (*classes, *others), emit)
        except UserError as error:
            raise UserError(f"Hold-out “{name}”: {error.message}", error.hint) from error
    for name, manifest in manifests.items():
        _refuse_other_holdout(name, manifest, classes)
    return {
        name: _read_holdout(name, manifest, history, emit, should_stop)
        for name, manifest in manifests.items()
    }


def _refuse_holdout_name(name: str) -> None:
    if name in ("", "test"):
        raise UserError(
            f"A hold-out cannot be called “{name}”.",
            "The data's own test cells are called that; choose another name.",
        )


def _read_holdout_manifest(
    name: str, request: TrainRequest, outputs: Sequence[str], emit: Emit
) -> Manifest:
    """May hold a single class: whether it is found elsewhere, too, is worth knowing."""
    manifest = read_manifest(
        Path(request.holdouts[name]),
        min_classes=1,
        merge_labels=request.merge_labels,
        any_suffix=request.any_suffix,
    )
    for note in manifest.notes:
        emit(JobWarning(f"Hold-out “{name}”: {note}"))
    warn_about_unread(manifest.unread, emit, f"Hold-out “{name}”")
    merge = request.merge_labels
    return match_labels(manifest, outputs, merge_labels=merge, emit=emit)


def _refuse_other_holdout(name: str, manifest: Manifest, classes: Sequence[str]) -> None:
    if not set(manifest.classes) & set(classes):
        raise UserError(
            f"The hold-out “{name}” holds no cell of the model's classes, only "
            f"{format_names(manifest.classes)}.",
            f"The model is taught {', '.join(classes)}.",
        )


def _read_holdout(
    name: str, manifest: Manifest, history: TrainingHistory, emit: Emit, should_stop: ShouldStop
) -> HoldOut:
    hashes = hashes_by_path(manifest)
    try:
        held_out = exclude_by_hash(manifest, list(hashes.values()), history)
    except UserError as error:
        raise UserError(f"Hold-out “{name}”: {error.message}", error.hint) from error
    for note in held_out.notes:
        emit(JobWarning(f"Hold-out “{name}”: {note}"))
    items = _select_readable(name, held_out.manifest, emit, should_stop)
    return HoldOut(tuple(replace(item, split="test") for item in items), hashes)


def _select_readable(
    name: str, manifest: Manifest, emit: Emit, should_stop: ShouldStop
) -> tuple[Item, ...]:
    """All but a few that cannot be read; decoding them twice costs less than a training in vain."""
    read_errors: dict[Item, str] = {}
    items = manifest.items
    with (
        limit_library_threads(),
        ThreadPoolExecutor(usable_cores(), thread_name_prefix="read") as pool,
    ):
        for done, (item, read_error) in enumerate(
            zip(items, pool.map(_describe_read_error, items), strict=True), 1
        ):
            if should_stop():
                pool.shutdown(cancel_futures=True)
                raise Cancelled
            if read_error:
                read_errors[item] = read_error
            emit(Progress("reading hold-outs", done, len(items)))
    refuse_unreadable(list(read_errors.values()), len(items))
    for read_error in read_errors.values():
        emit(JobWarning(f"Hold-out “{name}”: left out: {read_error}"))
    return tuple(item for item in items if item not in read_errors)


def _describe_read_error(item: Item) -> str:
    """Why an image cannot be read; empty where it can."""
    try:
        read_image(item.path)
    except ImageError as error:
        return f"{item.path.name}: {error.message}"
    return ""
