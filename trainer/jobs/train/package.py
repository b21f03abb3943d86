"""What is written down of a training: the card, and the package that it vouches for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trainer.data.item import relative_name
from trainer.data.manifest import Manifest
from trainer.data.table import CSV_COLUMNS
from trainer.domain import printable
from trainer.evaluation.selective_metrics import metrics_to_json
from trainer.inference.feature_distance import NEIGHBOURS
from trainer.jobs.common.csv_table import format_csv
from trainer.jobs.common.leakage import HASH_COLUMN
from trainer.jobs.train.calibrate import Calibration, card_metrics_of
from trainer.jobs.train.plan import Plan
from trainer.jobs.train.state import TrainedModel
from trainer.models.backbones import find_backbone
from trainer.models.package.card import Card, DistanceSpec, Source, TrainingData, ViewSpec
from trainer.models.package.layout import Package
from trainer.protocol.requests import TrainRequest


def build_card(
    plan: Plan,
    request: TrainRequest,
    model: TrainedModel,
    calibration: Calibration,
    figures: dict[str, Any],
) -> Card:
    """The card of a trained network; what the export finds out is added by `write_package`."""
    counts = plan.manifest.counts()
    sources = tuple(
        Source(
            name=name or "unnamed",
            red_cell_diameter=profile.red_cell_diameter,
            cells=sum(item.source == name for item in plan.manifest.split("train")),
            note=profile.origin,
        )
        for name, profile in model.profiles.items()
    )
    return Card(
        id=plan.id,
        created=datetime.now(UTC).replace(microsecond=0),
        backbone=plan.backbone,
        classes=plan.classes,
        other_classes=plan.others,
        roles=dict(plan.class_roles.roles),
        style_reference_class=plan.class_roles.style_reference_class,
        input_size=plan.size,
        view=ViewSpec(**asdict(plan.view)),
        preprocessing=find_backbone(plan.backbone).preprocessing,
        head=plan.head,
        temperature=calibration.temperature,
        thresholds=calibration.thresholds,
        distance=DistanceSpec(kind="cosine_knn", k=NEIGHBOURS),
        sources=sources,
        data=TrainingData(sha256=plan.digest(), counts=counts),
        recipe={"preset": request.preset, **plan.recipe.as_record()},
        # On Linux a path can hold bytes that are no text; they are spelled out.
        command=printable(request.command),
        metrics=card_metrics_of(figures),
        parent=plan.parent.card.id if plan.parent else "",
        title=request.about.title,
        licence=request.about.licence,
        attribution=request.about.attribution,
        tried=request.about.tried,
        notes=(*model.notes, *plan.notes, *request.about.notes),
    )


def write_model_package(
    plan: Plan, card: Card, model: TrainedModel, figures: dict[str, Any]
) -> Package:
    """Write the package.

    Raises:
        PackageError: the exported graph does not agree with the network.
    """
    from trainer.models.export.package_writer import PackageContents, write_package

    contents = PackageContents(
        model.network,
        model.acceptance.views,
        model.reference,
        labels=model.acceptance.labels,
        metrics=metrics_to_json(figures),
        history=model.history,
        manifest=_format_manifest(plan.manifest, plan.hashes),
    )
    return write_package(plan.folder, card, contents)


def _format_manifest(manifest: Manifest, hashes: Mapping[Path, str]) -> str:
    """Names say where the images lay; by the hashes they are known again wherever they lie."""
    rows = []
    for item in manifest.items:
        name = relative_name(item.path, manifest.root)
        known = (item.patient, item.source, item.sample)
        rows.append((name, item.label, item.split, *known, hashes[item.path]))
    return format_csv((*CSV_COLUMNS, HASH_COLUMN), rows)
