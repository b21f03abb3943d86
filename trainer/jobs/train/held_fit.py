"""A head alone that goes on from a model: fitted on new cells, and held to the head before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.domain import OnProgress, Progress
from trainer.errors import UserError
from trainer.jobs.common.old_head import build_old_head, refuse_missing_temperature
from trainer.jobs.train.plan import Plan
from trainer.models.export.head_swap import round_head
from trainer.training.head_fit import Examples, HeadFit, validation_scores
from trainer.training.held_head import RIDGE, CorrectedCells, fit_held_head
from trainer.training.losses import log_sum_exp


def is_head_held(plan: Plan, classes: Sequence[str]) -> bool:
    """Whether the head is held to that of the model before, which knows most of the classes."""
    if plan.parent is None or plan.finetunes or plan.recipe.head_fit != "held":
        return False
    known = set(plan.parent.card.outputs) & set(classes)
    return 2 * len(known) > len(classes)


def kept_outside(plan: Plan, classes: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Return the other classes of the model before that a held head keeps without new cells."""
    if plan.parent is None or not is_head_held(plan, classes):
        return ()
    named = {*classes, *others}
    return tuple(name for name in plan.parent.card.other_classes if name not in named)


def fit_to_parent(
    plan: Plan,
    outputs: Sequence[str],
    classes: int,
    train: CorrectedCells,
    val: Examples,
    on_progress: OnProgress,
) -> HeadFit:
    """Fit a head held to that of the model before.

    Args:
        outputs: of the new model.
        classes: how many of them are classes.
        val: by which the fit is measured; nothing is chosen by it.

    Returns:
        The fit, with a path of one step.

    Raises:
        UserError: features that are not numbers.
        PackageError: the model before lacks what is needed.
    """
    if plan.parent is None:
        raise ValueError("Invalid plan. Expected a model to go on from. Received none")
    if not np.isfinite(val.pooled).all():
        raise UserError(
            "The network gives features of validation cells that are not numbers.",
            "Its weights are damaged, or not those of this network.",
        )
    card, reference = plan.parent.card, plan.parent.reference()
    refuse_missing_temperature(card)
    cells = (reference.pooled, np.array(card.outputs)[reference.labels])
    head = plan.parent.head()
    old = build_old_head(head, card.outputs, outputs, classes, card.temperature, cells)
    fitted = round_head(fit_held_head(old, train))
    logits = fitted.logits(train.pooled.astype(np.float32)).astype(np.float64)
    right = logits[np.arange(len(logits)), train.labels]
    loss = float((log_sum_exp(logits)[:, 0] - right).mean())
    row = {"penalty": RIDGE, "loss": loss, **validation_scores(fitted, val)}
    on_progress(Progress("fitting the head", 1, 1))
    return HeadFit(fitted, RIDGE, [row])
