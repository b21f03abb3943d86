"""Build the report of a case, block by block, in the order in which a haematologist reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from trainer.domain import printable
from trainer.jobs.common.case.statistics import run_record
from trainer.jobs.common.report.charts import DECISION_COLOURS, draw_histogram
from trainer.jobs.export.content import ExportContent, list_warnings
from trainer.jobs.export.report.blocks import (
    Block,
    Cards,
    Chart,
    Grid,
    Heading,
    Key,
    Letterhead,
    Paragraph,
    Report,
    Row,
)
from trainer.jobs.export.report.cells import build_cells
from trainer.jobs.export.report.differentials import (
    ClassNames,
    build_change,
    build_counted,
    build_differentials,
)
from trainer.jobs.export.report.identity import (
    build_review,
    build_sample,
    build_state,
    describe_draft,
)
from trainer.jobs.export.report.language import ReportLanguage
from trainer.jobs.export.report.provenance import list_provenance

_MAX_LISTED = 500
_HISTOGRAM_HEIGHT = 194  # px


def build_report(
    content: ExportContent, language: ReportLanguage, letterhead: Letterhead
) -> Report:
    """Build the report.

    Raises:
        Cancelled: it was time to stop.
        StoreError: the store cannot be read.
    """
    names = ClassNames(content.reader.review_classes, language)
    use = language.tr("For research use only; not a medical device.")
    suggestion = language.tr("What is said of a cell is a suggestion that a person has to check.")
    blocks = [
        *build_state(content, language),
        Paragraph(f"{use} {suggestion}", "use"),
        build_sample(content, language),
        Cards(_count_cards(content.summary, language)),
        *(
            Paragraph(names.rename(language.sentence(text)), "warn")
            for text in list_warnings(content)
        ),
        *build_differentials(content.summary["differential"], names, language),
        *_build_unknown(content.summary, names, language),
        *build_counted(content.summary["differential"], names, language),
        *build_change(content.summary["differential"], names, language),
        *build_cells(content, names, language),
        *_build_failures(content, language),
        *build_review(content, language),
        *_build_promise(content.summary, language),
        *_build_making(content, language),
    ]
    case = printable(content.reader.case.name)
    subtitle = language.tr(
        "Cells of a blood smear, classified by {model}. Written {time}.",
        model=content.reader.model.id,
        time=language.time(datetime.now(UTC)),
    )
    draft = describe_draft(content, language)
    footer = f"{case} · {use}"
    return Report(case, subtitle, letterhead, draft, footer, language.code, blocks)


def _count_cards(summary: Mapping[str, Any], language: ReportLanguage) -> list[tuple[str, str]]:
    decisions = summary["decisions"]
    counts = [(summary["images"], language.tr("images"))]
    if "fields" in summary:
        counts += [
            (summary["fields"], language.tr("fields")),
            (summary["cells"], language.tr("cells")),
        ]
    counts += [
        (decisions["accept"], language.tr("accepted")),
        (decisions["review"], language.tr("to review")),
        (decisions["unknown"], language.tr("unknown")),
        (decisions["failed"], language.tr("failed")),
    ]
    return [(language.number(count), label) for count, label in counts]


def _build_promise(summary: Mapping[str, Any], language: ReportLanguage) -> list[Block]:
    """What the model's promise is worth for this source; nothing where it holds."""
    texts = summary.get("promise", {}).get("text", ())
    if not texts:
        return []
    title = Heading(language.tr("What the model promises for this source"))
    return [title, *(Paragraph(language.sentence(text)) for text in texts)]


def _build_unknown(
    summary: Mapping[str, Any], names: ClassNames, language: ReportLanguage
) -> list[Block]:
    found = summary["unknown_looks_like"]
    if not found:
        return []
    return [Paragraph(language.tr("Unknown cells look like: {counts}.", counts=names.count(found)))]


def _build_failures(content: ExportContent, language: ReportLanguage) -> list[Block]:
    failed = content.statistics.failed
    changed = content.summary["changed_since_judged"]
    blocks: list[Block] = []
    if failed:
        head = (language.tr("image"), language.tr("reason"))
        rows = [(each.image, language.sentence(each.error)) for each in failed]
        title = language.tr("Failed images ({n})", n=len(failed))
        blocks += _build_list(title, head, rows, language)
    if changed:
        title = language.tr("Changed or vanished since they were judged ({n})", n=len(changed))
        listed = [(name,) for name in changed]
        blocks += _build_list(title, (language.tr("image"),), listed, language)
        text = language.tr("What is said of them holds for the old files.")
        blocks.append(Paragraph(text))
    return blocks


def _build_list(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], language: ReportLanguage
) -> list[Block]:
    shown = [Row([printable(text) for text in row]) for row in rows[:_MAX_LISTED]]
    blocks: list[Block] = [Heading(title), Grid(head, shown)]
    if more := len(rows) - len(shown):
        blocks.append(Paragraph(language.tr("And {n} more.", n=more)))
    return blocks


def _build_making(content: ExportContent, language: ReportLanguage) -> list[Block]:
    facts = [Row([name, printable(value)]) for name, value in list_provenance(content, language)]
    return [
        Heading(language.tr("How it was made")),
        Grid((), facts, widths=(1, 3)),
        Heading(language.tr("Runs of this case"), 3),
        _build_runs(content, language),
        Heading(language.tr("Probabilities"), 3),
        _build_histogram(content, language),
        _build_key(content, language),
    ]


def _build_runs(content: ExportContent, language: ReportLanguage) -> Grid:
    keys = ("id", "model", "device", "precision", "state", "started", "judged")
    head = (
        language.tr("run"),
        language.tr("model"),
        language.tr("device"),
        language.tr("precision"),
        language.tr("state"),
        language.tr("started"),
        language.tr("judged"),
    )
    states = {
        "running": language.tr("going on"),
        "finished": language.tr("finished"),
        "cancelled": language.tr("stopped"),
        "failed": language.tr("failed"),
    }
    rows = []
    for run in content.reader.all_runs:
        record = run_record(content.reader, run)
        record["state"] = states[record["state"]]
        record["started"] = language.time(record["started"])
        rows.append(Row([str(record[key]) for key in keys]))
    return Grid(head, rows, (), (1, 4, 2, 2.4, 2.2, 4, 2))


def _build_histogram(content: ExportContent, language: ReportLanguage) -> Chart:
    counts, threshold = content.statistics.histogram, content.threshold
    words = _decisions(language)
    sums = ", ".join(f"{language.number(sum(counts[key]))} {words[key]}" for key in words)
    return Chart(
        partial(_draw_histogram, counts=counts, threshold=threshold, language=language),
        _HISTOGRAM_HEIGHT,
        language.tr(
            "Histogram of probabilities: {sums}; threshold {p}",
            sums=sums,
            p=language.number(threshold, "g"),
        ),
        language.tr("Bars of cells by probability from 0 to 1; the dashed line is the threshold."),
    )


def _draw_histogram(
    axes: Axes,
    counts: Mapping[str, Sequence[int]],
    threshold: float,
    language: ReportLanguage,
) -> None:
    draw_histogram(axes, counts, threshold)
    ticks = np.arange(0, 1.01, 0.2)
    axes.set_xticks(ticks, [language.number(float(tick), ".1f") for tick in ticks])


def _build_key(content: ExportContent, language: ReportLanguage) -> Key:
    text = language.tr(
        "Cells by probability of their class; dashed: under {p} a cell goes to review.",
        p=language.number(content.threshold, ".3g"),
    )
    words = _decisions(language)
    return Key(text, [(colour, words[key]) for key, colour in DECISION_COLOURS.items()])


def _decisions(language: ReportLanguage) -> dict[str, str]:
    return {
        "accept": language.tr("accepted"),
        "review": language.tr("to review"),
        "unknown": language.tr("unknown"),
    }
