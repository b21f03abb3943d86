"""Natural order: "cell2" before "cell10", folder by folder, upper and lower case together.

Python's sorting lets no other thread run meanwhile. What may be 100,000 names long is sorted
here in parts, so that the window's thread never waits for all of it.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_NUMBER = re.compile(r"([0-9]+)")
_CHUNK_LENGTH = 2000
_MAX_KEY_BYTES = 100
_Item = TypeVar("_Item")


def natural_key(name: str) -> tuple[str, str]:
    """Return the sort key of a name, or of a path with forward slashes.

    A number is compared by its length first, and a name ends before it goes on: so the
    marks for both are below every letter.
    """
    return _mark_numbers(name).replace("/", "\0"), name


def natural_sorted(found: Iterable[_Item], name: Callable[[_Item], str]) -> list[_Item]:
    """Sort items by their names, which differ."""
    keyed = [(natural_key(name(each)), each) for each in found]
    by_key = itemgetter(0)
    parts = [
        sorted(keyed[start : start + _CHUNK_LENGTH], key=by_key)
        for start in range(0, len(keyed), _CHUNK_LENGTH)
    ]
    return [each for _, each in heapq.merge(*parts, key=by_key)]


def is_natural_sorted(names: Iterable[str]) -> bool:
    """Whether names are sorted already."""
    keys = map(natural_key, names)
    return all(earlier <= later for earlier, later in itertools.pairwise(keys))


def name_ranks(files: Sequence[str]) -> NDArray[np.int32]:
    """Rank files by their own names, whatever folder they are in, in natural order.

    Files whose names are alike in their first hundred bytes follow one another by folder.
    """
    keys = np.array([_sort_bytes(name.rpartition("/")[2]) for name in files], dtype=np.bytes_)
    places = np.empty(len(files), np.int32)
    # NumPy's sorting lets other threads run in the meantime; Python's does not.
    places[np.argsort(keys, kind="stable")] = np.arange(len(files), dtype=np.int32)
    return places


def _sort_bytes(name: str) -> bytes:
    """Bytes that sort as `natural_key` does."""
    return _mark_numbers(name).encode("utf-8", "surrogatepass")[:_MAX_KEY_BYTES]


def _mark_numbers(name: str) -> str:
    """Before a number its length, and before that a character below all others."""
    return _NUMBER.sub(_prefix_length, name.casefold())


def _prefix_length(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"\x01{chr(1 + len(digits))}{digits}"
