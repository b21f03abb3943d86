"""What requests and messages are made of: their base class, and the types of their fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from trainer.domain import ClassRole

Device = Literal["auto", "cpu", "gpu"]
Alert = Literal["careful", "balanced", "off"]
"""The values of `domain.AlertLevel`."""

# JSON has lists only, so these are not strict.
Names = Annotated[tuple[str, ...], Field(strict=False)]
Paths = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


class ProtocolRecord(BaseModel):
    """Base of everything on the wire: frozen, strict, no unknown fields, no NaN."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


class LabelledDataRequest(ProtocolRecord):
    """Base of the requests that read labelled data.

    Attributes:
        merge_labels: take labels as one that differ only in case, spaces, underscores, hyphens
            or invisible characters; else they are an error.
        any_suffix: files in folders of classes that are images by their content are taken
            whatever their names; backups are not.
    """

    merge_labels: bool = False
    any_suffix: bool = False


class ModelDescription(ProtocolRecord):
    """Fields of a model's card that cannot be measured.

    Attributes:
        elsewhere: what was measured on sources that were not learned from, a sentence each.
        roles: class -> role of classes that differ from the defaults.
        limits: class -> percent of the white cells at which a diagnosis turns, of classes that
            differ from the defaults; None: of none.
        style_reference_class: class that every source has, on which stain styles are
            measured; None: as the model before it, or the default.
    """

    title: str = ""
    licence: str = ""
    attribution: Names = ()
    tried: Names = ()
    notes: Names = ()
    elsewhere: Names = ()
    roles: dict[str, Annotated[ClassRole, Field(strict=False)]] = Field(default_factory=dict)
    limits: dict[str, Annotated[float, Field(gt=0, lt=100)] | None] = Field(default_factory=dict)
    style_reference_class: str | None = None
