"""Roles of classes: what a class is to the program beside being a name.

A card gives them; the defaults hold for every class of which a card says nothing, so that
packages from before there were roles have the same meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trainer.domain import ClassRole

DEFAULT_ROLES: Mapping[str, ClassRole] = {"erythroblast": ClassRole.BESIDE_WHITE}
DEFAULT_STYLE_REFERENCE_CLASS = "seg_neutrophil"


def classes_with_role(
    role: ClassRole, classes: Iterable[str], stated: Mapping[str, ClassRole]
) -> tuple[str, ...]:
    """Return the classes that have a role, in their order.

    Args:
        classes: names of the classes of a model.
        stated: class -> role, as the model's card gives it; may be of some classes only.
    """
    roles = {**DEFAULT_ROLES, **stated}
    return tuple(name for name in classes if roles.get(name, ClassRole.WHITE) is role)
