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
    """

    key: str
    cells: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


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
        white: cells that make up the 100 %.
        percent: classes in percent of `white`.
        per_100: classes per 100 of `white`.
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
            percent=_build_rows(table["percent"]),
            per_100=_build_rows(table["per_100_white_cells"]),
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


def _build_rows(table: Mapping[str, Mapping[str, Any]]) -> tuple[DifferentialRow, ...]:
    return tuple(DifferentialRow(name, **share) for name, share in table.items())
