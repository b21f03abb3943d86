"""Splits dealt to data that say nothing of them, by what models knew of their images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trainer.data.groups import Kin, kin_of
from trainer.data.item import SPLITS, some_names
from trainer.data.manifest import Manifest
from trainer.data.split import Before, split_manifest
from trainer.errors import UserError
from trainer.jobs.learned_cells import LEARNED, Learned, splits_in
from trainer.models.package.layout import Package


def deal_as_known(
    manifest: Manifest,
    seed: int,
    digests: Sequence[str],
    models: Sequence[Package],
    learned: Learned,
    *,
    teach_tested: bool = False,
) -> tuple[Manifest, str]:
    """A new split for every image, and what is to be said of it.

    What a model knows keeps the split that it had there, and its patient and sample with it;
    where models had it in several, the one that learns most from it (train, val, test). What
    any of them learned from, or those before them, is never a test image.

    Args:
        digests: SHA-256 of each file.
        models: whose splits are kept.
        learned: by those models and those before them.
        teach_tested: whether what was tested on may be dealt anew where a class would have
            nothing to learn from.

    Raises:
        UserError: a class is too small, or nothing of it would be left to learn from.
    """
    splits = splits_in(models)
    dealt = _dealt(manifest, seed, digests, splits, learned)
    if teach_tested and any(_lacking(dealt, split) for split in LEARNED):
        splits = {kin: split for kin, split in splits.items() if split in LEARNED}
        dealt = _dealt(manifest, seed, digests, splits, learned)
    if models:
        _refuse_lacking(dealt, models)
    return dealt, f"{_lacked(manifest)} {_told(dealt, digests, models, splits)}"


def _dealt(
    manifest: Manifest,
    seed: int,
    digests: Sequence[str],
    splits: Mapping[Kin, str],
    learned: Learned,
) -> Manifest:
    before = Before(splits, learned.kin)
    return split_manifest(manifest, seed=seed, hashes=digests, before=before)


def _lacking(manifest: Manifest, split: str) -> list[str]:
    held = {item.label for item in manifest.split(split)}
    return [name for name in manifest.classes if name not in held]


def _refuse_lacking(manifest: Manifest, models: Sequence[Package]) -> None:
    for split in LEARNED:
        if lacking := _lacking(manifest, split):
            raise UserError(
                f"No image of {some_names(lacking)} would be in the split “{split}”: images "
                f"that {_named(models)} keep the split that they had there.",
                "Add images of it, or give a split of your own.",
            )


def _lacked(manifest: Manifest) -> str:
    absent = [name for name in SPLITS if not manifest.split(name)]
    if len(absent) == len(SPLITS):
        return "The data say nothing of splits."
    return f"The data have no images of the split {some_names(absent)}."


def _told(
    manifest: Manifest,
    digests: Sequence[str],
    models: Sequence[Package],
    splits: Mapping[Kin, str],
) -> str:
    told = "They were split by class and patient."
    own = [(kin_of(sha)[0], item) for item, sha in zip(manifest.items, digests, strict=True)]
    count, same = len(own), sum(splits.get(kin) == item.split for kin, item in own)
    if same:
        of = " or ".join(model.card.id for model in models)
        told += f" {same} of {count} images kept the split of the model {of}."
    if new := sum(
        kin not in splits and any(k in splits for k in kin_of("", item.patient, item.sample))
        for kin, item in own
    ):
        told += f" {new} further ones went where a model had their patient or sample."
    each = [splits_in([model]) for model in models]
    if torn := sum(len({s[kin] for s in each if kin in s}) > 1 for kin, _ in own):
        told += (
            f" {torn} were in several splits, by model: they went to the one that learns most "
            "from them, and never to test where one was learned from."
        )
    return told


def _named(models: Sequence[Package]) -> str:
    names = " and ".join(model.card.id for model in models)
    return f"the model {names} knows" if len(models) == 1 else f"the models {names} know"
