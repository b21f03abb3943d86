"""The result of the job "summary", as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DifferentialRow:
    """Cells of one class, or of what is apart.

    Attributes:
        key: class, or "review", "unknown", "failed".
        value, low, high: a figure and its 95 % interval; None where undefined or unbounded.
        range: what the figure can be, by what the open cells are: its ends, the upper one None
            where unbounded; None where no cell is open.
    """

    key: str
    cells: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    range: tuple[float, float | None] | None = None


@dataclass(frozen=True)
class ReviewedShares:
    """The differential of the cells that persons reviewed.

    Attributes:
        cells: number of reviewed cells, of `all_cells`.
        white: those of them that make up the 100 %.
        percent, per_100: as of `CaseSummary`.
    """

    cells: int = 0
    all_cells: int = 0
    white: int = 0
    percent: tuple[DifferentialRow, ...] = ()
    per_100: tuple[DifferentialRow, ...] = ()

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> ReviewedShares:
        """From the part `reviewed` of a differential; empty for an empty one."""
        if not table:
            return cls()
        return cls(
            table["reviewed_cells"],
            table["all_cells"],
            table["cells"],
            _build_rows(table["percent"]),
            _build_rows(table["per_100_white_cells"]),
        )


@dataclass(frozen=True)
class RunRow:
    """One run of the case; `counts`: whether its predictions are in the figures."""

    id: int
    model: str
    started: str
    state: str
    judged: int
    counts: bool


@dataclass(frozen=True)
class CaseSummary:
    """The figures of a case, or of one of its runs.

    Attributes:
        run: number of the run; None: of the whole case.
        white: accepted cells that make up the 100 %.
        percent: classes in percent of `white`.
        per_100: classes per 100 of `white`.
        reviewed: what persons reviewed.
        corrected: shares of `percent`, corrected for the errors that the model is known to make.
        notes: what holds of the shares, and on a source that the model does not know.
        histogram: decision -> cells by probability, in bins of equal width from 0 to 1.
        threshold: probability under which a cell goes to review.
        failed: name and reason of images that could not be read, the first 1000.
        changed: images that changed since they were classified; None: not compared.
        fields: number of cells of each image that is a field, by name; empty without fields.
        cells: all cells, where there are fields.
        raw: all of the result.
    """

    run: int | None
    images: int
    decisions: Mapping[str, int]
    classes: tuple[str, ...]
    white: int
    percent: tuple[DifferentialRow, ...]
    per_100: tuple[DifferentialRow, ...]
    reviewed: ReviewedShares
    corrected: tuple[DifferentialRow, ...]
    notes: tuple[str, ...]
    looks_like: Mapping[str, int]
    warnings: tuple[str, ...]
    histogram: Mapping[str, tuple[int, ...]]
    threshold: float
    failed: tuple[tuple[str, str], ...]
    changed: tuple[str, ...] | None
    runs: tuple[RunRow, ...]
    fields: tuple[tuple[str, int], ...]
    cells: int
    raw: Mapping[str, Any]

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> CaseSummary:
        """From the job's result."""
        table, changed = result["differential"], result["changed_since_judged"]
        keys = RunRow.__dataclass_fields__
        return cls(
            run=result["run"],
            images=result["images"],
            decisions=result["decisions"],
            classes=tuple(result["model"]["classes"]),
            white=table["cells"],
            percent=_build_rows(table["percent"], _open_ranges(table, "percent")),
            per_100=_build_rows(
                table["per_100_white_cells"], _open_ranges(table, "per_100_white_cells")
            ),
            reviewed=ReviewedShares.of(table.get("reviewed", {})),
            corrected=tuple(
                DifferentialRow(name, 0, **share)
                for name, share in table.get("corrected", {}).get("percent", {}).items()
            ),
            notes=tuple(result.get("notes", ())),
            looks_like=result["unknown_looks_like"],
            warnings=tuple(table["warnings"]),
            histogram={name: tuple(counts) for name, counts in result["histogram"].items()},
            threshold=result["model"]["thresholds"]["review_probability"],
            failed=tuple((each["image"], each["error"]) for each in result["failed_images"]),
            changed=None if changed is None else tuple(changed),
            runs=tuple(RunRow(**{key: each[key] for key in keys}) for each in result["runs"]),
            fields=tuple(result.get("cells_per_image", {}).items()),
            cells=result.get("cells", 0),
            raw=result,
        )

    @property
    def excluded(self) -> tuple[DifferentialRow, ...]:
        """What is in no percentage."""
        return tuple(
            DifferentialRow(key, self.decisions[key]) for key in ("review", "unknown", "failed")
        )


Range = tuple[float, float | None]


def _build_rows(
    table: Mapping[str, Mapping[str, Any]], ranges: Mapping[str, Range] | None = None
) -> tuple[DifferentialRow, ...]:
    found = ranges or {}
    return tuple(
        DifferentialRow(name, **share, range=found.get(name)) for name, share in table.items()
    )


def _open_ranges(table: Mapping[str, Any], kind: str) -> dict[str, Range]:
    """What the open cells leave to each share; empty where none is open."""
    counts = table.get("open", {})
    if not counts.get("review", 0) + counts.get("unknown", 0):
        return {}
    return {name: (each["low"], each["high"]) for name, each in table["range"][kind].items()}
