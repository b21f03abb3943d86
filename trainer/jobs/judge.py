"""`judge`: a model against another on the cells on which both were evaluated.

No network is run: `evaluate` wrote down what each model gave each cell.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import ensure_writable, sha256_of, write_together
from trainer.data.item import format_names
from trainer.domain import Decision, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.evaluation.comparison import paired_difference
from trainer.evaluation.confusion import balanced_accuracy
from trainer.evaluation.paired_judgement import (
    Judgement,
    PairedJudgement,
    judge_by_class,
    judge_pairs,
)
from trainer.jobs.common.report.csv_table import format_csv, plain_cell, safe_cell
from trainer.locations import data_folder
from trainer.models.package.layout import CARD
from trainer.models.package.registry import registry_of
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import JudgeRequest

OUTSIDE = "outside"
JUDGEMENT, CHANGED = "judgement.json", "changed.csv"
_PLACE = ("file", "x", "y", "width", "height")
_CELL = (*_PLACE, "sha256", "label", "source", "patient")
_GIVEN = ("predicted", "probability", "decision")
_NO_PATIENTS = (
    "Patients are not known: cells are taken for independent, and the judgement is more certain "
    "than it would be by patient."
)
_SAME_PATIENTS = (
    "Some cells are of one patient: the interval of the difference takes that into account, the "
    "p-values take cells for independent."
)

Row = Mapping[str, str]


@dataclass(frozen=True)
class EvaluatedModel:
    """What `evaluate` wrote of a model.

    Attributes:
        id: of the model.
        sha256: of its card.
        classes: that its rows predict.
        figures: of all its cells, as in metrics.json.
        rows: cells.csv, by the bytes and the place of the cell.
    """

    id: str
    sha256: str
    classes: tuple[str, ...]
    figures: Mapping[str, Any]
    rows: Mapping[tuple[str, ...], Row]


@dataclass(frozen=True, eq=False)
class ModelJudgement:
    """A candidate against another model on the same cells.

    Attributes:
        overall: all cells together.
        by_class: of each label with cells; those outside of both models' classes as "outside".
        difference: of balanced accuracy over the classes that both know, with its 95 % interval
            by paired bootstrap over patients where they are known: (value, low, high); None
            where fewer than two classes have cells.
        pairs: rows of both, the candidate's second.
    """

    candidate: EvaluatedModel
    against: EvaluatedModel
    overall: PairedJudgement
    by_class: Mapping[str, PairedJudgement]
    difference: tuple[float, float, float] | None
    pairs: Sequence[tuple[Row, Row]]
    notes: tuple[str, ...]

    def classes_judged(self, judgement: Judgement) -> list[str]:
        """Name the labels for which the candidate is better, or worse."""
        return [name for name, each in self.by_class.items() if each.judgement is judgement]

    @property
    def sentence(self) -> str:
        """Write in one sentence what is found."""
        found = self.overall
        than = "from" if found.judgement is Judgement.NOT_DISTINGUISHABLE else "than"
        text = (
            f"{self.candidate.id} is {found.judgement.value} {than} {self.against.id} on the same "
            f"{found.cells} cells (p = {found.p:.2g})"
        )
        for judgement in (Judgement.BETTER, Judgement.WORSE):
            if names := self.classes_judged(judgement):
                text += f"; {judgement.value} for {', '.join(names)}"
        return f"{text}."

    def to_json(self) -> dict[str, Any]:
        """Build judgement.json."""
        return {
            "candidate": {"id": self.candidate.id, "card_sha256": self.candidate.sha256},
            "against": {"id": self.against.id, "card_sha256": self.against.sha256},
            "judgement": self.overall.judgement.value,
            "sentence": self.sentence,
            "better": self.classes_judged(Judgement.BETTER),
            "worse": self.classes_judged(Judgement.WORSE),
            "overall": self.overall.to_json(),
            "by_class": {name: each.to_json() for name, each in self.by_class.items()},
            "balanced_accuracy_difference": list(self.difference) if self.difference else None,
            "figures": {
                "candidate": self.candidate.figures,
                "against": self.against.figures,
            },
            "changed": sum(1 for _ in self.changed()),
            "notes": list(self.notes),
        }

    def changed(self) -> Iterator[tuple[Row, Row]]:
        """Yield the cells that get another class, or another decision."""
        for before, after in self.pairs:
            keys = ("predicted", "decision")
            if [before[key] for key in keys] != [after[key] for key in keys]:
                yield before, after


def run(request: JudgeRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Judge a model against another (see `JudgeRequest`); the trail of the models keeps it.

    Returns:
        What is in judgement.json, and the files written.

    Raises:
        UserError: a folder holds no evaluation, both are of one model, or they share no cell.
        Cancelled: `should_stop` returned true.
    """
    if should_stop():
        raise Cancelled
    against, candidate = (
        read_evaluation(Path(each)) for each in (request.against, request.candidate)
    )
    found = judge(candidate, against)
    out = Path(request.out)
    ensure_writable(out)
    record = found.to_json()
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    files = {JUDGEMENT: text.encode("utf-8", "backslashreplace")}
    files[CHANGED] = _format_changed(found).encode("utf-8", "backslashreplace")
    write_together(out, files)
    _remember(found, request)
    for note in found.notes:
        emit(JobWarning(note))
    emit(Result({"text": "\n".join(_describe(found))}))
    return record | {"file": str(out / JUDGEMENT), "changed_table": str(out / CHANGED)}


def read_evaluation(folder: Path) -> EvaluatedModel:
    """Read what `evaluate` wrote into a folder.

    Raises:
        UserError: there is nothing of it, or it is damaged.
    """
    try:
        record = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
            rows = [
                {key: plain_cell(value) for key, value in row.items()}
                for row in csv.DictReader(file)
            ]
        by_place = {tuple(row[key] for key in ("sha256", *_PLACE[1:])): row for row in rows}
        model = record["model"]
        classes = tuple(record["classes"])
        figures = record["figures"]["all"]
        return EvaluatedModel(model["id"], model["card_sha256"], classes, figures, by_place)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{folder} holds no evaluation that can be read.", "Run `evaluate` into it first."
        ) from error


def judge(candidate: EvaluatedModel, against: EvaluatedModel, seed: int = 0) -> ModelJudgement:
    """Judge by the cells on which both were evaluated.

    Raises:
        UserError: both are the same model, or they share no cell.
    """
    if candidate.sha256 == against.sha256:
        raise UserError(f"Both evaluations are of {candidate.id}.", "Choose two models.")
    shared = [key for key in against.rows if key in candidate.rows]
    if not shared:
        raise UserError(
            "No cell was evaluated by both models.", "Evaluate both on the same labelled data."
        )
    pairs = [(against.rows[key], candidate.rows[key]) for key in shared]
    known = tuple(dict.fromkeys((*against.classes, *candidate.classes)))
    rights = [_are_right([pair[at] for pair in pairs], known) for at in (0, 1)]
    names = (*known, OUTSIDE)
    labels = np.array([_index(known, before["label"]) for before, _ in pairs], dtype=np.intp)
    return ModelJudgement(
        candidate,
        against,
        judge_pairs(rights[0], rights[1]),
        judge_by_class(rights[0], rights[1], labels, names),
        _difference(pairs, labels, known, seed),
        pairs,
        tuple(_notes(candidate, against, pairs)),
    )


def _index(known: Sequence[str], label: str) -> int:
    return known.index(label) if label in known else len(known)


def _are_right(rows: Sequence[Row], known: Sequence[str]) -> NDArray[np.bool_]:
    """The likeliest class is the label; a cell of a class of neither model is called unknown."""
    return np.array(
        [
            row["predicted"] == row["label"]
            if row["label"] in known
            else row["decision"] == Decision.UNKNOWN.value
            for row in rows
        ]
    )


def _difference(
    pairs: Sequence[tuple[Row, Row]], labels: NDArray[np.intp], known: Sequence[str], seed: int
) -> tuple[float, float, float] | None:
    inside = labels < len(known)
    if len(np.unique(labels[inside])) < 2:
        return None
    rows = [pair for pair, is_known in zip(pairs, inside.tolist(), strict=True) if is_known]
    truth, side = labels[inside], len(known)
    placed = [
        np.eye(side * side)[truth * side + [_index(known, pair[at]["predicted"]) for pair in rows]]
        for at in (0, 1)
    ]
    patients = [before["patient"] for before, _ in rows]
    clusters = np.array(patients) if len(set(patients)) > 1 and all(patients) else None

    def statistic(at: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return balanced_accuracy((weights @ placed[at]).reshape(-1, side, side))

    found = paired_difference(
        lambda weights: statistic(0, weights),
        lambda weights: statistic(1, weights),
        len(rows),
        seed=seed,
        strata=truth if clusters is None else None,
        clusters=clusters,
    )
    return round(found.value, 6), round(found.low, 6), round(found.high, 6)


def _notes(
    candidate: EvaluatedModel, against: EvaluatedModel, pairs: Sequence[tuple[Row, Row]]
) -> Iterator[str]:
    for model, other in ((candidate, against), (against, candidate)):
        if left := len(model.rows) - len(pairs):
            yield f"Left out: {left} cells that {other.id} was not evaluated on."
        if strange := [name for name in other.classes if name not in model.classes]:
            yield f"{model.id} does not report {format_names(strange)}: such cells count as wrong."
    if not all(before["patient"] for before, _ in pairs):
        yield _NO_PATIENTS
    elif len({before["patient"] for before, _ in pairs}) < len(pairs):
        yield _SAME_PATIENTS


def _describe(found: ModelJudgement) -> Iterator[str]:
    yield found.sentence
    yield f"  {'right':<18}{'cells':>6}  {'before':<22}{'after':<22}"
    for name, each in {"all": found.overall, **found.by_class}.items():
        shares = [
            f"{share.value:.3f} ({share.low:.3f}-{share.high:.3f})"
            for share in (each.before, each.after)
        ]
        yield f"  {name:<18}{each.cells:>6}  {shares[0]:<22}{shares[1]:<22}{each.judgement.value}"


def _format_changed(found: ModelJudgement) -> str:
    header = (*_CELL, *(f"{when}_{key}" for when in ("before", "after") for key in _GIVEN))
    return format_csv(
        header,
        (
            [
                *(safe_cell(before[key]) for key in _CELL),
                *(safe_cell(row[key]) for row in (before, after) for key in _GIVEN),
            ]
            for before, after in found.changed()
        ),
    )


def _remember(found: ModelJudgement, request: JudgeRequest) -> None:
    """Keep the judgement in the trail, where both are models of the registry as they are now."""
    registry = registry_of(data_folder(request.data_dir))
    digests = {
        entry.name: sha256_of(entry.path / CARD)
        for entry in registry.entries()
        if entry.card is not None
    }
    if any(digests.get(each.id) != each.sha256 for each in (found.candidate, found.against)):
        return
    details = {
        "against": found.against.id,
        "judgement": found.overall.judgement.value,
        "cells": found.overall.cells,
        "better": found.classes_judged(Judgement.BETTER),
        "worse": found.classes_judged(Judgement.WORSE),
    }
    registry.record_judgement(found.candidate.id, details)
