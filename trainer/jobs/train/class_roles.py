"""Roles of the classes of a new model: from its description, else from the model before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trainer.data.item import format_names
from trainer.domain import ClassRole
from trainer.errors import UserError
from trainer.models.package.card import Card
from trainer.protocol.records import ModelDescription


@dataclass(frozen=True)
class ClassRoles:
    """What the card of a new model states of its classes.

    Attributes:
        roles: class -> role; empty where the defaults hold.
        style_reference_class: class on which stain styles are measured; None: the default.
    """

    roles: Mapping[str, ClassRole] = field(default_factory=dict)
    style_reference_class: str | None = None


def stated_style_reference(description: ModelDescription, parent: Card | None) -> str | None:
    """Return the class on which stain styles are to be measured; None where none is stated."""
    inherited = parent.style_reference_class if parent else None
    return description.style_reference_class or inherited


def select_class_roles(
    description: ModelDescription,
    parent: Card | None,
    classes: Sequence[str],
    other_classes: Sequence[str],
) -> ClassRoles:
    """Return the roles for a new card: those described, and the parent's of what it keeps.

    Raises:
        UserError: a role is described of what is no class of the data.
    """
    style, outputs = description.style_reference_class, (*classes, *other_classes)
    strange = set(description.roles) - set(classes)
    if style and style not in outputs:
        strange.add(style)
    if strange:
        raise UserError(
            f"The description of the model gives a role to {format_names(sorted(strange))}, "
            "which is no class of the data.",
            f"The classes are {', '.join(classes)}.",
        )
    inherited = parent.roles if parent else {}
    known = {name: role for name, role in inherited.items() if name in classes}
    stated = stated_style_reference(description, parent)
    return ClassRoles({**known, **description.roles}, stated if stated in outputs else None)
