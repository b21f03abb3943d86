"""`agreement`: how far two readers of a case agree, and on which cells they do not."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from trainer.atomic_files import sha256_of
from trainer.cases.model_comparison import compare_models
from trainer.cases.reader_labels import (
    MODEL,
    LabelSource,
    common_cells,
    find_model,
    list_label_sources,
    parse_label_source,
    read_adjudications,
    read_labels,
)
from trainer.cases.records import Case, NewReview, Review
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Interval, ShouldStop, printable
from trainer.errors import UserError
from trainer.evaluation.agreement import Agreement, compute_agreement
from trainer.jobs.common.case.reader import name_in_case
from trainer.locations import store_file
from trainer.protocol.case_requests import AgreementRequest
from trainer.protocol.events import Emit, Result

_HINT = "Columns: file, label, and cell (its letters) where the image is a field."


def run(request: AgreementRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Compare two readers (see `AgreementRequest`).

    Returns:
        `sources`, whose labels the case has; where two were named, `cells`, `share`, `kappa`,
        `labels`, `matrix`, `by_label`, and `differ`: the cells to adjudicate, with both labels and
        what was adjudicated; of two models those first on which they disagree most.

    Raises:
        UserError: the folder is no case, the CSV cannot be read, or the two share no cell.
        StoreError: the store cannot be read or written.
    """
    path = store_file(request.data_dir)
    if not path.is_file():
        raise UserError(f"{request.folder} is no case yet.", "Classify it first.")
    with CaseStore.open(path, read_only=not request.read) as store:
        case = store.cases.find(Path(request.folder))
        if case is None:
            raise UserError(f"{request.folder} is no case yet.", "Classify it first.")
        if request.read:
            _store_reading(store, case, request)
        sources = [str(each) for each in list_label_sources(store, case.id)]
        if not (request.first and request.second):
            emit(Result({"text": printable("Labels of: " + ", ".join(sources))}))
            return {"sources": sources}
        chosen = [parse_label_source(each) for each in (request.first, request.second)]
        first, second = (_labels_of(store, case, each, sources) for each in chosen)
        disagreement = _disagreement(store, case, chosen)
        decided = read_adjudications(store, case.id)
    return {"sources": sources, **_compare(first, second, chosen, disagreement, decided, emit)}


def _labels_of(
    store: CaseStore, case: Case, source: LabelSource, known: list[str]
) -> dict[CellId, str]:
    labels = read_labels(store, case.id, source)
    if not labels:
        raise UserError(f"There is no label of {source}.", f"There are: {', '.join(known)}.")
    return labels


def _disagreement(
    store: CaseStore, case: Case, chosen: list[LabelSource]
) -> Mapping[CellId, float]:
    """How far two models disagree on each cell, for the order; nothing for persons."""
    models = [find_model(store, case.id, each) for each in chosen if each.reader == MODEL]
    found = [each for each in models if each is not None]
    if len(found) < 2:
        return {}
    return {each.cell: each.disagreement for each in compare_models(store, found)}


def _compare(
    first: dict[CellId, str],
    second: dict[CellId, str],
    chosen: list[LabelSource],
    disagreement: Mapping[CellId, float],
    decided: Mapping[CellId, Review],
    emit: Emit,
) -> dict[str, object]:
    cells = common_cells(first, second)
    if not cells:
        raise UserError("The two readers labelled no cell in common.", "Read the same cells.")
    found = compute_agreement([first[each] for each in cells], [second[each] for each in cells])
    differ = [each for each in cells if first[each] != second[each]]
    differ.sort(key=lambda each: -disagreement.get(each, 0.0))
    lines = [_format_agreement(found, chosen)]
    lines += [
        f"{each.image} {each.letters}".rstrip()
        + f": {first[each]} / {second[each]}"
        + (f", adjudicated {decided[each].label}" if each in decided else "")
        for each in differ
    ]
    emit(Result({"text": printable("\n".join(lines))}))
    return {
        "cells": found.cells,
        "share": _interval_to_json(found.share),
        "kappa": _interval_to_json(found.kappa),
        "labels": list(found.labels),
        "matrix": [list(row) for row in found.matrix],
        "by_label": dict(zip(found.labels, found.by_label, strict=True)),
        "differ": [
            {
                "image": each.image,
                "number": each.number,
                "first": first[each],
                "second": second[each],
                **_adjudication_to_json(decided.get(each)),
            }
            for each in differ
        ],
    }


def _adjudication_to_json(review: Review | None) -> dict[str, str]:
    """What a third label decided, and whose and when; empty where nobody has."""
    if review is None:
        return {"adjudicated": "", "adjudicator": "", "time": ""}
    label, person = review.label, review.reviewer
    return {"adjudicated": label, "adjudicator": person, "time": review.time}


def _format_agreement(found: Agreement, chosen: list[LabelSource]) -> str:
    share, kappa = found.share, found.kappa
    text = (
        f"{chosen[0]} and {chosen[1]} agree on {100 * share.value:.1f} % of {found.cells} cells "
        f"({100 * share.low:.1f}-{100 * share.high:.1f} %)"
    )
    if math.isnan(kappa.value):
        return f"{text}; both used one label only, so there is no kappa."
    return f"{text}; kappa {kappa.value:.2f} ({kappa.low:.2f}-{kappa.high:.2f})."


def _interval_to_json(interval: Interval) -> dict[str, float | None]:
    values = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def _store_reading(store: CaseStore, case: Case, request: AgreementRequest) -> None:
    if not request.reader.strip():
        raise UserError("Nobody's reading is given.", "Name the reader.")
    labels = list(_parse_reading(Path(request.read), case))
    if not labels:
        raise UserError(f"{request.read} holds no label.", _HINT)
    store.readings.add(case.id, labels, reader=request.reader.strip(), series=request.series)


def _parse_reading(file: Path, case: Case) -> Iterator[NewReview]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read.", _HINT) from error
    for line, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), 2):
        try:
            yield _parse_row(row, case)
        except (KeyError, ValueError, AttributeError) as error:
            raise UserError(f"Line {line} of {file} is no label of a cell.", _HINT) from error


def _parse_row(row: Mapping[str, str], case: Case) -> NewReview:
    name = name_in_case(row["file"].strip(), case.root)
    cell = CellId.of_letters(name, (row.get("cell") or "").strip())
    path = case.root / name
    sha256 = sha256_of(path) if path.is_file() else ""
    return NewReview(name, sha256, row["label"].strip(), number=cell.number)
