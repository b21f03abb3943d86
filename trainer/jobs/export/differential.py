"""The differentials of a report: of what persons reviewed, and of what the model accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainer.jobs.common.differential_text import describe_range, format_range, open_ranges
from trainer.jobs.common.formatting import format_count, format_share
from trainer.jobs.export.charts import differential_svg
from trainer.models.class_colours import Mark, readable_name


@dataclass(frozen=True)
class ShareRow:
    """A line of a differential.

    Attributes:
        range: what the share can be, by what the open cells are; empty where none is open.
        corrected: the share corrected for the card's confusion; empty where it is not.
    """

    mark: Mark | None
    name: str
    cells: int
    value: str
    bounds: str
    range: str = ""
    corrected: str = ""


@dataclass(frozen=True)
class DifferentialPart:
    """A differential with its chart: SVG that is safe in a page."""

    title: str
    text: str
    unit: str
    svg: str
    percent: Sequence[ShareRow]
    per_100_white_cells: Sequence[ShareRow]
    has_range: bool = False
    has_corrected: bool = False


def build_differentials(
    table: Mapping[str, Any], marks: Mapping[str, Mark]
) -> Iterator[DifferentialPart]:
    """Build the differentials to show: what persons reviewed first, where there is some.

    Args:
        table: `differential` of summary.json.
        marks: of every class.
    """
    reviewed = table.get("reviewed", {})
    if reviewed.get("cells"):
        yield DifferentialPart(
            title="Of what persons reviewed",
            text=_describe_reviewed(reviewed),
            unit="of reviewed",
            svg=differential_svg(reviewed["percent"], marks, of="reviewed white cells"),
            percent=_share_rows(reviewed, "percent", marks),
            per_100_white_cells=_share_rows(reviewed, "per_100_white_cells", marks),
        )
    yield DifferentialPart(
        title="Of what the model accepted",
        text=" ".join(_describe_accepted(table)),
        unit="of accepted",
        svg=differential_svg(table["percent"], marks, ranges=open_ranges(table)),
        percent=_share_rows(table, "percent", marks),
        per_100_white_cells=_share_rows(table, "per_100_white_cells", marks),
        has_range=bool(open_ranges(table)),
        has_corrected="corrected" in table,
    )


def _describe_reviewed(table: Mapping[str, Any]) -> str:
    return (
        f"Percent of {format_count(table['cells'], 'white cell')} of the model's classes, of "
        f"{table['reviewed_cells']:,} cells that were reviewed of {table['all_cells']:,}. "
        f"Interval: {table['interval']}."
    )


def _describe_accepted(table: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"Percent of the {table['cells']:,} white cells of the model's classes that were accepted. "
        "It is no differential of the patient: what the model leaves open or takes for another "
        f"class is not in it. Interval: {table['interval']}."
    )
    if open_ranges(table):
        counts = table["open"]
        yield (
            f"{describe_range(table).capitalize()}: what the share is if none or all of the open "
            "ones are of the class "
            f"({counts['review']:,} to review, {counts['possible_blasts']:,} of them possible "
            f"blasts, and {counts['unknown']:,} unknown)."
        )
    if corrected := table.get("corrected"):
        yield f"Corrected: {corrected['method']}."


def _share_rows(table: Mapping[str, Any], kind: str, marks: Mapping[str, Mark]) -> list[ShareRow]:
    ranges = open_ranges(table)
    corrected = table.get("corrected", {}).get(kind, {})
    return [
        ShareRow(
            marks.get(name),
            readable_name(name),
            share["cells"],
            *format_share(share),
            format_range(ranges[name]) if name in ranges else "",
            _format_corrected(corrected[name]) if name in corrected else "",
        )
        for name, share in table[kind].items()
    ]


def _format_corrected(share: Mapping[str, Any]) -> str:
    value, bounds = format_share(share)
    return f"{value} ({bounds})"
