"""What a training does: all of it that is decided before its data are read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trainer.atomic_files import (
    BYTES_PER_WEIGHT,
    ensure_writable,
    free_bytes,
    nearest_existing,
)
from trainer.edition import require_package
from trainer.errors import UserError
from trainer.imaging.stain_normalization import DEFAULT_NORMALIZATION, NO_NORMALIZATION
from trainer.imaging.view import View
from trainer.jobs.common.package_location import choose_folder, refuse_existing
from trainer.jobs.train.class_roles import stated_style_reference
from trainer.jobs.train.requirements import refuse_impossible_model
from trainer.locations import cache_folder, data_folder
from trainer.models.backbones import Backbone, find_backbone
from trainer.models.package.card import (
    Card,
    FeatureMapSpec,
    HeadSpec,
    StainNormalizationSpec,
    ViewSpec,
)
from trainer.models.package.evidence import LeftOutTable
from trainer.models.package.layout import Package
from trainer.models.package.registry import Registry, registry_of
from trainer.protocol.training_requests import TrainRequest
from trainer.training.recipe import PRESETS, Recipe, override_recipe

# Cells are small: this is enough to tell them apart, and quick to train on a CPU.
INPUT_SIZE = 128


@dataclass(frozen=True, eq=False)
class Plan:
    """What will be trained, and how.

    Attributes:
        id: of the new model.
        folder: of its package; not there yet.
        size: side of the network's input in pixels.
        registry: where the parent and the models before it are found.
        parent: the package that is gone on from, or None.
        left_out: what the request's table says of the recipe, for the card.
    """

    request: TrainRequest
    id: str
    folder: Path
    backbone: Backbone
    size: int
    view: View
    head: HeadSpec
    feature_map: FeatureMapSpec
    recipe: Recipe
    registry: Registry
    parent: Package | None = None
    left_out: LeftOutTable | None = None

    @property
    def finetunes(self) -> bool:
        """Whether layers below the head are trained, too."""
        return "finetune" in self.recipe.stages

    @property
    def starts_random(self) -> bool:
        """Whether the network starts from random weights."""
        return self.parent is None and self.request.weights == "none"


@dataclass(frozen=True)
class _NetworkSettings:
    """What network it will be, beside its backbone."""

    size: int
    view: View
    head: HeadSpec
    feature_map: FeatureMapSpec


def build_plan(request: TrainRequest) -> Plan:
    """Check all that can be checked without the data; return what will be trained.

    Raises:
        UserError: the request names what is not there, or what no model can be.
    """
    _refuse_missing_weights(request)
    registry = registry_of(data_folder(request.data_dir))
    parent = registry.find(request.from_model) if request.from_model else None
    backbone = find_backbone(request.backbone or (parent.card.backbone if parent else ""))
    settings: dict[str, Any] = dict(request.recipe)
    if style := stated_style_reference(request.about, parent.card if parent else None):
        settings.setdefault("looks_on", style)
    network = (
        _network_of_parent(request, backbone, settings, parent.card)
        if parent
        else _network_from_settings(backbone, settings)
    )
    name, folder = _package_location(request, backbone, registry)
    refuse_impossible_model(
        name, backbone, network.size, network.view, network.head, network.feature_map
    )
    if parent is None and request.weights == "none":
        settings.setdefault("batch_norm", True)  # what it measured so far is of no cell
    recipe = build_recipe(settings, request)
    _refuse_centring(recipe, network.feature_map)
    if parent is None or "finetune" in recipe.stages:
        require_package("keras", "Training a network")
    return Plan(
        request,
        name,
        folder,
        backbone,
        network.size,
        network.view,
        network.head,
        network.feature_map,
        recipe,
        registry,
        parent,
        _read_left_out_table(request.left_out_table),
    )


def _refuse_missing_weights(request: TrainRequest) -> None:
    if request.from_model or request.weights in ("imagenet", "none"):
        return
    if not Path(request.weights).is_file():
        raise UserError(
            f"There is no file of weights “{request.weights}”.",
            "Give --weights imagenet, none, or a file.",
        )


def _network_from_settings(backbone: Backbone, settings: dict[str, Any]) -> _NetworkSettings:
    """A new network; takes its own settings out of the recipe's."""
    kind = settings.pop("view", "cell")
    usual = DEFAULT_NORMALIZATION if kind == "cell" else NO_NORMALIZATION
    try:
        toning = StainNormalizationSpec(
            white=settings.pop("white", usual.white), stain=settings.pop("stain", usual.stain)
        )
        view = ViewSpec(kind=kind, toning=toning)
        head = HeadSpec(hidden=settings.pop("hidden", 0), dropout=settings.pop("dropout", 0.3))
        feature_map = FeatureMapSpec(
            output_stride=settings.pop("output_stride", None),
            pooling=settings.pop("pooling", "mean"),
        )
        size = int(settings.pop("input_size", max(INPUT_SIZE, backbone.smallest)))
    except ValueError as error:
        raise UserError(
            "A setting of the network cannot be what was given.", _describe_invalid_value(error)
        ) from error
    return _NetworkSettings(size, view.to_view(), head, feature_map)


def _describe_invalid_value(error: ValueError) -> str:
    """Name the setting, and what it can be."""
    if not isinstance(error, ValidationError):
        return f"input_size is a number of pixels: {error}."
    first = error.errors()[0]
    return f"{first['loc'][-1]}: {first['msg']}."


def _network_of_parent(
    request: TrainRequest, backbone: Backbone, settings: dict[str, Any], card: Card
) -> _NetworkSettings:
    """As the model that is gone on from; a setting that differs is refused."""
    network = _NetworkSettings(card.input_size, card.view.to_view(), card.head, card.feature_map)
    if backbone.name != card.backbone:
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
        "output_stride": network.feature_map.output_stride,
        "pooling": network.feature_map.pooling,
    }
    for name in own.keys() & settings.keys():
        if settings.pop(name) != own[name]:
            raise UserError(
                f"The model {card.id} has {name}={own[name]}; what goes on from it keeps that.",
                "Leave the setting out, or train from weights instead.",
            )
    return network


def _read_left_out_table(file: str | None) -> LeftOutTable | None:
    if not file:
        return None
    try:
        return LeftOutTable.model_validate_json(Path(file).read_bytes())
    except (OSError, ValidationError) as error:
        raise UserError(
            f"“{file}” is no table of what was left out.", "Give the left-out.json of `left-out`."
        ) from error


def _refuse_centring(recipe: Recipe, feature_map: FeatureMapSpec) -> None:
    if recipe.centring and feature_map.pooling == "cell_mean":
        raise UserError(
            "centring is for the mean over all places of the feature map.",
            "With pooling=cell_mean what lies beside the cell does not count; leave centring out.",
        )


def _package_location(
    request: TrainRequest, backbone: Backbone, registry: Registry
) -> tuple[str, Path]:
    """Id and folder of the new package; it must not be there yet."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    name = request.name or f"{backbone.name.lower()}-{stamp}"
    folder = choose_folder(name, request.out, registry)
    refuse_existing(folder)
    return name, folder


def build_recipe(settings: dict[str, Any], request: TrainRequest) -> Recipe:
    """Build the recipe: the preset's, with the settings that differ.

    Raises:
        UserError: a setting that the recipe does not have, or a value that it cannot be.
    """
    recipe = override_recipe(PRESETS[request.preset], settings)
    return replace(recipe, seed=request.seed, steps=request.steps or recipe.steps)


# A head alone is packed with the files of its extractor, whose weights are float16.
_HEAD_BYTES_PER_WEIGHT = 8
# State and best weights, at float32; the state before is there until the next one is whole.
_CHECKPOINT_BYTES_PER_WEIGHT = 16


def needed_bytes(plan: Plan) -> dict[Path, int]:
    """Bytes that a training writes at most, by folder: its package, and its checkpoint."""
    weights = plan.backbone.parameters
    bytes_per_weight = BYTES_PER_WEIGHT if plan.finetunes else _HEAD_BYTES_PER_WEIGHT
    needed = {plan.folder.parent: bytes_per_weight * weights}
    if plan.finetunes:
        needed[cache_folder()] = _CHECKPOINT_BYTES_PER_WEIGHT * weights
    return needed


def ensure_room(plan: Plan) -> None:
    """Make the folder that the package goes to; refuse a training that would fill its disk.

    Raises:
        UserError: the folder cannot be written to, or a disk clearly has too little room for
            the package, or, where layers are trained, for the checkpoint from which an
            interrupted training goes on.
    """
    ensure_writable(plan.folder.parent)
    needed = needed_bytes(plan)
    disks: dict[int, list[Path]] = defaultdict(list)
    for folder in needed:
        disks[nearest_existing(folder).stat().st_dev].append(folder)
    for folders in disks.values():
        total, free = sum(needed[folder] for folder in folders), free_bytes(folders[0])
        if free < total:
            names = " and ".join(str(folder) for folder in folders)
            raise UserError(
                f"The disk is full: the training needs about {total:,} bytes in {names}, "
                f"{free:,} are free.",
                "Make room, or choose another place; nothing was begun.",
            )
