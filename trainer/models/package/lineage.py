"""Which model was made from which: the models of a registry as trees."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trainer.models.package.card import Card
from trainer.models.package.registry import ModelEntry


@dataclass(frozen=True)
class LineageNode:
    """A model with those that were made from it.

    Attributes:
        model: its id.
        entry: None for one that is not here (any more).
        children: oldest first.
    """

    model: str
    entry: ModelEntry | None
    children: tuple[LineageNode, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, LineageNode]]:
        """Yield the node and all below it, each with its depth; parents come first."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


def parent_of(card: Card) -> str:
    """Return the id of the model that training or adaptation began at; empty: of none."""
    return card.adaptation.model if card.adaptation is not None else card.parent


def build_lineage(entries: Sequence[ModelEntry]) -> tuple[LineageNode, ...]:
    """Build the trees, the oldest root first; what no card is known of stands last.

    A parent that is not here is a root without an entry. Cards that name one another in a
    circle, which no program writes, are roots.
    """
    by_id = {entry.name: entry for entry in entries}
    parents = {entry.name: parent_of(entry.card) for entry in entries if entry.card is not None}
    parents = {name: "" if _is_circle(name, parents) else above for name, above in parents.items()}
    names = dict.fromkeys((*by_id, *(above for above in parents.values() if above)))
    roots = [name for name in names if not parents.get(name)]
    return tuple(_node(name, by_id, parents) for name in sorted(roots, key=_age(by_id)))


def _node(name: str, by_id: dict[str, ModelEntry], parents: dict[str, str]) -> LineageNode:
    below = sorted((each for each, above in parents.items() if above == name), key=_age(by_id))
    return LineageNode(name, by_id.get(name), tuple(_node(each, by_id, parents) for each in below))


def _is_circle(name: str, parents: dict[str, str]) -> bool:
    seen, at = {name}, parents.get(name, "")
    while at and at not in seen:
        seen.add(at)
        at = parents.get(at, "")
    return at == name


def _age(by_id: dict[str, ModelEntry]) -> Callable[[str], tuple[float, str]]:
    """Return the key to sort names by: when each was made; what is not known comes last."""

    def key(name: str) -> tuple[float, str]:
        entry = by_id.get(name)
        card = entry.card if entry is not None else None
        return (card.created.timestamp() if card is not None else math.inf, name)

    return key
