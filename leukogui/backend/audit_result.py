"""What an audit of labelled cells found, with pictures, as the retrain wizard shows it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Box, CellId
from trainer.errors import ImageError
from trainer.imaging import read_image
from trainer.imaging.boxed_image import cut_out

MAX_PICTURES = 40
_SIDE = 96
Why = Literal["copy", "odd", "label"]


@dataclass(frozen=True)
class AuditFinding:
    """As of `trainer.data.audit.findings.Finding`."""

    level: Literal["alarm", "note"]
    text: str
    advice: str


@dataclass(frozen=True)
class CountTable:
    """Cells of each class by one property: rows are classes."""

    by: str
    classes: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class AuditPicture:
    """A cell that a person should look at.

    Attributes:
        why: a copy of another, an odd image, or a label that is probably wrong.
        name: of the image.
        label: that the data give it; empty where that is not told.
        other: of a copy the label of the other, of a label error the class that it resembles,
            of an odd image what is odd about it.
        rgb: uint8 (H, W, 3); None where it cannot be read.
    """

    why: Why
    name: str
    label: str
    other: str
    rgb: NDArray[np.uint8] | None


@dataclass(frozen=True, eq=False)
class AuditResult:
    """An audit.

    Attributes:
        classes: how many cells of each.
        report: the page with all of it.
    """

    classes: Mapping[str, int]
    findings: tuple[AuditFinding, ...]
    tables: tuple[CountTable, ...]
    pictures: tuple[AuditPicture, ...]
    report: Path

    @property
    def alarms(self) -> tuple[AuditFinding, ...]:
        """Those that must be acknowledged."""
        return tuple(each for each in self.findings if each.level == "alarm")


def read_audit(data: Path, audit: Path, report: Path, doubts: Path | None) -> AuditResult:
    """Read what the jobs `audit` and `doubts` wrote, and the cells that they name.

    Args:
        data: that were audited: a folder or a CSV.
        audit, report: files of the audit.
        doubts: the table of labels that are probably wrong; None where there is none.

    Raises:
        OSError: a file is gone.
    """
    record = json.loads(audit.read_bytes())
    findings = (
        AuditFinding(each["level"], each["text"], each["advice"]) for each in record["findings"]
    )
    tables = (
        CountTable(
            each["by"],
            tuple(each["classes"]),
            tuple(each["columns"]),
            tuple(map(tuple, each["counts"])),
        )
        for each in record["tables"]
    )
    named = [*_label_errors(doubts), *_copies(record), *_odd_images(record)][:MAX_PICTURES]
    return AuditResult(
        {each["name"]: each["images"] for each in record["classes"]},
        tuple(findings),
        tuple(tables),
        tuple(_read_pictures(data, named)),
        report,
    )


_Named = tuple[Why, str, str, str]


def _label_errors(table: Path | None) -> Iterator[_Named]:
    if table is None or not table.is_file():
        return
    with table.open(encoding="utf-8", errors="backslashreplace", newline="") as file:
        for row in list(csv.DictReader(file))[: MAX_PICTURES // 2]:
            yield "label", row["file"], row["label"], row["suggested"]


def _copies(record: Mapping[str, Any]) -> Iterator[_Named]:
    groups = sorted(record["duplicates"]["groups"], key=lambda each: not each["label_conflict"])
    for group in groups[: MAX_PICTURES // 8]:
        for image in group["images"][:2]:
            others = [each["label"] for each in group["images"] if each is not image]
            yield "copy", image["image"], image["label"], others[0] if others else ""


def _odd_images(record: Mapping[str, Any]) -> Iterator[_Named]:
    for each in record["odd_images"]:
        yield "odd", each["image"], "", each["words"]


def _read_pictures(data: Path, named: Sequence[_Named]) -> Iterator[AuditPicture]:
    boxes = _boxes_of(data) if data.is_file() else {}
    root = data if data.is_dir() else data.parent
    for why, name, label, other in named:
        path, box = boxes.get(name) or boxes.get(str(root / name)) or (root / name, None)
        yield AuditPicture(why, name, label, other, _read_picture(path, box))


def _boxes_of(table: Path) -> dict[str, tuple[Path, Box | None]]:
    """Where each cell of a CSV lies, by its name as in an audit: its path, and letters."""
    found: dict[str, tuple[Path, Box | None]] = {}
    counts: Counter[Path] = Counter()
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error):
        return {}
    for row in rows:
        path = table.parent / str(row.get("file") or "")
        box = _box_of(row)
        counts[path] += box is not None
        letters = CellId("", counts[path]).letters if box is not None else ""
        suffix = f"#{letters}" if letters else ""
        found[f"{path.as_posix()}{suffix}"] = path, box
    return found


def _box_of(row: Mapping[str, str]) -> Box | None:
    try:
        x, y, width, height = (float(row[name]) for name in ("x", "y", "width", "height"))
    except (KeyError, TypeError, ValueError):
        return None
    return Box(x, y, width, height)


def _read_picture(path: Path, box: Box | None) -> NDArray[np.uint8] | None:
    try:
        image = read_image(path)
    except ImageError:
        return None
    rgb = (cut_out(image, box) if box is not None else image).pixels
    scale = _SIDE / max(rgb.shape[:2])
    size = (max(round(scale * rgb.shape[1]), 1), max(round(scale * rgb.shape[0]), 1))
    return np.ascontiguousarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
