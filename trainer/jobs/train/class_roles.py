"""Roles of the classes of a new model: from its description, else from the model before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from trainer.data.item import format_names
from trainer.domain import ClassRole
from trainer.errors import UserError
from trainer.models.package.card import Card
from trainer.protocol.records import ModelDescription

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class ClassRoles:
    """What the card of a new model states of its classes.

    Attributes:
        roles: class -> role; empty where the defaults hold.
        style_reference_class: class on which stain styles are measured; None: the default.
        limits: class -> percent at which a diagnosis turns; empty where the defaults hold.
    """

    roles: Mapping[str, ClassRole] = field(default_factory=dict)
    style_reference_class: str | None = None
    limits: Mapping[str, float | None] = field(default_factory=dict)


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
        UserError: a role or limit is described of what is no class of the data.
    """
    style, outputs = description.style_reference_class, (*classes, *other_classes)
    strange = (set(description.roles) | set(description.limits)) - set(classes)
    if style and style not in outputs:
        strange.add(style)
    if strange:
        raise UserError(
            "The description of the model gives a role or a limit to "
            f"{format_names(sorted(strange))}, which is no class of the data.",
            f"The classes are {', '.join(classes)}.",
        )
    roles = {**_kept(parent.roles if parent else {}, classes), **description.roles}
    limits = {**_kept(parent.limits if parent else {}, classes), **description.limits}
    stated = stated_style_reference(description, parent)
    return ClassRoles(roles, stated if stated in outputs else None, limits)


def _kept(of_parent: Mapping[str, ValueT], classes: Sequence[str]) -> dict[str, ValueT]:
    return {name: value for name, value in of_parent.items() if name in classes}
