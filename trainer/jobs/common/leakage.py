"""Cells that a model learned from, found by their bytes: on these it shows what it remembers.

Further cells of their patients and samples are known by name: figures on those may be too good."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.data.groups import GroupKey, group_keys
from trainer.data.item import SPLITS, Item, format_names, relative_name
from trainer.data.manifest import Manifest
from trainer.domain import OnProgress, ShouldStop
from trainer.errors import UserError
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.common.file_hashes import digests_of
from trainer.models.package.layout import MANIFEST, Package
from trainer.models.package.registry import Registry

HASH = "sha256"
# Validation cells are learned from, too: they stop a training and settle its thresholds.
LEARNED = ("train", "val")


@dataclass(frozen=True)
class Learned:
    """What a model learned from, and the models before it that it was trained on from.

    Attributes:
        hashes: SHA-256 of those images.
        untold: ids of the models among them of which it is not known.
        kin: the bytes, patients and samples of those images, as of `group_keys`.
    """

    hashes: frozenset[str] = frozenset()
    untold: tuple[str, ...] = ()
    kin: frozenset[GroupKey] = frozenset()

    def __or__(self, other: Learned) -> Learned:
        untold = dict.fromkeys(self.untold + other.untold)
        return Learned(self.hashes | other.hashes, tuple(untold), self.kin | other.kin)

    def related(self, items: Sequence[Item]) -> int:
        """How many images are of a patient or a sample that was learned from."""
        return sum(not self.kin.isdisjoint(group_keys("", i.patient, i.sample)) for i in items)


@dataclass(frozen=True)
class Parted:
    """Cells to measure on, apart from those that were learned from.

    Attributes:
        fresh: with what can be measured on, in order.
        known: what was learned from and is left out, in order.
        untold: as in `Learned`.
        related: how many of the fresh ones are of a patient or sample that was learned from.
    """

    fresh: Manifest
    known: tuple[Item, ...]
    untold: tuple[str, ...]
    related: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said of it beside the figures."""
        notes = []
        if self.known:
            images, they = _counted(len(self.known))
            names = format_names([item.path.name for item in self.known])
            notes.append(f"Left out: {images} that a model learned from, by {they} bytes: {names}.")
        if self.related:
            notes.append(
                f"{self.related} of {len(self.fresh.items)} images are of patients or samples "
                "that a model learned from, by their names: the figures may be too good."
            )
        if self.untold:
            notes.append(
                f"Whether {format_names(self.untold)} learned from any of these images could not "
                "be "
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


def splits_in(packages: Sequence[Package]) -> dict[GroupKey, str]:
    """The split of each image, patient and sample that models were trained or measured on.

    Where one lay in several, train comes before val, and val before test. A package of an older
    version holds no hashes; of that the patients alone are known.
    """
    rows = [row for package in packages for row in _rows(package)]
    return {
        kin: name
        for name in reversed(SPLITS)
        for row in rows
        if row.split == name
        for kin in row.kin
    }


def learned_of(manifest: Manifest, hashes: Mapping[Path, str]) -> Learned:
    """What a model learns from that is trained on a manifest.

    Args:
        hashes: SHA-256 of each file.
    """
    items = [item for item in manifest.items if item.split in LEARNED]
    kin = {kin for i in items for kin in group_keys(hashes[i.path], i.patient, i.sample)}
    return Learned(frozenset(hashes[item.path] for item in items), (), frozenset(kin))


def part(
    manifest: Manifest, learned: Learned, on_progress: OnProgress, should_stop: ShouldStop
) -> Parted:
    """Part cells by whether their bytes were learned from, whatever they are called.

    Raises:
        UserError: all of them were.
        Cancelled: `should_stop` said so.
    """
    if not learned.hashes:
        return Parted(manifest, (), learned.untold, learned.related(manifest.items))
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
    related = learned.related(fresh)
    return Parted(replace(manifest, items=fresh), known, learned.untold, related)


@dataclass(frozen=True)
class _Row:
    """An image in the manifest of a package; `sha` is empty in those of older versions."""

    sha: str
    split: str
    kin: tuple[GroupKey, ...]


def _rows(package: Package) -> Iterator[_Row]:
    with (package.path / MANIFEST).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sha, patient, sample = (row.get(name) or "" for name in (HASH, "patient", "sample"))
            yield _Row(sha, row.get("split") or "", tuple(group_keys(sha, patient, sample)))


def _told_by(package: Package) -> Learned:
    """By its own manifest; the packages of older versions hold no hashes."""
    everything = list(_rows(package))
    rows = [row for row in everything if row.split in LEARNED]
    hashes = frozenset(row.sha for row in rows)
    told = bool(everything) and "" not in hashes
    kin = frozenset(kin for row in rows for kin in row.kin)
    return Learned(hashes - {""}, () if told else (package.card.id,), kin)


def _counted(count: int) -> tuple[str, str]:
    return ("1 image", "its") if count == 1 else (f"{count} images", "their")
