"""Further cells to measure a training on: read and checked before anything long begins."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.data.item import Item, format_names
from trainer.data.manifest import Manifest, file_hashes, read_manifest
from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled, ImageError, UserError
from trainer.imaging import read_image
from trainer.inference.openvino_engine import usable_cores
from trainer.inference.pipeline import limit_library_threads
from trainer.jobs.common.labelled_cells import refuse_unreadable
from trainer.jobs.common.leakage import TrainingHistory, exclude_by_hash, history_of_manifest
from trainer.jobs.train.plan import Plan
from trainer.protocol.events import Emit, JobWarning


@dataclass(frozen=True, eq=False)
class HoldOut:
    """Readable images that the training has never seen.

    Attributes:
        items: all of the data, whatever its splits, as test cells.
        hashes: SHA-256 of each.
    """

    items: tuple[Item, ...]
    hashes: Mapping[Path, str]


def read_holdouts(
    plan: Plan, data_by_name: Mapping[str, str], emit: Emit, should_stop: ShouldStop
) -> dict[str, HoldOut]:
    """Hold-outs by name, in the order in which they were asked for.

    A hold-out may hold a single class: whether it is found elsewhere, too, is worth knowing.

    Args:
        data_by_name: name -> folder or CSV.

    Raises:
        UserError: a name that is taken; data that cannot be understood, of no class of the
            model, too much of which cannot be read, or all of which is trained on.
        Cancelled: `should_stop` said so.
    """
    manifests = {
        name: _read_holdout_manifest(plan, name, Path(data)) for name, data in data_by_name.items()
    }
    learned = history_of_manifest(plan.manifest, plan.hashes) | plan.parent_history
    return {
        name: _check_holdout(name, manifest, learned, emit, should_stop)
        for name, manifest in manifests.items()
    }


def _read_holdout_manifest(plan: Plan, name: str, data: Path) -> Manifest:
    if name in ("", "test"):
        raise UserError(
            f"A hold-out cannot be called “{name}”.",
            "The data's own test cells are called that; choose another name.",
        )
    manifest = read_manifest(data, min_classes=1)
    if not set(manifest.classes) & set(plan.classes):
        raise UserError(
            f"The hold-out “{name}” holds no cell of the model's classes, only "
            f"{format_names(manifest.classes)}.",
            f"The model is taught {', '.join(plan.classes)}.",
        )
    return manifest


def _check_holdout(
    name: str, manifest: Manifest, history: TrainingHistory, emit: Emit, should_stop: ShouldStop
) -> HoldOut:
    digests = file_hashes(manifest)
    hashes = {item.path: sha for item, sha in zip(manifest.items, digests, strict=True)}
    try:
        parted = exclude_by_hash(manifest, digests, history)
    except UserError as error:
        raise UserError(f"Hold-out “{name}”: {error.message}", error.hint) from error
    for note in parted.notes:
        emit(JobWarning(f"Hold-out “{name}”: {note}"))
    items = _select_readable(name, parted.manifest, emit, should_stop)
    return HoldOut(tuple(replace(item, split="test") for item in items), hashes)


def _select_readable(
    name: str, manifest: Manifest, emit: Emit, should_stop: ShouldStop
) -> tuple[Item, ...]:
    """All but a few that cannot be read; decoding them twice costs less than a training in vain."""
    faults: dict[Item, str] = {}
    items = manifest.items
    with (
        limit_library_threads(),
        ThreadPoolExecutor(usable_cores(), thread_name_prefix="read") as pool,
    ):
        for done, (item, fault) in enumerate(
            zip(items, pool.map(_describe_read_error, items), strict=True), 1
        ):
            if should_stop():
                pool.shutdown(cancel_futures=True)
                raise Cancelled
            if fault:
                faults[item] = fault
            emit(Progress("reading hold-outs", done, len(items)))
    refuse_unreadable(list(faults.values()), len(items))
    for fault in faults.values():
        emit(JobWarning(f"Hold-out “{name}”: left out: {fault}"))
    return tuple(item for item in items if item not in faults)


def _describe_read_error(item: Item) -> str:
    """Why an image cannot be read; empty where it can."""
    try:
        read_image(item.path)
    except ImageError as error:
        return f"{item.path.name}: {error.message}"
    return ""
