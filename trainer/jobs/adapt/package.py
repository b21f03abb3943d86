"""The package of an adapted model: the old one with another head, and its own card."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from trainer.data.table import CSV_COLUMNS
from trainer.domain import Precision, printable
from trainer.errors import UserError
from trainer.evaluation.selective_metrics import metrics_to_json
from trainer.jobs.adapt.cells import CorrectedItems
from trainer.jobs.adapt.features import CorrectedFeatures
from trainer.jobs.adapt.judgement import AdaptationJudgement
from trainer.jobs.adapt.origin import AdaptationOrigin, NewOutputs
from trainer.jobs.adapt.support import UNNAMED, Support
from trainer.jobs.common.labelled.leakage import HASH_COLUMN
from trainer.jobs.common.package_location import choose_folder, refuse_existing
from trainer.jobs.common.report.csv_table import format_csv
from trainer.jobs.train.package import card_metrics_of
from trainer.models.export.feature_extractor import FeatureExtractor
from trainer.models.export.head_swap import HeadSwap
from trainer.models.export.package_writer import PackageContents, write_package
from trainer.models.head import Head
from trainer.models.package.adaptation import Adaptation
from trainer.models.package.card import Card
from trainer.models.package.evidence import ExternalMeasurement, Metric
from trainer.models.package.layout import MANIFEST, Package
from trainer.models.package.reference_cells import ReferenceCells
from trainer.models.package.registry import Registry
from trainer.models.package.source import Source
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.training.held_head import BIAS_RIDGE, RIDGE

_CORRECTED = "corrected"
_NOTE = "Adapted from "


def package_location(
    request: AdaptRequest, origin: AdaptationOrigin, registry: Registry
) -> tuple[str, Path]:
    """Choose id and folder of the new package; it must not be there yet.

    Raises:
        UserError: no model can be called that, something is there, or images are.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    name = request.name or f"{origin.model[:40].rstrip('._-')}-adapted-{stamp}"
    folder = choose_folder(name, request.out, registry)
    data = Path(request.data).resolve()
    if data.is_dir() and folder.resolve().is_relative_to(data):
        raise UserError(
            f"The model would lie among the images, in {folder}.",
            "Choose an --out outside of the folder of images.",
        )
    refuse_existing(folder)
    return name, folder


@dataclass(frozen=True, eq=False)
class AdaptedModel:
    """An adapted model before it is written.

    Attributes:
        id: of the new package.
        command: the command line that asked for it.
    """

    id: str
    command: str
    origin: AdaptationOrigin
    outputs: NewOutputs
    found: CorrectedItems
    features: CorrectedFeatures
    support: Support
    head: Head
    judged: AdaptationJudgement


def write_adapted_package(
    folder: Path, model: AdaptedModel, extractor: FeatureExtractor
) -> Package:
    """Write the package, all of it or nothing.

    Raises:
        StaleFeaturesError: the features are not what the network computes.
        PackageError: the new graph does not compute what the head computes.
        UserError: the disk is full.
    """
    features, rows = model.features, model.features.view_rows
    swap = HeadSwap(
        extractor,
        model.head,
        {Precision.F32: features.pooled[rows]},
        np.arange(len(rows), dtype=np.intp),
    )
    judged = model.judged
    contents = PackageContents(
        swap,
        features.views,
        _build_reference(model),
        labels=np.array([model.outputs.index_of(features.items[row].label) for row in rows]),
        metrics={**metrics_to_json(judged.metrics), "adaptation": judged.to_json()},
        manifest=_format_manifest(model.origin, model.found, features),
        corrected=model.support.file,
    )
    return write_package(folder, _build_card(model), contents)


def _build_reference(model: AdaptedModel) -> ReferenceCells:
    """The reference cells as they were, and cells of classes that none of them is of."""
    origin, outputs, file = model.origin, model.outputs, model.support.file
    names = origin.reference_names.tolist()
    lacking = set(outputs.new) - set(names)
    added = np.array([label in lacking for label in file.labels.tolist()], dtype=bool)
    labels = [outputs.outputs.index(label) for label in (*names, *file.labels[added].tolist())]
    return ReferenceCells(
        np.concatenate([origin.reference.pooled, file.pooled[added]]),
        np.array(labels, dtype=np.int64),
        np.concatenate([origin.reference.images, file.images[added]]),
    )


def _build_card(model: AdaptedModel) -> Card:
    origin, before = model.origin, model.origin.package.card
    made = build_adaptation(model)
    notes = [note for note in before.notes if not note.startswith(_NOTE)]
    labels = Counter(model.support.file.labels.tolist())
    return before.model_copy(
        update={
            "id": model.id,
            "created": datetime.now(UTC).replace(microsecond=0),
            "classes": model.outputs.classes,
            "other_classes": model.outputs.other_classes,
            "sources": (*_trained_sources(before), *_joined_sources(made, model)),
            "data": before.data.model_copy(
                update={"counts": {**before.data.counts, _CORRECTED: dict(sorted(labels.items()))}}
            ),
            "recipe": {"preset": "adapt", "ridge": RIDGE, "bias_ridge": BIAS_RIDGE},
            "command": printable(model.command),
            "metrics": card_metrics_of(model.judged.metrics),
            "precisions": (),
            "elsewhere": _measure_elsewhere(model, made),
            "confusion": {},  # counted with the head before
            "map_gates": None,
            "parent": origin.model,
            "adaptation": made,
            "notes": (*notes, _describe(made)),
        }
    )


def _measure_elsewhere(model: AdaptedModel, made: Adaptation) -> tuple[ExternalMeasurement, ...]:
    """What was found on the sources of the cells that are not among those of the card."""
    found = []
    for source, check in model.judged.sources.items():
        if source in made.joined or not check.accepted:
            continue
        share = check.precision
        text = (
            f"On {source}, {check.right} of {check.accepted} accepted cells were right "
            f"({share.low:.0%}-{share.high:.0%}), each judged by a head fitted without it."
        )
        metric = Metric(value=share.value, low=share.low, high=share.high, n=check.accepted)
        found.append(ExternalMeasurement(text=text, metrics={"accepted_precision": metric}))
    return tuple(found)


def _trained_sources(before: Card) -> list[Source]:
    """The sources of the fully trained model."""
    joined = before.adaptation.joined if before.adaptation else ()
    return [each for each in before.sources if each.name not in joined]


def build_adaptation(model: AdaptedModel) -> Adaptation:
    """Build what the card records of the adaptation."""
    before = model.origin.package.card
    earlier, known = before.adaptation, {each.name for each in _trained_sources(before)}
    checks = model.judged.sources
    joined = tuple(name for name, check in checks.items() if check.holds and name not in known)
    reviewers = (*(earlier.reviewers if earlier else ()), *model.found.reviewers)
    overall = model.judged.overall
    return Adaptation(
        model=model.origin.model,
        sha256=model.origin.sha256,
        cells=model.support.counts(),
        reviewers=tuple(dict.fromkeys(printable(each) for each in reviewers)),
        judgement=overall.judgement.value if overall else "",
        joined=joined,
    )


def _describe(made: Adaptation) -> str:
    sources = ", ".join(
        f"{sum(labels.values())} of {source}" for source, labels in made.cells.items()
    )
    return (
        f"{_NOTE}{made.model} by {made.cell_count} corrected cells ({sources}). Temperature, "
        "thresholds and reference cells are those of that model, but for a source that has its "
        "own; its other figures are of its head, not of this one."
    )


def _joined_sources(made: Adaptation, model: AdaptedModel) -> list[Source]:
    profiles = {source or UNNAMED: profile for source, profile in model.features.profiles.items()}
    diameters = {source: profile.red_cell_diameter for source, profile in profiles.items()}
    return [
        Source(
            name=source,
            red_cell_diameter=diameters.get(source),
            cells=sum(made.cells[source].values()),
            note="by corrected cells",
            calibration=model.judged.sources[source].calibration,
        )
        for source in made.joined
    ]


def _format_manifest(
    origin: AdaptationOrigin, found: CorrectedItems, features: CorrectedFeatures
) -> str:
    """The manifest before, and the corrected cells as training cells."""
    columns = (*CSV_COLUMNS, HASH_COLUMN)
    with (origin.package.path / MANIFEST).open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.get(name) or "" for name in columns) for row in csv.DictReader(file)]
    for item in features.items:
        place = (item.patient, item.source, item.sample)
        name = f"{_CORRECTED}/{item.name(found.root)}"
        rows.append((name, item.label, "train", *place, found.hashes[item.path]))
    return format_csv(columns, list(dict.fromkeys(rows)))
