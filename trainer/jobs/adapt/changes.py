"""Name the cells of a case that another model decides otherwise, from the stored features.

No network is run: an adapted model differs from the one before by its head alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cache.results import ResultCache
from trainer.cases.records import Origin, Run
from trainer.domain import AlertLevel, Decision, Prediction, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.inference.feature_distance import NearestNeighbours, decode_embedding
from trainer.inference.policy import NO_COLOUR, Policy, PolicyDecision
from trainer.jobs.adapt.network import network_check
from trainer.jobs.common.case.reader import CaseReader, open_case_reader
from trainer.jobs.common.case.summary import ALERT
from trainer.jobs.common.report.number_text import format_count
from trainer.jobs.train.feature_extractor import cached_extractor
from trainer.jobs.train.job import RESULT_CACHE_FILE
from trainer.locations import cache_folder, data_folder
from trainer.models.head import Head
from trainer.models.package.layout import Package
from trainer.models.package.registry import registry_of
from trainer.models.probabilities import softmax
from trainer.protocol.adaptation_requests import ChangesRequest
from trainer.protocol.events import Emit, Result

_BATCH = 1000
_MOST_LINES = 20


@dataclass(frozen=True)
class Change:
    """A cell that the other model decides otherwise.

    Attributes:
        before: as the run predicted it.
        after: as the other model would.
        reviewed: label that a person gave it; empty where nobody did.
    """

    before: Prediction
    after: PolicyDecision
    reviewed: str = ""

    @property
    def rank(self) -> int:
        """0 for one accepted class instead of another, then the less grave ones."""
        accepted = (self.before.decision, self.after.decision).count(Decision.ACCEPT)
        return 2 - accepted if self.before.label != self.after.label else 3 - accepted

    def to_json(self) -> dict[str, object]:
        """As in the result."""
        before, after = self.before, self.after
        return {
            "image": before.image,
            "number": before.number,
            "reviewed": self.reviewed,
            **{
                when: {
                    "label": each.label,
                    "decision": each.decision.value,
                    "probability": round(each.probability, 6),
                }
                for when, each in (("before", before), ("after", after))
            },
        }


def run(request: ChangesRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Name the cells that change (see `ChangesRequest`).

    Returns:
        `changed`, how many cells of `cells`; `changes`, the gravest of them first; `before` and
        `after`, number of cells by accepted label, "review" and "unknown".

    Raises:
        UserError: the folder was not classified, its features were not stored, or they are of
            another network.
        PackageError: the model is damaged.
        StoreError: the store cannot be read.
        Cancelled: `should_stop` returned true.
    """
    registry = registry_of(data_folder(request.data_dir))
    package = registry.find(request.model)
    with (
        open_case_reader(request.folder, request.run, request.data_dir) as reader,
        ResultCache(cache_folder() / RESULT_CACHE_FILE) as cache,
    ):
        same = network_check(cached_extractor(package, cache), registry, cache)
        if not all(same(each) for each in reader.runs):
            raise UserError(
                f"The cells of {reader.root} were classified by a network other than that of "
                f"{package.card.id}.",
                "Classify the folder with this model to see what changes.",
            )
        found = _Comparison(reader, package, should_stop)
        changes = sorted(found.changes(), key=lambda each: each.rank)
    emit(Result({"text": _format(package.card.id, changes, found)}))
    return {
        "model": package.card.id,
        "cells": found.cells,
        "changed": len(changes),
        "before": dict(sorted(found.before.items())),
        "after": dict(sorted(found.after.items())),
        "changes": [each.to_json() for each in changes[: request.count]],
    }


class _Comparison:
    """The stored predictions of a case beside those of another head.

    Attributes:
        cells: how many were compared.
        before, after: number of cells by outcome.
    """

    def __init__(self, reader: CaseReader, package: Package, should_stop: ShouldStop) -> None:
        self._reader, self._should_stop = reader, should_stop
        self._decider = _Decider(package)
        self.cells = 0
        self.before: Counter[str] = Counter()
        self.after: Counter[str] = Counter()

    def changes(self) -> Iterator[Change]:
        """Yield the cells that are decided otherwise."""
        batch: list[tuple[Run, Prediction, bytes]] = []
        for run_of_cell, prediction in self._reader.predictions_of_runs():
            features = self._features(run_of_cell, prediction)
            if features:
                batch.append((run_of_cell, prediction, features))
            if len(batch) == _BATCH:
                yield from self._compare(batch)
                batch = []
        if batch:
            yield from self._compare(batch)
        if not self.cells:
            raise UserError(
                f"The features of the cells of {self._reader.root} were not stored.",
                "Classify the folder again.",
            )

    def _features(self, run_of_cell: Run, prediction: Prediction) -> bytes:
        if prediction.decision is Decision.FAILED:
            return b""
        store = self._reader.store
        return store.features.get(run_of_cell.id, prediction.image, prediction.number) or b""

    def _compare(self, batch: Sequence[tuple[Run, Prediction, bytes]]) -> Iterator[Change]:
        if self._should_stop():
            raise Cancelled
        pooled = decode_embedding([features for *_, features in batch]).astype(np.float32)
        decided = self._decider.decide([each[:2] for each in batch], pooled, self._reader)
        self.cells += len(batch)
        for (run_of_cell, before, _), after in zip(batch, decided, strict=True):
            outcomes = _outcome(before), _outcome(after)
            self.before[outcomes[0]] += 1
            self.after[outcomes[1]] += 1
            held = outcomes[0] == outcomes[1]
            if held and (before.label == after.label or before.decision is Decision.UNKNOWN):
                continue
            yield Change(before, after, self._review_of(run_of_cell, before))

    def _review_of(self, run_of_cell: Run, prediction: Prediction) -> str:
        place = (run_of_cell.id, prediction.image, prediction.number)
        verdict = self._reader.store.verdicts.get(self._reader.case.id, *place)
        return verdict.label if verdict.origin is Origin.REVIEW else ""


@dataclass(frozen=True, eq=False)
class _Scores:
    """(N, C) probabilities and (N,) distances."""

    probabilities: NDArray[np.float64]
    distance: NDArray[np.float32]


class _Decider:
    """Decides about cells by their features, as `Classifier` does by their pixels."""

    def __init__(self, package: Package) -> None:
        self._card = package.card
        self._head: Head = package.head()
        self._reference = NearestNeighbours.of(package.reference().pooled, self._card.distance.k)
        self._limit = self._card.thresholds.unknown_distance or 1.0

    def decide(
        self,
        cells: Sequence[tuple[Run, Prediction]],
        pooled: NDArray[np.float32],
        reader: CaseReader,
    ) -> list[PolicyDecision]:
        """Decide about N cells with features (N, K)."""
        # A name that was given after the run is the one that counts.
        source = reader.case.profile.name or str(reader.newest_run.settings.get("source") or "")
        policies = {run_of_cell.id: self._policy(run_of_cell, source) for run_of_cell, _ in cells}
        scores = self._score(pooled, self._card.calibration_of(source).temperature)
        return [
            policies[run_of_cell.id].decide(
                scores.probabilities[row],
                float(scores.distance[row]),
                grey=prediction.reason == NO_COLOUR,
                cell=prediction.cell,
            )
            for row, (run_of_cell, prediction) in enumerate(cells)
        ]

    def _policy(self, run_of_cell: Run, source: str) -> Policy:
        level = AlertLevel(str(run_of_cell.settings.get(ALERT, AlertLevel.BALANCED.value)))
        return Policy.for_source(self._card, source, level)

    def _score(self, pooled: NDArray[np.float32], temperature: float) -> _Scores:
        probabilities = softmax(self._head.logits(pooled), temperature)
        return _Scores(probabilities, self._reference.distance(pooled) / self._limit)


def _outcome(decided: Prediction | PolicyDecision) -> str:
    """The accepted label, else what is to be done."""
    return decided.label if decided.decision is Decision.ACCEPT else decided.decision.value


def _format(model: str, changes: Sequence[Change], found: _Comparison) -> str:
    lines = [f"{model} decides {len(changes):,} of {format_count(found.cells, 'cell')} otherwise."]
    for each in changes[:_MOST_LINES]:
        name = f"{each.before.image} {each.before.cell_id.letters}".rstrip()
        lines.append(f"  {_describe(each.before):<28} -> {_describe(each.after):<28} {name}")
    if len(changes) > _MOST_LINES:
        lines.append(f"  and {len(changes) - _MOST_LINES:,} more")
    return "\n".join(lines)


def _describe(decided: Prediction | PolicyDecision) -> str:
    if decided.decision is Decision.UNKNOWN:
        return decided.decision.value
    label = f"{decided.label} {decided.probability:.2f}"
    return label if decided.decision is Decision.ACCEPT else f"to review: {label}"
