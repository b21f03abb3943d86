"""Files that a search passed over, counted by kind, so that none is left out in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from trainer.imaging.file_names import (
    SUFFIXES_BY_FORMAT,
    TIFF_LIKE_SUFFIXES,
    NameKind,
    kind_of_name,
)
from trainer.imaging.folders.file_content import ONLINE_ONLY, TEXT, content_of_file

MAX_EXAMINED = 200
"""Files whose first bytes are read in one search, so that a huge folder stays quick."""
MAX_EXAMINED_PER_SUFFIX = 20
MAX_GROUPS = 100
MANY_SUFFIXES = ".*"
"""Stands for the suffixes beyond `MAX_GROUPS`."""

_MAX_LISTED = 12
_NOTES = {NameKind.BACKUP: "backup", NameKind.CLOUD: "in the cloud"}
_EXAMINED_KINDS = (NameKind.UNKNOWN, NameKind.FORMAT)
_ORDER = tuple(NameKind)


@dataclass
class UnreadGroup:
    """Files of one suffix that were not read.

    Attributes:
        kind: what they are by their names.
        suffix: in small letters, as `kind_of_name` gives it; "" where there is none.
        count: how many there are.
        examined: of how many the first bytes were read.
        contents: of those, how many hold what, as `content_of_file` gives it.
    """

    kind: NameKind
    suffix: str
    count: int = 0
    examined: int = 0
    contents: Counter[str] = field(default_factory=Counter)

    def without_texts(self) -> UnreadGroup:
        """Return the group without the texts in it: those found, all where all examined are."""
        texts = self.contents[TEXT]
        if texts and texts == self.examined:
            return UnreadGroup(self.kind, self.suffix)
        contents = Counter({name: n for name, n in self.contents.items() if name != TEXT})
        return replace(
            self, count=self.count - texts, examined=self.examined - texts, contents=contents
        )

    def images(self) -> dict[str, int]:
        """Return how many of those examined are images that can be read, by format."""
        return {name: count for name, count in sorted(self.contents.items()) if is_read(name)}


@dataclass(frozen=True)
class UnreadKind:
    """Files of one suffix and one content; `content` is "" where it is not known or no news."""

    kind: NameKind
    suffix: str
    content: str
    count: int


class UnreadFiles:
    """Files that are no images by their names; system files are none of them."""

    def __init__(self) -> None:
        self._groups: dict[tuple[NameKind, str], UnreadGroup] = {}
        self._examined = 0

    @property
    def groups(self) -> list[UnreadGroup]:
        """The files that might have been meant to be read, by kind and suffix; no documents."""
        groups = [each.without_texts() for each in self._groups.values()]
        named = [each for each in groups if each.count and each.kind is not NameKind.DOCUMENT]
        return sorted(named, key=lambda each: (_ORDER.index(each.kind), each.suffix))

    @property
    def documents(self) -> dict[str, int]:
        """How many tables and texts there are, by suffix."""
        counts: Counter[str] = Counter()
        for each in self._groups.values():
            is_document = each.kind is NameKind.DOCUMENT
            counts[each.suffix] += each.count - (0 if is_document else each.without_texts().count)
        return {suffix: count for suffix, count in sorted(counts.items()) if count}

    @property
    def kinds(self) -> list[UnreadKind]:
        """As `groups`, apart by content where that is known."""
        return [each for group in self.groups for each in _split_by_content(group)]

    def counts(self) -> dict[str, int]:
        """Return how many files there are of each kind, by `label_of`: JSON values."""
        return {label_of(each): each.count for each in self.kinds}

    def describe_all(self) -> str:
        """Describe all that is there beside images, tables and texts too; "" where nothing is."""
        documents = {suffix or "without suffix (text)": n for suffix, n in self.documents.items()}
        return describe_counts(self.counts() | documents)

    def __len__(self) -> int:
        return sum(each.count for each in self.groups)

    def examine(self, name: str, path: str, *, any_suffix: bool = False) -> bool:
        """Count a file; return whether it is an image by its content and is to be read.

        Args:
            name: of the file; by its suffix it is no image.
            path: where it is read.
            any_suffix: images are to be read whatever their names: the content of every file
                is looked at, not only that of the first ones. Backups, documents, slides and
                raw photographs are none.
        """
        kind, suffix = kind_of_name(name)
        if kind in _EXAMINED_KINDS and suffix not in TIFF_LIKE_SUFFIXES:
            group = self._groups.get((kind, suffix), UnreadGroup(kind, suffix))
            if any_suffix or self._is_due(group):
                return self._add_examined(group, content_of_file(path), any_suffix)
        if kind is not NameKind.SYSTEM:
            self._group(kind, suffix).count += 1
        return False

    def add_placeholder(self, name: str) -> None:
        """Count a hidden file, if it stands for one that was not downloaded."""
        kind, suffix = kind_of_name(name)
        if kind is NameKind.CLOUD:
            self._group(kind, suffix).count += 1

    def merge(self, other: UnreadFiles) -> None:
        """Add the files of another search."""
        for each in other._groups.values():
            group = self._group(each.kind, each.suffix)
            group.count += each.count
            group.examined += each.examined
            group.contents.update(each.contents)

    def _is_due(self, group: UnreadGroup) -> bool:
        return group.examined < MAX_EXAMINED_PER_SUFFIX and self._examined < MAX_EXAMINED

    def _add_examined(self, group: UnreadGroup, content: str, any_suffix: bool) -> bool:
        self._examined += 1
        if any_suffix and is_read(content):
            return True
        if content == ONLINE_ONLY:
            self._group(NameKind.CLOUD, group.suffix).count += 1
        else:
            group = self._group(group.kind, group.suffix)
            group.count += 1
            group.examined += 1
            group.contents[content] += 1
        return False

    def _group(self, kind: NameKind, suffix: str) -> UnreadGroup:
        if (kind, suffix) not in self._groups and len(self._groups) >= MAX_GROUPS:
            suffix = MANY_SUFFIXES
        return self._groups.setdefault((kind, suffix), UnreadGroup(kind, suffix))


def is_read(content: str) -> bool:
    """Whether files of this content are read as images."""
    return content in SUFFIXES_BY_FORMAT


def _split_by_content(group: UnreadGroup) -> Iterator[UnreadKind]:
    """One for each content that is known; by a suffix that is, only what can be read is news."""
    rest = group.count
    for content, count in sorted(group.contents.items()):
        if content and (is_read(content) or group.kind is NameKind.UNKNOWN):
            rest -= count
            yield UnreadKind(group.kind, group.suffix, content, count)
    if rest:
        yield UnreadKind(group.kind, group.suffix, "", rest)


def label_of(each: UnreadKind) -> str:
    """Name a kind: ".heic", "without suffix (JPEG)", ".jpg~ (backup)"."""
    name = {"": "without suffix", MANY_SUFFIXES: "of other suffixes"}.get(each.suffix, each.suffix)
    note = _NOTES.get(each.kind, each.content)
    return f"{name} ({note})" if note else name


def describe_counts(counts: Mapping[str, int]) -> str:
    """Describe how many files there are of each kind, 12 at most: "2 .gif, 1 without suffix"."""
    ordered = sorted(counts.items())
    listed = [f"{count} {label}" for label, count in ordered[:_MAX_LISTED]]
    if rest := sum(count for _, count in ordered[_MAX_LISTED:]):
        listed.append(f"{rest} of other kinds")
    return ", ".join(listed)
