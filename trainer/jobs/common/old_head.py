"""The head that a new one is held to, with a column for every output of the new model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.errors import PackageError
from trainer.models.head import Head
from trainer.models.package.card import Card
from trainer.training.held_head import OldHead, add_outputs, within_class_spread

# A head does not gain from more cells of a class: the frozen features are its limit.
CELLS_AT_LIMIT = 40


def refuse_missing_temperature(card: Card) -> None:
    """Refuse a card that does not say the temperature of its probabilities.

    Raises:
        PackageError: it does not.
    """
    if "temperature" not in card.model_fields_set:
        raise PackageError(
            f"The card of the model “{card.id}” does not say its temperature, without which its "
            "probabilities are not known.",
            "Import or train it again.",
        )


def build_old_head(
    head: Head,
    names: Sequence[str],
    outputs: Sequence[str],
    classes: int,
    temperature: float,
    reference: tuple[NDArray[np.floating], NDArray[np.str_]],
) -> OldHead:
    """Arrange the columns of a head for the outputs of a new model.

    Args:
        names: outputs of the head, in order.
        outputs: those of the new model; one that the head lacks has a logit of 0.
        classes: how many of them are classes.
        temperature: of the head's card.
        reference: features (M, K) of the reference cells, and their labels by name (M,).
    """
    columns = [names.index(name) if name in names else -1 for name in outputs]
    arranged = add_outputs(head, np.array(columns, dtype=np.intp))
    inputs = arranged.last_inputs(reference[0].astype(np.float32))
    labels = np.unique(reference[1], return_inverse=True)[1]
    return OldHead(arranged, temperature, classes, within_class_spread(inputs, labels))


def describe_limit(model: str, fewest: int) -> str:
    """Describe what more cells or fine-tuning would bring.

    Args:
        model: id of the model that the new head was held to.
        fewest: cells of the class that has fewest.
    """
    finetune = f"leuko-trainer train --from {model} --preset finetune"
    if fewest < CELLS_AT_LIMIT:
        return (
            f"More cells of each class help, up to about {CELLS_AT_LIMIT}; beyond that a head on "
            f"frozen features is at its limit, and {finetune} goes on."
        )
    return (
        "A head on frozen features is at its limit with so many cells: more of them will hardly "
        f"help. {finetune} fits the features themselves to the lab."
    )
