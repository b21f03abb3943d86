"""A network split in two at its freeze point: the frozen part, and all above it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True, eq=False)
class FrozenSplit:
    """The two parts of a network; their layers and weights are the network's own.

    Attributes:
        lower: float32 (N, S, S, 3) RGB 0-255 to the activations at the freeze point, (N, ...).
        upper: those to the logits, float32 (N, C).
        freeze_point: the array between the two, of the network's own graph.
    """

    lower: keras.Model
    upper: keras.Model
    freeze_point: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one cell's activations at the freeze point."""
        return tuple(self.upper.input_shape[1:])


def split_at_freeze_point(network: keras.Model) -> FrozenSplit | None:
    """Split a network where a single array leads from the frozen to the trainable layers.

    Where the first trainable layer lies beside a shortcut, or within a block whose layers
    are merged later, the freeze point lies below that block: the last such point is taken.

    Args:
        network: of `build_network`, `layer.trainable` set (see
            `trainer.training.trainable.set_trainable`).

    Returns:
        The parts, `upper(lower(x))` being the network's logits; None where nothing but the
        preprocessing lies below such a point.
    """
    logits = network.output["logits"]
    order = network.operations
    first = next((index for index, one in enumerate(order) if _is_trainable(one)), len(order))
    tensor = _last_bottleneck(order, first, logits)
    if tensor is None:
        return None
    lower = keras.Model(network.input, tensor)
    if not any(_has_kernel(layer) for layer in lower.layers):
        return None
    return FrozenSplit(lower, keras.Model(tensor, logits), tensor)


def _last_bottleneck(order: list[Any], first: int, logits: Any) -> Any:
    """The latest array before operation `first` that is the only one needed later."""
    needed = {id(logits): len(order)}  # the last operation that needs an array
    for index, one in enumerate(order):
        needed |= {id(array): index for array in _arrays(one.input)}
    bottleneck: Any = None
    alive: dict[int, Any] = {}
    for index, one in enumerate(order[:first]):
        alive |= {id(array): array for array in _arrays(one.output)}
        alive = {key: array for key, array in alive.items() if needed.get(key, -1) > index}
        if len(alive) == 1:
            (bottleneck,) = alive.values()
    return bottleneck


def _arrays(structure: Any) -> list[Any]:
    return list(keras.tree.flatten(structure))


def _is_trainable(operation: Any) -> bool:
    """Whether it is a trainable layer; operations that are no layers never are."""
    return isinstance(operation, keras.layers.Layer) and bool(operation.trainable)


def _has_kernel(layer: Any) -> bool:
    return bool(layer.weights) and not isinstance(layer, keras.layers.Normalization)
