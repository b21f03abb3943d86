"""From a model's name to a classifier that is ready to run; and the facts of a model that a
run stores, so that its results can be read without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from trainer.atomic_files import sha256_of
from trainer.domain import ClassRole, ExecutionInfo
from trainer.inference.classifier import Classifier
from trainer.inference.devices import Device
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.locations import data_folder
from trainer.models.package.card import Card
from trainer.models.package.class_roles import classes_with_role, limits_of_classes
from trainer.models.package.evidence import ConfusionRow, ExternalMeasurement
from trainer.models.package.layout import Package
from trainer.models.package.map_gates import MapGates
from trainer.models.package.registry import registry_of
from trainer.models.package.thresholds import Thresholds
from trainer.protocol.events import Emit, execution_result
from trainer.protocol.requests import ExplainRequest
from trainer.protocol.training_requests import DoubtsRequest, EvaluateRequest


class NamedOutputs(Protocol):
    """Whatever names the outputs of a model: a card, or the facts stored of one."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes that the model reports."""

    @property
    def other_classes(self) -> tuple[str, ...]:
        """Classes that it recognises as outside of those."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """All of them, in order."""

    def classes_with_role(self, role: ClassRole) -> tuple[str, ...]:
        """Return the classes that have a role, in order."""

    @property
    def diagnostic_limits(self) -> dict[str, float]:
        """Class -> percent of the white cells at which a diagnosis turns."""


@dataclass(frozen=True)
class ModelFacts:
    """The part of a card that results refer to.

    Attributes:
        sha256: of card.json, which names the hash of every other file of the package.
        calibrated_for: names of the sources in the card.
        roles: class -> role, as the card states it.
        review_probabilities: source -> threshold of its own, of those that have one.
        limits: class -> percent at which a diagnosis turns, as the card states it.
        elsewhere: what was measured on sources that are not in the card.
        confusion: class -> what became of its test cells; empty: not counted.
        map_gates: of its heat maps; None: not checked.
    """

    id: str
    sha256: str
    backbone: str
    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    thresholds: Thresholds
    calibrated_for: tuple[str, ...]
    roles: Mapping[str, ClassRole] = field(default_factory=dict)
    review_probabilities: Mapping[str, float] = field(default_factory=dict)
    limits: Mapping[str, float | None] = field(default_factory=dict)
    elsewhere: tuple[ExternalMeasurement, ...] = ()
    confusion: Mapping[str, ConfusionRow] = field(default_factory=dict)
    map_gates: MapGates | None = None

    @classmethod
    def of(cls, card: Card, sha256: str) -> ModelFacts:
        """The facts of a card."""
        return cls(
            card.id,
            sha256,
            card.backbone,
            card.classes,
            card.other_classes,
            card.thresholds,
            tuple(each.name for each in card.sources),
            card.roles,
            {
                each.name: each.calibration.review_probability
                for each in card.sources
                if each.calibration is not None
            },
            card.limits,
            card.elsewhere,
            card.confusion,
            card.map_gates,
        )

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> ModelFacts:
        """What `to_json` returned, as read back."""
        return cls(
            record["id"],
            record["card_sha256"],
            record["backbone"],
            tuple(record["classes"]),
            tuple(record["other_classes"]),
            Thresholds(**record["thresholds"]),
            tuple(record["calibrated_for"]),
            {name: ClassRole(role) for name, role in record.get("roles", {}).items()},
            record.get("review_probabilities", {}),
            record.get("limits", {}),
            tuple(ExternalMeasurement(**each) for each in record.get("elsewhere", ())),
            {name: ConfusionRow(**row) for name, row in record.get("confusion", {}).items()},
            MapGates.model_validate(record["map_gates"]) if "map_gates" in record else None,
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs of the network, in order."""
        return self.classes + self.other_classes

    def classes_with_role(self, role: ClassRole) -> tuple[str, ...]:
        """Return the classes that have a role, in order."""
        return classes_with_role(role, self.classes, self.roles)

    @property
    def diagnostic_limits(self) -> dict[str, float]:
        """Class -> percent of the white cells at which a diagnosis turns."""
        return limits_of_classes(self.classes, self.roles, self.limits)

    @property
    def has_alert(self) -> bool:
        """Whether cells of sources that it does not know are compared with an alert class."""
        return self.thresholds.alert is not None and bool(self.classes_with_role(ClassRole.ALERT))

    def to_json(self) -> dict[str, Any]:
        """As in summary.json; what a card may leave out only where it states some."""
        stated = {name: role.value for name, role in self.roles.items()}
        elsewhere = [each.model_dump() for each in self.elsewhere]
        confusion = {name: row.model_dump() for name, row in self.confusion.items()}
        return {
            "id": self.id,
            "card_sha256": self.sha256,
            "backbone": self.backbone,
            "classes": list(self.classes),
            "other_classes": list(self.other_classes),
            "thresholds": self.thresholds.model_dump(),
            "calibrated_for": list(self.calibrated_for),
            **({"roles": stated} if stated else {}),
            **({"review_probabilities": dict(own)} if (own := self.review_probabilities) else {}),
            **({"limits": dict(self.limits)} if self.limits else {}),
            **({"elsewhere": elsewhere} if elsewhere else {}),
            **({"confusion": confusion} if confusion else {}),
            **({"map_gates": self.map_gates.model_dump(mode="json")} if self.map_gates else {}),
        }


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A model package at work.

    Attributes:
        package: where it was found; its files were verified then.
        sha256: of its card.json, which names the hash of every other file.
        classifier: ready to run.
    """

    package: Package
    sha256: str
    classifier: Classifier

    @property
    def card(self) -> Card:
        """Its card."""
        return self.package.card

    @property
    def facts(self) -> ModelFacts:
        """The part of its card that results refer to."""
        return ModelFacts.of(self.card, self.sha256)

    @property
    def execution(self) -> ExecutionInfo:
        """Device and precision, and why."""
        return self.classifier.execution

    def on_cpu(self, reason: str) -> OpenedModel:
        """The same model on the CPU, in the same precision; `reason` in words."""
        engine = OpenVinoEngine(self.package.graph, precision=self.classifier.engine.precision)
        return replace(self, classifier=replace(self.classifier, engine=engine, reason=reason))


def open_model(
    name: str,
    *,
    data: Path,
    device: Device,
    precision: Literal["exact", "fast"],
    emit: Emit,
    meanwhile: Callable[[], object] = list,
) -> OpenedModel:
    """Find a model, verify its files, load it on the device wanted, and emit which that is.

    Args:
        name: id or folder; empty for the serving model.
        data: folder of the user's models.
        meanwhile: called while the engine is built; nothing by default.

    Raises:
        UserError: no such model, or no such device.
        PackageError: the package is damaged.
    """
    package = registry_of(data).find(name)
    classifier = Classifier.from_package(
        package, device=device, precision=precision, meanwhile=meanwhile
    )
    digest = sha256_of(package.path / "card.json")
    opened = OpenedModel(package, digest, classifier)
    emit(execution_result(opened.execution, visible=device == "auto" or precision == "fast"))
    return opened


def open_exact(
    request: DoubtsRequest | EvaluateRequest | ExplainRequest, emit: Emit
) -> OpenedModel:
    """Open the model that a request names, on its device, in exact arithmetic."""
    return open_model(
        request.model,
        data=data_folder(request.data_dir),
        device=request.device,
        precision="exact",
        emit=emit,
    )
