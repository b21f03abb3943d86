"""Train a recipe without each source, and each pair of source and class, in turn."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.atomic_files import ensure_writable, write_text
from trainer.data.item import Item
from trainer.data.left_out import LeftOutGroup, find_group, list_groups
from trainer.domain import Progress, ShouldStop, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.left_out.table import build_table, figures_of, format_table_csv, render_table
from trainer.jobs.train import job as train
from trainer.jobs.train.data import read_data
from trainer.jobs.train.plan import build_plan
from trainer.models.package.layout import open_package
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.training_requests import LeftOutRequest, TrainRequest

ROWS, MODELS = "rows", "models"
TABLE_JSON, TABLE_CSV, TABLE_HTML = "left-out.json", "left-out.csv", "left-out.html"
_TABLE_BYTES = 1_000_000
_OWN = {"job", "data", "out", "pairs", "seeds", "data_dir", "download", "device"}


@dataclass(frozen=True)
class _Trial:
    """One training: what is left out of it, and its seed."""

    group: LeftOutGroup
    seed: int

    @property
    def key(self) -> str:
        """Name of its file: names of sources and classes can hold any character."""
        digest = hashlib.sha256(self.group.name.encode("utf-8", "backslashreplace")).hexdigest()
        return f"{digest[:16]}-{self.seed}"


def run(request: LeftOutRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Compute the table (see `LeftOutRequest`); trainings that are there already are skipped.

    Returns:
        `worst`, name and figure of the worst row; `rows`, their number; `file`; and `failed`, how
        many trainings could not be made.

    Raises:
        UserError: the data name no sources or nothing can be left out, the folder holds a
            table of something else, or no training came to its end.
        Cancelled: `should_stop` returned true; finished trainings are kept.
    """
    out = Path(request.out)
    ensure_writable(out, _TABLE_BYTES)
    plan = build_plan(_training_request(request, out / MODELS / "none"))
    data = read_data(plan, emit, never_stop)
    trials = _list_trials(request, data.manifest.items, data.classes)
    _claim_folder(out, {"data_sha256": data.digest(), **_settings_of(request)})
    failed = 0
    for number, trial in enumerate(trials):
        emit(Progress("leaving out", number, len(trials)))
        failed += not _run_trial(request, trial, out, emit, should_stop)
    emit(Progress("leaving out", len(trials), len(trials)))
    return _write_table(out, trials, plan.recipe.as_record(), failed, emit)


def _list_trials(
    request: LeftOutRequest, items: tuple[Item, ...], classes: tuple[str, ...]
) -> list[_Trial]:
    groups = [find_group(word, items) for word in request.pairs] or list_groups(items, classes)
    if not groups:
        raise UserError(
            "Nothing of these data can be left out.",
            "Two sources or more have to be named, and a class to be found in two of them.",
        )
    return [_Trial(group, seed) for group in dict.fromkeys(groups) for seed in request.seeds]


def _training_request(
    request: LeftOutRequest, folder: Path, seed: int = 0, *leave_out: str
) -> TrainRequest:
    settings = request.model_dump(mode="json", exclude={"job", "out", "pairs", "seeds"})
    return TrainRequest.model_validate(
        {
            **settings,
            "out": str(folder),
            "name": "left-out",
            "seed": seed,
            "resume": True,
            "leave_out": list(leave_out),
        }
    )


def _settings_of(request: LeftOutRequest) -> dict[str, Any]:
    """What makes trainings comparable: JSON values."""
    return request.model_dump(mode="json", exclude=_OWN)


def _claim_folder(out: Path, settings: Mapping[str, Any]) -> None:
    """Say in the folder what its rows are of.

    Raises:
        UserError: it holds rows of something else.
    """
    file = out / ROWS / "settings.json"
    if file.is_file() and json.loads(file.read_text(encoding="utf-8")) != settings:
        raise UserError(
            f"{out} holds a table of other data or another recipe.", "Choose another --out."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps(settings, indent=2, sort_keys=True) + "\n")


def _run_trial(
    request: LeftOutRequest, trial: _Trial, out: Path, emit: Emit, should_stop: ShouldStop
) -> bool:
    """Train one model, keep its figures and delete it; returns whether there are figures."""
    file, folder = out / ROWS / f"{trial.key}.json", out / MODELS / trial.key
    if file.is_file():
        return True
    if should_stop():
        raise Cancelled
    shutil.rmtree(folder, ignore_errors=True)
    training = _training_request(request, folder, trial.seed, trial.group.name)
    try:
        train.run(training, _only_progress(emit), should_stop)
    except UserError as error:
        if error.can_go_on:
            raise
        emit(JobWarning(f"Without {trial.group.name}: {error.message}", error.hint))
        return False
    if should_stop():  # it ended early: its figures are not those of the recipe
        shutil.rmtree(folder, ignore_errors=True)
        raise Cancelled
    write_text(file, json.dumps(figures_of(open_package(folder).card, trial.group)) + "\n")
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _only_progress(emit: Emit) -> Emit:
    """Hand on the progress of a training; its notes and results are not those of the table."""

    def hand_on(event: Any) -> None:
        if isinstance(event, Progress):
            emit(event)

    return hand_on


def _write_table(
    out: Path, trials: list[_Trial], recipe: Mapping[str, Any], failed: int, emit: Emit
) -> dict[str, object]:
    figures: dict[LeftOutGroup, list[dict[str, Any]]] = {}
    for trial in trials:
        file = out / ROWS / f"{trial.key}.json"
        if file.is_file():
            row = json.loads(file.read_text(encoding="utf-8"))
            figures.setdefault(trial.group, []).append(row)
    table = build_table(figures, {key: v for key, v in recipe.items() if key != "seed"})
    write_text(out / TABLE_JSON, table.model_dump_json(indent=2) + "\n")
    write_text(out / TABLE_CSV, format_table_csv(table))
    write_text(out / TABLE_HTML, render_table(table))
    shutil.rmtree(out / MODELS, ignore_errors=True)
    worst = table.worst
    text = f"The worst of {len(table.rows)}: without {worst.name}, {worst.found:.3f} are found."
    emit(Result({"text": f"{text} The table is in {out / TABLE_HTML}."}))
    return {
        "worst": worst.name,
        "found": worst.found,
        "rows": len(table.rows),
        "file": str(out / TABLE_JSON),
        "failed": failed,
    }
