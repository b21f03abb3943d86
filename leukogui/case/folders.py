"""The folders of a case as a tree, built from the names of its images.

Folders are numbered in the order of an unfolded tree (depth first): a folder, then all that is
below it. What is below a folder is thus a range of numbers, and counting is adding up.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.natural_order import natural_key


@dataclass(frozen=True)
class FolderTree:
    """The folders, by number; number 0 is the case's own, "".

    Attributes:
        paths: relative to the case's folder.
        parents: number of the folder that each is in; -1 for the case's own.
        subtree_ends: the first number that is not below each.
        children: numbers of the folders right below each, in natural order.
    """

    paths: tuple[str, ...]
    parents: tuple[int, ...]
    subtree_ends: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.paths)

    def number(self, path: str) -> int | None:
        """Return the number of a folder, or None where there is no such folder."""
        try:
            return self.paths.index(path)
        except ValueError:
            return None

    def cumulate(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add to each folder's count those of all below it; both of shape `(len(self),)`."""
        before = np.zeros(len(self) + 1, np.int64)
        np.cumsum(counts, out=before[1:])
        found: NDArray[np.int64] = before[np.array(self.subtree_ends)] - before[:-1]
        return found


class FolderRows:
    """Which folder each image of a case is in."""

    def __init__(self) -> None:
        self._folder_ids: dict[str, int] = {}
        self._folder_of_row = array("i")
        self._tree: FolderTree | None = None
        self._numbers = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self._folder_of_row)

    def extend(self, names: Sequence[str]) -> None:
        """Add the names that follow those that are here; `names` are all of them."""
        heads = [name.rpartition("/")[0] for name in names[len(self) :]]
        new = [head for head in dict.fromkeys(heads) if head not in self._folder_ids]
        for head in new:
            self._folder_ids[head] = len(self._folder_ids)
        self._folder_of_row.extend(map(self._folder_ids.__getitem__, heads))
        if new:
            self._tree = None

    @property
    def tree(self) -> FolderTree:
        """The folders that hold images, and those that these are in."""
        if self._tree is None:
            self._tree = folder_tree(self._folder_ids)
            self._numbers = np.zeros(0, np.int32)
        return self._tree

    @property
    def numbers(self) -> NDArray[np.int32]:
        """For each image the number of its folder in `tree`."""
        tree = self.tree
        if len(self._numbers) != len(self):
            at = {path: number for number, path in enumerate(tree.paths)}
            places = np.array([at[path] for path in self._folder_ids], np.int32)
            self._numbers = (
                places[np.array(self._folder_of_row, np.int32)] if len(self) else self._numbers
            )
        return self._numbers

    def below(self, path: str) -> NDArray[np.bool_]:
        """Return for each image whether it is below a folder; False where there is none such."""
        number = self.tree.number(path)
        if number is None:
            return np.zeros(len(self), np.bool_)
        return (self.numbers >= number) & (self.numbers < self.tree.subtree_ends[number])


def folder_tree(folders: Iterable[str]) -> FolderTree:
    """Build the tree of some folders and of all that these are in."""
    known = {""}
    inner: dict[str, list[str]] = {}
    for folder in folders:
        path = folder
        while path not in known:
            known.add(path)
            outer = _outer_folder(path)
            inner.setdefault(outer, []).append(path)
            path = outer
    return _number_folders(inner)


def _outer_folder(path: str) -> str:
    """What a folder is in; of a further folder of the case, which is beside it, the case itself."""
    outer = path.rpartition("/")[0]
    return "" if outer.rpartition("/")[2] == ".." else outer


def _number_folders(inner: Mapping[str, Sequence[str]]) -> FolderTree:
    paths: list[str] = []
    parents: list[int] = []
    waiting = [("", -1)]
    while waiting:
        path, parent = waiting.pop()
        number = len(paths)
        paths.append(path)
        parents.append(parent)
        below = sorted(inner.get(path, ()), key=natural_key, reverse=True)
        waiting.extend((each, number) for each in below)
    ends = list(range(1, len(paths) + 1))
    children: list[list[int]] = [[] for _ in paths]
    for number in range(len(paths) - 1, 0, -1):
        outer = parents[number]
        ends[outer] = max(ends[outer], ends[number])
        children[outer].append(number)
    ordered = tuple(tuple(reversed(each)) for each in children)
    return FolderTree(tuple(paths), tuple(parents), tuple(ends), ordered)
