"""A network cut in two below everything that learns: what stays as it is, and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True, eq=False)
class FrozenSplit:
    """The two parts of a network; their layers and weights are the network's own.

    Attributes:
        lower: float32 (N, S, S, 3) RGB 0-255 to the activations at the cut, (N, ...).
        upper: those to the logits, float32 (N, C).
        freeze_point: the array at the cut, of the network's own graph.
    """

    lower: keras.Model
    upper: keras.Model
    freeze_point: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one cell's activations at the cut."""
        return tuple(self.upper.input_shape[1:])


def split_at_freeze_point(network: keras.Model) -> FrozenSplit | None:
    """Cut a network where one array, and no other, leads from what is fixed to what learns.

    Where the first layer that learns lies beside a shortcut, or within a block whose layers
    are put together later, the cut lies below that block: the last such place is taken.

    Args:
        network: as `build_network` makes them, `layer.trainable` set (see
            `learner.set_trainable`).

    Returns:
        The parts, `upper(lower(x))` being the network's logits; None where nothing but the
        image's preparation lies below such a place.
    """
    logits = network.output["logits"]
    order = network.operations
    first = next((place for place, one in enumerate(order) if _is_trainable(one)), len(order))
    tensor = _last_bottleneck(order, first, logits)
    if tensor is None:
        return None
    lower = keras.Model(network.input, tensor)
    if not any(_has_kernel(layer) for layer in lower.layers):
        return None
    return FrozenSplit(lower, keras.Model(tensor, logits), tensor)


def _last_bottleneck(order: list[Any], first: int, logits: Any) -> Any:
    """The latest array before place `first` of an order of work that alone is needed later."""
    needed = {id(logits): len(order)}  # the last place that needs an array
    for place, one in enumerate(order):
        needed |= {id(array): place for array in _arrays(one.input)}
    lone: Any = None
    alive: dict[int, Any] = {}
    for place, one in enumerate(order[:first]):
        alive |= {id(array): array for array in _arrays(one.output)}
        alive = {key: array for key, array in alive.items() if needed.get(key, -1) > place}
        if len(alive) == 1:
            (lone,) = alive.values()
    return lone


def _arrays(structure: Any) -> list[Any]:
    return list(keras.tree.flatten(structure))


def _is_trainable(operation: Any) -> bool:
    """Whether it is a layer that learns; operations that are no layers never do."""
    return isinstance(operation, keras.layers.Layer) and bool(operation.trainable)


def _has_kernel(layer: Any) -> bool:
    return bool(layer.weights) and not isinstance(layer, keras.layers.Normalization)
