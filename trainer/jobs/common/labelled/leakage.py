"""Leakage: test images that a model was trained on, found by their bytes.

Further images of their patients and samples are found by name: metrics on those may be too good.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.data.groups import GroupKey, group_keys
from trainer.data.item import SPLITS, Item, format_names
from trainer.data.manifest import Manifest
from trainer.domain import OnProgress, ShouldStop
from trainer.errors import UserError
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.common.file_hashes import hash_files
from trainer.models.package.layout import MANIFEST, Package
from trainer.models.package.registry import Registry

HASH_COLUMN = "sha256"
# Validation cells are learned from, too: they stop a training and calibrate its thresholds.
TRAINING_SPLITS = ("train", "val")


@dataclass(frozen=True)
class TrainingHistory:
    """What a model learned from, and the models before it that it was trained on from.

    Attributes:
        hashes: SHA-256 of those images.
        unverified: ids of the models among them of which it is not known.
        group_keys: the bytes, patients and samples of those images, as of `group_keys`.
    """

    hashes: frozenset[str] = frozenset()
    unverified: tuple[str, ...] = ()
    group_keys: frozenset[GroupKey] = frozenset()

    def __or__(self, other: TrainingHistory) -> TrainingHistory:
        unverified = dict.fromkeys(self.unverified + other.unverified)
        return TrainingHistory(
            self.hashes | other.hashes, tuple(unverified), self.group_keys | other.group_keys
        )

    def related(self, items: Sequence[Item]) -> int:
        """Count the images of a patient or a sample that was learned from."""
        return sum(
            not self.group_keys.isdisjoint(group_keys("", i.patient, i.sample)) for i in items
        )

    def describe_test_cells(
        self, items: Sequence[Item], hashes: Mapping[Path, str]
    ) -> Iterator[str]:
        """Note which of a new model's test cells the models before it learned from.

        Args:
            items: the test cells.
            hashes: SHA-256 of every file.
        """
        new = [item for item in items if hashes[item.path] not in self.hashes]
        if known := len(items) - len(new):
            yield (
                f"{known} of {len(items)} test cells were learned from by the models before this "
                "one: the figures may be too good."
            )
        if related := self.related(new):
            yield (
                f"{related} of {len(items)} test cells are of patients or samples that the models "
                "before this one learned from, by their names: the figures may be too good."
            )
        if self.unverified:
            yield (
                f"Whether {format_names(self.unverified)} learned from any test cell could not be "
                "checked: no hashes of its training images are at hand."
            )


@dataclass(frozen=True)
class HeldOutData:
    """Cells to measure on, apart from those that were learned from.

    Attributes:
        manifest: with what can be measured on, in order.
        excluded: what was learned from and is left out, in order.
        unverified: as in `TrainingHistory`.
        related: how many of those left are of a patient or sample that was learned from.
    """

    manifest: Manifest
    excluded: tuple[Item, ...]
    unverified: tuple[str, ...]
    related: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes to show beside the metrics."""
        notes = []
        if self.excluded:
            images, they = _format_count(len(self.excluded))
            names = format_names([item.short_name for item in self.excluded])
            notes.append(f"Left out: {images} that a model learned from, by {they} bytes: {names}.")
        if self.related:
            notes.append(
                f"{self.related} of {len(self.manifest.items)} images are of patients or samples "
                "that a model learned from, by their names: the figures may be too good."
            )
        if self.unverified:
            notes.append(
                f"Whether {format_names(self.unverified)} learned from any of these images could "
                "not "
                "be "
                "checked: no hashes of its training images are at hand."
            )
        return tuple(notes)

    def to_json(self) -> dict[str, Any]:
        """For a record of figures."""
        return {
            "count": len(self.excluded),
            "images": [item.name(self.manifest.root) for item in self.excluded],
            "not_checked": list(self.unverified),
        }


def training_history_of(package: Package, registry: Registry) -> TrainingHistory:
    """Read what a model learned from.

    Args:
        registry: where the models are that it was trained on from.
    """
    found, before = TrainingHistory(), [package.card.id]
    while True:
        found |= _history_in_package(package)
        parent = package.card.parent
        if not parent or parent in before:
            return found
        before.append(parent)
        try:
            package = registry.find(parent)
        except UserError:
            return found | TrainingHistory(unverified=(parent,))


def splits_of_packages(packages: Sequence[Package]) -> dict[GroupKey, str]:
    """Read the split of each image, patient and sample that models were trained or measured on.

    Where one lay in several, train comes before val, and val before test. A package of an older
    version holds no hashes; of that the patients alone are known.
    """
    rows = [row for package in packages for row in _read_manifest_rows(package)]
    return {
        key: name
        for name in reversed(SPLITS)
        for row in rows
        if row.split == name
        for key in row.group_keys
    }


def history_of_manifest(manifest: Manifest, hashes: Mapping[Path, str]) -> TrainingHistory:
    """Collect what a model learns from that is trained on a manifest.

    Args:
        hashes: SHA-256 of each file.
    """
    items = [item for item in manifest.items if item.split in TRAINING_SPLITS]
    keys = {key for i in items for key in group_keys(hashes[i.path], i.patient, i.sample)}
    return TrainingHistory(frozenset(hashes[item.path] for item in items), (), frozenset(keys))


def exclude_training_images(
    manifest: Manifest, history: TrainingHistory, on_progress: OnProgress, should_stop: ShouldStop
) -> HeldOutData:
    """Leave out the cells whose bytes were learned from, whatever their names.

    Raises:
        UserError: all of them were.
        Cancelled: `should_stop` returned true.
    """
    if not history.hashes:
        return HeldOutData(manifest, (), history.unverified, history.related(manifest.items))
    digests = hash_files(
        [item.path for item in manifest.items],
        workers=usable_cores(),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return exclude_by_hash(manifest, digests, history)


def exclude_by_hash(
    manifest: Manifest, digests: Sequence[str], history: TrainingHistory
) -> HeldOutData:
    """As `exclude_training_images`, where the hashes of the files are already known."""
    pairs = list(zip(manifest.items, digests, strict=True))
    unseen = tuple(item for item, digest in pairs if digest not in history.hashes)
    excluded = tuple(item for item, digest in pairs if digest in history.hashes)
    if not unseen:
        raise UserError(
            f"Nothing to measure on is left: of {_format_count(len(excluded))[0]} every one was "
            "learned "
            "from, so figures would say what was remembered.",
            "Measure on cells that took no part in the training.",
        )
    related = history.related(unseen)
    return HeldOutData(replace(manifest, items=unseen), excluded, history.unverified, related)


@dataclass(frozen=True)
class _ManifestRow:
    """An image in the manifest of a package; `sha` is empty in those of older versions."""

    sha: str
    split: str
    group_keys: tuple[GroupKey, ...]


def _read_manifest_rows(package: Package) -> Iterator[_ManifestRow]:
    with (package.path / MANIFEST).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sha, patient, sample = (
                row.get(name) or "" for name in (HASH_COLUMN, "patient", "sample")
            )
            yield _ManifestRow(sha, row.get("split") or "", tuple(group_keys(sha, patient, sample)))


def _history_in_package(package: Package) -> TrainingHistory:
    """By its own manifest; the packages of older versions hold no hashes."""
    all_rows = list(_read_manifest_rows(package))
    rows = [row for row in all_rows if row.split in TRAINING_SPLITS]
    hashes = frozenset(row.sha for row in rows)
    verified = bool(all_rows) and "" not in hashes
    keys = frozenset(key for row in rows for key in row.group_keys)
    return TrainingHistory(hashes - {""}, () if verified else (package.card.id,), keys)


def _format_count(count: int) -> tuple[str, str]:
    return ("1 image", "its") if count == 1 else (f"{count} images", "their")
