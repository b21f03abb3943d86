"""How many images each class has by split, source, patient, size and format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from trainer.data.audit.measurements import ImageMeasurements
from trainer.data.item import SPLITS
from trainer.data.manifest import Manifest

MAX_COLUMNS = 20
NOT_KNOWN = "not known"
_UNREAD = "not read"


@dataclass(frozen=True)
class CountTable:
    """Counts of images.

    Attributes:
        by: what the columns are, such as "split".
        classes: the rows, in the manifest's order.
        columns: values, the most frequent first (splits in their own order); beyond the
            twentieth they are one column, "others (n)".
        counts: a row for each class.
        distinct: how many different known values there are.
    """

    by: str
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    distinct: int


def count_tables(
    manifest: Manifest, measurements: Sequence[ImageMeasurements]
) -> tuple[CountTable, ...]:
    """Count by split, source, patient, size and format; unknown values are "not known"."""
    items = manifest.items
    files = [each.file for each in measurements]
    columns = {
        "split": [item.split or NOT_KNOWN for item in items],
        "source": [item.source or NOT_KNOWN for item in items],
        "patient": [item.patient or NOT_KNOWN for item in items],
        "size": [f"{file.width} x {file.height}" if file else _UNREAD for file in files],
        "format": [file.format if file else _UNREAD for file in files],
    }
    return tuple(count_table(manifest, by, values) for by, values in columns.items())


def count_table(manifest: Manifest, by: str, values: Sequence[str]) -> CountTable:
    """Count by one property, from its value of each item."""
    frequency = Counter(values)
    order = sorted(frequency, key=lambda value: (-frequency[value], value))
    if by == "split":
        order.sort(key=lambda value: SPLITS.index(value) if value in SPLITS else len(SPLITS))
    columns, rest = order[:MAX_COLUMNS], set(order[MAX_COLUMNS:])
    if rest:
        columns.append(f"others ({len(rest)})")
    pairs = Counter(
        (item.label, columns[-1] if value in rest else value)
        for item, value in zip(manifest.items, values, strict=True)
    )
    counts = tuple(tuple(pairs[label, column] for column in columns) for label in manifest.classes)
    distinct = len(frequency.keys() - {NOT_KNOWN, _UNREAD})
    return CountTable(by, manifest.classes, tuple(columns), counts, distinct)
