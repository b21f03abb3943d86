"""Which two classes of a cell are compared by their heat maps. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainer.domain import Prediction


def choose_pair(
    prediction: Prediction, outputs: tuple[str, ...], verdict: str, first: int, second: int
) -> tuple[int, int] | None:
    """Choose two outputs of the model: those a person chose, else verdict and runner-up.

    Args:
        outputs: names of the model's outputs, by its card.
        verdict: the class that counts for the cell; one that the model lacks does not.
        first, second: what a person chose; -1: the verdict, or the likeliest besides the first.

    Returns:
        Two outputs that differ; None where the model has less than two.
    """
    probabilities = prediction.probabilities
    if len(outputs) < 2 or len(probabilities) != len(outputs):
        return None
    order = sorted(range(len(outputs)), key=lambda at: -probabilities[at])
    if not 0 <= first < len(outputs):
        named = (verdict, prediction.looks_like, prediction.label)
        first = next((outputs.index(each) for each in named if each in outputs), order[0])
    if not 0 <= second < len(outputs) or second == first:
        second = next(at for at in order if at != first)
    return first, second
