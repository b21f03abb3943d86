"""summary.json of a run: counts, the differential with intervals, and how it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.domain import RESEARCH_USE, ClassRole, Decision, Prediction, is_calibrated_for
from trainer.evaluation.differential import compute_differential, count_decisions
from trainer.jobs.common.formatting import format_share
from trainer.jobs.common.opened_model import ModelFacts, NamedOutputs
from trainer.protocol.diagnostics import package_versions, versions

# From 20 % blasts on, acute myeloid leukaemia is diagnosed (WHO 2016, Arber et al., Blood 127).
LIMITS = {"myeloblast": 20.0}
FILES_NOT_READ = "files_not_read"
"""Key of summary.json and of the settings of a run."""


def count_predictions(predictions: Iterable[Prediction], model: NamedOutputs) -> dict[str, Any]:
    """Counts by decision, by label and by likeness, and the differential; one pass."""
    decisions = dict.fromkeys((d.value for d in Decision), 0)
    labels = {name: dict.fromkeys(decisions, 0) for name in model.classes}
    likenesses: dict[str, int] = {}
    errors: dict[str, int] = {}

    def counted() -> Iterator[Prediction]:
        for each in predictions:
            decisions[each.decision.value] += 1
            if each.decision is Decision.FAILED:
                errors[each.error] = errors.get(each.error, 0) + 1
            else:
                labels[each.label][each.decision.value] += 1
            if each.decision is Decision.UNKNOWN and each.looks_like:
                likenesses[each.looks_like] = likenesses.get(each.looks_like, 0) + 1
            yield each

    limits = {name: limit for name, limit in LIMITS.items() if name in model.classes}
    table = compute_differential(
        count_decisions(counted()),
        classes=model.classes,
        beside_white=model.classes_with_role(ClassRole.BESIDE_WHITE),
        limits=limits,
    )
    return {
        "images": sum(decisions.values()),
        "decisions": decisions,
        "labels": labels,
        "unknown_looks_like": dict(sorted(likenesses.items())),
        "errors": dict(sorted(errors.items())),
        "differential": table.to_json(),
    }


def build_provenance(
    model: ModelFacts,
    *,
    device: str,
    precision: str,
    root: Path,
    source: Mapping[str, Any],
    changed: Sequence[str],
    not_read: Mapping[str, int],
) -> dict[str, Any]:
    """How the counts of a summary were made; the same for two runs of the same work.

    Args:
        source: profiles of the source, as `SourceScale.to_json`.
        changed: images whose files are no longer those that were classified.
        not_read: how many files of the folder were not read, by kind; the key is missing where
            there are none.
    """
    return {
        "root": str(root),
        "model": model.to_json(),
        "source": dict(source),
        "calibrated_for_source": is_calibrated_for(_source_name(source), model.calibrated_for),
        "changed_since_judged": list(changed),
        **({FILES_NOT_READ: dict(not_read)} if not_read else {}),
        "device": device,
        "precision": precision,
        "versions": versions() | package_versions(),
        "statement": RESEARCH_USE,
    }


def build_summary(
    counts: Mapping[str, Any], provenance: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """The content of summary.json, of `count_predictions` and `build_provenance`."""
    return {**counts, **provenance, "seconds": round(seconds, 3)}


def _source_name(source: Mapping[str, Any]) -> str:
    profile: Mapping[str, str] = source.get("profile", {})
    return profile.get("name", "")


def format_summary(counts: Mapping[str, Any], out: Path) -> str:
    """What the command line prints at the end of a run, in a few lines."""
    return "\n".join([*format_counts(counts), f"Results are in {out}"])


def format_counts(counts: Mapping[str, Any]) -> list[str]:
    """Counts, shares and warnings in words, a line each."""
    decisions, table = counts["decisions"], counts["differential"]
    images = "1 image" if counts["images"] == 1 else f"{counts['images']} images"
    lines = [
        f"{images}: {decisions['accept']} accepted, {decisions['review']} to review, "
        f"{decisions['unknown']} unknown, {decisions['failed']} failed."
    ]
    for name, share in table["percent"].items():
        lines += _format_share(name, share, "% of classified white cells")
    for name, share in table["per_100_white_cells"].items():
        lines += _format_share(name, share, "per 100 classified white cells, beside them")
    lines += [f"  {error} ({count})" for error, count in _most_common(counts["errors"])]
    lines += table["warnings"]
    return lines


def _format_share(name: str, share: Mapping[str, Any], unit: str) -> list[str]:
    """One line of the differential; none for a class without cells."""
    cells, value = share["cells"], share["value"]
    if not cells:
        return []
    counted = f"  {name:<16} {cells:>5}"
    if value is None:
        return [counted]
    text, bounds = format_share(share)
    return [f"{counted}  {text:>5} ({bounds}) {unit}"]


def _most_common(errors: Mapping[str, int], most: int = 3) -> list[tuple[str, int]]:
    return sorted(errors.items(), key=lambda item: -item[1])[:most]
