"""The splits of the data of a training: as they say, or dealt by what a parent model knew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from trainer.data.item import Item, some_names
from trainer.data.manifest import Manifest, file_hashes
from trainer.jobs.dealt_splits import deal_as_known
from trainer.jobs.learned_cells import Learned
from trainer.jobs.training_data import without_leaks
from trainer.models.package.layout import Package
from trainer.protocol.events import Emit, Notice

# Of so many cells all can be found and the sensitivity still be under 0.89.
FEW = 30
FEW_PATIENTS = 10


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
        models = [parent] if parent else []
        manifest, told = deal_as_known(manifest, seed, digests, models, learned)
        emit(Notice(told))
    manifest, leaked = without_leaks(manifest, hashes)
    if leaked:
        emit(Notice(_leaks(leaked)))
    return manifest, hashes


def few_cells(labels: Iterable[str]) -> Iterator[str]:
    """That some classes have few cells to be measured on, in words."""
    counts = Counter(labels)
    if few := [f"{name} ({counts[name]})" for name in sorted(counts) if counts[name] < FEW]:
        yield f"Few cells to measure on of {', '.join(few)}: see how wide their intervals are."


def few_patients(patients: Iterable[str]) -> Iterator[str]:
    """That cells are of several patients, but few, in words."""
    several = len(set(patients) - {""})
    if 1 < several < FEW_PATIENTS:
        yield (
            f"The cells to measure on are of {several} patients only: little is said of others, "
            "and intervals by patient are too narrow for so few."
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
    if not any(splits.keys()):
        yield (
            "The patients are not known, so cells of one patient may lie in several splits and "
            "the figures may be too good."
        )
    test = manifest.split("test")
    yield from few_cells(item.label for item in test)
    yield from few_patients(item.patient for item in test)
    if lacking := [n for n in manifest.classes if n not in {item.label for item in test}]:
        yield f"No test cell is of {some_names(lacking)}: figures are of the other classes."
    if known := sum(hashes[item.path] in learned.hashes for item in test):
        yield (
            f"{known} of {len(test)} test cells were learned from by the models before this one: "
            "the figures may be too good."
        )
    if kin := learned.related([item for item in test if hashes[item.path] not in learned.hashes]):
        yield (
            f"{kin} of {len(test)} test cells are of patients or samples that the models before "
            "this one learned from, by their names: the figures may be too good."
        )
    if learned.untold:
        yield (
            f"Whether {some_names(learned.untold)} learned from any test cell could not be "
            "checked: no hashes of its training images are at hand."
        )
