"""Several networks under one protocol: the same splits, recipe, budget and seeds.

The splits of a comparison: as the data say, as settled before, or dealt by what models knew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import ensure_writable, write_text, write_together
from trainer.data.item import SPLITS, relative_name
from trainer.data.manifest import Manifest, file_hashes, read_manifest, write_manifest
from trainer.domain import ShouldStop
from trainer.errors import UserError
from trainer.jobs.common.explanation_metrics import FaithfulnessResult
from trainer.jobs.common.labelled_cells import read_data
from trainer.jobs.common.leakage import (
    HeldOutData,
    TrainingHistory,
    exclude_training_images,
    training_history_of,
)
from trainer.jobs.common.opened_model import registry_of
from trainer.jobs.common.scored_cells import ONE_PATIENT
from trainer.jobs.common.splits import (
    assign_known_splits,
    describe_few_cells,
    describe_few_patients,
)
from trainer.jobs.compare.cost import TrainingCost, speed_of, train_apart
from trainer.jobs.compare.predictions import Answers, ask_model, heat_of, plain_probe, refuse_others
from trainer.jobs.compare.recommendations import Contender
from trainer.jobs.compare.results import Compared, compared
from trainer.models.backbones import find_backbone
from trainer.models.export.flops import measure_cost
from trainer.models.package.layout import Package
from trainer.protocol.diagnostics import package_versions, versions
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import CompareRequest, TrainRequest


def settle(
    manifest: Manifest,
    before: Path,
    seed: int,
    models: Sequence[Package],
    learned: TrainingHistory,
    emit: Emit,
) -> Manifest:
    """The manifest with a split for every image, the same however often it is asked for.

    Args:
        before: the manifest that the comparison left where it was begun; models that are
            added later change no split.
        seed: of a split that is dealt.
        models: taken as they are; what they know keeps its split, where that does.
        learned: by those models and those before them; it is dealt to no test split.

    Raises:
        UserError: a class is too small, or nothing is left to measure on.
    """
    if all(manifest.split(name) for name in SPLITS):
        return manifest
    if settled := _settled(manifest, before):
        return settled
    digests = file_hashes(manifest)
    dealt, told = assign_known_splits(
        manifest, seed, digests, models, learned, reassign_tested=True
    )
    if not dealt.split("test"):
        raise UserError(
            "Nothing to measure on is left: models learned from every image, or from its patient.",
            "Add images that took no part in a training.",
        )
    emit(JobWarning(told))
    return dealt


def _settled(manifest: Manifest, before: Path) -> Manifest | None:
    """As the comparison was begun; None where it was not, or with other images."""
    splits: dict[Path, str] = {}
    if before.is_file():
        with suppress(UserError):  # images that it knew are gone: these are other data
            splits = {item.path.resolve(): item.split for item in read_manifest(before).items}
    places = [item.path.resolve() for item in manifest.items]
    if set(places) != splits.keys() or not all(splits.values()):
        return None
    pairs = zip(manifest.items, places, strict=True)
    return replace(manifest, items=tuple(replace(item, split=splits[at]) for item, at in pairs))


PROTOCOL, MANIFEST = "protocol.json", "manifest.csv"
COMPARISON, REPORT = "comparison.json", "report.html"
TABLE, CLASSES, PLOT = "comparison.csv", "by_class.csv", "pareto.png"


@dataclass(frozen=True)
class Bench:
    """Where a comparison is made, and on what.

    Attributes:
        out: folder of everything that it leaves; going on there skips what is done.
        manifest: with its splits settled, the same for all.
        parted: its test cells, apart from those that a model taken as it is learned from.
    """

    out: Path
    manifest: Manifest
    parted: HeldOutData

    @property
    def measured(self) -> Manifest:
        """All but the test cells that are left out."""
        held = set(self.parted.excluded)
        items = tuple(item for item in self.manifest.items if item not in held)
        return replace(self.manifest, items=items)

    @property
    def left_out(self) -> frozenset[str]:
        """Names of the test cells that are left out."""
        return frozenset(relative_name(i.path, self.manifest.root) for i in self.parted.excluded)


def run(request: CompareRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Compare networks (see `CompareRequest`).

    Returns:
        `best`, those that no other beats at quality and speed both; and the files.

    Raises:
        UserError: no data, models for other classes, a training that failed, no test cell that
            no model learned from, or `out` holds another comparison.
        Cancelled: `should_stop` said so; what is done is kept, and skipped the next time.
    """
    bench = _prepared(request, emit, should_stop)
    contenders = [
        *(_trained(name, request, bench, emit, should_stop) for name in request.backbones),
        *(_taken(name, request, bench, emit, should_stop) for name in request.models),
    ]
    same = _same_cells([answers for each in contenders for answers in each.answers])
    first = registry_of(request.data_dir).find(_first_model(request, bench))
    sources = {relative_name(i.path, bench.manifest.root): i.source for i in bench.manifest.items}
    probe, names = plain_probe(bench.measured, first.card, emit, should_stop)
    if list(names) != list(same):
        raise UserError("The models could not read the same images.", "Put the images right.")
    found = compared(
        contenders,
        bench.manifest.classes,
        probe,
        [sources[str(name)] for name in same],
        seed=request.seeds[0],
    )
    return _written(found, _notes(bench, request, len(same)), bench, emit)


def _prepared(request: CompareRequest, emit: Emit, should_stop: ShouldStop) -> Bench:
    """Settle the splits, and make sure that the folder is this comparison's."""
    if not request.backbones and not request.models:
        raise UserError("There is nothing to compare.", "Name backbones, or models.")
    for name in request.backbones:
        find_backbone(name)
    out = Path(request.out)
    _refuse_other_files(out)
    manifest = read_data(request.data, emit)
    models, learned = _known(manifest, request)
    manifest = settle(manifest, out / MANIFEST, request.seeds[0], models, learned, emit)
    protocol = request.model_dump(mode="json", exclude={"out", "data_dir", "models", "backbones"})
    protocol["data_sha256"] = manifest.digest()
    test = replace(manifest, items=manifest.split("test"))
    parted = exclude_training_images(test, learned, emit, should_stop)
    ensure_writable(out)
    known = out / PROTOCOL
    if known.is_file() and json.loads(known.read_text(encoding="utf-8")) != protocol:
        raise UserError(
            f"{out} holds a comparison of other data or by another recipe.",
            "Choose another --out; a comparison goes on only under its own protocol.",
        )
    write_text(known, json.dumps(protocol, indent=2) + "\n")  # first: it says whose the rest is
    write_manifest(manifest, out / MANIFEST)
    return Bench(out, manifest, parted)


def _refuse_other_files(out: Path) -> None:
    """A comparison writes a manifest of its own; a lab's may lie there under the same name."""
    if (out / MANIFEST).exists() and not (out / PROTOCOL).exists():
        raise UserError(
            f"There is already a {MANIFEST} in {out}, and it is no comparison's.",
            "Choose another --out; a folder of its own is best.",
        )


def _known(manifest: Manifest, request: CompareRequest) -> tuple[list[Package], TrainingHistory]:
    """The models that are taken as they are, and what those learned from."""
    registry, learned = registry_of(request.data_dir), TrainingHistory()
    models = [registry.find(model) for model in request.models]
    for package in models:
        refuse_others(package.card, manifest)
        learned |= training_history_of(package, registry)
    return models, learned


def _trained(
    backbone: str, request: CompareRequest, bench: Bench, emit: Emit, should_stop: ShouldStop
) -> Contender:
    row = find_backbone(backbone)
    answers: list[Answers] = []
    costs: list[TrainingCost] = []
    for seed in request.seeds:
        folder = bench.out / "models" / f"{row.name.lower()}-seed{seed}"
        wanted = _training(row.name, seed, folder, request, bench)
        costs.append(train_apart(wanted, folder.with_suffix(".json"), emit, should_stop))
        answers.append(_answers(str(folder), folder.name, request, bench, emit, should_stop))
    package = registry_of(request.data_dir).find(_folder(row.name, request.seeds[0], bench))
    cost, speed = measure_cost(package), speed_of(package)
    explained = _heat(package, package.path.name, request, bench, emit, should_stop)
    return Contender(row.name, tuple(answers), cost, speed, tuple(costs), explained)


def _taken(
    model: str, request: CompareRequest, bench: Bench, emit: Emit, should_stop: ShouldStop
) -> Contender:
    """A model that was there before, as it is."""
    package = registry_of(request.data_dir).find(model)
    answers = _answers(model, package.card.id, request, bench, emit, should_stop)
    explained = _heat(package, package.card.id, request, bench, emit, should_stop)
    cost, speed = measure_cost(package), speed_of(package)
    return Contender(package.card.id, (answers,), cost, speed, (), explained)


def _training(
    backbone: str, seed: int, folder: Path, request: CompareRequest, bench: Bench
) -> TrainRequest:
    return TrainRequest(
        data=str(bench.out / MANIFEST),
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


def _answers(
    model: str,
    name: str,
    request: CompareRequest,
    bench: Bench,
    emit: Emit,
    should_stop: ShouldStop,
) -> Answers:
    return ask_model(
        model,
        bench.manifest,
        bench.out / "answers" / f"{name}.npz",
        bench.left_out,
        data_dir=request.data_dir,
        emit=emit,
        should_stop=should_stop,
    )


def _heat(
    package: Package,
    name: str,
    request: CompareRequest,
    bench: Bench,
    emit: Emit,
    should_stop: ShouldStop,
) -> FaithfulnessResult | None:
    seed = request.seeds[0]
    return heat_of(
        str(package.path),
        bench.manifest,
        bench.measured.split("test"),
        bench.out / "heat" / f"{name}.json",
        seed=seed,
        data_dir=request.data_dir,
        emit=emit,
        should_stop=should_stop,
    )


def _folder(backbone: str, seed: int, bench: Bench) -> Path:
    return bench.out / "models" / f"{backbone.lower()}-seed{seed}"


def _first_model(request: CompareRequest, bench: Bench) -> str | Path:
    if request.backbones:
        name = find_backbone(request.backbones[0]).name
        return _folder(name, request.seeds[0], bench)
    return request.models[0]


def _same_cells(answers: list[Answers]) -> NDArray[np.str_]:
    """The names of the test cells, which have to be the same for all."""
    names = {each.names for each in answers}
    if len(names) != 1:
        raise UserError("The models could not read the same images.", "Put the images right.")
    return np.array(answers[0].names)


def _notes(bench: Bench, request: CompareRequest, read: int) -> list[str]:
    notes = list(bench.parted.notes)
    if unread := len(bench.parted.manifest.items) - read:
        notes.append(f"Left out: {unread} of the test images, which cannot be read.")
    patients = {item.patient for item in bench.measured.split("test")}
    if len(patients) == 1 and "" not in patients:
        notes.append(ONE_PATIENT)
    notes += describe_few_cells(item.label for item in bench.measured.split("test"))
    notes += describe_few_patients(patients)
    if not any(item.patient for item in bench.manifest.items):
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


def _written(found: Compared, notes: list[str], bench: Bench, emit: Emit) -> dict[str, object]:
    from trainer.jobs.compare.charts import PARETO, charts_of  # Matplotlib takes its time
    from trainer.jobs.compare.report import classes_of, report_of, table_of

    out, charts = bench.out, charts_of(found)
    record = {
        **found.to_json(),
        "left_out": bench.parted.to_json(),
        "notes": notes,
        "versions": versions() | package_versions(),
    }
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    files = {
        COMPARISON: text.encode("utf-8", "backslashreplace"),
        TABLE: table_of(found),
        CLASSES: classes_of(found),
        PLOT: charts[PARETO],
        REPORT: report_of(found, notes, charts).encode("utf-8", "backslashreplace"),
    }
    write_together(out, files)
    for note in notes:
        emit(JobWarning(note))
    lines = [
        f"  {name:<28} {row['balanced_accuracy'].value:.3f}" for name, row in found.rows.items()
    ]
    told = "\n".join(["Balanced accuracy on the test cells:", *lines])
    emit(Result({"text": f"{told}\nThe report is {out / REPORT}"}))
    return {"best": list(found.best), "comparison": str(out / COMPARISON), "failed": 0}
