"""The differentials of a report: after review, of what persons reviewed, and before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from trainer.cases.records import EXCLUDED, UNKNOWN
from trainer.cases.review_classes import ReviewClass
from trainer.jobs.common.report.charts import draw_differential
from trainer.jobs.common.report.differential_text import open_ranges
from trainer.jobs.export.report.blocks import Block, Chart, Grid, Heading, Paragraph, Row
from trainer.jobs.export.report.language import ReportLanguage
from trainer.models.class_colours import NEUTRAL, Mark, ink_on, readable_name

Table = Mapping[str, Any]
_BAR_HEIGHT, _FOOT_HEIGHT = 30, 32  # px
_NO_MARK = Mark("?", NEUTRAL, ink_on(NEUTRAL))


@dataclass(frozen=True)
class ClassNames:
    """How a report calls and marks classes.

    Attributes:
        classes: the lab's review classes, those of the model among them.
    """

    classes: Sequence[ReviewClass]
    language: ReportLanguage

    def name(self, label: str) -> str:
        """Return the display name of a class, or of what persons call none, in the language."""
        called = called_none(label, self.language)
        if called:
            return called
        for each in self.classes:
            if each.id == label:
                return each.display_name(self.language.code)
        return readable_name(label)

    def rename(self, text: str) -> str:
        """Return a sentence that begins with a class, "myeloblast: ...", with its display name."""
        label, mark, rest = text.partition(": ")
        known = any(each.id == label for each in self.classes)
        return f"{self.name(label)}{mark}{rest}" if known else text

    def mark(self, label: str) -> Mark:
        """Return the mark of a class."""
        return next((each.mark for each in self.classes if each.id == label), _NO_MARK)

    def count(self, counts: Mapping[str, int]) -> str:
        """Format counts by class: "smudge cell 3, artefact 1"."""
        number = self.language.number
        return ", ".join(f"{self.name(key)} {number(count)}" for key, count in counts.items())


def called_none(label: str, language: ReportLanguage) -> str:
    """Return what a cell is called that a person gave no class; empty for a class."""
    if label == UNKNOWN:
        return language.tr("Unknown")
    return language.tr("Excluded") if label == EXCLUDED else ""


def build_differentials(table: Table, names: ClassNames, language: ReportLanguage) -> list[Block]:
    """Build the differentials to show: after review first, where there is one.

    Args:
        table: `differential` of summary.json.
    """
    blocks: list[Block] = [Heading(language.tr("Differential"))]
    reviewed = table.get("reviewed", {})
    if after := table.get("after_review"):
        blocks.append(Heading(language.tr("After review"), 3))
        blocks.append(Paragraph(_describe_after(table, language), "quiet"))
        blocks += _build_part(after, names, language, open_ranges(table))
        if excluded := reviewed["excluded_as"]:
            text = language.tr(
                "In no percentage by review: {counts}.", counts=names.count(excluded)
            )
            blocks.append(Paragraph(text))
    if reviewed.get("cells") and reviewed["reviewed_cells"] < reviewed["all_cells"]:
        blocks.append(Heading(language.tr("Of what persons reviewed"), 3))
        blocks.append(Paragraph(_describe_reviewed(reviewed, language), "quiet"))
        blocks += _build_part(reviewed, names, language, {})
    blocks.append(Heading(_title_before(table, language), 3))
    blocks.append(Paragraph(" ".join(_describe_accepted(table, language)), "quiet"))
    if "after_review" in table:
        warnings = [names.rename(language.sentence(text)) for text in table["warnings"]]
        blocks += [Paragraph(text, "warn") for text in warnings]
    ranges = {} if "after_review" in table else open_ranges(table)
    return [*blocks, *_build_part(table, names, language, ranges)]


def _title_before(table: Table, language: ReportLanguage) -> str:
    if "after_review" in table:
        return language.tr("Before review: of what the model accepted")
    return language.tr("Of what the model accepted")


def _describe_after(table: Table, language: ReportLanguage) -> str:
    text = language.tr(
        "Percent of {n} white cells: as a person reviewed them, else as the model accepted them. "
        "Interval: exact (Clopper-Pearson), 95 %.",
        n=table["after_review"]["cells"],
    )
    return " ".join([text, *_describe_open(table, language)])


def _describe_reviewed(reviewed: Table, language: ReportLanguage) -> str:
    return language.tr(
        "Percent of {white} white cells, of {n} cells that were reviewed of {m}. Interval: exact "
        "(Clopper-Pearson), 95 %.",
        white=reviewed["cells"],
        n=reviewed["reviewed_cells"],
        m=reviewed["all_cells"],
    )


def _describe_accepted(table: Table, language: ReportLanguage) -> Iterator[str]:
    yield language.tr(
        "Percent of the {n} white cells of the model's classes that were accepted. It is no "
        "differential of the patient: what the model leaves open or takes for another class is "
        "not in it. Interval: exact (Clopper-Pearson), 95 %.",
        n=table["cells"],
    )
    if "after_review" not in table:
        yield from _describe_open(table, language)
    if "corrected" in table:
        yield language.tr(
            "Corrected: for the errors on the sources of the model's card (Rogan and Gladen 1978, "
            "parametric bootstrap)."
        )


def _describe_open(table: Table, language: ReportLanguage) -> Iterator[str]:
    if not open_ranges(table):
        return
    counts = table["open"]
    yield language.tr(
        "With the open cells: what the share is if none or all of the open ones are of the class "
        "({review} to review, {blasts} of them possible blasts, and {unknown} unknown).",
        review=counts["review"],
        blasts=counts["possible_blasts"],
        unknown=counts["unknown"],
    )


def _build_part(
    table: Table, names: ClassNames, language: ReportLanguage, ranges: Mapping[str, Table]
) -> list[Block]:
    """The chart, the table of white cells, and that of cells beside them."""
    blocks: list[Block] = [
        _build_chart(table, names, language, ranges),
        _build_table(table, "percent", "%", names, language, ranges),
    ]
    if table["per_100_white_cells"]:
        unit = language.tr("per 100 white cells")
        blocks.append(Paragraph(language.tr("Beside the white cells:")))
        blocks.append(_build_table(table, "per_100_white_cells", unit, names, language, ranges))
    return blocks


def _build_table(
    table: Table,
    kind: str,
    unit: str,
    names: ClassNames,
    language: ReportLanguage,
    ranges: Mapping[str, Table],
) -> Grid:
    corrected = table.get("corrected", {}).get(kind, {})
    head = [language.tr("class"), language.tr("cells"), unit, language.tr("95 % interval")]
    head += [language.tr("with the open cells")] if ranges else []
    head += [language.tr("corrected")] if corrected else []
    rows = []
    for label, share in table[kind].items():
        cells = [names.name(label), language.number(share["cells"]), *language.share(share)]
        if ranges:
            found = ranges.get(label)
            cells.append(language.bounds(found["low"], found["high"]) if found else "")
        if corrected:
            cells.append(_format_corrected(corrected.get(label), language))
        rows.append(Row(cells, names.mark(label)))
    widths = (3.0, *(1.2 if at < 2 else 1.6 for at in range(len(head) - 1)))
    return Grid(head, rows, range(1, len(head)), widths)


def _format_corrected(share: Table | None, language: ReportLanguage) -> str:
    if share is None:
        return ""
    value, bounds = language.share(share)
    return f"{value} ({bounds})"


def _build_chart(
    table: Table, names: ClassNames, language: ReportLanguage, ranges: Mapping[str, Table]
) -> Chart:
    shares = table["percent"]
    shown = {names.name(label): share for label, share in shares.items()}
    marks = {names.name(label): names.mark(label) for label in shares}
    bands = {names.name(label): found for label, found in ranges.items() if label in shares}
    values = "; ".join(" ".join([name, *language.share(share)]) for name, share in shown.items())
    return Chart(
        partial(
            draw_differential,
            shares=shown,
            marks=marks,
            ranges=bands,
            label=partial(_label_share, language=language),
        ),
        len(shown) * _BAR_HEIGHT + _FOOT_HEIGHT,
        language.tr("Percent of {n} white cells: {values}", n=table["cells"], values=values),
        _describe_chart(bands, language),
    )


def _describe_chart(bands: Mapping[str, Table], language: ReportLanguage) -> str:
    text = language.tr("A bar for each class from 0 to 100 %; the line at its end is the interval.")
    if not bands:
        return text
    band = language.tr("The grey band is the share with none or all of the open cells.")
    return f"{text} {band}"


def _label_share(share: Table, language: ReportLanguage) -> str:
    value, bounds = language.share(share)
    if not value:
        return language.tr("no cells")
    return f"n = {language.number(share['cells'])}:  {value} % ({bounds})"


def build_counted(table: Table, names: ClassNames, language: ReportLanguage) -> list[Block]:
    """Build how many cells are counted: to the targets, and for the limit of blasts."""
    counted = table["counted"]
    rows = [
        Row(
            [
                language.tr("{n} white cells", n=each["cells"]),
                _describe_missing(each["missing"], language),
            ]
        )
        for each in counted["targets"]
    ]
    for label, limit in counted["limits"].items():
        precision = language.tr(
            "{name}: {limit} % to within ± {width} %",
            name=names.name(label),
            limit=language.number(limit["limit"], "g"),
            width=language.number(limit["half_width"], "g"),
        )
        if limit["needed"] is None:
            missing = language.tr("out of reach")
        else:
            needed = language.tr("{n} cells", n=limit["needed"])
            missing = f"{needed}: {_describe_missing(limit['missing'], language)}"
        rows.append(Row([precision, missing]))
        if limit["spans"]:
            rows.append(Row([*_describe_decision(names.name(label), limit, language)]))
    title = language.tr("Cells counted: {n} white cells", n=counted["cells"])
    return [Heading(title, 3), Grid((), rows)]


def _describe_missing(missing: int, language: ReportLanguage) -> str:
    return language.tr("{n} more are needed", n=missing) if missing else language.tr("reached")


def _describe_decision(name: str, limit: Table, language: ReportLanguage) -> tuple[str, str]:
    spans = language.tr(
        "{name}: the interval spans {limit} %",
        name=name,
        limit=language.number(limit["limit"], "g"),
    )
    if limit["to_decide"] is None:
        return spans, language.tr("no number of cells would decide it at this share")
    return spans, language.tr("about {n} cells would decide it at this share", n=limit["to_decide"])


def build_change(table: Table, names: ClassNames, language: ReportLanguage) -> list[Block]:
    """Build the change against the patient's earlier case; nothing without one."""
    earlier = table.get("earlier")
    if not earlier:
        return []
    text = language.tr(
        "Earlier: {name}, {time}, {n} white cells. Interval of the difference: Newcombe, 95 %; "
        "detected: Fisher's exact test, corrected by Holm.",
        name=earlier["sample"] or earlier["name"],
        time=language.time(earlier["time"]),
        n=earlier["cells"],
    )
    head = (
        language.tr("class"),
        language.tr("earlier"),
        language.tr("now"),
        language.tr("difference"),
        language.tr("95 % interval"),
        language.tr("more than chance"),
    )
    rows = [
        Row([names.name(label), *_format_change(change, language)], names.mark(label))
        for label, change in earlier["changes"].items()
    ]
    title = Heading(language.tr("Change since the patient's earlier case"), 3)
    return [
        title,
        Paragraph(text, "quiet"),
        Grid(head, rows, range(1, 5), (3, 1, 1, 1.3, 1.8, 1.6)),
    ]


def _format_change(change: Table, language: ReportLanguage) -> Iterator[str]:
    for key, spec in (("earlier", ".1f"), ("now", ".1f"), ("difference", "+.1f")):
        yield "" if change[key] is None else language.number(change[key], spec)
    if change["low"] is None:
        yield ""
    else:
        yield language.tr(
            "{low} to {high}",
            low=language.number(change["low"], "+.1f"),
            high=language.number(change["high"], "+.1f"),
        )
    yield language.tr("yes") if change["detected"] else language.tr("not detected")
