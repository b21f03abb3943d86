"""From a model's name to a classifier that is ready to serve.

What a run must remember of its model, so that its results can be read without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from trainer.atomic_files import sha256_of
from trainer.domain import ExecutionInfo
from trainer.imaging.stain_normalization import StainNormalization
from trainer.imaging.view import View
from trainer.inference.classifier import Classifier
from trainer.inference.devices import Device, choose_engine
from trainer.inference.feature_distance import NearestNeighbours
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.inference.policy import Policy
from trainer.locations import data_folder, resources_folder
from trainer.models.package.card import Card, Thresholds, ViewSpec
from trainer.models.package.layout import Package
from trainer.models.package.registry import Registry
from trainer.protocol.events import Emit, execution_result
from trainer.protocol.requests import DoubtsRequest, EvaluateRequest, ExplainRequest


class NamedOutputs(Protocol):
    """Whatever names the outputs of a model: a card, or the facts kept of one."""

    @property
    def classes(self) -> tuple[str, ...]:
        """What the model reports."""

    @property
    def other_classes(self) -> tuple[str, ...]:
        """What it recognises as outside of them."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """All of them, in order."""


@dataclass(frozen=True)
class ModelFacts:
    """The part of a card that results refer to.

    Attributes:
        sha256: of card.json, which names the hash of every other file of the package.
        calibrated_for: names of the sources in the card.
    """

    id: str
    sha256: str
    backbone: str
    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    thresholds: Thresholds
    calibrated_for: tuple[str, ...]

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
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all outputs of the network, in order."""
        return self.classes + self.other_classes

    def to_json(self) -> dict[str, Any]:
        """As in summary.json."""
        return {
            "id": self.id,
            "card_sha256": self.sha256,
            "backbone": self.backbone,
            "classes": list(self.classes),
            "other_classes": list(self.other_classes),
            "thresholds": self.thresholds.model_dump(),
            "calibrated_for": list(self.calibrated_for),
        }


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A model package at work.

    Attributes:
        card: its card.
        sha256: of its card.json, which names the hash of every other file.
        classifier: ready to run.
        reason: why this device and precision, in words.
        graph: the package's graph, for going on elsewhere.
    """

    card: Card
    sha256: str
    classifier: Classifier
    reason: str
    graph: Path

    @property
    def execution(self) -> ExecutionInfo:
        """Device and precision, and why."""
        engine = self.classifier.engine
        return ExecutionInfo(engine.device, engine.precision.value, self.reason)

    @property
    def package(self) -> Package:
        """Where it was found; its files were verified then."""
        return Package(self.graph.parent, self.card)

    @property
    def view(self) -> View:
        """What the network is shown."""
        return view_of(self.card)

    def on_cpu(self, reason: str) -> OpenedModel:
        """The same model on the CPU, in the same precision."""
        engine = OpenVinoEngine(self.graph, precision=self.classifier.engine.precision)
        return replace(self, classifier=replace(self.classifier, engine=engine), reason=reason)


def registry_of(data_dir: str | None) -> Registry:
    """The models of the user's data folder and those that ship with the program."""
    folder = data_folder(data_dir)
    return Registry(folder / "models", resources_folder() / "models")


def open_model(
    name: str,
    *,
    data_dir: str | None,
    device: Device,
    precision: Literal["exact", "fast"],
    emit: Emit,
) -> OpenedModel:
    """Find a model, verify every file of it, load it on the device asked for, and say which.

    Args:
        name: id or folder; empty for the serving model.

    Raises:
        UserError: no such model, or no such device.
        PackageError: the package is damaged.
    """
    package = registry_of(data_dir).find(name)
    card = package.card

    def build_network() -> Any:
        from trainer.models.network.load import load_network

        return load_network(package)

    chosen = choose_engine(
        package.graph,
        build_network,
        device=device,
        precision=precision,
        admitted=card.admitted,
    )
    classifier = Classifier(
        model=card.id,
        engine=chosen.engine,
        head=package.head(),
        policy=policy_of(card),
        temperature=card.temperature,
        reference=NearestNeighbours.of(package.reference().pooled, card.distance.k),
        distance_limit=card.thresholds.unknown_distance or 1.0,
        grid=_receptive_field_grid(card),
    )
    digest = sha256_of(package.path / "card.json")
    reason = chosen.reason or "as asked for"
    opened = OpenedModel(card, digest, classifier, reason, package.graph)
    emit(execution_result(opened.execution, visible=device == "auto" or precision == "fast"))
    return opened


def open_exact(
    request: DoubtsRequest | EvaluateRequest | ExplainRequest, emit: Emit
) -> OpenedModel:
    """The model that a request names, on its device, in exact arithmetic; as `open_model`."""
    return open_model(
        request.model,
        data_dir=request.data_dir,
        device=request.device,
        precision="exact",
        emit=emit,
    )


def _receptive_field_grid(card: Card) -> tuple[float, float] | None:
    if card.grid is None:
        return None
    return card.grid.first / card.input_size, card.grid.step / card.input_size


def view_of(card: Card) -> View:
    """What the card says the network is shown."""
    return view_of_spec(card.view)


def view_of_spec(spec: ViewSpec) -> View:
    """A view as `trainer.imaging` takes it."""
    toning = StainNormalization(spec.toning.white, spec.toning.stain)
    return View(spec.kind, spec.red_cells, spec.grey, spec.feather, toning)


def policy_of(card: Card) -> Policy:
    """What the card says about deciding."""
    return Policy(
        card.classes,
        card.other_classes,
        card.thresholds.review_probability,
        card.thresholds.unknown_probability,
    )
