"""summary.json of a run: counts, the differential with intervals, and how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.cases.current_runs import CurrentResult
from trainer.cases.records import Review, SearchedField
from trainer.cases.review_classes import DifferentialPlace
from trainer.domain import (
    RESEARCH_USE,
    AlertLevel,
    CellId,
    ClassRole,
    Decision,
    Prediction,
    is_calibrated_for,
    printable,
)
from trainer.evaluation.differential import compute_differential, count_decisions
from trainer.jobs.common.case.blast_limits import (
    BLAST_PRECISION,
    limits_of_model,
    measure_count,
)
from trainer.jobs.common.case.promise import correct_differential, decide_limits, describe_promise
from trainer.jobs.common.case.verdict_counts import VerdictCounts
from trainer.jobs.common.opened_model import ModelFacts, NamedOutputs
from trainer.jobs.common.report.differential_text import (
    ACCEPTED,
    REVIEWED,
    format_differential,
    warnings_of_differential,
)
from trainer.jobs.common.report.number_text import format_count
from trainer.protocol.diagnostics import package_versions, versions

FILES_NOT_READ, ALERT = "files_not_read", "alert"
"""Keys of summary.json and of the settings of a run."""
NO_TARGET = "the model's own sources; nothing is promised for this one"
"""What the thresholds were chosen for, on a source that is not in the card."""


def count_predictions(
    results: Iterable[CurrentResult],
    model: NamedOutputs,
    *,
    count_edge_cells: bool = False,
    reviews: Mapping[CellId, Review] | None = None,
    places: Mapping[str, DifferentialPlace] | None = None,
) -> dict[str, Any]:
    """Count by decision, by label and by likeness, and compute the differential; one pass.

    Args:
        results: predictions and, where there are fields, the fields themselves.
        model: whose classes are counted.
        count_edge_cells: as of `count_decisions`.
        reviews: the latest review of each cell that has one.
        places: where the lab's review classes are in the differential.

    Returns:
        What summary.json holds; `possible_blasts`, how many of those to review are that, only
        where the model has a class with the role alert; `fields`, `cells` and
        `cells_per_image`, the number of cells of each field, only where there are fields.
    """
    decisions = dict.fromkeys((d.value for d in Decision), 0)
    labels = {name: dict.fromkeys(decisions, 0) for name in model.classes}
    likenesses: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    fields: dict[str, int] = {}
    possible_blasts = 0
    verdicts = VerdictCounts(reviews or {}, count_edge_cells, places or {})

    def counted() -> Iterator[Prediction]:
        nonlocal possible_blasts
        for each in results:
            if isinstance(each, SearchedField):
                fields[each.image] = 0
                continue
            decisions[each.decision.value] += 1
            if each.number:
                fields[each.image] = fields.get(each.image, 0) + 1
            if each.decision is Decision.FAILED:
                errors[each.error] += 1
            else:
                labels[each.label][each.decision.value] += 1
            if each.decision is Decision.UNKNOWN and each.looks_like:
                likenesses[each.looks_like] += 1
            possible_blasts += each.is_possible_blast
            verdicts.add(each, model.classes)
            yield each

    beside_white = model.classes_with_role(ClassRole.BESIDE_WHITE)
    table = compute_differential(
        count_decisions(counted(), count_edge_cells=count_edge_cells),
        classes=model.classes,
        beside_white=beside_white,
    )
    has_alert = bool(model.classes_with_role(ClassRole.ALERT))
    cells_of_fields = sum(fields.values())
    cells = sum(decisions.values()) - decisions[Decision.FAILED.value]
    return {
        "images": sum(decisions.values()) - cells_of_fields + len(fields),
        "decisions": decisions,
        "labels": labels,
        "unknown_looks_like": dict(sorted(likenesses.items())),
        **({"possible_blasts": possible_blasts} if has_alert else {}),
        "errors": dict(sorted(errors.items())),
        "differential": {
            **table.to_json(),
            **verdicts.to_json(model.classes, beside_white, model.diagnostic_limits),
        },
        **(_field_counts(fields, cells) if fields else {}),
    }


def _field_counts(fields: Mapping[str, int], cells: int) -> dict[str, Any]:
    per_image = {printable(image): count for image, count in fields.items()}
    return {"fields": len(fields), "cells": cells, "cells_per_image": per_image}


def build_provenance(
    model: ModelFacts,
    *,
    device: str,
    precision: str,
    root: Path,
    source: Mapping[str, Any],
    changed: Sequence[str],
    not_read: Mapping[str, int],
    alert: Mapping[str, Any],
) -> dict[str, Any]:
    """How the counts of a summary were made; the same for two runs of the same work.

    Args:
        source: profiles of the source, as `SourceScale.to_json`.
        changed: images whose files are no longer those that were classified.
        not_read: how many files of the folder were not read, by kind; the key is missing where
            there are none.
        alert: as of `describe_alert`; the key is missing where it is empty.
    """
    known = is_calibrated_for(_source_name(source), model.calibrated_for)
    return {
        "root": str(root),
        "model": _describe_model(model, _source_name(source), known=known),
        "source": dict(source),
        "calibrated_for_source": known,
        **({ALERT: dict(alert)} if alert else {}),
        "changed_since_judged": list(changed),
        **({FILES_NOT_READ: dict(not_read)} if not_read else {}),
        "device": device,
        "precision": precision,
        "versions": versions() | package_versions(),
        "statement": RESEARCH_USE,
    }


def _describe_model(model: ModelFacts, source: str, *, known: bool) -> dict[str, Any]:
    """The facts of a model as they hold for a source: its threshold, and no promise elsewhere."""
    record = model.to_json()
    for name, review in model.review_probabilities.items():
        if is_calibrated_for(source, [name]):
            record["thresholds"]["review_probability"] = review
    if not known:
        record["thresholds"]["target"] = NO_TARGET
    return record


def describe_alert(
    model: ModelFacts, source: Mapping[str, Any], levels: Iterable[object]
) -> dict[str, Any]:
    """How the model's alert was set; empty where the model has none.

    Args:
        source: profiles of the source, as `SourceScale.to_json`.
        levels: of the runs that are counted; None for one without.

    Returns:
        `classes`; `level`, "mixed" where runs differ; `applies`, whether cells were compared at
        all, which those of the model's own sources are not; `score`, from which on they go to
        review, None where there is not one.
    """
    if not model.has_alert or model.thresholds.alert is None:
        return {}
    names = {str(level or AlertLevel.OFF.value) for level in levels}
    level = names.pop() if len(names) == 1 else "mixed"
    known = is_calibrated_for(_source_name(source), model.calibrated_for)
    threshold = None if level == "mixed" else model.thresholds.alert.of(AlertLevel(level))
    return {
        "classes": list(model.classes_with_role(ClassRole.ALERT)),
        "level": level,
        "applies": not known and level != AlertLevel.OFF,
        "score": threshold.score if threshold else None,
    }


def build_summary(
    counts: Mapping[str, Any],
    provenance: Mapping[str, Any],
    seconds: float,
    blast_precision: float = BLAST_PRECISION,
) -> dict[str, Any]:
    """The content of summary.json, of `count_predictions` and `build_provenance`.

    What depends on both is added: in the differential `heading`, `corrected`, `limits` and
    `counted`; and `promise`, only of a source that is not in the card.

    Args:
        blast_precision: percent to either side of the limit of blasts that the lab wants.
    """
    table = dict(counts["differential"])
    table["heading"] = REVIEWED if table.get("reviewed", {}).get("cells") else ACCEPTED
    if corrected := correct_differential(provenance, table):
        table["corrected"] = corrected
    known = provenance["calibrated_for_source"]
    limits = limits_of_model(provenance["model"])
    table["limits"] = decide_limits(limits, table, known_source=known)
    table["counted"] = measure_count(table, limits, blast_precision)
    promise = describe_promise(provenance, table)
    return {
        **counts,
        "differential": table,
        **provenance,
        **({"promise": promise} if promise else {}),
        "seconds": round(seconds, 3),
    }


def _source_name(source: Mapping[str, Any]) -> str:
    profile: Mapping[str, str] = source.get("profile", {})
    return profile.get("name", "")


def format_summary(summary: Mapping[str, Any], out: Path) -> str:
    """What the command line prints at the end of a run, in a few lines."""
    return "\n".join([*format_counts(summary), f"Results are in {out}"])


def format_counts(counts: Mapping[str, Any]) -> list[str]:
    """Counts, shares and warnings in words, a line each.

    Args:
        counts: as in summary.json, or of `count_predictions` alone.
    """
    decisions, table = counts["decisions"], counts["differential"]
    lines = [
        f"{_format_images(counts)}: {decisions['accept']} accepted, "
        f"{decisions['review']} to review, {decisions['unknown']} unknown, "
        f"{decisions['failed']} failed."
    ]
    if count := counts.get("possible_blasts"):
        lines.append(f"  {count} of those to review may be blasts.")
    lines += format_differential(table)
    lines += [f"  {error} ({count})" for error, count in _most_common(counts["errors"])]
    lines += warnings_of_differential(table)
    return [*lines, *counts.get("promise", {}).get("text", ())]


def _format_images(counts: Mapping[str, Any]) -> str:
    """Images and, where some are fields, cells: "3 images (2 fields) with 40 cells"."""
    images = format_count(counts["images"], "image")
    if "fields" not in counts:
        return images
    fields, cells = format_count(counts["fields"], "field"), format_count(counts["cells"], "cell")
    return f"{images} ({fields}) with {cells}"


def _most_common(errors: Mapping[str, int], most: int = 3) -> list[tuple[str, int]]:
    return sorted(errors.items(), key=lambda item: -item[1])[:most]
