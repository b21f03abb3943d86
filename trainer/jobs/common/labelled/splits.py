"""New splits for data that state none, consistent with those of models that know the images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from trainer.data.groups import GroupKey, group_keys
from trainer.data.item import SPLITS, Item, format_names
from trainer.data.manifest import Manifest
from trainer.data.split import FixedSplits, split_manifest
from trainer.errors import UserError
from trainer.jobs.common.labelled.leakage import (
    TRAINING_SPLITS,
    TrainingHistory,
    splits_of_packages,
)
from trainer.models.package.layout import Package


def assign_known_splits(
    manifest: Manifest,
    seed: int,
    digests: Sequence[str],
    models: Sequence[Package],
    history: TrainingHistory,
    *,
    reassign_tested: bool = False,
) -> tuple[Manifest, str]:
    """Assign a new split to every image; return the manifest and a note on it.

    What a model knows keeps the split that it had there, and its patient and sample with it;
    where models had it in several, the one that learns most from it (train, val, test). What
    any of them learned from, or those before them, is never a test image.

    Args:
        digests: SHA-256 of each file.
        models: their splits stay as they were.
        history: by those models and those before them.
        reassign_tested: whether test images may be assigned anew where a class would have
            nothing to learn from.

    Raises:
        UserError: a class is too small, or nothing of it would be left to learn from.
    """
    splits = splits_of_packages(models)
    assigned = _assign_splits(manifest, seed, digests, splits, history)
    if reassign_tested and any(_missing_classes(assigned, split) for split in TRAINING_SPLITS):
        splits = {key: split for key, split in splits.items() if split in TRAINING_SPLITS}
        assigned = _assign_splits(manifest, seed, digests, splits, history)
    if models:
        _refuse_missing_classes(assigned, models)
    return (
        assigned,
        f"{_describe_missing_splits(manifest)} "
        f"{_describe_assignment(assigned, digests, models, splits)}",
    )


def _assign_splits(
    manifest: Manifest,
    seed: int,
    digests: Sequence[str],
    splits: Mapping[GroupKey, str],
    history: TrainingHistory,
) -> Manifest:
    fixed = FixedSplits(splits, history.group_keys)
    return split_manifest(manifest, digests, seed=seed, fixed=fixed)


def _missing_classes(manifest: Manifest, split: str) -> list[str]:
    present = {item.label for item in manifest.items if item.split == split}
    return [name for name in manifest.classes if name not in present]


def _refuse_missing_classes(manifest: Manifest, models: Sequence[Package]) -> None:
    for split in TRAINING_SPLITS:
        if lacking := _missing_classes(manifest, split):
            raise UserError(
                f"No image of {format_names(lacking)} would be in the split “{split}”: images "
                f"that {_describe_models(models)} keep the split that they had there.",
                "Add images of it, or give a split of your own.",
            )


def _describe_missing_splits(manifest: Manifest) -> str:
    absent = [name for name in SPLITS if not manifest.split(name)]
    if len(absent) == len(SPLITS):
        return "The data say nothing of splits."
    return f"The data have no images of the split {format_names(absent)}."


def _describe_assignment(
    manifest: Manifest,
    digests: Sequence[str],
    models: Sequence[Package],
    splits: Mapping[GroupKey, str],
) -> str:
    text = "They were split by class and patient."
    own = [(group_keys(sha)[0], item) for item, sha in zip(manifest.items, digests, strict=True)]
    count, same = len(own), sum(splits.get(key) == item.split for key, item in own)
    if same:
        of = " or ".join(model.card.id for model in models)
        text += f" {same} of {count} images kept the split of the model {of}."
    if new := sum(
        key not in splits and any(k in splits for k in group_keys("", item.patient, item.sample))
        for key, item in own
    ):
        text += f" {new} further ones went where a model had their patient or sample."
    by_model = [splits_of_packages([model]) for model in models]
    if several := sum(len({s[key] for s in by_model if key in s}) > 1 for key, _ in own):
        text += (
            f" {several} were in several splits, by model: they went to the one that learns most "
            "from them, and never to test where one was learned from."
        )
    return text


def _describe_models(models: Sequence[Package]) -> str:
    names = " and ".join(model.card.id for model in models)
    return f"the model {names} knows" if len(models) == 1 else f"the models {names} know"


# Of so many cells all can be found and the sensitivity still be under 0.89.
FEW_CELLS = 30
FEW_PATIENTS = 10


def describe_few_cells(labels: Iterable[str]) -> Iterator[str]:
    """Note that some classes have few cells to be measured on."""
    counts = Counter(labels)
    if few := [f"{name} ({counts[name]})" for name in sorted(counts) if counts[name] < FEW_CELLS]:
        yield f"Few cells to measure on of {', '.join(few)}: see how wide their intervals are."


def describe_few_patients(patients: Iterable[str]) -> Iterator[str]:
    """Note that cells are of several patients, but few."""
    several = len(set(patients) - {""})
    if 1 < several < FEW_PATIENTS:
        yield (
            f"The cells to measure on are of {several} patients only: little is said of others, "
            "and intervals by patient are too narrow for so few."
        )


def describe_split_caveats(manifest: Manifest, test: Sequence[Item]) -> Iterator[str]:
    """Note what of the splits may make metrics too good, or leaves some out.

    Args:
        test: the items of the test split.
    """
    splits: dict[str, set[str]] = {}
    for item in manifest.items:
        splits.setdefault(item.patient, set()).add(item.split)
    if split := sorted(name for name, found in splits.items() if name and len(found) > 1):
        yield (
            f"Cells of one patient lie in several splits ({format_names(split)}): the figures may "
            "be too good."
        )
    if not any(splits.keys()):
        yield (
            "The patients are not known, so cells of one patient may lie in several splits and "
            "the figures may be too good."
        )
    yield from describe_few_cells(item.label for item in test)
    yield from describe_few_patients(item.patient for item in test)
    if lacking := [n for n in manifest.classes if n not in {item.label for item in test}]:
        yield f"No test cell is of {format_names(lacking)}: figures are of the other classes."
