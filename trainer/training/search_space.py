"""What a tuning may choose: the settings that decide most, each within what is sensible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from trainer.training.augmentation import Augmentation

RecipeSettings = dict[str, Any]


class Trial(Protocol):
    """Gives a value for a name; the methods of an Optuna trial."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """A number between two others."""

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        """One of several values."""


def head_settings(trial: Trial) -> RecipeSettings:
    """Of a head on the frozen network."""
    settings = _head(trial) | {"head_looks": trial.suggest_categorical("head_looks", (0, 2, 4))}
    if settings["head_looks"]:
        settings |= _augmentation(trial)
    return settings


def finetune_settings(trial: Trial) -> RecipeSettings:
    """Of fine-tuning, and of how deep it goes."""
    depth = trial.suggest_categorical("unfreeze", ("top", 0.5, "all"))
    return full_settings(trial) | {"unfreeze": depth}


def full_settings(trial: Trial) -> RecipeSettings:
    """Of fine-tuning all layers."""
    return {
        **_head(trial),
        "dropout": trial.suggest_float("dropout", 0.0, 0.6),
        "rate": trial.suggest_float("rate", 3e-5, 1e-3, log=True),
        **_augmentation(trial),
    }


SPACES: Mapping[str, Callable[[Trial], RecipeSettings]] = {
    "head": head_settings,
    "finetune": finetune_settings,
    "full": full_settings,
}


def _head(trial: Trial) -> RecipeSettings:
    return {
        "hidden": trial.suggest_categorical("hidden", (0, 64, 256)),
        "label_smoothing": trial.suggest_float("label_smoothing", 0.0, 0.2),
    }


def _augmentation(trial: Trial) -> RecipeSettings:
    return scale_augmentation(trial.suggest_float("augmentation", 0.5, 1.5))


def scale_augmentation(strength: float, base: Augmentation | None = None) -> RecipeSettings:
    """Settings of an augmentation that goes `strength` times as far; 1 changes nothing.

    How often something happens is left alone; how far it goes is not.
    """
    how = base or Augmentation()
    lengths = ("shift", "style_wander", "dye", "mixing", "hue", "brightness", "blur_sigma")
    factors = ("scale", "saturation", "contrast", "gamma")
    return {
        **{name: getattr(how, name) * strength for name in lengths},
        **{name: getattr(how, name) ** strength for name in factors},
    }
