"""Find label errors: labelled cells in, a list of doubtful labels out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import ensure_writable, write_bytes
from trainer.data.class_weights import inverse_frequency
from trainer.data.folds import assign_folds
from trainer.data.manifest import Manifest
from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.evaluation.label_errors import LabelErrors, find_label_errors
from trainer.jobs.common.labelled.cells import read_labelled_manifest
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions, predict_labelled_cells
from trainer.jobs.common.opened_model import open_exact
from trainer.jobs.common.report.csv_table import format_csv, safe_cell
from trainer.models.package.card import HeadSpec
from trainer.models.probabilities import softmax
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import DoubtsRequest
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
        Cancelled: `should_stop` returned true; nothing was written.
    """
    manifest = read_labelled_manifest(
        request.data,
        emit,
        merge_labels=request.merge_labels,
        any_suffix=request.any_suffix,
    )
    opened = open_exact(request, emit)
    ensure_writable(Path(request.out))
    cells = predict_labelled_cells(
        manifest, opened, seed=request.seed, on_progress=emit, should_stop=should_stop
    )
    for read_error in cells.faults:
        emit(JobWarning(f"Left out: {read_error}"))
    readable = replace(manifest, items=cells.items)
    labels = np.array([manifest.classes.index(item.label) for item in cells.items], dtype=np.intp)
    probabilities = _predict_out_of_fold(readable, cells, labels, request, emit, should_stop)
    errors = find_label_errors(labels, probabilities)
    target = Path(request.out) / LABEL_ERRORS_FILE
    write_bytes(target, _format_table(readable, labels, probabilities, errors))
    share = 1 - float(np.trace(errors.joint))
    text = f"{len(errors.cells)} of {len(labels)} labels are doubtful; about {share:.1%} are wrong"
    emit(Result({"text": f"{text}, by this model's features. They are listed in {target}."}))
    return {
        "doubts": len(errors.cells),
        "cells": len(labels),
        "share": share,
        "failed": len(cells.faults),
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
    """Predict probabilities (N, C): of each fold by a head that never saw it."""
    fold = assign_folds(manifest, folds=request.folds, seed=request.seed)
    classes = len(manifest.classes)
    weight = inverse_frequency(np.bincount(labels, minlength=classes).tolist())[labels]
    probabilities = np.empty((len(labels), classes))
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
        probabilities[fold == part] = softmax(fit.head.logits(predictions.pooled[fold == part]))
        emit(Progress("judging each part by the others", part + 1, request.folds))
    return probabilities


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
        names = (item.name(manifest.root), item.label, manifest.classes[suggested])
        rows.append([*map(safe_cell, names), *(f"{figure:.4f}" for figure in figures)])
    return format_csv(_COLUMNS, rows).encode("utf-8", "backslashreplace")
