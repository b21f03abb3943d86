"""Where an adaptation begins: always at the last fully trained model, with all cells so far."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import sha256_of
from trainer.cases.records import UNKNOWN
from trainer.data.item import format_names
from trainer.errors import UserError
from trainer.jobs.common.old_head import build_old_head, refuse_missing_temperature
from trainer.models.head import Head
from trainer.models.package.corrected_cells import CorrectedCellsFile
from trainer.models.package.layout import CARD, Package
from trainer.models.package.reference_cells import ReferenceCells
from trainer.training.held_head import OldHead


@dataclass(frozen=True, eq=False)
class AdaptationOrigin:
    """A fully trained model, as the package to adapt holds it.

    Attributes:
        package: that was given; it may have been adapted itself.
        model, sha256: id of the fully trained model, and hash of its card.
        head: of that model.
        classes, other_classes: its outputs, in order.
        reference: its reference cells.
        reference_names: label of each.
        corrected: the cells so far; None for the first adaptation.
    """

    package: Package
    model: str
    sha256: str
    head: Head
    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    reference: ReferenceCells
    reference_names: NDArray[np.str_]
    corrected: CorrectedCellsFile | None

    @property
    def temperature(self) -> float:
        """T of the card; an adaptation keeps it."""
        return self.package.card.temperature


def origin_of(package: Package) -> AdaptationOrigin:
    """Find where an adaptation of a package begins.

    Raises:
        PackageError: its card lacks the temperature, or a file is missing or damaged.
    """
    card = package.card
    refuse_missing_temperature(card)
    reference, corrected = package.reference(), package.corrected_cells()
    names = np.array(card.outputs)[reference.labels]
    if corrected is None or card.adaptation is None:
        sha256 = sha256_of(package.path / CARD)
        outputs = (card.classes, card.other_classes)
        return AdaptationOrigin(
            package, card.id, sha256, package.head(), *outputs, reference, names, None
        )
    count = corrected.reference_cells
    first = ReferenceCells(
        reference.pooled[:count], reference.labels[:count], reference.images[:count]
    )
    made, outputs = card.adaptation, (corrected.classes, corrected.other_classes)
    return AdaptationOrigin(
        package, made.model, made.sha256, corrected.head, *outputs, first, names[:count], corrected
    )


@dataclass(frozen=True, eq=False)
class NewOutputs:
    """The outputs of the new model, and the head that it is held to, with columns for them.

    Attributes:
        new: classes that the fully trained model does not have.
    """

    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    new: tuple[str, ...]
    old: OldHead

    @property
    def outputs(self) -> tuple[str, ...]:
        """Classes, then other classes."""
        return self.classes + self.other_classes

    def index_of(self, label: str) -> int:
        """The output of a label; "unknown" is the first output outside of the classes."""
        return len(self.classes) if label == UNKNOWN else self.outputs.index(label)


def build_outputs(origin: AdaptationOrigin, new_classes: Sequence[str]) -> NewOutputs:
    """Add classes to those of a model; one that was outside of them keeps its column.

    Args:
        new_classes: that a person consented to; those of earlier adaptations are added.
    """
    earlier = origin.package.card.classes
    new = tuple(dict.fromkeys(n for n in (*earlier, *new_classes) if n not in origin.classes))
    classes = origin.classes + new
    others = tuple(name for name in origin.other_classes if name not in new)
    names = origin.classes + origin.other_classes
    old = build_old_head(
        origin.head,
        names,
        classes + others,
        len(classes),
        origin.temperature,
        (origin.reference.pooled, origin.reference_names),
    )
    return NewOutputs(classes, others, new, old)


def refuse_unknown_labels(labels: Sequence[str], outputs: NewOutputs) -> None:
    """Refuse labels that the model does not know, unless a person consented to add them.

    Raises:
        UserError: names them, and the option.
    """
    known = {*outputs.outputs, UNKNOWN}
    if strange := sorted(set(labels) - known):
        options = " ".join(f"--new-class {shlex.quote(name)}" for name in strange)
        raise UserError(
            f"The model has no class {format_names(strange)}.",
            f"To add what it lacks: {options}. To count such cells as none of its classes, "
            f"review them as “{UNKNOWN}”. It has {', '.join(outputs.outputs)}.",
        )
