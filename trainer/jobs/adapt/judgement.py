"""What an adaptation brought: each corrected cell judged by a head fitted without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.domain import ClassRole, ShouldStop
from trainer.evaluation.paired_judgement import (
    Judgement,
    PairedJudgement,
    judge_by_class,
    judge_pairs,
)
from trainer.evaluation.selective_metrics import MetricValue, ScoredCells, compute_metrics
from trainer.inference.feature_distance import NearestNeighbours
from trainer.inference.policy import DecisionThresholds
from trainer.jobs.adapt.origin import AdaptationOrigin, NewOutputs
from trainer.jobs.adapt.source_check import (
    CELLS_OF_CLASS,
    PRECISION_TARGET,
    HeldOutCells,
    SourceCheck,
    check_source,
)
from trainer.jobs.adapt.support import Support
from trainer.models.probabilities import softmax
from trainer.protocol.events import Emit
from trainer.training.left_out import predict_left_out

OUTSIDE = "outside"


@dataclass(frozen=True, eq=False)
class AdaptationJudgement:
    """The new head against the old one on the corrected cells.

    Attributes:
        overall: all cells together; None where none could be left out, for all are of one
            group.
        by_class: those that have cells; cells outside of the classes as "outside".
        further: against the model to adapt, where that was adapted itself: of the cells that it
            did not learn from; None where there are none of them.
        metrics: set -> name -> metric, of cells left out: all, and those of each source.
        sources: whether the promise of the card holds there.
    """

    overall: PairedJudgement | None = None
    by_class: Mapping[str, PairedJudgement] = field(default_factory=dict)
    further: PairedJudgement | None = None
    metrics: Mapping[str, Mapping[str, MetricValue]] = field(default_factory=dict)
    sources: Mapping[str, SourceCheck] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """For the result and metrics.json."""
        if self.overall is None:
            return {}
        by_class = {name: each.to_json() for name, each in self.by_class.items()}
        further = {} if self.further is None else {"further": self.further.to_json()}
        return {"all": self.overall.to_json(), "by_class": by_class, **further}


def judge_adaptation(
    origin: AdaptationOrigin,
    outputs: NewOutputs,
    support: Support,
    emit: Emit,
    should_stop: ShouldStop,
) -> AdaptationJudgement:
    """Judge each cell by the old head, and by a head fitted without it and its group.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    groups = support.file.groups.tolist()
    if len(set(groups)) < 2:
        return AdaptationJudgement()
    left_out = predict_left_out(
        outputs.old, support.cells, groups, on_progress=emit, should_stop=should_stop
    )
    before = outputs.old.head.logits(support.file.pooled)
    terms = np.minimum(support.labels, len(outputs.classes))
    rights = [is_right(logits, terms, origin, outputs) for logits in (before, left_out)]
    names = (*outputs.classes, OUTSIDE)
    scored = _score(left_out, support, origin, len(outputs.classes))
    sources = np.array(support.source_names)
    sets = {"left out": np.ones(len(terms), bool)}
    sets |= {f"left out, {name}": sources == name for name in np.unique(sources).tolist()}
    thresholds = _thresholds(origin)
    return AdaptationJudgement(
        judge_pairs(rights[0], rights[1]),
        judge_by_class(rights[0], rights[1], terms, names),
        _judge_further(origin, outputs, support, rights[1]),
        {
            name: _compute_metrics(scored.part(rows), thresholds, outputs.classes)
            for name, rows in sets.items()
        },
        {
            str(name): check_source(
                _cells_of(sources == name, left_out, scored, groups),
                outputs.classes,
                _alert_classes(origin, outputs),
                thresholds,
                origin.temperature,
            )
            for name in np.unique(sources)
        },
    )


def _judge_further(
    origin: AdaptationOrigin,
    outputs: NewOutputs,
    support: Support,
    right_now: NDArray[np.bool_],
) -> PairedJudgement | None:
    """Judge against an adapted model by the cells that are new; it was fitted on the others."""
    earlier = origin.corrected
    if earlier is None:
        return None
    new = ~np.isin(support.file.digests, earlier.digests)
    if not new.any():
        return None
    card = origin.package.card
    known = len(card.classes)
    shares = softmax(origin.package.head().logits(support.file.pooled[new]), card.temperature)
    labels = support.file.labels[new]
    label_right = np.array(card.classes)[shares[:, :known].argmax(axis=1)] == labels
    outside = shares[:, known:].sum(axis=1) >= card.thresholds.unknown_probability
    is_class = support.labels[new] < len(outputs.classes)
    return judge_pairs(np.where(is_class, label_right, outside), right_now[new])


def _cells_of(
    rows: NDArray[np.bool_],
    left_out: NDArray[np.float32],
    scored: ScoredCells,
    groups: Sequence[str],
) -> HeldOutCells:
    own = [group for group, here in zip(groups, rows.tolist(), strict=True) if here]
    return HeldOutCells(left_out[rows], scored.labels[rows], scored.distance[rows], own)


def _alert_classes(origin: AdaptationOrigin, outputs: NewOutputs) -> list[str]:
    """Those of the model that have the scores of an alert, which is off on sources of the card."""
    card = origin.package.card
    if card.thresholds.alert is None:
        return []
    return [name for name in card.classes_with_role(ClassRole.ALERT) if name in outputs.classes]


def _compute_metrics(
    scored: ScoredCells, thresholds: DecisionThresholds, classes: tuple[str, ...]
) -> dict[str, MetricValue]:
    return compute_metrics(scored, scored.decide(thresholds, len(classes)), classes)


def _thresholds(origin: AdaptationOrigin) -> DecisionThresholds:
    limits = origin.package.card.thresholds
    return DecisionThresholds(limits.review_probability, limits.unknown_probability)


def is_right(
    logits: NDArray[np.float32],
    terms: NDArray[np.intp],
    origin: AdaptationOrigin,
    outputs: NewOutputs,
) -> NDArray[np.bool_]:
    """Return for N cells whether the likeliest class is the label, bool (N,).

    A cell outside of the classes is right where it is called unknown.

    Args:
        logits: (N, C).
        terms: (N,), index of the class; the number of classes for a cell outside of them.
    """
    known = len(outputs.classes)
    shares = softmax(logits, origin.temperature)
    outside = shares[:, known:].sum(axis=1) >= _thresholds(origin).unknown_probability
    label_right = shares[:, :known].argmax(axis=1) == terms
    return np.asarray(np.where(terms < known, label_right, outside), dtype=bool)


def _score(
    logits: NDArray[np.float32],
    support: Support,
    origin: AdaptationOrigin,
    known: int,
) -> ScoredCells:
    card = origin.package.card
    distance = np.zeros(len(logits), np.float32)
    if card.distance.kind != "none" and (limit := card.thresholds.unknown_distance):
        reference = NearestNeighbours.of(origin.reference.pooled, card.distance.k)
        distance = reference.distance(support.file.pooled) / limit
    labels = np.where(support.labels < known, support.labels, -1)
    shares = softmax(logits, origin.temperature)
    return ScoredCells(labels, shares, distance, support.file.groups)


def describe_judgement(judged: AdaptationJudgement, before: str) -> Iterator[str]:
    """Describe what the adaptation brought, in lines for a person.

    Args:
        before: id of the model that it began at.
    """
    if judged.overall is None:
        yield "All cells are of one image or patient, so none could be judged by the others."
        return
    overall = judged.overall
    than = "from" if overall.judgement is Judgement.NOT_DISTINGUISHABLE else "than"
    yield (
        f"Each cell judged by a head fitted without it: {overall.judgement.value} {than} {before} "
        f"(p = {overall.p:.2g})."
    )
    if judged.further is not None:
        yield _describe_further(judged.further)
    yield f"  {'right':<18}{'cells':>6}  {'before':<22}{'after':<22}"
    for name, each in {"all": overall, **judged.by_class}.items():
        shares = [
            f"{share.value:.3f} ({share.low:.3f}-{share.high:.3f})"
            for share in (each.before, each.after)
        ]
        yield f"  {name:<18}{each.cells:>6}  {shares[0]:<22}{shares[1]:<22}{each.judgement.value}"
    for name, check in judged.sources.items():
        yield _describe_source(name, check)


def _describe_further(further: PairedJudgement) -> str:
    than = "from" if further.judgement is Judgement.NOT_DISTINGUISHABLE else "than"
    return (
        f"Of the {further.cells} further cells {further.after.value:.1%} are right, "
        f"{further.before.value:.1%} by the model that was adapted: {further.judgement.value} "
        f"{than} it (p = {further.p:.2g})."
    )


def _describe_source(name: str, check: SourceCheck) -> str:
    found = (
        f"{check.right} of {check.accepted} accepted cells of {name} are right "
        f"(at least {check.precision.low:.1%} by the exact 95 % interval)"
    )
    if check.holds:
        own = check.calibration
        fitted = "" if own is None else f", with thresholds of its own from {own.cells} cells"
        return f"{found}: {name} is a source of the card now{fitted}."
    return f"{found}: {name} is no source of the card yet. It takes {_describe_needs(check)}."


def _describe_needs(check: SourceCheck) -> str:
    needs = []
    if check.too_unsure:
        needs.append(
            f"{check.still_needed} more accepted cells without an error for {PRECISION_TARGET:.0%}"
        )
    if check.few:
        needs.append(f"{CELLS_OF_CLASS} cells each of {', '.join(check.few)}")
    if check.lost_too_unsure:
        needs.append(
            f"{check.alert_cells_needed} cells in all of the classes of the alert, of which no "
            "further one is accepted as another class"
        )
    if check.one_group:
        needs.append("cells of a second patient or image")
    return " and ".join(needs)
