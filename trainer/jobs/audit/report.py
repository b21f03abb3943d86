"""Build report.html of the audit: the verdict first, then what it rests on, with pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.data.audit.analysis import AuditAnalysis, SourceAssociation
from trainer.data.audit.mean_image import MeanImages
from trainer.data.item import Item
from trainer.domain import RESEARCH_USE
from trainer.errors import ImageError
from trainer.imaging.boxed_image import cut_out
from trainer.imaging.reader import read_image
from trainer.jobs.audit.record import image_name_of
from trainer.jobs.common.report.html import (
    THUMBNAIL_SIDE,
    Figure,
    Picture,
    Table,
    jpeg_data_url,
    render_page,
    thumbnail_data_url,
)
from trainer.jobs.common.report.number_text import format_bounds

_MAX_GROUPS = 24
_MAX_PER_GROUP = 6
_MAX_OUTLIERS = 36
_MAX_LISTED = 200
_IMAGES_PER_SOURCE = 6

AuditFields = Mapping[str, Any]


@dataclass(frozen=True)
class _SourceSection:
    """How class and source go together, by one naming of the sources."""

    given: bool
    counts: Table
    cramers_v: str
    p_value: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class _DuplicateGroup:
    """Copies of one image."""

    title: str
    figures: Sequence[Figure]


def render_audit_report(record: AuditFields, analysis: AuditAnalysis, means: MeanImages) -> bytes:
    """Render the page, in UTF-8.

    Args:
        record: as written to audit.json.
        analysis: for the images' places and groups.
        means: the mean margin of each class.
    """
    text = render_page(
        "audit.html",
        title=f"Audit of {Path(record['data']).name}",
        statement=RESEARCH_USE,
        images=record["images"],
        classes=len(record["classes"]),
        alarms=_findings(record, "alarm"),
        notes=_findings(record, "note"),
        summary=record["summary"][0],
        probes=_probe_table(record),
        margins=_margin_figures(record, means),
        sources=list(_source_sections(record, analysis)),
        duplicate_count=len(record["duplicates"]["groups"]),
        duplicates=_duplicate_groups(record, analysis),
        unreadable_count=len(record["unreadable"]),
        unreadable=_unreadable_table(record),
        counts=list(_count_tables(record)),
        provenance=_provenance_table(record),
        **_outliers(analysis),
    )
    return text.encode("utf-8", "backslashreplace")


def _findings(record: AuditFields, level: str) -> list[tuple[str, str]]:
    """Text and advice of one level; advice is not repeated."""
    findings: list[tuple[str, str]] = []
    for each in record["findings"]:
        if each["level"] == level:
            given = each["advice"] in (advice for _, advice in findings)
            findings.append((each["text"], "" if given else each["advice"]))
    return findings


def _probe_table(record: AuditFields) -> Table:
    """How well class and source are predicted from each place."""
    rows = [
        (
            f"{each['target']} from {each['place']}",
            f"{100 * each['balanced_accuracy']:.1f} %",
            _format_percent_bounds(each),
            f"{100 * each['chance']:.1f} %",
            f"{each['p_corrected']:.3f}",
            "ALARM" if each["alarm"] else "",
        )
        for each in record["probes"]
    ]
    named = any(link["given"] for link in record["sources"])
    rows += [
        (what, "-", "-", "-", "-", why)
        for what, why in record["not_probed"].items()
        if named or not what.startswith("source")
    ]
    head = ("what", "told rightly", "95 % interval", "by chance", "p", "")
    return Table(head, rows, numbers=range(1, 5))


def _format_percent_bounds(each: AuditFields) -> str:
    if each["low"] is None or each["high"] is None:
        return "-"
    return f"{format_bounds(100 * each['low'], 100 * each['high'], decimals=1)} %"


def _margin_figures(record: AuditFields, means: MeanImages) -> list[Figure]:
    return [
        _build_figure(jpeg_data_url(mean), each["name"], each["name"])
        for each in record["classes"]
        if (mean := means.margin(each["name"])) is not None
    ]


def _source_sections(record: AuditFields, analysis: AuditAnalysis) -> Iterator[_SourceSection]:
    for source, link in zip(record["sources"], analysis.source_associations, strict=True):
        rows = [
            (name, *(f"{count:,}" for count in counts))
            for name, counts in zip(source["classes"], source["counts"], strict=True)
        ]
        p = link.association.p
        yield _SourceSection(
            given=link.given,
            counts=_count_table(("class", *link.names), rows),
            cramers_v=f"{link.association.v:.2f}",
            p_value="p < 0.001" if p < 0.001 else f"p = {p:.3f}",
            figures=[] if link.given else list(_source_figures(analysis, link)),
        )


def _source_figures(analysis: AuditAnalysis, link: SourceAssociation) -> Iterator[Figure]:
    """A few images of each source found, evenly spread over it."""
    for number, name in enumerate(link.names):
        rows = [row for row, source in enumerate(link.of_item) if source == number]
        for row in rows[:: max(len(rows) // _IMAGES_PER_SOURCE, 1)][:_IMAGES_PER_SOURCE]:
            label = analysis.manifest.items[row].label
            yield _image_figure(analysis, row, f"{name}: {label}")


def _duplicate_groups(record: AuditFields, analysis: AuditAnalysis) -> list[_DuplicateGroup]:
    """Copies, the harmful ones first."""
    groups = record["duplicates"]["groups"]
    order = sorted(
        range(len(groups)),
        key=lambda index: (not groups[index]["label_conflict"], not groups[index]["across_splits"]),
    )
    return [
        _DuplicateGroup(
            _describe_duplicates(groups[index]),
            [
                _image_figure(analysis, row)
                for row in analysis.duplicates.groups[index][:_MAX_PER_GROUP]
            ],
        )
        for index in order[:_MAX_GROUPS]
    ]


def _describe_duplicates(group: AuditFields) -> str:
    parts = ["The same bytes" if group["identical"] else "Nearly the same"]
    if group["label_conflict"]:
        parts.append("different labels")
    if group["across_splits"]:
        parts.append("in different splits")
    return ", ".join(parts)


def _unreadable_table(record: AuditFields) -> Table:
    rows = [(each["image"], each["reason"]) for each in record["unreadable"][:_MAX_LISTED]]
    return Table(("image", "reason"), rows)


def _outliers(analysis: AuditAnalysis) -> dict[str, object]:
    reasons: dict[int, list[str]] = {}
    for outlier in analysis.outliers:
        reasons.setdefault(outlier.row, []).append(outlier.words)
    figures = [
        _image_figure(analysis, row, "; ".join(each))
        for row, each in list(reasons.items())[:_MAX_OUTLIERS]
    ]
    return {"outlier_count": len(reasons), "outliers": figures}


def _count_tables(record: AuditFields) -> Iterator[dict[str, object]]:
    for each in record["tables"]:
        rows = [
            (name, *(f"{count:,}" for count in counts), f"{sum(counts):,}")
            for name, counts in zip(each["classes"], each["counts"], strict=True)
        ]
        yield {"by": each["by"], "table": _count_table(("class", *each["columns"], "all"), rows)}


def _count_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    return Table(head, rows, numbers=range(1, len(head)))


def _provenance_table(record: AuditFields) -> Table:
    rows = [
        ("data", str(record["data"])),
        ("digest of the data", record["digest"]),
        ("software", record["software"]),
        ("seed", str(record["seed"])),
        *((name.replace("_", " "), f"{value:g}") for name, value in record["limits"].items()),
    ]
    return Table(("what", "value"), rows)


def _image_figure(analysis: AuditAnalysis, row: int, text: str = "") -> Figure:
    item = analysis.manifest.items[row]
    caption = text or ", ".join(part for part in (item.label, item.split) if part)
    return _build_figure(_thumbnail_url_of(item), image_name_of(analysis, row), caption)


def _build_figure(url: str, name: str, text: str) -> Figure:
    pictures = (Picture(url, name),) if url else ()
    return Figure(pictures, (text,) if text == name else (text, name))


def _thumbnail_url_of(item: Item) -> str:
    """Read a small picture of an image as a data URL; empty where it cannot be read (any more)."""
    try:
        if item.box is None:
            image = read_image(item.path, min_scale=0.0, min_side=THUMBNAIL_SIDE)
        else:
            image = cut_out(read_image(item.path), item.box)
    except ImageError:
        return ""
    return thumbnail_data_url(image.pixels)
