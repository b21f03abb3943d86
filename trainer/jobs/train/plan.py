"""What a training has to do, settled and checked before anything long begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.data.item import format_names
from trainer.data.manifest import Manifest, digest_of
from trainer.errors import UserError
from trainer.imaging.stain_normalization import DEFAULT_NORMALIZATION, NO_NORMALIZATION
from trainer.imaging.view import View
from trainer.jobs.common.labelled_cells import read_data
from trainer.jobs.common.leakage import TrainingHistory, training_history_of
from trainer.jobs.common.opened_model import registry_of
from trainer.jobs.common.splits import describe_caveats, ensure_splits
from trainer.jobs.train.class_roles import (
    ClassRoles,
    select_class_roles,
    stated_style_reference,
)
from trainer.models.backbones import Backbone, find_backbone
from trainer.models.package.card import MODEL_ID, Card, HeadSpec, StainNormalizationSpec, ViewSpec
from trainer.models.package.layout import Package
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import TrainRequest
from trainer.training.recipe import PRESETS, Recipe, override_recipe

# Cells are small: this is enough to tell them apart, and quick to train on a CPU.
INPUT_SIZE = 128


@dataclass(frozen=True, eq=False)
class Plan:
    """What will be trained, settled before anything long begins.

    Attributes:
        parent: the package that is gone on from, or None.
        parent_history: what that learned from.
        class_roles: what the card states of the classes.
        notes: what may make the figures too good, in words.
        hashes: SHA-256 of every file of the manifest.
    """

    id: str
    folder: Path
    backbone: str
    classes: tuple[str, ...]
    others: tuple[str, ...]
    size: int
    view: View
    head: HeadSpec
    recipe: Recipe
    manifest: Manifest
    hashes: Mapping[Path, str]
    parent: Package | None = None
    parent_history: TrainingHistory = field(default_factory=TrainingHistory)
    notes: tuple[str, ...] = ()
    class_roles: ClassRoles = field(default_factory=ClassRoles)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Classes, then other classes: the order of the logits."""
        return self.classes + self.others

    def digest(self) -> str:
        """SHA-256 of the data, as `Manifest.digest`."""
        items = self.manifest.items
        return digest_of(items, [self.hashes[item.path] for item in items])


@dataclass(frozen=True)
class _NetworkSettings:
    """What kind of network it will be."""

    backbone: Backbone
    size: int
    view: View
    head: HeadSpec


def build_plan(request: TrainRequest, emit: Emit) -> Plan:
    """Check everything that can be checked before the long work.

    Raises:
        UserError: something does not do.
    """
    _refuse_missing_weights(request)
    registry, parent = registry_of(request.data_dir), None
    if request.from_model:
        parent = registry.find(request.from_model)
    settings: dict[str, Any] = dict(request.recipe)
    kind = (
        _network_of_parent(request, settings, parent.card)
        if parent
        else _network_from_request(request, settings)
    )
    if request.weights == "none" and not parent:
        settings.setdefault("batch_norm", True)  # as it begins, it says nothing of any cell
    parent_card = parent.card if parent else None
    if style := stated_style_reference(request.about, parent_card):
        settings.setdefault("looks_on", style)
    recipe = build_recipe(settings, request)
    name, place = _package_location(request, kind.backbone)
    learned = training_history_of(parent, registry) if parent else TrainingHistory()
    data = read_data(request.data, emit)
    manifest, hashes = ensure_splits(data, request.seed, parent, learned, emit)
    classes, others = _split_outputs(manifest, request, parent)
    roles = select_class_roles(request.about, parent_card, classes, others)
    notes = (
        *_describe_lost_classes(classes + others, parent),
        *describe_caveats(manifest, hashes, learned),
    )
    for note in notes:
        emit(JobWarning(note))
    return Plan(
        name,
        place,
        kind.backbone.name,
        classes,
        others,
        kind.size,
        kind.view,
        kind.head,
        recipe,
        manifest,
        hashes,
        parent,
        learned,
        notes,
        roles,
    )


def _refuse_missing_weights(request: TrainRequest) -> None:
    if request.from_model or request.weights in ("imagenet", "none"):
        return
    if not Path(request.weights).is_file():
        raise UserError(
            f"There is no file of weights “{request.weights}”.",
            "Give --weights imagenet, none, or a file.",
        )


def _network_from_request(request: TrainRequest, settings: dict[str, Any]) -> _NetworkSettings:
    """As asked for; takes its own settings out of the recipe's."""
    row = find_backbone(request.backbone)
    kind = settings.pop("view", "cell")
    usual = DEFAULT_NORMALIZATION if kind == "cell" else NO_NORMALIZATION
    try:
        toning = StainNormalizationSpec(
            white=settings.pop("white", usual.white), stain=settings.pop("stain", usual.stain)
        )
        view = ViewSpec(kind=kind, toning=toning)
        head = HeadSpec(hidden=settings.pop("hidden", 0), dropout=settings.pop("dropout", 0.3))
        size = int(settings.pop("input_size", max(INPUT_SIZE, row.smallest)))
    except ValueError as error:
        raise UserError(
            "A setting of the network cannot be what was given.", _describe_invalid_value(error)
        ) from error
    return _NetworkSettings(row, size, view.to_view(), head)


def _describe_invalid_value(error: ValueError) -> str:
    """Which setting, and what it can be, in words."""
    if not isinstance(error, ValidationError):
        return f"input_size is a number of pixels: {error}."
    first = error.errors()[0]
    return f"{first['loc'][-1]}: {first['msg']}."


def _network_of_parent(
    request: TrainRequest, settings: dict[str, Any], card: Card
) -> _NetworkSettings:
    """As the model that is gone on from; a setting that differs is refused."""
    network = _NetworkSettings(
        find_backbone(card.backbone), card.input_size, card.view.to_view(), card.head
    )
    if request.backbone and find_backbone(request.backbone) is not network.backbone:
        raise UserError(
            f"The model {card.id} is a {card.backbone}, not a {request.backbone}.",
            "Leave --backbone out, or train from weights instead.",
        )
    own = {
        "input_size": network.size,
        "view": network.view.kind,
        "white": network.view.toning.white,
        "stain": network.view.toning.stain,
        "hidden": network.head.hidden,
        "dropout": network.head.dropout,
    }
    for name in own.keys() & settings.keys():
        if settings.pop(name) != own[name]:
            raise UserError(
                f"The model {card.id} has {name}={own[name]}; what goes on from it keeps that.",
                "Leave the setting out, or train from weights instead.",
            )
    return network


def _split_outputs(
    manifest: Manifest, request: TrainRequest, parent: Package | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Classes and other classes; in the order of the parent's where they are the same."""
    asked = request.other_classes
    if parent and not asked:
        asked = tuple(name for name in parent.card.other_classes if name in manifest.classes)
    if missing := sorted(set(asked) - set(manifest.classes)):
        raise UserError(f"The data hold no images of {format_names(missing)}.")
    classes = tuple(name for name in manifest.classes if name not in asked)
    if parent and set(classes) == set(parent.card.classes):
        classes = parent.card.classes
    return classes, asked


def _describe_lost_classes(outputs: tuple[str, ...], parent: Package | None) -> Iterator[str]:
    """Classes of the model before that the new one will not know."""
    before = parent.card.classes if parent else ()
    if lost := [name for name in before if name not in outputs]:
        yield (
            f"The data hold no {format_names(lost)}, which the model before this one tells apart: "
            "the new one will not know them."
        )


def _package_location(request: TrainRequest, row: Backbone) -> tuple[str, Path]:
    """Id and folder of the new package; it must not be there yet."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    name = request.name or f"{row.name.lower()}-{stamp}"
    if not re.fullmatch(MODEL_ID, name):
        raise UserError(
            f"A model cannot be called “{name}”.",
            "An id has up to 64 small letters, digits, points, lines and underlines.",
        )
    place = Path(request.out) if request.out else registry_of(request.data_dir).user / name
    if place.exists():
        raise UserError(
            f"There is already something in {place}.", "Choose another --out or --name."
        )
    return name, place


def build_recipe(settings: dict[str, Any], request: TrainRequest) -> Recipe:
    """The preset's recipe with what was asked to differ.

    Raises:
        UserError: a setting that the recipe does not have, or a value that it cannot be.
    """
    recipe = override_recipe(PRESETS[request.preset], settings)
    return replace(recipe, seed=request.seed, steps=request.steps or recipe.steps)
