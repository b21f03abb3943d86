"""Write cells.parquet: a row a cell with its prediction, its review and its verdict, typed.

Rows are written a part at a time, so that a case of a million cells needs no more memory than
one of a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trainer.atomic_files import write_with
from trainer.cases.records import Review
from trainer.domain import RESEARCH_USE, Decision, Prediction, printable
from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.verdict_of_cell import find_review, verdict_label

_ROWS_PER_GROUP = 16_384
_TEXTS = ("image", "cell", "sha256", "decision", "label", "reason", "looks_like", "error")
_REVIEW = ("verdict", "origin", "reviewer", "note", "reviewed_at")
_BOX = ("x", "y", "width", "height")


def write_parquet(path: Path, content: ExportContent) -> None:
    """Write the table.

    Columns are those of predictions.csv as far as both have them; `verdict` is the class that
    counts, `origin` whether a review or a decision gave it, empty while the cell is pending.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it was time to stop.
    """
    schema = _build_schema(content)
    reviews = content.reader.store.reviews.latest(content.reader.case.id)

    def write(temporary: Path) -> None:
        # Through a file of Python's, whose errors say that a disk is full.
        with (
            temporary.open("wb") as file,
            pq.ParquetWriter(file, schema, compression="zstd") as writer,
        ):
            predictions = content.predictions()
            while part := list(islice(predictions, _ROWS_PER_GROUP)):
                rows = [_build_row(each, find_review(each, reviews), content) for each in part]
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))

    write_with(path, write)


def _build_schema(content: ExportContent) -> Any:
    text, number = pa.string(), pa.float64()
    model = content.reader.model
    fields = [pa.field(name, text) for name in (*_TEXTS, *_REVIEW)]
    fields += [pa.field(name, number) for name in ("probability", "distance", *_BOX)]
    fields += [pa.field("plane", pa.int32()), pa.field("at_edge", pa.bool_())]
    fields += [pa.field(f"p_{name}", pa.float32()) for name in model.classes]
    fields += [pa.field(f"other_{name}", pa.float32()) for name in model.other_classes]
    facts = {"model": model.id, "card_sha256": model.sha256, "statement": RESEARCH_USE}
    return pa.schema(fields, metadata=facts)


def _build_row(
    prediction: Prediction, review: Review | None, content: ExportContent
) -> Mapping[str, Any]:
    failed = prediction.decision is Decision.FAILED
    box = prediction.box
    row: dict[str, Any] = {
        "image": printable(prediction.image),
        "cell": prediction.cell_id.letters,
        "sha256": prediction.sha256,
        "decision": prediction.decision.value,
        "label": "" if failed else prediction.label,
        "reason": prediction.reason,
        "looks_like": prediction.looks_like,
        "error": printable(prediction.error),
        "probability": None if failed else prediction.probability,
        "distance": prediction.distance,
        "plane": prediction.plane,
        "at_edge": prediction.at_edge,
        **_describe_review(prediction, review),
    }
    if box is not None:
        row |= dict(zip(_BOX, (box.x, box.y, box.width, box.height), strict=True))
    model = content.reader.model
    names = [*(f"p_{name}" for name in model.classes)]
    names += [f"other_{name}" for name in model.other_classes]
    if not failed:
        row |= dict(zip(names, prediction.probabilities, strict=False))
    return row


def _describe_review(prediction: Prediction, review: Review | None) -> dict[str, str]:
    label = verdict_label(prediction, review)
    if review is None:
        return {"verdict": label, "origin": "decision" if label else ""}
    return {
        "verdict": label,
        "origin": "review",
        "reviewer": printable(review.reviewer),
        "note": printable(review.note),
        "reviewed_at": review.time,
    }
