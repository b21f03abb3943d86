"""Build audit.json: the fields that programs read (see docs/audit.md)."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import trainer
from trainer.data.audit import duplicates, probe, shortcut_findings
from trainer.data.audit.analysis import AuditAnalysis, ShortcutProbe, SourceAssociation
from trainer.data.audit.findings import (
    Finding,
    groups_across_splits,
    label_conflicts,
    patients_across_splits,
)
from trainer.data.class_weights import effective_number, inverse_frequency
from trainer.data.manifest import digest_of
from trainer.domain import Interval
from trainer.protocol.training_requests import AuditRequest

VERSION = 1
NO_ALARM_TEXT = "No alarm was raised. That excludes what was looked for, not every shortcut."
_THRESHOLDS = {
    "significant_p": shortcut_findings.ALPHA,
    "alarm_skill": shortcut_findings.ALARM_SKILL,
    "alarm_cramers_v": shortcut_findings.ALARM_V,
    "alike_correlation": duplicates.MIN_CORRELATION,
    "permutations": probe.PERMUTATIONS,
}

AuditRecord = dict[str, Any]


def build_audit_record(
    analysis: AuditAnalysis,
    findings: Sequence[Finding],
    intervals: Mapping[tuple[str, str], Interval],
    request: AuditRequest,
) -> AuditRecord:
    """Build the fields of audit.json, all but the seconds.

    Args:
        intervals: of the balanced accuracy of each probe, by target and place.
    """
    manifest, measurements = analysis.manifest, analysis.measurements
    worst = {finding.level for finding in findings}
    hashes = [each.sha256 for each in measurements]
    return {
        "version": VERSION,
        "software": trainer.__version__,
        "data": request.data,
        "digest": digest_of(manifest.items, hashes),
        "images": len(manifest.items),
        "classes": _classes(analysis),
        "verdict": "alarm" if "alarm" in worst else "note" if worst else "clear",
        "summary": [f.text for f in findings if f.level == "alarm"] or [NO_ALARM_TEXT],
        "findings": [asdict(finding) for finding in findings],
        "unreadable": [
            {"image": image_name_of(analysis, row), "reason": measurements[row].error}
            for row in analysis.unreadable
        ],
        "odd_images": [
            {"image": image_name_of(analysis, odd.row), "kind": odd.kind, "words": odd.words}
            for odd in analysis.outliers
        ],
        "tables": [asdict(table) for table in analysis.tables],
        "duplicates": _duplicates(analysis),
        "patients_across_splits": list(patients_across_splits(manifest)),
        "sources": [_link(analysis, link) for link in analysis.source_associations],
        "probes": [_probe(each, intervals[each.target, each.place]) for each in analysis.probes],
        "not_probed": dict(analysis.skipped_probes),
        "limits": dict(_THRESHOLDS),
        "seed": request.seed,
    }


def image_name_of(analysis: AuditAnalysis, row: int) -> str:
    """Return an image's name below the folder of the data."""
    manifest = analysis.manifest
    return manifest.items[row].name(manifest.root)


def encode_audit_record(record: AuditRecord) -> bytes:
    """Encode audit.json, in UTF-8."""
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # On Linux a file's name can hold bytes that are no text; they are escaped.
    return text.encode("utf-8", "backslashreplace")


def _classes(analysis: AuditAnalysis) -> list[AuditRecord]:
    """Images of each class, and the weights that balance the classes."""
    names = analysis.manifest.classes
    count_of = Counter(item.label for item in analysis.manifest.items)
    counts = [count_of[name] for name in names]
    columns = zip(names, counts, inverse_frequency(counts), effective_number(counts), strict=True)
    return [
        {
            "name": name,
            "images": count,
            "weight_inverse_frequency": float(inverse),
            "weight_effective_number": float(effective),
        }
        for name, count, inverse, effective in columns
    ]


def _duplicates(analysis: AuditAnalysis) -> AuditRecord:
    manifest, copies = analysis.manifest, analysis.duplicates
    straddling = set(groups_across_splits(manifest, copies))
    conflicts = set(label_conflicts(manifest, copies))
    return {
        "identical_groups": len(copies.identical),
        "identical_groups_across_splits": sum(
            len({manifest.items[row].split for row in group}) > 1 for group in copies.identical
        ),
        "groups": [
            {
                "images": [_member(analysis, row) for row in group],
                "identical": len({analysis.measurements[row].sha256 for row in group}) == 1,
                "across_splits": group in straddling,
                "label_conflict": group in conflicts,
            }
            for group in copies.groups
        ],
        "near_pairs": [
            {
                "first": image_name_of(analysis, pair.first),
                "second": image_name_of(analysis, pair.second),
                "correlation": round(pair.correlation, 4),
                "turn": pair.turn,
            }
            for pair in copies.pairs
        ],
    }


def _member(analysis: AuditAnalysis, row: int) -> AuditRecord:
    item = analysis.manifest.items[row]
    return {"image": image_name_of(analysis, row), "label": item.label, "split": item.split}


def _link(analysis: AuditAnalysis, link: SourceAssociation) -> AuditRecord:
    clusters = analysis.clusters
    return {
        "given": link.given,
        "names": list(link.names),
        "classes": list(link.classes),
        "counts": link.association.table.tolist(),
        "cramers_v": link.association.v,
        "p": link.association.p,
        "alarm": shortcut_findings.is_strong(link),
        "told_apart_by": list(clusters.criteria) if clusters is not None and not link.given else [],
    }


def _probe(each: ShortcutProbe, interval: Interval) -> AuditRecord:
    return {
        "target": each.target,
        "place": each.place,
        "labels": list(each.probe.labels),
        "images": len(each.probe.truth),
        "balanced_accuracy": each.probe.accuracy,
        "low": None if math.isnan(interval.low) else interval.low,
        "high": None if math.isnan(interval.high) else interval.high,
        "chance": each.probe.chance,
        "permuted": each.probe.permuted,
        "p": each.probe.p,
        "p_corrected": each.p,
        "skill": each.probe.skill,
        "alarm": each.target == "class" and shortcut_findings.is_alarm(each),
    }
