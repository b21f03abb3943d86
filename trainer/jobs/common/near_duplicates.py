"""Test images that look like images that are learned from: encoded anew, turned, mirrored.

Identical files are found by their hashes before a training. These are found while the images
are read anyway, by the fingerprints of the audit, and only told of: what to do with them, a
person decides."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.cache.results import ResultCache, key_of
from trainer.data.audit.duplicates import find_near_duplicates
from trainer.data.audit.fingerprint import PRINT_SIDE, compute_fingerprint
from trainer.data.item import Item, format_names
from trainer.data.manifest import Manifest
from trainer.imaging.reader import Image
from trainer.jobs.common.leakage import LEARNED

Prints = Mapping[str, NDArray[np.int8]]


class KeptPrints:
    """Fingerprints of images, found again by the SHA-256 of their bytes."""

    def __init__(self, kept: ResultCache) -> None:
        """Args:
        kept: where they are kept.
        """
        self._kept = kept
        self._fresh: dict[bytes, bytes] = {}

    def note(self, image: Image) -> None:
        """Take the fingerprint of an image that was read; from any thread."""
        print_ = compute_fingerprint(image.pixels)
        if print_ is not None:
            self._fresh[_key(image.sha256)] = print_.tobytes()

    def keep(self) -> None:
        """Keep what was noted."""
        self._kept.put(self._fresh)
        self._fresh = {}

    def find(self, hashes: Iterable[str]) -> Prints:
        """Those of images that were ever noted and show something, (38, 38) each."""
        keys = {_key(sha): sha for sha in hashes}
        found = self._kept.get(keys)
        return {
            keys[key]: np.frombuffer(value, np.int8).reshape(PRINT_SIDE, PRINT_SIDE)
            for key, value in found.items()
        }


def copies_among(
    manifest: Manifest, hashes: Mapping[Path, str], kept: ResultCache
) -> tuple[str, ...]:
    """What has to be said of test images that look like training or validation images.

    Args:
        hashes: SHA-256 of each file.
        kept: where fingerprints are kept; images without one are passed over.
    """
    test = manifest.split("test")
    learned = [item for item in manifest.items if item.split in LEARNED]
    prints = KeptPrints(kept).find(hashes[item.path] for item in (*test, *learned))
    ours, theirs = (_known(items, hashes, prints) for items in (test, learned))
    copies = set(_copies(sorted(ours), sorted(theirs), prints, kept))
    if not copies:
        return ()
    names = sorted(name for sha, held in ours.items() if sha in copies for name in held)
    return (
        f"{len(names)} of {len(test)} test images look like copies of images that are learned "
        f"from (encoded anew, turned or mirrored): {format_names(names)}. The figures may be too "
        "good; audit lists them all.",
    )


def _known(
    items: Sequence[Item], hashes: Mapping[Path, str], prints: Prints
) -> dict[str, list[str]]:
    """Names of the images that have a fingerprint, by hash."""
    known: dict[str, list[str]] = {}
    for item in items:
        if (sha := hashes[item.path]) in prints:
            known.setdefault(sha, []).append(item.path.name)
    return known


def _copies(
    ours: Sequence[str], theirs: Sequence[str], prints: Prints, kept: ResultCache
) -> list[str]:
    """Which of ours look like one of theirs; the same images are compared once."""
    key = key_of({"what": "copies", "program": trainer.__version__, "of": ours, "among": theirs})
    if (known := kept.get([key]).get(key)) is not None:
        return list(json.loads(known))
    found: list[str] = []
    if ours and theirs:
        first, second = (np.stack([prints[sha] for sha in each]) for each in (ours, theirs))
        found = sorted({ours[pair.first] for pair in find_near_duplicates(first, second)})
    kept.put({key: json.dumps(found).encode()})
    return found


def _key(sha256: str) -> bytes:
    return key_of({"what": "print", "program": trainer.__version__, "image": sha256})
