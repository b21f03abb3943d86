"""The package of a trained model: its card, its files, and what this computer keeps of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import sha256_of
from trainer.data.manifest import Manifest
from trainer.data.table import CSV_COLUMNS
from trainer.domain import Interval, printable
from trainer.errors import PackageError, UserError
from trainer.evaluation.selective_metrics import MetricValue, metrics_to_json
from trainer.inference.feature_distance import NEIGHBOURS
from trainer.jobs.common.labelled.leakage import HASH_COLUMN
from trainer.jobs.common.report.csv_table import format_csv
from trainer.jobs.common.training_images import record_training_images
from trainer.jobs.train.calibrate import CalibratedModel
from trainer.jobs.train.feature_extractor import cache_extractor_digest
from trainer.jobs.train.map_check import check_maps
from trainer.jobs.train.state import TrainedModel, TrainingContext
from trainer.locations import data_folder
from trainer.models.export.head_swap import HeadSwap
from trainer.models.package.card import Card, TrainingData, ViewSpec
from trainer.models.package.evidence import ConfusionRow, ExternalMeasurement, Metric
from trainer.models.package.layout import CARD, Package
from trainer.models.package.source import Source
from trainer.models.package.thresholds import DistanceSpec


def write_model_package(context: TrainingContext, calibrated: CalibratedModel) -> Package:
    """Write the package of a calibrated model; what only its training needed is removed.

    Raises:
        PackageError: the exported graph does not agree with the network.
        UserError: the disk is full.
    """
    from trainer.models.export.package_writer import PackageContents, write_package

    model, data = calibrated.model, context.data
    contents = PackageContents(
        model.network,
        model.acceptance.views,
        model.reference,
        labels=model.acceptance.labels,
        metrics=metrics_to_json(calibrated.metrics),
        history=model.history,
        manifest=_format_manifest(data.manifest, data.hashes),
    )
    card = build_card(context, calibrated)
    with _offer_resume(model):
        package = write_package(context.plan.folder, card, contents)
    package = check_maps(context, model, package)
    if isinstance(model.network, HeadSwap):
        cache_extractor_digest(context.cache, model.network.extractor.digest, package.card)
    if model.checkpoint:
        model.checkpoint.remove()
    _record_training_images(context, package.path, model)
    return package


@contextmanager
def _offer_resume(model: TrainedModel) -> Iterator[None]:
    """Offer to go on from the checkpoint where the package cannot be written."""
    try:
        yield
    except PackageError:
        raise
    except UserError as error:
        if model.checkpoint is None:
            raise
        hint = "Make room; what was learned is kept."
        raise UserError(error.message, hint, can_go_on=True) from error


def _record_training_images(context: TrainingContext, package: Path, model: TrainedModel) -> None:
    """Record where the training cells lie, so that this computer can show similar ones."""
    folder = data_folder(context.plan.request.data_dir)
    names = [str(name) for name in model.reference.images]
    record_training_images(folder, sha256_of(package / CARD), context.data.manifest.root, names)


def build_card(context: TrainingContext, calibrated: CalibratedModel) -> Card:
    """Build the card of a trained network; `write_package` adds what the export finds out."""
    plan, request, data = context.plan, context.plan.request, context.data
    model, calibration = calibrated.model, calibrated.calibration
    return Card(
        id=plan.id,
        created=datetime.now(UTC).replace(microsecond=0),
        backbone=plan.backbone.name,
        classes=data.classes,
        other_classes=data.others,
        roles=dict(data.class_roles.roles),
        limits=dict(data.class_roles.limits),
        style_reference_class=data.class_roles.style_reference_class,
        input_size=plan.size,
        view=ViewSpec(**asdict(plan.view)),
        preprocessing=plan.backbone.preprocessing,
        feature_map=plan.feature_map,
        head=plan.head,
        temperature=calibration.temperature,
        thresholds=calibration.thresholds,
        distance=DistanceSpec(kind="cosine_knn", k=NEIGHBOURS),
        sources=_describe_sources(data.manifest, model),
        data=TrainingData(sha256=data.digest(), counts=data.manifest.counts()),
        recipe={"preset": request.preset, **plan.recipe.as_record()},
        # On Linux a path can hold bytes that are no text; they are spelled out.
        command=printable(request.command),
        metrics=card_metrics_of(calibrated.metrics),
        elsewhere=tuple(ExternalMeasurement(text=text) for text in request.about.elsewhere),
        confusion=confusion_rows_of(calibrated.confusion, data.classes),
        left_out=plan.left_out,
        parent=plan.parent.card.id if plan.parent else "",
        title=request.about.title,
        licence=request.about.licence,
        attribution=request.about.attribution,
        tried=request.about.tried,
        notes=(*model.notes, *data.notes, *request.about.notes),
    )


def _describe_sources(manifest: Manifest, model: TrainedModel) -> tuple[Source, ...]:
    return tuple(
        Source(
            name=name or "unnamed",
            red_cell_diameter=profile.red_cell_diameter,
            cells=sum(item.source == name for item in manifest.split("train")),
            note=profile.origin,
        )
        for name, profile in model.profiles.items()
    )


def confusion_rows_of(
    confusion: NDArray[np.int64], classes: Sequence[str]
) -> dict[str, ConfusionRow]:
    """Turn counts (C, C + 1), as of `count_decisions_by_class`, into those of a card."""
    return {
        name: ConfusionRow(
            accepted={label: int(n) for label, n in zip(classes, row, strict=False) if n},
            not_accepted=int(row[-1]),
        )
        for name, row in zip(classes, confusion, strict=True)
    }


def card_metrics_of(
    metrics: Mapping[str, Mapping[str, MetricValue]],
) -> dict[str, dict[str, Metric]]:
    """Set -> name -> interval, turned into the card's name -> set -> metric."""
    card_metrics: dict[str, dict[str, Metric]] = {}
    for group, named in metrics.items():
        for name, value in named.items():
            if isinstance(value, Interval) and math.isfinite(value.value):
                card_metrics.setdefault(name, {})[group] = Metric(
                    value=round(value.value, 6),
                    low=round(value.low, 6) if math.isfinite(value.low) else None,
                    high=round(value.high, 6) if math.isfinite(value.high) else None,
                    n=_cell_count_of(name, named),
                )
    return card_metrics


def _cell_count_of(name: str, named: Mapping[str, MetricValue]) -> int | None:
    """Return how many cells a metric rests on; None where that is not known."""

    def count_of(count: str) -> int | None:
        number = named.get(count)
        return number if isinstance(number, int) else None

    known, unknown = count_of("cells"), count_of("unknown_cells") or 0
    kind, _, label = name.partition("_")
    of_class = count_of(f"cells_{label}")
    if known is None or kind == "ppv":  # what the model itself decides
        return None
    if name == "accepted_precision":
        return count_of("accepted_cells")
    if kind == "sensitivity":
        return of_class
    if kind == "specificity":
        return None if of_class is None else known - of_class
    if name.startswith("unknown_auroc"):
        return known + unknown
    return unknown if name.startswith("unknown_") else known


def _format_manifest(manifest: Manifest, hashes: Mapping[Path, str]) -> str:
    """Format as CSV: names are of where the images lay; hashes find them wherever they lie."""
    rows = []
    for item in manifest.items:
        name = item.name(manifest.root)
        groups = (item.patient, item.source, item.sample)
        rows.append((name, item.label, item.split, *groups, hashes[item.path]))
    return format_csv((*CSV_COLUMNS, HASH_COLUMN), rows)
