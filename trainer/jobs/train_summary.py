"""What a training says at its end: where the model is, what it does, what to do next."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from trainer.domain import Interval
from trainer.evaluation.selective_metrics import Figure

_SHOWN = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "accepted": "accepted",
    "accepted_precision": "right among these",
    "unknown_found": "unknown kinds called so",
}
# With less accepted, a person still has to look at nearly everything.
_LITTLE = 0.5


def summary_of(
    model: str, package: Path, figures: Mapping[str, Mapping[str, Figure]], *, listed: bool
) -> str:
    """Lines for a person: the figures of the test cells first, then those of hold-outs.

    Args:
        figures: set -> name -> figure, of the whole sets and of their sources.
        listed: the model is one of those that `models` looks after.
    """
    lines = [f"The model {model} is in {package}."]
    for name, named in figures.items():
        if ", " not in name:  # sources apart are in the card
            lines += _of_set("test cells" if name == "test" else f"cells of {name}", named)
    accepted = figures.get("test", {}).get("accepted")
    if isinstance(accepted, Interval) and accepted.value < _LITTLE:
        lines.append(
            "Few cells reach the threshold of its card; the others are left to a person. More "
            "validation cells, or fine-tuning, let more of them reach it."
        )
    if listed:
        lines.append(
            f"All figures: leuko-trainer models show {model}. "
            f"To let it serve: leuko-trainer models promote {model}"
        )
    return "\n".join(lines)


def _of_set(words: str, named: Mapping[str, Figure]) -> Iterator[str]:
    cells = named.get("cells")
    if not cells:
        return
    yield f"On {cells} {words} (95 % intervals in brackets):"
    for name, spoken in _SHOWN.items():
        figure = named.get(name)
        if isinstance(figure, Interval) and math.isfinite(figure.value):
            yield f"  {spoken:<24} {figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"
