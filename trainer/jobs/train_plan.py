"""What a training has to do, settled and checked before anything long begins."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trainer.data.item import some_names
from trainer.data.manifest import Manifest, read_manifest
from trainer.data.split import split_manifest
from trainer.errors import UserError
from trainer.imaging.view import View
from trainer.jobs.events import Emit, Notice
from trainer.jobs.model_opening import registry_of
from trainer.jobs.requests import TrainRequest
from trainer.jobs.training_data import without_leaks
from trainer.models.backbones import Backbone, find_backbone
from trainer.models.card import HeadSpec
from trainer.training.recipe import Recipe

# Cells are small: this is enough to tell them apart, and quick to train on a CPU.
INPUT_SIZE = 128


@dataclass(frozen=True, eq=False)
class Plan:
    """What will be trained, settled before anything long begins."""

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

    @property
    def outputs(self) -> tuple[str, ...]:
        """Classes, then other classes: the order of the logits."""
        return self.classes + self.others


def plan_of(request: TrainRequest, emit: Emit) -> Plan:
    """Check everything that can be checked before the long work.

    Raises:
        UserError: something does not do.
    """
    row = find_backbone(request.backbone)
    settings: dict[str, Any] = dict(request.recipe)
    size = int(settings.pop("input_size", max(INPUT_SIZE, row.smallest)))
    view = View(kind=settings.pop("view", "cell"))
    head = HeadSpec(
        hidden=int(settings.pop("hidden", 0)), dropout=float(settings.pop("dropout", 0.3))
    )
    recipe = recipe_of(settings, request)
    name, place = _place(request, row)
    manifest = _splits(read_manifest(Path(request.data)), request, emit)
    others = tuple(name for name in request.other_classes if name in manifest.classes)
    if missing := sorted(set(request.other_classes) - set(others)):
        raise UserError(f"The data hold no images of {some_names(missing)}.")
    classes = tuple(name for name in manifest.classes if name not in others)
    return Plan(name, place, row.name, classes, others, size, view, head, recipe, manifest)


def _place(request: TrainRequest, row: Backbone) -> tuple[str, Path]:
    """Id and folder of the new package; it must not be there yet."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    name = request.name or f"{row.name.lower()}-{stamp}"
    place = Path(request.out) if request.out else registry_of(request.data_dir).user / name
    if place.exists():
        raise UserError(
            f"There is already something in {place}.", "Choose another --out or --name."
        )
    return name, place


def _splits(manifest: Manifest, request: TrainRequest, emit: Emit) -> Manifest:
    """With splits, and without training images that are held-out images too."""
    if not manifest.split("train"):
        manifest = split_manifest(manifest, seed=request.seed)
        emit(Notice("The data say nothing of splits; they were split by class."))
    manifest, leaked = without_leaks(manifest)
    if leaked:
        emit(Notice(f"{len(leaked)} training images also lie in val or test and were left out."))
    return manifest


def recipe_of(settings: dict[str, Any], request: TrainRequest) -> Recipe:
    """The default recipe with what was asked to differ.

    Raises:
        UserError: a setting that the recipe does not have.
    """
    base = Recipe(seed=request.seed)
    known = {field.name for field in fields(base)}
    inner = {field.name for field in fields(base.augmentation)}
    if strange := sorted(set(settings) - known - inner):
        raise UserError(
            f"The recipe has no setting {some_names(strange)}.",
            f"It has {', '.join(sorted((known | inner) - {'augmentation'}))}.",
        )
    changed = {name: value for name, value in settings.items() if name in inner}
    recipe = replace(
        base,
        augmentation=replace(base.augmentation, **changed),
        **{name: value for name, value in settings.items() if name in known},
    )
    return replace(recipe, steps=request.steps or recipe.steps)
