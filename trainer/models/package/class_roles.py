"""Roles of classes: what a class is to the program beside being a name.

A card gives them; the defaults hold for every class of which a card says nothing, so that
packages from before there were roles have the same meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trainer.domain import ClassRole

DEFAULT_ROLES: Mapping[str, ClassRole] = {"erythroblast": ClassRole.BESIDE_WHITE}
DEFAULT_STYLE_REFERENCE_CLASS = "seg_neutrophil"
DEFAULT_ALERT_LIMIT = 20.0
"""Percent of the white cells from which on acute myeloid leukaemia is diagnosed, of blasts (WHO
2016, Arber et al., Blood 127)."""


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


def limits_of_classes(
    classes: Iterable[str],
    roles: Mapping[str, ClassRole],
    stated: Mapping[str, float | None],
) -> dict[str, float]:
    """Return class -> percent of the white cells at which a diagnosis turns.

    Args:
        classes: of a model.
        roles: class -> role, as the card gives it.
        stated: class -> limit, as the card gives it; None for a class that has none. A class with
            the role alert of which nothing is stated has the default.
    """
    names = tuple(classes)
    limits: dict[str, float | None] = dict.fromkeys(
        classes_with_role(ClassRole.ALERT, names, roles), DEFAULT_ALERT_LIMIT
    )
    limits |= {name: stated[name] for name in names if name in stated}
    return {name: limit for name, limit in limits.items() if limit is not None}
