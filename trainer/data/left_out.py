"""Groups of cells that a training is made without, to see what is found on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.data.item import Item, format_names
from trainer.errors import UserError

SET_PREFIX = "left out "


@dataclass(frozen=True, order=True)
class LeftOutGroup:
    """A source, or the cells of one class of it.

    Attributes:
        source: its name.
        label: the class; empty for all of the source.
    """

    source: str
    label: str = ""

    @property
    def name(self) -> str:
        """As it is written: SOURCE or SOURCE:CLASS."""
        return f"{self.source}:{self.label}" if self.label else self.source

    @property
    def set_name(self) -> str:
        """Name of the set of its cells among the metrics of a model."""
        return SET_PREFIX + self.name

    def holds(self, item: Item) -> bool:
        """Whether an item belongs to the group."""
        return item.source == self.source and self.label in ("", item.label)


def find_group(word: str, items: Sequence[Item]) -> LeftOutGroup:
    """Find the group that a person has named SOURCE or SOURCE:CLASS.

    Raises:
        UserError: no item is of it; names those that there are.
    """
    source, colon, label = word.rpartition(":")
    groups = [LeftOutGroup(word), *([LeftOutGroup(source, label)] if label and colon else [])]
    for group in groups:
        if any(group.holds(item) for item in items):
            return group
    sources = sorted({item.source for item in items if item.source})
    if not sources:
        raise UserError(
            "No image of these data names its source.", "Write it into a CSV, column source."
        )
    raise UserError(
        f"The data hold no cells “{word}”.",
        f"Write SOURCE or SOURCE:CLASS; the sources are {format_names(sources, len(sources))}.",
    )


def list_groups(items: Iterable[Item], classes: Sequence[str]) -> list[LeftOutGroup]:
    """List what can be left out in turn: sources, and pairs of source and class.

    A source where each of its classes is in another source, too; a pair where the class is in
    another source, and the source has another class.

    Args:
        items: of a data set.
        classes: those that count, other classes not among them.
    """
    held = {(item.source, item.label) for item in items}
    sources = sorted({source for source, _ in held if source})

    def elsewhere(source: str, label: str) -> bool:
        return any(of == label and name != source for name, of in held)

    groups = []
    for source in sources:
        labels = sorted(label for name, label in held if name == source)
        inside = [label for label in labels if label in classes]
        if inside and len(sources) > 1 and all(elsewhere(source, label) for label in labels):
            groups.append(LeftOutGroup(source))
        if len(labels) > 1:
            groups += [LeftOutGroup(source, each) for each in inside if elsewhere(source, each)]
    return groups
