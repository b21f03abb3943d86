"""All corrected cells of an adaptation, those of earlier ones first; each cell once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cases.records import UNKNOWN
from trainer.data.item import format_names
from trainer.errors import UserError
from trainer.jobs.adapt.cells import CorrectedItems
from trainer.jobs.adapt.features import CorrectedFeatures
from trainer.jobs.adapt.origin import AdaptationOrigin, NewOutputs
from trainer.jobs.common.report.number_text import format_count
from trainer.models.package.corrected_cells import CorrectedCellsFile
from trainer.protocol.events import Emit, JobWarning
from trainer.training.held_head import CorrectedCells

UNNAMED = "unnamed"


@dataclass(frozen=True, eq=False)
class Support:
    """The cells that a head is fitted on, in the order of their digests.

    Attributes:
        file: what the package keeps of them.
        labels: intp (N,), index of the output.
    """

    file: CorrectedCellsFile
    labels: NDArray[np.intp]

    @property
    def cells(self) -> CorrectedCells:
        """What the head is fitted on."""
        return CorrectedCells(self.file.pooled, self.labels)

    def counts(self) -> dict[str, dict[str, int]]:
        """Source -> label -> number of cells."""
        pairs = Counter(zip(self.source_names, self.file.labels.tolist(), strict=True))
        found: dict[str, dict[str, int]] = {}
        for (source, label), count in sorted(pairs.items()):
            found.setdefault(source, {})[label] = count
        return found

    @property
    def source_names(self) -> list[str]:
        """The source of each cell, as the card names it."""
        return [source or UNNAMED for source in self.file.sources.tolist()]


def build_support(
    origin: AdaptationOrigin,
    outputs: NewOutputs,
    found: CorrectedItems,
    features: CorrectedFeatures,
    emit: Emit,
) -> Support:
    """Join the cells of earlier adaptations and the new ones; of the same cell the new label.

    Raises:
        UserError: one cell has two labels, or all cells are of one class.
    """
    rows = _earlier_rows(origin) | _new_rows(found, features)
    if not outputs.other_classes:
        rows = _drop_outside(rows, emit)
    kept = [rows[digest] for digest in sorted(rows)]
    columns = list(zip(*(row.texts for row in kept), strict=True)) if kept else [()] * 5
    texts = [np.array(column, dtype=np.str_) for column in columns]
    labels, digests, images, sources, groups = texts
    numbers = np.array([outputs.index_of(str(label)) for label in labels], dtype=np.intp)
    _refuse_one_class(np.minimum(numbers, len(outputs.classes)), labels)
    file = CorrectedCellsFile(
        np.stack([row.pooled for row in kept]),
        labels,
        digests,
        images,
        sources,
        groups,
        origin.head,
        origin.classes,
        origin.other_classes,
        len(origin.reference.labels),
    )
    return Support(file, numbers)


@dataclass(frozen=True, eq=False)
class _Row:
    """One cell: label, digest, image, source, group; and its features."""

    texts: tuple[str, str, str, str, str]
    pooled: NDArray[np.float32]


def _earlier_rows(origin: AdaptationOrigin) -> dict[str, _Row]:
    earlier = origin.corrected
    if earlier is None:
        return {}
    texts = (earlier.labels, earlier.digests, earlier.images, earlier.sources, earlier.groups)
    return {
        str(row[1]): _Row((str(row[0]), str(row[1]), str(row[2]), str(row[3]), str(row[4])), pooled)
        for *row, pooled in zip(*texts, earlier.pooled, strict=True)
    }


def _new_rows(found: CorrectedItems, features: CorrectedFeatures) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for item, pooled in zip(features.items, features.pooled, strict=True):
        digest, name = item.digest(found.hashes[item.path]), item.name(found.root)
        before = rows.get(digest)
        if before is not None and before.texts[0] != item.label:
            raise UserError(
                f"“{before.texts[2]}” and “{name}” are the same cell, once labelled "
                f"{before.texts[0]} and once {item.label}.",
                "Correct the one that is wrong.",
            )
        texts = (item.label, digest, name, item.source, found.groups[item])
        rows[digest] = before or _Row(texts, pooled)
    return rows


def _drop_outside(rows: Mapping[str, _Row], emit: Emit) -> dict[str, _Row]:
    kept = {digest: row for digest, row in rows.items() if row.texts[0] != UNKNOWN}
    if dropped := len(rows) - len(kept):
        emit(
            JobWarning(
                f"Left out: {format_count(dropped, f'{UNKNOWN} cell')}; the model has no output "
                "for cells outside of its classes."
            )
        )
    return kept


def _refuse_one_class(terms: NDArray[np.intp], labels: NDArray[np.str_]) -> None:
    if len(np.unique(terms)) < 2:
        names = format_names(sorted(set(labels.tolist()))) or "none"
        raise UserError(
            f"All {len(labels)} corrected cells are of one class: {names}. Nothing can be learned "
            "from them but to call every cell that.",
            "Review some cells of other classes as well; a few are enough.",
        )
