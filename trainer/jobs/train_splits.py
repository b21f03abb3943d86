"""The splits of the data of a training: as they say, or dealt by what a parent model knew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from trainer.data.item import Item, some_names
from trainer.data.manifest import Manifest, file_hashes
from trainer.data.split import Before, split_manifest
from trainer.errors import UserError
from trainer.jobs.events import Emit, Notice
from trainer.jobs.learned_cells import LEARNED, Learned, splits_in
from trainer.jobs.training_data import without_leaks
from trainer.models.package import Package


def with_splits(
    manifest: Manifest, seed: int, parent: Package | None, learned: Learned, emit: Emit
) -> tuple[Manifest, Mapping[Path, str]]:
    """With splits, without training images that are held-out images too; and the hashes.

    Args:
        seed: of a split that is dealt, where the data say nothing of it.
        parent: the model that is gone on from; what it knows keeps its split.
        learned: by that model and those before it; it is dealt to no test split.

    Raises:
        UserError: a file cannot be read, a class is too small, or nothing of it is left to
            learn from where its images keep their splits.
    """
    digests = file_hashes(manifest)
    hashes = {item.path: sha for item, sha in zip(manifest.items, digests, strict=True)}
    if not manifest.split("train"):
        before = Before(splits_in(parent), learned.hashes) if parent else Before()
        manifest = split_manifest(manifest, seed=seed, hashes=digests, before=before)
        if parent:
            _refuse_lacking(manifest, parent)
        emit(Notice(_told(manifest, digests, parent, before)))
    manifest, leaked = without_leaks(manifest, hashes)
    if leaked:
        emit(Notice(_leaks(leaked)))
    return manifest, hashes


def _told(
    manifest: Manifest, digests: Sequence[str], parent: Package | None, before: Before
) -> str:
    told = "The data say nothing of splits; they were split by class."
    same = [before.splits.get(s) == i.split for i, s in zip(manifest.items, digests, strict=True)]
    if not parent or not any(same):
        return told
    return f"{told} {sum(same)} of {len(same)} images kept the split of the model {parent.card.id}."


def _refuse_lacking(manifest: Manifest, parent: Package) -> None:
    for split in LEARNED:
        held = {item.label for item in manifest.split(split)}
        if lacking := [name for name in manifest.classes if name not in held]:
            raise UserError(
                f"No image of {some_names(lacking)} would be in the split “{split}”: images "
                f"that the model {parent.card.id} knows keep the split that they had there.",
                "Add images of it, or give a split of your own.",
            )


def _leaks(items: Sequence[Item]) -> str:
    images = (
        "1 training image that lies"
        if len(items) == 1
        else f"{len(items)} training images that lie"
    )
    return f"Left out: {images} in val or test, too: {some_names([i.path.name for i in items])}."


def doubts(manifest: Manifest, hashes: Mapping[Path, str], learned: Learned) -> Iterator[str]:
    """What may make the figures too good, or leaves some out, in words.

    Args:
        hashes: SHA-256 of every file.
        learned: by the models before this one.
    """
    splits: dict[str, set[str]] = {}
    for item in manifest.items:
        splits.setdefault(item.patient, set()).add(item.split)
    if torn := sorted(name for name, held in splits.items() if name and len(held) > 1):
        yield (
            f"Cells of one patient lie in several splits ({some_names(torn)}): the figures may be "
            "too good."
        )
    test = manifest.split("test")
    if lacking := [n for n in manifest.classes if n not in {item.label for item in test}]:
        yield f"No test cell is of {some_names(lacking)}: figures are of the other classes."
    if known := sum(hashes[item.path] in learned.hashes for item in test):
        yield (
            f"{known} of {len(test)} test cells were learned from by the models before this one: "
            "the figures may be too good."
        )
    if learned.untold:
        yield (
            f"Whether {some_names(learned.untold)} learned from any test cell could not be "
            "checked: no hashes of its training images are at hand."
        )
