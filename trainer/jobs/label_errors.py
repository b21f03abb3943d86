"""The label doctor at work: labelled cells in, a list of doubtful labels out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import ensure_writable, write_bytes
from trainer.data.class_weights import inverse_frequency
from trainer.data.folds import assign_folds
from trainer.data.item import relative_name
from trainer.data.manifest import Manifest
from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.evaluation.label_errors import LabelErrors, find_label_errors
from trainer.jobs.common.csv_table import format_csv, safe_cell
from trainer.jobs.common.labelled_cells import read_labelled_manifest
from trainer.jobs.common.opened_model import open_exact
from trainer.jobs.common.scored_cells import LabelledPredictions, predict_labelled_cells
from trainer.models.package.card import HeadSpec
from trainer.models.probabilities import softmax
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import DoubtsRequest
from trainer.training.head_fit import Examples, fit_head

LABEL_ERRORS_FILE = "doubts.csv"
_COLUMNS = ("file", "label", "suggested", "margin", "p_label", "p_suggested")


def run(request: DoubtsRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """List doubtful labels (see `DoubtsRequest`), the most doubtful first.

    Returns:
        `doubts`, their number; `cells`; `share`, the estimated share of wrong labels;
        `failed`, the number of unreadable images; and the file.

    Raises:
        UserError: no data, or too few of a class for so many parts.
        Cancelled: `should_stop` said so; nothing was written.
    """
    manifest = read_labelled_manifest(request.data, emit)
    opened = open_exact(request, emit)
    ensure_writable(Path(request.out))
    seen = predict_labelled_cells(
        manifest, opened, seed=request.seed, on_progress=emit, should_stop=should_stop
    )
    for fault in seen.faults:
        emit(JobWarning(f"Left out: {fault}"))
    read = replace(manifest, items=seen.items)
    labels = np.array([manifest.classes.index(item.label) for item in seen.items], dtype=np.intp)
    shares = _predict_out_of_fold(read, seen, labels, request, emit, should_stop)
    doubts = find_label_errors(labels, shares)
    target = Path(request.out) / LABEL_ERRORS_FILE
    write_bytes(target, _format_table(read, labels, shares, doubts))
    share = 1 - float(np.trace(doubts.joint))
    words = f"{len(doubts.cells)} of {len(labels)} labels are doubtful; about {share:.1%} are wrong"
    emit(Result({"text": f"{words}, by this model's features. They are listed in {target}."}))
    return {
        "doubts": len(doubts.cells),
        "cells": len(labels),
        "share": share,
        "failed": len(seen.faults),
        "file": str(target),
    }


def _predict_out_of_fold(
    manifest: Manifest,
    predictions: LabelledPredictions,
    labels: NDArray[np.intp],
    request: DoubtsRequest,
    emit: Emit,
    should_stop: ShouldStop,
) -> NDArray[np.float64]:
    """Probabilities (N, C): of each part by a head that neither learned from it nor chose by it."""
    fold = assign_folds(manifest, folds=request.folds, seed=request.seed)
    classes = len(manifest.classes)
    weight = inverse_frequency(np.bincount(labels, minlength=classes).tolist())[labels]
    shares = np.empty((len(labels), classes))
    for part in range(request.folds):
        if should_stop():
            raise Cancelled
        choosing = fold == (part + 1) % request.folds
        learning = (fold != part) & ~choosing
        train, val = (
            Examples(predictions.pooled[rows], labels[rows], weight[rows])
            for rows in (learning, choosing)
        )
        fit = fit_head(train, val, classes, HeadSpec(), seed=request.seed, should_stop=should_stop)
        shares[fold == part] = softmax(fit.head.logits(predictions.pooled[fold == part]))
        emit(Progress("judging each part by the others", part + 1, request.folds))
    return shares


def _format_table(
    manifest: Manifest,
    labels: NDArray[np.intp],
    probabilities: NDArray[np.float64],
    label_errors: LabelErrors,
) -> bytes:
    rows = []
    for cell, suggested, margin in zip(
        label_errors.cells, label_errors.suggested, label_errors.margin, strict=True
    ):
        item = manifest.items[cell]
        figures = (margin, probabilities[cell, labels[cell]], probabilities[cell, suggested])
        names = (relative_name(item.path, manifest.root), item.label, manifest.classes[suggested])
        rows.append([*map(safe_cell, names), *(f"{figure:.4f}" for figure in figures)])
    return format_csv(_COLUMNS, rows).encode("utf-8", "backslashreplace")
