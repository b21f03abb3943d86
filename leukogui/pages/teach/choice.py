"""What a person chooses in the retrain wizard, and the request that comes of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from trainer.models.package.card import Card
    from trainer.protocol.adaptation_requests import AdaptRequest
    from trainer.protocol.training_requests import ForecastRequest, TrainRequest, TuneRequest

TUNING = "tuning"
"""Folder of the study in that of a training."""
Start = Literal["adapt", "from_model", "new"]
Preset = Literal["head", "finetune", "full"]


def free_name(base: str, taken: Collection[str]) -> str:
    """The first of `base-2`, `base-3`, … that is not taken."""
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


@dataclass
class RetrainChoice:
    """The choices so far.

    Attributes:
        cases: folders of cases whose reviewed cells are learned from; else `path` is.
        path: folder of classes, CSV or annotations.
        folder: of the training, in which its CSV of reviewed cells and its audit are kept.
        start: adapt the serving model, go on from it, or a new network.
        tunes: find a recipe first, by `trials` recipes that are begun within `hours` (0: no limit).
        classes: labels to learn as classes; `outside`, those that count as unknown.
        weights: of a new network: "imagenet", or a file; may be downloaded where `download`.
        serving: the model that serves; None: none does.
    """

    folder: Path
    serving: Card | None = None
    cases: list[Path] = field(default_factory=list)
    path: Path | None = None
    start: Start = "from_model"
    preset: Preset = "finetune"
    backbone: str = "MobileNetV2"
    weights: str = "imagenet"
    download: bool = False
    seed: int = 0
    tunes: bool = False
    trials: int = 20
    hours: int = 0
    classes: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    name: str = ""

    @property
    def data(self) -> Path:
        """What is audited and learned from: what was chosen, or the table of reviewed cells."""
        return self.path if self.path is not None else self.folder / "cells.csv"

    @property
    def begins_at(self) -> str:
        """Name of the model or network that it begins at, for a name of its own."""
        if self.start == "new" or self.serving is None:
            return self.backbone.lower()
        return self.serving.id

    def request(self) -> TrainRequest | AdaptRequest | TuneRequest:
        """The training as the worker wants it."""
        if self.start == "adapt":
            return self._adapt_request()
        return self._tune_request() if self.tunes else self._train_request()

    def forecast_request(self) -> ForecastRequest:
        """The forecast of a training, or of the tuning before it."""
        from trainer.protocol.training_requests import ForecastRequest

        training = self._train_request()
        if not self.tunes:
            return ForecastRequest(training=training)
        return ForecastRequest(training=training, trials=self.trials, minutes=self._minutes)

    def _adapt_request(self) -> AdaptRequest:
        from trainer.protocol.adaptation_requests import AdaptRequest

        assert self.serving is not None
        known = self.serving.classes
        one_case = self.cases[0] if len(self.cases) == 1 else None
        return AdaptRequest(
            data=str(one_case or self.data),  # of a case itself features are stored
            from_model=self.serving.id,
            new_classes=tuple(name for name in self.classes if name not in known),
            name=self.name,
        )

    @property
    def _minutes(self) -> float | None:
        return 60.0 * self.hours or None

    def _tune_request(self) -> TuneRequest:
        from trainer.protocol.training_requests import TuneRequest

        training = self._train_request()
        same = {"data", "backbone", "weights", "download", "from_model", "preset", "seed"}
        return TuneRequest(
            **training.model_dump(include=same | {"other_classes"}),
            out=str(self.folder / TUNING),
            trials=self.trials,
            minutes=self._minutes,
        )

    def _train_request(self) -> TrainRequest:
        from trainer.protocol.training_requests import TrainRequest

        is_new = self.start == "new" or self.serving is None
        return TrainRequest(
            data=str(self.data),
            backbone=self.backbone if is_new else "",
            weights=self.weights if is_new else "imagenet",
            download=self.download and is_new,
            from_model=None if is_new or self.serving is None else self.serving.id,
            preset=self.preset,
            seed=self.seed,
            other_classes=tuple(self.outside),
            name=self.name,
        )
