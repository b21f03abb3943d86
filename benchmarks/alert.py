"""Measure what the alert for blasts finds and costs, and compare rules for unknown kinds.

    python benchmarks/alert.py DATA [--model PACKAGE] [--scores FILE.npz]

DATA is the folder `data` that the bundled model was made from, with further labs beside (see
`lab_scores`). No lab at hand but Munich has blasts. So what the rule does on labs that the model
never saw is measured with each of their classes in turn as the alert class; and blasts are
measured on Munich's held-out ones, as they are and with the stain and sharpness of each of those
labs, which is easier than blasts of another lab. `--scores` keeps the outputs of the network, so
that the tables can be made again in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from lab_scores import (
    FOREIGN,
    VALIDATION,
    LabScores,
    alert_classes,
    read_command_line,
)
from numpy.typing import NDArray

from trainer.domain import AlertLevel, Decision
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.metrics import unknown_auroc
from trainer.evaluation.thresholds import choose_alert_score
from trainer.inference.alert import AlertRule, alert_score
from trainer.inference.policy import Policy
from trainer.jobs.train.calibrate import ALERT_SHARES
from trainer.models.package.card import Card

LEVELS = (AlertLevel.OFF, AlertLevel.BALANCED, AlertLevel.CAREFUL)
DISTANCE_WEIGHTS = (0.0, 2.0, 5.0, 10.0, 20.0, 40.0)
LEAST_CELLS = 20

UnknownScore = Callable[[LabScores], NDArray[np.float64]]


def main() -> None:
    """Print the tables."""
    package, labs = read_command_line(__doc__)
    print_alert(labs, package.card)
    print_classes_in_turn(labs, package.card)
    print_unknown(labs, package.card)
    print_unknown_rules(labs, package.card)


def fit_rules(labs: Mapping[str, LabScores], card: Card, name: str) -> list[AlertRule | None]:
    """Fit the rules of all levels for an alert class, on the validation cells."""
    lab, output = labs[VALIDATION], card.classes.index(name)
    other = np.isin(lab.labels, card.classes) & (lab.labels != name)
    score = alert_score(lab.probabilities[other], lab.distance[other], [output])
    return [
        None
        if level is AlertLevel.OFF
        else AlertRule((output,), choose_alert_score(score, above=ALERT_SHARES[level]))
        for level in LEVELS
    ]


def decide(lab: LabScores, card: Card, rule: AlertRule | None) -> NDArray[np.str_]:
    """Return the decision on each cell, "wrong" for one that is accepted under another label."""
    policy, decisions = replace(Policy.of(card), alert=rule), []
    for label, shares, distance in zip(lab.labels, lab.probabilities, lab.distance, strict=True):
        decided = policy.decide(shares, float(distance))
        wrong = decided.decision is Decision.ACCEPT and decided.label != label
        decisions.append("wrong" if wrong else decided.decision.value)
    return np.array(decisions)


def print_alert(labs: Mapping[str, LabScores], card: Card) -> None:
    """Print blasts that are lost and cells to look at, by lab and level."""
    (alert,) = alert_classes(card)
    rules = fit_rules(labs, card, alert)
    print_header("cells", "share", "n", *LEVELS)
    for name, lab in labs.items():
        decided = [decide(lab, card, rule) for rule in rules]
        known = np.isin(lab.labels, card.classes)
        for title, rows, counted in (
            (f"{alert} lost", lab.labels == alert, ("wrong",)),
            ("known, to look at", known, ("review", "unknown")),
            ("known, accepted wrongly", known, ("wrong",)),
            ("other kinds accepted", ~known, ("wrong",)),
        ):
            if rows.any():
                shares = [format_share(np.isin(found[rows], counted)) for found in decided]
                print_row(name, title, str(rows.sum()), *shares)


def print_classes_in_turn(labs: Mapping[str, LabScores], card: Card) -> None:
    """Print the same for every class of the foreign labs, as if it were the alert class."""
    print_header("alert class", "cells", "n", *(f"lost, {each}" for each in LEVELS), "to look at")
    for alert in card.classes:
        rules = fit_rules(labs, card, alert)
        for name in FOREIGN:
            lab = labs[name]
            rows, known = lab.labels == alert, np.isin(lab.labels, card.classes)
            if rows.sum() < LEAST_CELLS:
                continue
            decided = [decide(lab, card, rule) for rule in rules]
            lost = [format_share(found[rows] == "wrong") for found in decided]
            looked = [np.isin(found[known], ("review", "unknown")).mean() for found in decided]
            shares = ", ".join(f"{share:.2f}" for share in looked)
            print_row(alert, name, str(rows.sum()), *lost, shares)


def print_unknown(labs: Mapping[str, LabScores], card: Card) -> None:
    """Print the AUROC of scores for kinds outside of the classes, by lab."""
    print_header("score", *FOREIGN)
    for title, score in unknown_scores(card).items():
        shares = []
        for name in FOREIGN:
            found, inside = score(labs[name]), np.isin(labs[name].labels, card.classes)
            area = unknown_auroc(found[inside], found[~inside])
            shares.append(f"{area.value:.3f} ({area.low:.3f}-{area.high:.3f})")
        print_row(title, *shares)


def print_unknown_rules(labs: Mapping[str, LabScores], card: Card) -> None:
    """Print what is called unknown at the threshold that rejects as much as the card's two do.

    Each pair is the share of other kinds that is found, and of known cells that is lost.
    """
    known, limits = len(card.classes), card.thresholds
    print_header("called unknown", *FOREIGN)

    def by_card(lab: LabScores) -> NDArray[np.bool_]:
        outside = lab.probabilities[:, known:].sum(axis=1)
        return np.asarray((outside >= limits.unknown_probability) | (lab.distance > 1))

    validation = labs[VALIDATION]
    inside = np.isin(validation.labels, card.classes)
    rejected = by_card(validation)[inside].mean()
    rules: dict[str, Callable[[LabScores], NDArray[np.bool_]]] = {"as the card": by_card}
    for title, score in unknown_scores(card).items():
        threshold = np.quantile(score(validation)[inside], 1 - rejected)
        rules[title] = lambda lab, score=score, threshold=threshold: score(lab) > threshold
    for title, rule in rules.items():
        pairs = []
        for name in FOREIGN:
            found, inside = rule(labs[name]), np.isin(labs[name].labels, card.classes)
            pairs.append(f"{found[~inside].mean():.3f}, {found[inside].mean():.3f}")
        print_row(title, *pairs)


def unknown_scores(card: Card) -> dict[str, UnknownScore]:
    """Return the scores that are compared, by title."""
    limit = card.thresholds.unknown_distance or 1.0

    def log_odds(lab: LabScores) -> NDArray[np.float64]:
        outside = lab.probabilities[:, len(card.classes) :].sum(axis=1)
        odds = np.maximum(outside, 1e-12) / np.maximum(1 - outside, 1e-12)
        return np.asarray(np.log(odds))

    scores: dict[str, UnknownScore] = {"distance": lambda lab: lab.distance}
    for weight in DISTANCE_WEIGHTS:
        scores[f"log odds + {weight:g} x distance"] = lambda lab, weight=weight: (
            log_odds(lab) + weight * limit * lab.distance
        )
    return scores


def format_share(hits: NDArray[np.bool_]) -> str:
    """Format a share with its exact 95 % interval."""
    interval = clopper_pearson(int(hits.sum()), len(hits))
    return f"{interval.value:.3f} ({interval.low:.3f}-{interval.high:.3f})"


def print_header(*cells: str) -> None:
    """Print the head of a table in Markdown."""
    print()
    print_row(*cells)
    print("|" + "---|" * len(cells))


def print_row(*cells: str) -> None:
    """Print a row of a table in Markdown."""
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
