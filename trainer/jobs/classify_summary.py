"""summary.json of a run: counts, the differential with intervals, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainer.domain import Decision, Prediction
from trainer.evaluation.differential import differential, tally
from trainer.inference.outputs import Engine
from trainer.jobs.crash import versions
from trainer.models.card import Card

RESEARCH_USE = "For research use only; not a medical device."


def counts_of(predictions: Iterator[Prediction], card: Card) -> dict[str, Any]:
    """Counts by decision, by label and by likeness, and the differential; one pass."""
    decisions = dict.fromkeys((d.value for d in Decision), 0)
    labels = {name: dict.fromkeys(decisions, 0) for name in card.classes}
    looks: dict[str, int] = {}
    errors: dict[str, int] = {}

    def counted() -> Iterator[Prediction]:
        for each in predictions:
            decisions[each.decision.value] += 1
            if each.decision is Decision.FAILED:
                errors[each.error] = errors.get(each.error, 0) + 1
            else:
                labels[each.label][each.decision.value] += 1
            if each.decision is Decision.UNKNOWN and each.looks_like:
                looks[each.looks_like] = looks.get(each.looks_like, 0) + 1
            yield each

    table = differential(tally(counted()), classes=card.classes)
    return {
        "images": sum(decisions.values()),
        "decisions": decisions,
        "labels": labels,
        "unknown_looks_like": dict(sorted(looks.items())),
        "errors": dict(sorted(errors.items())),
        "differential": table.to_json(),
    }


def summary_of(
    counts: Mapping[str, Any],
    card: Card,
    card_sha256: str,
    *,
    engine: Engine,
    root: Path,
    source: Mapping[str, Any],
    seconds: float,
) -> dict[str, Any]:
    """The summary. Only `seconds` differs between two runs of the same work."""
    return {
        **counts,
        "root": str(root),
        "model": {
            "id": card.id,
            "card_sha256": card_sha256,
            "backbone": card.backbone,
            "classes": card.classes,
            "other_classes": card.other_classes,
            "thresholds": card.thresholds.model_dump(),
            "calibrated_for": [each.name for each in card.sources],
        },
        "source": dict(source),
        "device": engine.device,
        "precision": engine.precision.value,
        "versions": versions(),
        "statement": RESEARCH_USE,
        "seconds": round(seconds, 3),
    }


def sentence_of(counts: Mapping[str, Any], out: Path) -> str:
    """What the command line says at the end, in a few lines."""
    decisions = counts["decisions"]
    lines = [
        f"{counts['images']} images: {decisions['accept']} accepted, {decisions['review']} to "
        f"review, {decisions['unknown']} unknown, {decisions['failed']} failed."
    ]
    for name, share in counts["differential"]["percent"].items():
        if share["cells"]:
            lines.append(
                f"  {name:<16} {share['cells']:>5}  {share['value']:5.1f} % "
                f"({share['low']:.1f}-{share['high']:.1f}) of classified white cells"
            )
    for name, share in counts["differential"]["per_100_white_cells"].items():
        if share["cells"]:
            lines.append(f"  {name:<16} {share['cells']:>5}  outside the 100 %")
    lines.append(f"Results are in {out}")
    return "\n".join(lines)
