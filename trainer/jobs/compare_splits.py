"""The splits of a comparison: as the data say, as settled before, or dealt by what models knew."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from trainer.data.item import SPLITS
from trainer.data.manifest import Manifest, file_hashes, read_manifest
from trainer.errors import UserError
from trainer.jobs.dealt_splits import deal_as_known
from trainer.jobs.learned_cells import Learned
from trainer.models.package.layout import Package
from trainer.protocol.events import Emit, Notice


def settle(
    manifest: Manifest,
    before: Path,
    seed: int,
    models: Sequence[Package],
    learned: Learned,
    emit: Emit,
) -> Manifest:
    """The manifest with a split for every image, the same however often it is asked for.

    Args:
        before: the manifest that the comparison left where it was begun; models that are
            added later change no split.
        seed: of a split that is dealt.
        models: taken as they are; what they know keeps its split, where that does.
        learned: by those models and those before them; it is dealt to no test split.

    Raises:
        UserError: a class is too small, or nothing is left to measure on.
    """
    if all(manifest.split(name) for name in SPLITS):
        return manifest
    if settled := _settled(manifest, before):
        return settled
    digests = file_hashes(manifest)
    dealt, told = deal_as_known(manifest, seed, digests, models, learned, teach_tested=True)
    if not dealt.split("test"):
        raise UserError(
            "Nothing to measure on is left: models learned from every image, or from its patient.",
            "Add images that took no part in a training.",
        )
    emit(Notice(told))
    return dealt


def _settled(manifest: Manifest, before: Path) -> Manifest | None:
    """As the comparison was begun; None where it was not, or with other images."""
    splits: dict[Path, str] = {}
    if before.is_file():
        with suppress(UserError):  # images that it knew are gone: these are other data
            splits = {item.path.resolve(): item.split for item in read_manifest(before).items}
    places = [item.path.resolve() for item in manifest.items]
    if set(places) != splits.keys() or not all(splits.values()):
        return None
    pairs = zip(manifest.items, places, strict=True)
    return replace(manifest, items=tuple(replace(item, split=splits[at]) for item, at in pairs))
