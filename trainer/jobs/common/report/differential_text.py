"""The differential of summary.json in words: for the command line, and warnings for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trainer.jobs.common.report.number_text import format_share

ACCEPTED = "of what the model accepted"
REVIEWED = "of what persons reviewed"
_PERCENT = {ACCEPTED: "% of what the model accepted", REVIEWED: "% of what persons reviewed"}
_BESIDE = {
    ACCEPTED: "per 100 white cells that the model accepted, beside them",
    REVIEWED: "per 100 white cells that persons reviewed, beside them",
}


def format_differential(table: Mapping[str, Any]) -> list[str]:
    """Format the shares, a line a class; of reviewed cells first, where there are some.

    Args:
        table: `differential` of summary.json.
    """
    lines: list[str] = []
    if (reviewed := table.get("reviewed", {})).get("cells"):
        lines += _format_shares(reviewed, {}, REVIEWED, "")
        lines.append(f"Beside it, with {_count_reviewed(reviewed)} reviewed:")
    lines += _format_shares(table, open_ranges(table), ACCEPTED, describe_range(table))
    if corrected := table.get("corrected"):
        lines.append(f"The same {corrected['method']}:")
        lines += [
            f"  {name:<16}        {share['value']:>5.1f} ({share['low']:.1f}-{share['high']:.1f})"
            for kind in ("percent", "per_100_white_cells")
            for name, share in corrected[kind].items()
        ]
    return lines


def _format_shares(
    table: Mapping[str, Any],
    ranges: Mapping[str, Mapping[str, Any]],
    heading: str,
    of_range: str,
) -> Iterator[str]:
    for kind, units in (("percent", _PERCENT), ("per_100_white_cells", _BESIDE)):
        for name, share in table[kind].items():
            line = _format_line(name, share, units[heading])
            if line and name in ranges:
                line += f", {format_range(ranges[name])} {of_range}"
            if line:
                yield line


def _format_line(name: str, share: Mapping[str, Any], unit: str) -> str:
    """One line; empty for a class without cells."""
    if not share["cells"]:
        return ""
    line = f"  {name:<16} {share['cells']:>5}"
    value, bounds = format_share(share)
    return f"{line}  {value:>5} ({bounds}) {unit}" if value else line


def describe_range(table: Mapping[str, Any]) -> str:
    """Say what a range is of: where some cells were reviewed, these are as reviewed in it."""
    return "with the reviewed and the open cells" if "reviewed" in table else "with the open cells"


def open_ranges(table: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the range of each class; empty where no cell is open."""
    counts = table.get("open", {})
    if not counts.get("review", 0) + counts.get("unknown", 0):
        return {}
    return {**table["range"]["percent"], **table["range"]["per_100_white_cells"]}


def format_range(found: Mapping[str, Any]) -> str:
    """Format what the open cells leave to a share: "20.0-40.0", "8.0-no bound"."""
    high = "no bound" if found["high"] is None else f"{found['high']:.1f}"
    return f"{found['low']:.1f}-{high}"


def _count_reviewed(reviewed: Mapping[str, Any]) -> str:
    return f"{reviewed['reviewed_cells']} of {reviewed['all_cells']} cells"


def warnings_of_differential(table: Mapping[str, Any]) -> list[str]:
    """List what a reader must know of the shares, in words.

    Args:
        table: `differential` of summary.json, or of `count_predictions` alone.
    """
    return [*table["warnings"], *describe_shares(table)]


def describe_shares(table: Mapping[str, Any]) -> list[str]:
    """As `warnings_of_differential`, without those that the differential itself holds."""
    return [*_warn_of_sample(table), *describe_limits(table)]


def describe_limits(table: Mapping[str, Any]) -> list[str]:
    """Say of each limit whether it is reached; nothing where there is no cell.

    Args:
        table: as of `warnings_of_differential`.
    """
    if not (table["cells"] or open_ranges(table)):
        return []
    return [limit["text"] for limit in table.get("limits", {}).values()]


def _warn_of_sample(table: Mapping[str, Any]) -> Iterator[str]:
    reviewed = table.get("reviewed")
    if reviewed and reviewed["reviewed_cells"] < reviewed["all_cells"]:
        yield (
            f"{_count_reviewed(reviewed)} were reviewed; their shares are those of the case only "
            "if they were taken at random."
        )
