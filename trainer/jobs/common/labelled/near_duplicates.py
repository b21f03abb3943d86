"""Near-duplicates of training images among test images: encoded anew, rotated, mirrored.

Identical files are found by their hashes before a training. These are found while the images
are read anyway, by the fingerprints of the audit, and only reported: what to do with them, a
person decides.
"""

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
from trainer.jobs.common.labelled.leakage import TRAINING_SPLITS

Fingerprints = Mapping[str, NDArray[np.int8]]


class FingerprintCache:
    """Fingerprints of images, found again by the SHA-256 of their bytes."""

    def __init__(self, cache: ResultCache) -> None:
        """Args:
        cache: holds them.
        """
        self._cache = cache
        self._unsaved: dict[bytes, bytes] = {}

    def note(self, sha256: str, pixels: NDArray[np.uint8]) -> None:
        """Take the fingerprint of an image, (H, W, 3), that was read; from any thread."""
        print_ = compute_fingerprint(pixels)
        if print_ is not None:
            self._unsaved[_cache_key(sha256)] = print_.tobytes()

    def save(self) -> None:
        """Store the fingerprints that were added."""
        self._cache.put(self._unsaved)
        self._unsaved = {}

    def find(self, hashes: Iterable[str]) -> Fingerprints:
        """Return the cached fingerprints, (38, 38) each; an empty image has none."""
        keys = {_cache_key(sha): sha for sha in hashes}
        found = self._cache.get(keys)
        return {
            keys[key]: np.frombuffer(value, np.int8).reshape(PRINT_SIDE, PRINT_SIDE)
            for key, value in found.items()
        }


def describe_near_duplicates(
    manifest: Manifest, hashes: Mapping[Path, str], cache: ResultCache
) -> tuple[str, ...]:
    """Note which test images look like training or validation images.

    Args:
        hashes: SHA-256 of each file.
        cache: of fingerprints; images without one are ignored.
    """
    test = manifest.split("test")
    training = [item for item in manifest.items if item.split in TRAINING_SPLITS]
    prints = FingerprintCache(cache).find(
        item.digest(hashes[item.path]) for item in (*test, *training)
    )
    in_test, in_training = (_names_by_hash(items, hashes, prints) for items in (test, training))
    copies = set(_find_duplicates(sorted(in_test), sorted(in_training), prints, cache))
    if not copies:
        return ()
    names = sorted(name for sha, same in in_test.items() if sha in copies for name in same)
    return (
        f"{len(names)} of {len(test)} test images look like copies of images that are learned "
        f"from (encoded anew, turned or mirrored): {format_names(names)}. The figures may be too "
        "good; audit lists them all.",
    )


def _names_by_hash(
    items: Sequence[Item], hashes: Mapping[Path, str], fingerprints: Fingerprints
) -> dict[str, list[str]]:
    """Names of the images that have a fingerprint, by hash."""
    known: dict[str, list[str]] = {}
    for item in items:
        if (sha := item.digest(hashes[item.path])) in fingerprints:
            known.setdefault(sha, []).append(item.short_name)
    return known


def _find_duplicates(
    test: Sequence[str], training: Sequence[str], prints: Fingerprints, cache: ResultCache
) -> list[str]:
    """Return which test images look like a training image; the same images are compared once."""
    key = key_of({"what": "copies", "program": trainer.__version__, "of": test, "among": training})
    if (known := cache.get([key]).get(key)) is not None:
        return list(json.loads(known))
    found: list[str] = []
    if test and training:
        first, second = (np.stack([prints[sha] for sha in each]) for each in (test, training))
        found = sorted({test[pair.first] for pair in find_near_duplicates(first, second)})
    cache.put({key: json.dumps(found).encode()})
    return found


def _cache_key(sha256: str) -> bytes:
    return key_of({"what": "print", "program": trainer.__version__, "image": sha256})
