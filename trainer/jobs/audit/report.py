"""report.html of the audit: the verdict first, then what it rests on, with pictures.

Pictures inside the audit's report, so that it stands alone: small JPEGs as data URLs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.analysis import AuditAnalysis, SourceAssociation
from trainer.data.audit.mean_image import MeanImages
from trainer.domain import RESEARCH_USE
from trainer.errors import ImageError
from trainer.imaging.reader import read_image
from trainer.jobs.audit.record import image_name_of
from trainer.jobs.common.html import image_data_url, page, table

REPORT_IMAGE_SIDE = 128  # px of the longer side
_JPEG_QUALITY = 85


def thumbnail_url_of(path: Path) -> str:
    """A small picture of an image; empty where it cannot be read (any more)."""
    try:
        image = read_image(path, min_scale=0.0, min_side=REPORT_IMAGE_SIDE)
    except ImageError:
        return ""
    height, width = image.pixels.shape[:2]
    factor = REPORT_IMAGE_SIDE / max(height, width)
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    small = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA)
    return data_url(np.asarray(small, np.uint8))


def data_url(rgb: NDArray[np.uint8]) -> str:
    """An array (H, W, 3) as the address of a JPEG inside the page."""
    blue_first = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return image_data_url(data.tobytes(), "jpeg")


_MAX_GROUPS = 24
_MAX_PER_GROUP = 6
_MAX_OUTLIERS = 36
_MAX_LISTED = 200
_IMAGES_PER_SOURCE = 6

AuditFields = Mapping[str, Any]


def render_audit_report(
    record: AuditFields, examination: AuditAnalysis, means: MeanImages
) -> bytes:
    """The page, in UTF-8.

    Args:
        record: as written to audit.json.
        examination: for the images' places and groups.
        means: the mean border of each class.
    """
    parts = [
        f"<h1>Audit of {escape(Path(record['data']).name)}</h1>",
        f'<p class="quiet">{record["images"]:,} images of {len(record["classes"])} classes. '
        f"{escape(RESEARCH_USE)}</p>",
        _verdict(record),
        _notes(record),
        _probes(record),
        _mean_margins(record, means),
        _sources(record, examination),
        _duplicates(record, examination),
        _unreadable(record),
        _outliers(examination),
        *_tables(record),
        _provenance(record),
    ]
    text = page(f"Audit of {Path(record['data']).name}", parts)
    return text.encode("utf-8", "backslashreplace")


def _verdict(record: AuditFields) -> str:
    """The alarms, each with what to do; or that there is none."""
    alarms = _format_findings(record, "alarm")
    shown = alarms or f"<p>{escape(record['summary'][0])}</p>"
    return f'<h2>Verdict</h2><div class="box">{shown}</div>'


def _notes(record: AuditFields) -> str:
    notes = _format_findings(record, "note")
    return f"<h2>Worth knowing</h2>{notes}" if notes else ""


def _format_findings(record: AuditFields, level: str) -> str:
    """Findings of one level; advice that was given before is not given again."""
    parts: list[str] = []
    advised: set[str] = set()
    for each in record["findings"]:
        if each["level"] == level:
            parts.append(f"<p><b>{escape(each['text'])}</b></p>")
            if each["advice"] not in advised:
                parts.append(f"<p>What to do: {escape(each['advice'])}</p>")
            advised.add(each["advice"])
    return "".join(parts)


def _probes(record: AuditFields) -> str:
    """How well class and source are told, place by place."""
    rows = [
        (
            f"{each['target']} from {each['place']}",
            f"{100 * each['balanced_accuracy']:.1f} %",
            _format_bounds(each),
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
    return (
        "<h2>Shortcut probes</h2>"
        '<p class="quiet">A simple classifier is shown only the outer border of the images, only '
        "their background, or only properties of their files. None of these is the cell: where "
        "the class can be told from them, a network can learn them in place of the cell. Balanced "
        "accuracy on cells that the classifier was not trained on; copies, and images of one "
        "patient, are kept together.</p>" + table(head, rows, numbers=range(1, 5))
    )


def _format_bounds(each: AuditFields) -> str:
    if each["low"] is None or each["high"] is None:
        return "-"
    return f"{100 * each['low']:.1f}-{100 * each['high']:.1f} %"


def _mean_margins(record: AuditFields, means: MeanImages) -> str:
    shown = [
        _figure(data_url(mean), each["name"], each["name"])
        for each in record["classes"]
        if (mean := means.margin(each["name"])) is not None
    ]
    return (
        "<h2>Mean border of each class</h2>"
        '<p class="quiet">All images of a class laid over each other, their middle left out. '
        "Frames of clearly different colours are a shortcut that can be seen.</p>" + _cells(shown)
    )


def _sources(record: AuditFields, examination: AuditAnalysis) -> str:
    parts = ["<h2>Class and source</h2>"] if record["sources"] else []
    for said, link in zip(record["sources"], examination.source_associations, strict=True):
        title = "As the data say" if link.given else "As the images look (found by the program)"
        rows = [
            (name, *(f"{count:,}" for count in counts))
            for name, counts in zip(said["classes"], said["counts"], strict=True)
        ]
        parts.append(f"<h3>{title}</h3>{_count_table(('class', *link.names), rows)}")
        parts.append(
            f"<p>Cramer's V {link.association.v:.2f} (bias-corrected), "
            f"{_format_p_value(link.association.p)}.</p>"
        )
        if not link.given:
            parts.append(_cells(_source_images(examination, link)))
    return "".join(parts)


def _format_p_value(p: float) -> str:
    return "p &lt; 0.001" if p < 0.001 else f"p = {p:.3f}"


def _source_images(examination: AuditAnalysis, link: SourceAssociation) -> Iterator[str]:
    """A few images of each source found, evenly spread over it."""
    for number, name in enumerate(link.names):
        rows = [row for row, source in enumerate(link.of_item) if source == number]
        for row in rows[:: max(len(rows) // _IMAGES_PER_SOURCE, 1)][:_IMAGES_PER_SOURCE]:
            yield _image(examination, row, f"{name}: {examination.manifest.items[row].label}")


def _duplicates(record: AuditFields, examination: AuditAnalysis) -> str:
    """Copies, the harmful ones first."""
    told = record["duplicates"]["groups"]
    if not told:
        return "<h2>Copies</h2><p>No image is in the data more than once.</p>"
    order = sorted(
        range(len(told)),
        key=lambda place: (not told[place]["label_conflict"], not told[place]["across_splits"]),
    )
    parts = [f"<h2>Copies ({len(told):,} group{'s' if len(told) > 1 else ''})</h2>"]
    for place in order[:_MAX_GROUPS]:
        rows = examination.duplicates.groups[place]
        parts.append(f"<h3>{escape(_describe_duplicates(told[place]))}</h3>")
        parts.append(_cells(_image(examination, row) for row in rows[:_MAX_PER_GROUP]))
    parts.append(_format_remainder(len(order) - _MAX_GROUPS, "groups"))
    return "".join(parts)


def _describe_duplicates(group: AuditFields) -> str:
    words = ["The same bytes" if group["identical"] else "Nearly the same"]
    if group["label_conflict"]:
        words.append("different labels")
    if group["across_splits"]:
        words.append("in different splits")
    return ", ".join(words)


def _unreadable(record: AuditFields) -> str:
    failed = record["unreadable"]
    if not failed:
        return ""
    rows = [(each["image"], each["reason"]) for each in failed[:_MAX_LISTED]]
    return (
        f"<h2>Images that cannot be read ({len(failed):,})</h2>"
        + table(("image", "reason"), rows)
        + _format_remainder(len(failed) - _MAX_LISTED, "images")
    )


def _outliers(examination: AuditAnalysis) -> str:
    words: dict[int, list[str]] = {}
    for oddity in examination.outliers:
        words.setdefault(oddity.row, []).append(oddity.words)
    if not words:
        return ""
    shown = list(words.items())[:_MAX_OUTLIERS]
    return (
        f"<h2>Odd images ({len(words):,})</h2>"
        + _cells(_image(examination, row, "; ".join(said)) for row, said in shown)
        + _format_remainder(len(words) - _MAX_OUTLIERS, "images")
    )


def _tables(record: AuditFields) -> Iterator[str]:
    yield "<h2>How many images</h2>"
    for each in record["tables"]:
        rows = [
            (name, *(f"{count:,}" for count in counts), f"{sum(counts):,}")
            for name, counts in zip(each["classes"], each["counts"], strict=True)
        ]
        head = ("class", *each["columns"], "all")
        yield f"<h3>By {each['by']}</h3>{_count_table(head, rows)}"


def _count_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return table(head, rows, numbers=range(1, len(head)))


def _provenance(record: AuditFields) -> str:
    rows = [
        ("data", str(record["data"])),
        ("digest of the data", record["digest"]),
        ("software", record["software"]),
        ("seed", str(record["seed"])),
        *((name.replace("_", " "), f"{value:g}") for name, value in record["limits"].items()),
    ]
    return "<h2>How it was made</h2>" + table(("what", "value"), rows)


def _format_remainder(count: int, what: str) -> str:
    return f"<p>And {count:,} more {what}: see audit.json.</p>" if count > 0 else ""


def _image(examination: AuditAnalysis, row: int, text: str = "") -> str:
    item = examination.manifest.items[row]
    said = text or ", ".join(part for part in (item.label, item.split) if part)
    return _figure(thumbnail_url_of(item.path), image_name_of(examination, row), said)


def _figure(picture: str, name: str, text: str) -> str:
    image = f'<img src="{picture}" alt="{escape(name)}">' if picture else ""
    caption = escape(text) if text == name else f"{escape(text)}<br>{escape(name)}"
    return f'<figure class="small">{image}<figcaption>{caption}</figcaption></figure>'


def _cells(figures: Iterable[str] | Sequence[str]) -> str:
    return f'<div class="cells">{"".join(figures)}</div>'
