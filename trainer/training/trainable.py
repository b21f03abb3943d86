"""A network as one that learns: what is trained, how fast, and in which arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.models.backbones import find_backbone
from trainer.models.network.freeze_point import FrozenSplit, split_at_freeze_point
from trainer.models.network.layers import backbone_layers, head_layers
from trainer.models.network.receptive_field import receptive_field_grid
from trainer.training.recipe import Recipe
from trainer.training.spatial_penalty import OffCentrePenalty, off_centre_weights

MIXED = "mixed_bfloat16"
EXACT = "float32"
_MOMENTUM = 0.95


class ConsistencyModel(keras.Model):  # type: ignore[misc]
    """A network that also learns equal outputs for two views of one cell.

    The second half of each batch holds the cells of the first half, augmented anew; the
    Jensen-Shannon divergence of the two outputs is added to the loss, as in AugMix
    (Hendrycks et al., ICLR 2020).
    """

    consistency = 0.0

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, *more: Any, **named: Any
    ) -> Any:
        """Cross-entropy, and what the halves differ by."""
        loss = super().compute_loss(x, y, y_pred, *more, **named)
        if not self.consistency:
            return loss
        return loss + self.consistency * jensen_shannon(y_pred)


def jensen_shannon(logits: Any) -> Any:
    """Mean Jensen-Shannon divergence between the two halves of a batch of logits (B, C)."""
    half = logits.shape[0] // 2 if logits.shape[0] else keras.ops.shape(logits)[0] // 2
    first, second = (keras.ops.softmax(part) for part in (logits[:half], logits[half:]))
    middle = keras.ops.log(keras.ops.clip((first + second) / 2, 1e-7, 1.0))
    total = 0.0
    for part in (first, second):
        own = keras.ops.log(keras.ops.clip(part, 1e-7, 1.0))
        total = total + keras.ops.sum(part * (own - middle), axis=-1)
    return keras.ops.mean(total) / 2


class Schedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """Half a cosine after a warm-up, by whole steps however many micro-batches a batch has.

    Keras counts the micro-batches, not the steps.
    """

    def __init__(self, recipe: Recipe, accumulation_steps: int) -> None:
        super().__init__()
        self._accumulation_steps = accumulation_steps
        self._cosine = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=recipe.rate / max(recipe.warm_up, 1),
            decay_steps=max(recipe.steps - recipe.warm_up, 1),
            alpha=recipe.final_rate,
            warmup_target=recipe.rate,
            warmup_steps=recipe.warm_up,
        )

    def __call__(self, step: Any) -> Any:
        """The learning rate of the step that part `step` belongs to."""
        return self._cosine(
            step if self._accumulation_steps == 1 else step // self._accumulation_steps
        )

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return {**self._cosine.get_config(), "parts": self._accumulation_steps}


def compile_for_training(
    network: keras.Model,
    recipe: Recipe,
    accumulation_steps: int = 1,
    *,
    above_freeze_point: bool = False,
) -> ConsistencyModel:
    """Compile the network for training: its logits alone, optimiser and loss.

    Args:
        accumulation_steps: number of micro-batches in a batch, to fit the memory; their
            gradients are added up, so that the step is that of the whole batch.
        above_freeze_point: only the part above the freeze point; its input are activations.
    """
    set_trainable(network, recipe.unfreeze, batch_norm=recipe.batch_norm)
    split = split_at_freeze_point(network) if above_freeze_point else None
    model = ConsistencyModel(
        split.freeze_point if split else network.input, _build_logits(network, recipe, split)
    )
    model.consistency = recipe.consistency
    model.compile(
        optimizer=keras.optimizers.Adam(
            Schedule(recipe, accumulation_steps),
            global_clipnorm=recipe.clip_norm,
            gradient_accumulation_steps=accumulation_steps if accumulation_steps > 1 else None,
        ),
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=recipe.label_smoothing
        ),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    return model


def _build_logits(network: keras.Model, recipe: Recipe, split: FrozenSplit | None) -> Any:
    """The network's logits, with the cost of features beside the cell if the recipe has one."""
    pooled_below = split is not None and len(split.shape) == 1
    if not recipe.centring or pooled_below:
        return network.output["logits"]
    features = network.output["features"]
    away = off_centre_weights(
        receptive_field_grid(network), features.shape[1], network.input_shape[1]
    )
    x = network.get_layer("pooled")(OffCentrePenalty(away, recipe.centring)(features))
    for layer in head_layers(network):
        x = layer(x)
    return x


def set_trainable(network: keras.Model, unfreeze: str | float, *, batch_norm: bool = False) -> None:
    """Choose the layers that learn; nothing below the freeze point does.

    Args:
        unfreeze: "all"; "none" of the backbone; "top", its last block as the table of
            backbones names it; the name of the first layer that learns; or the share of
            the backbone's layers, counted from the top.
        batch_norm: whether batch norm above the freeze point learns, too. Its running statistics
            then follow the cells within some twenty steps, whatever the architecture: as
            long as a pretrained network is given (a thousand steps for MobileNetV2), they
            would still be half what they began as when a short training ends.

    Raises:
        UserError: no such layer, or no share.
    """
    layers = backbone_layers(network)
    learns = {id(layer) for layer in (*layers[_first_trainable(network, layers, unfreeze) :],)}
    learns |= {id(layer) for layer in head_layers(network)}
    for layer in network.layers:
        layer.trainable = id(layer) in learns
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = layer.trainable and batch_norm
            if layer.trainable:
                layer.momentum = min(layer.momentum, _MOMENTUM)


def trained_variables(network: keras.Model) -> list[Any]:
    """The variables that a training changes: weights, and what batch norm measures if it learns."""
    measured = [
        variable
        for layer in network.layers
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable
        for variable in (layer.moving_mean, layer.moving_variance)
    ]
    return [*network.trainable_variables, *measured]


def _first_trainable(network: keras.Model, layers: list[Any], unfreeze: str | float) -> int:
    """Place of the first layer that learns."""
    if unfreeze in ("all", "none"):
        return 0 if unfreeze == "all" else len(layers)
    if isinstance(unfreeze, int | float):
        if not 0 <= unfreeze <= 1:
            raise UserError(
                f"The recipe's unfreeze is {unfreeze}.", "Give a share of the layers, 0 to 1."
            )
        return round(len(layers) * (1 - unfreeze))
    name = find_backbone(network.name).top_block if unfreeze == "top" else unfreeze
    names = [layer.name for layer in layers]
    if name not in names:
        raise UserError(
            f"The network {network.name} has no layer “{name}” to train from.",
            "Give top, all, none, a share such as 0.3, or the name of a layer.",
        )
    return names.index(name)


@contextmanager
def use_dtype_policy(network: keras.Model, recipe: Recipe) -> Iterator[str]:
    """Let the layers compute as the recipe says, and exactly again afterwards.

    Yields the name of the policy.
    """
    policy = MIXED if recipe.mixed and has_gpu() else EXACT
    if policy == EXACT:
        yield policy
        return
    set_dtype_policy(network, policy)
    try:
        yield policy
    finally:
        set_dtype_policy(network, EXACT)


def set_dtype_policy(network: keras.Model, policy: str) -> None:
    """Let the layers compute as a policy of Keras says; weights stay float32.

    Layers that prepare the image, and the logits, stay exact.
    """
    for layer in network.layers:
        if layer.name not in ("image", "preprocess", "logits"):
            layer.dtype_policy = keras.dtype_policies.get(policy)


def has_gpu() -> bool:
    """Whether Keras' backend sees a GPU."""
    if keras.backend.backend() == "torch":  # Keras lists no devices of it
        import torch

        return bool(torch.cuda.is_available())
    try:
        return bool(keras.distribution.list_devices("gpu"))
    except (RuntimeError, ValueError):  # raised by JAX where there is none
        return False


def seed_step(seed: int, step: int) -> None:
    """Let what is drawn in a step depend on nothing before it, so that one can go on from it.

    Other backends draw from variables of the network; dropout on PyTorch draws from a state
    that no checkpoint holds.
    """
    if keras.backend.backend() == "torch":
        import torch

        torch.manual_seed(int(np.random.SeedSequence([seed, step]).generate_state(1)[0]))


def micro_batches(
    images: NDArray[np.float32],
    targets: NDArray[np.float32],
    accumulation_steps: int,
    paired_halves: bool,
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Split a batch into micro-batches; where its halves hold the same cells, so do theirs."""
    rows = np.arange(len(images))
    if paired_halves:
        halves = (np.split(half, accumulation_steps) for half in np.split(rows, 2))
        chosen = [np.concatenate(pair) for pair in zip(*halves, strict=True)]
    else:
        chosen = np.split(rows, accumulation_steps)
    return [(images[part], targets[part]) for part in chosen]
