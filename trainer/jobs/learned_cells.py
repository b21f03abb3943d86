"""Cells that a model learned from, found by their bytes: on these it shows what it remembers."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.data.item import SPLITS, Item, relative_name, some_names
from trainer.data.manifest import Manifest
from trainer.domain import OnProgress, ShouldStop
from trainer.errors import UserError
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.same_bytes import digests_of
from trainer.models.package import MANIFEST, Package
from trainer.models.registry import Registry

HASH = "sha256"
# Validation cells are learned from, too: they stop a training and settle its thresholds.
LEARNED = ("train", "val")


@dataclass(frozen=True)
class Learned:
    """What a model learned from, and the models before it that it was trained on from.

    Attributes:
        hashes: SHA-256 of those images.
        untold: ids of the models among them of which it is not known.
    """

    hashes: frozenset[str] = frozenset()
    untold: tuple[str, ...] = ()

    def __or__(self, other: Learned) -> Learned:
        untold = dict.fromkeys(self.untold + other.untold)
        return Learned(self.hashes | other.hashes, tuple(untold))


@dataclass(frozen=True)
class Parted:
    """Cells to measure on, apart from those that were learned from.

    Attributes:
        fresh: with what can be measured on, in order.
        known: what was learned from and is left out, in order.
        untold: as in `Learned`.
    """

    fresh: Manifest
    known: tuple[Item, ...]
    untold: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said of it beside the figures."""
        notes = []
        if self.known:
            images, they = _counted(len(self.known))
            names = some_names([item.path.name for item in self.known])
            notes.append(f"Left out: {images} that a model learned from, by {they} bytes: {names}.")
        if self.untold:
            notes.append(
                f"Whether {some_names(self.untold)} learned from any of these images could not be "
                "checked: no hashes of its training images are at hand."
            )
        return tuple(notes)

    def to_json(self) -> dict[str, Any]:
        """For a record of figures."""
        return {
            "count": len(self.known),
            "images": [relative_name(item.path, self.fresh.root) for item in self.known],
            "not_checked": list(self.untold),
        }


def learned_by(package: Package, registry: Registry) -> Learned:
    """What a model learned from.

    Args:
        registry: where the models are that it was trained on from.
    """
    found, before = Learned(), [package.card.id]
    while True:
        found |= _told_by(package)
        parent = package.card.parent
        if not parent or parent in before:
            return found
        before.append(parent)
        try:
            package = registry.find(parent)
        except UserError:
            return found | Learned(untold=(parent,))


def splits_in(package: Package) -> dict[str, str]:
    """The split of each image that a model was trained or measured on, by SHA-256.

    Where an image lay in several, train comes before val, and val before test. Nothing is known
    of the images of a package of an older version, which holds no hashes.
    """
    with (package.path / MANIFEST).open(encoding="utf-8", newline="") as file:
        rows = [(row.get(HASH) or "", row.get("split") or "") for row in csv.DictReader(file)]
    return {sha: name for name in reversed(SPLITS) for sha, split in rows if sha and split == name}


def learned_of(manifest: Manifest, hashes: Mapping[Path, str]) -> Learned:
    """What a model learns from that is trained on a manifest.

    Args:
        hashes: SHA-256 of each file.
    """
    return Learned(frozenset(hashes[i.path] for i in manifest.items if i.split in LEARNED))


def part(
    manifest: Manifest, learned: Learned, on_progress: OnProgress, should_stop: ShouldStop
) -> Parted:
    """Part cells by whether their bytes were learned from, whatever they are called.

    Raises:
        UserError: all of them were.
        Cancelled: `should_stop` said so.
    """
    if not learned.hashes:
        return Parted(manifest, (), learned.untold)
    digests = digests_of(
        [item.path for item in manifest.items],
        workers=usable_cores(),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return part_known(manifest, digests, learned)


def part_known(manifest: Manifest, digests: Sequence[str], learned: Learned) -> Parted:
    """As `part`, where the hashes of the files are already known."""
    told = list(zip(manifest.items, digests, strict=True))
    fresh = tuple(item for item, digest in told if digest not in learned.hashes)
    known = tuple(item for item, digest in told if digest in learned.hashes)
    if not fresh:
        raise UserError(
            f"Nothing to measure on is left: of {_counted(len(known))[0]} every one was learned "
            "from, so figures would say what was remembered.",
            "Measure on cells that took no part in the training.",
        )
    return Parted(replace(manifest, items=fresh), known, learned.untold)


def _told_by(package: Package) -> Learned:
    """By its own manifest; the packages of older versions hold no hashes."""
    with (package.path / MANIFEST).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        hashes = {row.get(HASH) or "" for row in rows if row.get("split") in LEARNED}
        told = HASH in (rows.fieldnames or ()) and "" not in hashes
    return Learned(frozenset(hashes - {""}), () if told else (package.card.id,))


def _counted(count: int) -> tuple[str, str]:
    return ("1 image", "its") if count == 1 else (f"{count} images", "their")
