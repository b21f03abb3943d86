"""What happened while a network was trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace


@dataclass
class History:
    """What happened.

    Attributes:
        loss: of each step's batch.
        accuracy: share of its cells that were right, 0-1.
        checks: step, balanced log-loss (nats) and macro-F1 (0-1) on validation cells.
        n_averaged: number of moments in the final weights; 0 means a single moment.
        best_step: the step whose weights were taken because no average beat them; 0: none.
        accumulation_steps: number of micro-batches in each batch, to fit the memory.
        views_per_cell: augmented views of each cell that were cached as activations at the
            freeze point; 0: cells were augmented anew at every step.
        arithmetic: what the layers computed in.
        stopped: whether someone stopped it before its end.
        early_stopped: whether validation cells ended it, because nothing got better.
        seconds: how long it took, all sittings together.
        trainings: in how many trainings these steps were taken, one after the other.
        soup_size: of how many of them the weights were averaged.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    checks: list[tuple[int, float, float]] = field(default_factory=list)
    n_averaged: int = 0
    best_step: int = 0
    accumulation_steps: int = 1
    views_per_cell: int = 0
    arithmetic: str = "float32"
    stopped: bool = False
    early_stopped: bool = False
    seconds: float = 0.0
    trainings: int = 1
    soup_size: int = 1

    @property
    def worth_keeping(self) -> bool:
        """Whether the network is the outcome of more than a broken-off beginning."""
        several = self.trainings > 1  # the first of them went to its end
        return not self.stopped or bool(self.n_averaged or self.best_step) or several

    def rows(self) -> list[dict[str, float | str]]:
        """One row a step, for `history.csv`; validation figures where they were measured."""
        checks = {step: (loss, f1) for step, loss, f1 in self.checks}
        rows: list[dict[str, float | str]] = []
        for step, (loss, accuracy) in enumerate(zip(self.loss, self.accuracy, strict=True), 1):
            row: dict[str, float | str] = {
                "step": step,
                "loss": round(loss, 6),
                "accuracy": round(accuracy, 6),
                "val_loss": "",
                "val_macro_f1": "",
            }
            if step in checks:
                val_loss, f1 = checks[step]
                row |= {"val_loss": round(val_loss, 6), "val_macro_f1": round(f1, 6)}
            rows.append(row)
        return rows

    def note(self) -> str:
        """Describe the training for the card."""
        weights = f"the mean of {self.n_averaged} moments of the training"
        if self.best_step:
            weights = f"the weights after step {self.best_step}, the best on validation cells"
        if self.soup_size > 1:
            weights = f"the mean of what {self.soup_size} trainings from one beginning ended on"
        elif self.trainings > 1:
            weights += f", in one of {self.trainings} trainings; validation cells preferred it"
        ending = ", when validation cells did not get better any more" if self.early_stopped else ""
        ending = ", when it was stopped" if self.stopped else ending
        parts = (
            f" Batches were cut into {self.accumulation_steps} parts to fit."
            if self.accumulation_steps > 1
            else ""
        )
        views = (
            f"in {self.views_per_cell} varied looks"
            if self.views_per_cell
            else "varied anew at every step"
        )
        return (
            f"Trained for {len(self.loss)} steps in {self.seconds:.0f} s{ending}; {weights}."
            f" Each cell was shown {views}. Computed in {self.arithmetic}.{parts}"
        )


def join_histories(histories: Sequence[History], ingredients: Sequence[History]) -> History:
    """Several trainings of one network as one history, step after step.

    Args:
        histories: of all trainings, in order.
        ingredients: of those whose weights the network has the mean of.
    """
    if len(histories) == 1:
        return histories[0]
    whole = replace(ingredients[-1], loss=[], accuracy=[], checks=[])
    for history in histories:
        before = len(whole.loss)
        whole.checks += [(before + step, loss, f1) for step, loss, f1 in history.checks]
        whole.loss += history.loss
        whole.accuracy += history.accuracy
    whole.n_averaged = sum(history.n_averaged for history in ingredients)
    whole.stopped = histories[-1].stopped
    whole.early_stopped = all(history.early_stopped for history in histories)
    whole.seconds = sum(history.seconds for history in histories)
    whole.accumulation_steps = max(history.accumulation_steps for history in histories)
    whole.trainings, whole.soup_size = len(histories), len(ingredients)
    return whole
