"""What a training needs: whatever can be known before it begins is refused before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
from pydantic import ValidationError

from trainer.data.item import Item, format_names
from trainer.data.manifest import Manifest
from trainer.errors import UserError
from trainer.imaging.view import View
from trainer.jobs.common.labelled.cells import refuse_empty
from trainer.jobs.common.labelled.leakage import TRAINING_SPLITS
from trainer.models.backbones import Backbone
from trainer.models.head import Head
from trainer.models.package.card import Card, FeatureMapSpec, HeadSpec, ViewSpec

_PURPOSES = {"train": "to learn from", "val": "to be calibrated on"}


def refuse_impossible_model(
    name: str,
    backbone: Backbone,
    size: int,
    view: View,
    head: HeadSpec,
    feature_map: FeatureMapSpec,
) -> None:
    """Refuse what no card of a model can say, whatever its classes.

    Raises:
        UserError: the id, or a setting of the network.
    """
    try:
        Card(
            id=name,
            created=datetime.now(UTC),
            backbone=backbone.name,
            classes=("one", "other"),
            input_size=size,
            view=ViewSpec(**asdict(view)),
            preprocessing=backbone.preprocessing,
            head=head,
            feature_map=feature_map,
        )
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise UserError(
            f"There can be no such model: {f'{setting}: ' if setting else ''}{reason}.",
            "Choose another --name, or leave the setting out of the recipe.",
        ) from error


def refuse_test_cells(manifest: Manifest) -> None:
    """Refuse data that are to measure on alone, such as the locked cells.

    Raises:
        UserError: the split of every cell is "test".
    """
    if all(item.split == "test" for item in manifest.items):
        raise UserError(
            "All cells are test cells, to measure on; none is to be learned from.",
            "Take other cells, or data without splits.",
        )


def refuse_untrainable(
    manifest: Manifest, classes: Sequence[str], others: Sequence[str], splits: Sequence[str]
) -> None:
    """Refuse data that no model with these classes can be trained on.

    Args:
        manifest: with splits.
        classes, others: of the model.
        splits: those that are needed.

    Raises:
        UserError: fewer than two classes, a split without an image, or one to learn from or to
            be calibrated on that lacks a class or other class.
    """
    if len(classes) < 2:
        left = f"only one is left, {format_names(classes)}" if classes else "none is left"
        beside = f" beside {format_names(others)}, outside of them" if others else ""
        raise UserError(
            f"A model needs two classes or more to tell apart; {left}{beside}.",
            "Add images of another class, or leave out --other.",
        )
    for split in splits:
        items = manifest.split(split)
        refuse_empty(len(items), split)
        if split in TRAINING_SPLITS:
            refuse_missing_outputs(items, (*classes, *others), split)


def refuse_missing_outputs(items: Iterable[Item], outputs: Sequence[str], split: str) -> None:
    """Refuse images of "train" or "val" among which there is none of an output.

    Raises:
        UserError: names the outputs.
    """
    labels = {item.label for item in items}
    if missing := [name for name in outputs if name not in labels]:
        kind = {"train": "training", "val": "validation"}[split]
        raise UserError(
            f"There are no {kind} images of {', '.join(missing)}.",
            f"A model needs images of each class {_PURPOSES[split]}: add some, or leave the class "
            "out.",
        )


def refuse_flat_features(head: Head, network: str) -> None:
    """Refuse to train layers below a head that had to enlarge the features beyond all measure.

    Features of random weights can be all but the same for every cell. A head still tells them
    apart, with weights that float16 cannot hold.

    Args:
        head: as it was fitted on the features.
        network: name of the model, or of its weights, for the message.

    Raises:
        UserError: a weight is beyond the range of float16.
    """
    kernels = [each for each in (head.kernel, head.hidden_kernel) if each is not None]
    largest = max(float(np.abs(each).max()) for each in kernels)
    if not largest <= float(np.finfo(np.float16).max):
        raise UserError(
            f"Nothing can be trained on what {network} sees: its features are all but the same for "
            "every cell, as those of random weights are.",
            "Begin from ImageNet weights or from another model, or train the head alone "
            "(--preset head).",
        )
