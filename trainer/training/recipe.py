"""How a network is trained: all stages and numbers that decide the result, in one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from trainer.errors import UserError
from trainer.models.package.class_roles import DEFAULT_STYLE_REFERENCE_CLASS
from trainer.training.augmentation import Augmentation


class DivergenceError(UserError):
    """A training that gave what is no number; by another recipe it may not."""


@dataclass(frozen=True)
class Recipe:
    """Every setting; the card of a model, the bundled one too, says which it was trained by.

    Attributes:
        stages: what is done, in order. "head" fits the head on cached features of the frozen
            network; "finetune" trains layers on cells augmented anew; "calibrate" and
            "thresholds" fit temperature and thresholds on validation cells.
        unfreeze: layers that the fine-tuning trains, see `trainable.set_trainable`.
        batch_norm: whether batch norm of these layers learns and measures anew, too, which
            networks from random weights need; pretrained ones keep it as it is.
        cut_looks: most augmented views of each training cell that are cached as activations at
            the freeze point, and used instead of ever new ones, so that the lower part of the
            network works once, see `cache_activations`; 0: cells are augmented anew at every
            step, as they are where all layers learn.
        steps: number of batches.
        repeats: trainings from the same beginning, each of so many steps and by a seed of its
            own, whose weights are averaged at the end.
        batch: cells in one.
        rate: Adam's learning rate at its highest.
        warm_up: steps in which it rises to that; then it falls as half a cosine.
        final_rate: where it ends, as a share of `rate`.
        clip_norm: limit of the gradient's norm over all weights.
        label_smoothing: share of the target spread over all outputs.
        consistency: weight of equal outputs for two views of one cell; 0 is off.
        centring: weight of the share of the features that lie beside the cell; without it heat
            maps may lie there.
        average_from: share of the steps after which weights are averaged.
        average_every: steps between two weights that enter the average.
        check_every: steps between two checks on the validation cells; each also saves a
            checkpoint, to go on after the program was killed.
        patience: checks without a lower balanced log-loss after which training ends; 0: none.
        mixed: compute in bfloat16 where there is a GPU; weights stay float32.
        other_share: how often an other class is drawn, against a class's 1.
        source_power: a source's share of a class goes with its number of cells to this
            power; 0: sources alike.
        head_looks: augmented views of each training cell that the head is fitted on, beside
            the cell as it is.
        head_fit: how a head alone is fitted that goes on from a model: "held" to the head of that
            model, where most of the classes are known to it, or "free" of it. The card names it
            only where it is "free".
        looks_on: class on which the stain styles of the sources are measured. A training takes
            it from a card that states a `style_reference_class`.
        augmentation: how far cells are augmented.
        seed: of everything drawn.
        workers: threads that augment cells; changes nothing of the result.
    """

    stages: tuple[str, ...] = ("head", "finetune", "calibrate", "thresholds")
    unfreeze: str | float = "all"
    batch_norm: bool = False
    cut_looks: int = 0
    steps: int = 1200
    repeats: int = 1
    batch: int = 32
    rate: float = 3e-4
    warm_up: int = 20
    final_rate: float = 0.02
    clip_norm: float = 1.0
    label_smoothing: float = 0.05
    consistency: float = 0.0
    centring: float = 0.0
    average_from: float = 0.5
    average_every: int = 10
    check_every: int = 100
    patience: int = 6
    mixed: bool = True
    other_share: float = 0.6
    source_power: float = 0.0
    head_looks: int = 0
    head_fit: str = "held"
    looks_on: str = DEFAULT_STYLE_REFERENCE_CLASS
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 0
    workers: int = 2

    def as_record(self) -> dict[str, Any]:
        """Plain values for the card, ready for JSON."""
        record = asdict(self)
        if self.head_fit == "held":
            del record["head_fit"]  # as in cards from before there was a choice
        return record


PRESETS: Mapping[str, Recipe] = {
    "head": Recipe(stages=("head", "calibrate", "thresholds"), unfreeze="none"),
    "finetune": Recipe(unfreeze="top"),
    "full": Recipe(unfreeze="all"),
}

# Setting -> the least and the most that it may be.
_RANGES: Mapping[str, tuple[float, float]] = {
    "cut_looks": (0, 1000),
    "steps": (1, 10_000_000),
    "repeats": (1, 100),
    "batch": (2, 4096),
    "rate": (0, 1),
    "warm_up": (0, 10_000_000),
    "final_rate": (0, 1),
    "clip_norm": (1e-6, 1e6),
    "label_smoothing": (0, 0.9),
    "consistency": (0, 1000),
    "centring": (0, 1000),
    "average_from": (0, 1),
    "average_every": (1, 10_000_000),
    "check_every": (1, 10_000_000),
    "patience": (0, 10_000_000),
    "other_share": (0.001, 1000),
    "source_power": (0, 1),
    "head_looks": (0, 100),
    "workers": (1, 256),
}
HEAD_FITS = ("held", "free")
_FIXED_FIELDS = {"augmentation", "stages", "seed"}


def override_recipe(base: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """A recipe with settings that differ, those of its augmentation among them.

    Raises:
        UserError: a setting that it does not have, or a value that it cannot be.
    """
    outer = asdict(base).keys() - _FIXED_FIELDS
    inner = asdict(base.augmentation).keys()
    if strange := sorted(settings.keys() - outer - inner):
        raise UserError(
            f"The recipe has no setting {', '.join(f'“{name}”' for name in strange)}.",
            f"It has {', '.join(sorted(outer | inner))}.",
        )
    own = {name: _check_setting(base, name, settings[name]) for name in settings.keys() & outer}
    varied = {
        name: _check_setting(base.augmentation, name, settings[name])
        for name in settings.keys() & inner
    }
    recipe = replace(base, augmentation=replace(base.augmentation, **varied), **own)
    if recipe.consistency and recipe.cut_looks == 1:
        raise UserError(
            "The recipe's consistency compares two looks of a cell, and cut_looks keeps one.",
            "Keep two or more, or none (0).",
        )
    return recipe


def _check_setting(record: Recipe | Augmentation, name: str, value: Any) -> Any:
    """The value as the setting's kind, if it is one, and within its range."""
    before = getattr(record, name)
    if name == "head_fit":
        fits = value in HEAD_FITS
    elif name == "unfreeze":
        fits = isinstance(value, str | int | float) and not isinstance(value, bool)
    elif isinstance(before, bool | str):
        fits = isinstance(value, type(before))
    elif isinstance(before, tuple):
        fits = isinstance(value, list | tuple) and len(value) == len(before)
        value = tuple(value) if fits else value
    else:
        whole = isinstance(before, int)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        low, high = _RANGES.get(name, (-1000.0, 1000.0))
        fits = number and low <= value <= high and (not whole or value == int(value))
        value = type(before)(value) if fits else value
    if not fits:
        raise UserError(
            f"The setting “{name}” of the recipe cannot be {value!r}.", f"It is {before!r} now."
        )
    return value
