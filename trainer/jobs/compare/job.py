"""Compare several networks under one protocol: the same splits, recipe, budget and seeds."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import ensure_writable, write_text, write_together
from trainer.data.manifest import Manifest, write_manifest
from trainer.domain import AlertLevel, ClassRole, ShouldStop
from trainer.errors import UserError
from trainer.file_names import escape_file_name
from trainer.jobs.common.alert_levels import AlertLevels
from trainer.jobs.common.explanation.metrics import FaithfulnessResult
from trainer.jobs.common.labelled.cells import match_labels, read_labelled_manifest
from trainer.jobs.common.labelled.leakage import (
    HeldOutData,
    TrainingHistory,
    exclude_training_images,
    training_history_of,
)
from trainer.jobs.common.labelled.scored_cells import ONE_PATIENT
from trainer.jobs.common.labelled.splits import describe_few_cells, describe_few_patients
from trainer.jobs.compare.cost import TrainingCost, measure_speed, train_in_subprocess
from trainer.jobs.compare.predictions import (
    SplitPredictions,
    fit_pixel_probe,
    measure_model_faithfulness,
    predict_splits,
    refuse_other_classes,
)
from trainer.jobs.compare.recommendations import ComparedModel
from trainer.jobs.compare.results import ComparisonResults, compare_models
from trainer.jobs.compare.splits import resolve_splits
from trainer.locations import data_folder
from trainer.models.backbones import find_backbone
from trainer.models.export.flops import measure_cost
from trainer.models.package.layout import Package
from trainer.models.package.registry import registry_of
from trainer.protocol.diagnostics import package_versions, versions
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import CompareRequest, TrainRequest

PROTOCOL, MANIFEST = "protocol.json", "manifest.csv"
COMPARISON, REPORT = "comparison.json", "report.html"
TABLE, CLASSES, PLOT = "comparison.csv", "by_class.csv", "pareto.png"


@dataclass(frozen=True)
class ComparisonSetup:
    """Folder and data of a comparison.

    Attributes:
        out: folder of all its files; going on there skips what is done.
        manifest: with a split for every image, the same for all models.
        held_out: its test cells, without training images of a model compared as it is.
        alert_classes: with the role alert in the card of one of the models.
    """

    out: Path
    manifest: Manifest
    held_out: HeldOutData
    alert_classes: tuple[str, ...]

    @property
    def evaluated_manifest(self) -> Manifest:
        """All items but the excluded test cells."""
        held = set(self.held_out.excluded)
        items = tuple(item for item in self.manifest.items if item not in held)
        return replace(self.manifest, items=items)

    @property
    def left_out(self) -> frozenset[str]:
        """Names of the excluded test cells."""
        return frozenset(i.name(self.manifest.root) for i in self.held_out.excluded)

    @property
    def sources(self) -> dict[str, str]:
        """Source of each cell, by name."""
        return {item.name(self.manifest.root): item.source for item in self.manifest.items}


def run(request: CompareRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Compare networks (see `CompareRequest`).

    Returns:
        `best`, those that no other beats at quality and speed both; and the files.

    Raises:
        UserError: no data, models for other classes, a training that failed, no test cell that
            no model was trained on, or `out` holds another comparison.
        Cancelled: `should_stop` returned true; what is done stays, and is skipped next time.
    """
    setup = _prepare(request, emit, should_stop)
    models = [
        *(_train_backbone(name, request, setup, emit, should_stop) for name in request.backbones),
        *(_load_model(name, request, setup, emit, should_stop) for name in request.models),
    ]
    cell_names = _common_cell_names(
        [predictions for each in models for predictions in each.predictions]
    )
    first = registry_of(data_folder(request.data_dir)).find(_first_model(request, setup))
    sources = setup.sources
    probe, names = fit_pixel_probe(setup.evaluated_manifest, first.card, emit, should_stop)
    if list(names) != list(cell_names):
        raise UserError("The models could not read the same images.", "Put the images right.")
    results = compare_models(
        models,
        setup.manifest.classes,
        probe,
        [sources[str(name)] for name in cell_names],
        seed=request.seeds[0],
    )
    return _write_results(results, _build_notes(setup, request, len(cell_names)), setup, emit)


# What may differ between the calls of one comparison; how data are read changes their digest.
_NOT_COMPARED = {"alert", "out", "data_dir", "models", "backbones", "merge_labels", "any_suffix"}


def _prepare(request: CompareRequest, emit: Emit, should_stop: ShouldStop) -> ComparisonSetup:
    """Resolve the splits, and make sure that the folder belongs to this comparison."""
    if not request.backbones and not request.models:
        raise UserError("There is nothing to compare.", "Name backbones, or models.")
    for name in request.backbones:
        find_backbone(name)
    out = Path(request.out)
    _refuse_other_files(out)
    manifest = read_labelled_manifest(
        request.data,
        emit,
        merge_labels=request.merge_labels,
        any_suffix=request.any_suffix,
    )
    manifest, models, history = _find_models(manifest, request, emit)
    manifest = resolve_splits(manifest, out / MANIFEST, request.seeds[0], models, history, emit)
    protocol = request.model_dump(mode="json", exclude=_NOT_COMPARED)
    protocol["data_sha256"] = manifest.digest()
    test = replace(manifest, items=manifest.split("test"))
    held_out = exclude_training_images(test, history, emit, should_stop)
    ensure_writable(out)
    record = out / PROTOCOL
    if record.is_file() and json.loads(record.read_text(encoding="utf-8")) != protocol:
        raise UserError(
            f"{out} holds a comparison of other data or by another recipe.",
            "Choose another --out; a comparison goes on only under its own protocol.",
        )
    write_text(record, json.dumps(protocol, indent=2) + "\n")  # first: it owns the rest
    write_manifest(manifest, out / MANIFEST)
    alert_classes = [
        name for each in models for name in each.card.classes_with_role(ClassRole.ALERT)
    ]
    return ComparisonSetup(out, manifest, held_out, tuple(dict.fromkeys(alert_classes)))


def _refuse_other_files(out: Path) -> None:
    """Refuse to replace a manifest of the same name that no comparison wrote."""
    if (out / MANIFEST).exists() and not (out / PROTOCOL).exists():
        raise UserError(
            f"There is already a {MANIFEST} in {out}, and it is no comparison's.",
            "Choose another --out; a folder of its own is best.",
        )


def _find_models(
    manifest: Manifest, request: CompareRequest, emit: Emit
) -> tuple[Manifest, list[Package], TrainingHistory]:
    """Find the models that are compared as they are, and their training images.

    The labels of the manifest are then written as these models write them.
    """
    registry, history = registry_of(data_folder(request.data_dir)), TrainingHistory()
    models = [registry.find(model) for model in request.models]
    outputs = [name for package in models for name in package.card.outputs]
    manifest = match_labels(manifest, outputs, merge_labels=request.merge_labels, emit=emit)
    for package in models:
        refuse_other_classes(package.card, manifest)
        history |= training_history_of(package, registry)
    return manifest, models, history


def _train_backbone(
    backbone: str,
    request: CompareRequest,
    setup: ComparisonSetup,
    emit: Emit,
    should_stop: ShouldStop,
) -> ComparedModel:
    row = find_backbone(backbone)
    predictions: list[SplitPredictions] = []
    costs: list[TrainingCost] = []
    for seed in request.seeds:
        folder = setup.out / "models" / f"{row.name.lower()}-seed{seed}"
        training = _training_request(row.name, seed, folder, request, setup)
        costs.append(train_in_subprocess(training, folder.with_suffix(".json"), emit, should_stop))
        predictions.append(_predict(str(folder), folder.name, request, setup, emit, should_stop))
    package = registry_of(data_folder(request.data_dir)).find(
        _model_folder(row.name, request.seeds[0], setup)
    )
    cost, speed = measure_cost(package), measure_speed(package)
    faithfulness = _measure_faithfulness(
        package, package.path.name, request, setup, emit, should_stop
    )
    alert = _measure_alert(package, predictions[0], request, setup)
    return ComparedModel(
        row.name, tuple(predictions), cost, speed, tuple(costs), faithfulness, alert
    )


def _load_model(
    model: str, request: CompareRequest, setup: ComparisonSetup, emit: Emit, should_stop: ShouldStop
) -> ComparedModel:
    """Measure a model that exists already, as it is."""
    package = registry_of(data_folder(request.data_dir)).find(model)
    predictions = _predict(model, package.card.id, request, setup, emit, should_stop)
    faithfulness = _measure_faithfulness(
        package, package.card.id, request, setup, emit, should_stop
    )
    cost, speed = measure_cost(package), measure_speed(package)
    alert = _measure_alert(package, predictions, request, setup)
    return ComparedModel(package.card.id, (predictions,), cost, speed, (), faithfulness, alert)


def _training_request(
    backbone: str, seed: int, folder: Path, request: CompareRequest, setup: ComparisonSetup
) -> TrainRequest:
    return TrainRequest(
        data=str(setup.out / MANIFEST),
        backbone=backbone,
        preset=request.preset,
        weights=request.weights,
        download=request.download,
        out=str(folder),
        seed=seed,
        steps=request.steps,
        recipe=request.recipe,
        name=folder.name,
        device=request.device,
        data_dir=request.data_dir,
    )


def _predict(
    model: str,
    name: str,
    request: CompareRequest,
    setup: ComparisonSetup,
    emit: Emit,
    should_stop: ShouldStop,
) -> SplitPredictions:
    return predict_splits(
        model,
        setup.manifest,
        setup.out / "answers" / f"{escape_file_name(name)}.npz",
        setup.left_out,
        data_dir=request.data_dir,
        emit=emit,
        should_stop=should_stop,
    )


def _measure_alert(
    package: Package,
    predictions: SplitPredictions,
    request: CompareRequest,
    setup: ComparisonSetup,
) -> AlertLevels | None:
    level = AlertLevel(request.alert)
    return predictions.measure_alert(
        package.card, setup.manifest.classes, setup.sources, level, setup.alert_classes
    )


def _measure_faithfulness(
    package: Package,
    name: str,
    request: CompareRequest,
    setup: ComparisonSetup,
    emit: Emit,
    should_stop: ShouldStop,
) -> FaithfulnessResult | None:
    seed = request.seeds[0]
    return measure_model_faithfulness(
        str(package.path),
        setup.manifest,
        setup.evaluated_manifest.split("test"),
        setup.out / "heat" / f"{escape_file_name(name)}.json",
        seed=seed,
        data_dir=request.data_dir,
        emit=emit,
        should_stop=should_stop,
    )


def _model_folder(backbone: str, seed: int, setup: ComparisonSetup) -> Path:
    return setup.out / "models" / f"{backbone.lower()}-seed{seed}"


def _first_model(request: CompareRequest, setup: ComparisonSetup) -> str | Path:
    if request.backbones:
        name = find_backbone(request.backbones[0]).name
        return _model_folder(name, request.seeds[0], setup)
    return request.models[0]


def _common_cell_names(predictions: list[SplitPredictions]) -> NDArray[np.str_]:
    """The names of the test cells, which have to be the same for all models."""
    names = {each.names for each in predictions}
    if len(names) != 1:
        raise UserError("The models could not read the same images.", "Put the images right.")
    return np.array(predictions[0].names)


def _build_notes(setup: ComparisonSetup, request: CompareRequest, read: int) -> list[str]:
    notes = list(setup.held_out.notes)
    if unread := len(setup.held_out.manifest.items) - read:
        notes.append(f"Left out: {unread} of the test images, which cannot be read.")
    patients = {item.patient for item in setup.evaluated_manifest.split("test")}
    if len(patients) == 1 and "" not in patients:
        notes.append(ONE_PATIENT)
    notes += describe_few_cells(item.label for item in setup.evaluated_manifest.split("test"))
    notes += describe_few_patients(patients)
    if not any(item.patient for item in setup.manifest.items):
        notes.append(
            "Patients are not known: cells are taken for independent, and p-values and intervals "
            "promise more than they would by patient."
        )
    if request.weights == "none":
        notes.append(
            "The networks began from random weights: this says how they learn from few cells, not "
            "which is better once pretrained."
        )
    if len(request.seeds) == 1:
        notes.append("One seed: how much luck is in a training is not known.")
    return notes


def _write_results(
    results: ComparisonResults, notes: list[str], setup: ComparisonSetup, emit: Emit
) -> dict[str, object]:
    from trainer.jobs.compare.charts import (  # Matplotlib takes its time
        PARETO,
        draw_comparison_charts,
    )
    from trainer.jobs.compare.report import (
        format_classes_csv,
        format_models_csv,
        render_comparison_report,
    )

    out, charts = setup.out, draw_comparison_charts(results)
    record = {
        **results.to_json(),
        "left_out": setup.held_out.to_json(),
        "notes": notes,
        "versions": versions() | package_versions(),
    }
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    files = {
        COMPARISON: text.encode("utf-8", "backslashreplace"),
        TABLE: format_models_csv(results),
        CLASSES: format_classes_csv(results),
        PLOT: charts[PARETO],
        REPORT: render_comparison_report(results, notes, charts).encode(
            "utf-8", "backslashreplace"
        ),
    }
    write_together(out, files)
    for note in notes:
        emit(JobWarning(note))
    lines = [
        f"  {name:<28} {row['balanced_accuracy'].value:.3f}" for name, row in results.rows.items()
    ]
    alerts = [f"  {each.name}: {each.alert.describe()}" for each in results.models if each.alert]
    ranking = "\n".join(["Balanced accuracy on the test cells:", *lines, *alerts])
    emit(Result({"text": f"{ranking}\nThe report is {out / REPORT}"}))
    return {"best": list(results.pareto_optimal), "comparison": str(out / COMPARISON), "failed": 0}
