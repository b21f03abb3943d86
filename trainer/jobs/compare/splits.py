"""The splits of a comparison.

They are those of the data, those of the comparison that goes on, or new ones that respect what
the models were trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from trainer.data.item import SPLITS
from trainer.data.manifest import Manifest, file_hashes, read_manifest
from trainer.errors import UserError
from trainer.jobs.common.labelled.leakage import TrainingHistory
from trainer.jobs.common.labelled.splits import assign_known_splits
from trainer.models.package.layout import Package
from trainer.protocol.events import Emit, JobWarning


def resolve_splits(
    manifest: Manifest,
    saved_manifest: Path,
    seed: int,
    models: Sequence[Package],
    history: TrainingHistory,
    emit: Emit,
) -> Manifest:
    """Return the manifest with a split for every image, the same at every call.

    Args:
        saved_manifest: where the comparison wrote its manifest; models that are added later
            change no split.
        seed: of a new split.
        models: compared as they are; their images keep their split where possible.
        history: training images of those models and their ancestors, none of which is assigned
            to the test split.

    Raises:
        UserError: a class is too small, or nothing is left to measure on.
    """
    if all(manifest.split(name) for name in SPLITS):
        return manifest
    if saved := _read_saved_splits(manifest, saved_manifest):
        return saved
    digests = file_hashes(manifest)
    assigned, note = assign_known_splits(
        manifest, seed, digests, models, history, reassign_tested=True
    )
    if not assigned.split("test"):
        raise UserError(
            "Nothing to measure on is left: models learned from every image, or from its patient.",
            "Add images that took no part in a training.",
        )
    emit(JobWarning(note))
    return assigned


def _read_saved_splits(manifest: Manifest, before: Path) -> Manifest | None:
    """The splits of an earlier call; None where there is none, or it had other images."""
    splits: dict[Path, str] = {}
    if before.is_file():
        with suppress(UserError):  # images that it knew are gone: these are other data
            splits = {item.path.resolve(): item.split for item in read_manifest(before).items}
    paths = [item.path.resolve() for item in manifest.items]
    if set(paths) != splits.keys() or not all(splits.values()):
        return None
    pairs = zip(manifest.items, paths, strict=True)
    return replace(manifest, items=tuple(replace(item, split=splits[at]) for item, at in pairs))
