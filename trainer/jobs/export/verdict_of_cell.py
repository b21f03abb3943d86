"""What counts for a cell: its review, unless that is of other bytes, else what was accepted."""

from __future__ import annotations

from collections.abc import Mapping

from trainer.cases.records import Review
from trainer.domain import CellId, Decision, Prediction


def find_review(prediction: Prediction, reviews: Mapping[CellId, Review]) -> Review | None:
    """Return the review of a cell; one of other bytes is none of it.

    Args:
        reviews: the latest review of each cell that has one.
    """
    review = reviews.get(prediction.cell_id)
    same = review is not None and review.sha256 in ("", prediction.sha256)
    return review if same else None


def verdict_label(prediction: Prediction, review: Review | None) -> str:
    """Return the class of a cell, "unknown" or "excluded"; empty while it is pending."""
    if review is not None:
        return review.label
    return prediction.label if prediction.decision is Decision.ACCEPT else ""
