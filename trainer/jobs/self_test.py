"""`self-test`: whether this copy of the program computes what it did when it was made.

The bundled model classifies the bundled drawings in a worker process, as the window has it done;
what comes out is compared with what was recorded. `resources/README.md` says how to record anew.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from trainer.domain import ShouldStop
from trainer.edition import edition
from trainer.errors import Cancelled, UserError
from trainer.jobs.common.case.predictions_csv import PREDICTIONS
from trainer.locations import resources_folder
from trainer.protocol.client import WorkerProcess
from trainer.protocol.diagnostics import package_versions, versions
from trainer.protocol.events import DeviceEvent, Emit, FinalEvent, Result
from trainer.protocol.requests import ClassifyRequest, SelfTestRequest

MAX_DP = 1e-4
"""Processors round f32 differently, which moves a probability by some 1e-6; this is the bound
that an exported graph must keep to be registered at all."""
_SAME = ("image", "label", "decision", "model", "error")

Row = Mapping[str, str]


def run(request: SelfTestRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Classify the bundled cells, and compare.

    Returns:
        `cells`, how many there are; `max_dp`, the largest difference of a probability; `seconds`
        from the start of the worker to its end; `edition`, `device`, and `versions`.

    Raises:
        UserError: a result differs, or the worker failed.
        Cancelled: `should_stop` returned true.
    """
    recorded = _read_rows(resources_folder() / "self_test" / PREDICTIONS)
    with TemporaryDirectory(prefix="leukogui-self-test-") as folder:
        started = time.perf_counter()
        data = request.data_dir or str(Path(folder) / "data")
        device = _classify(Path(folder), recorded[0]["model"], data, should_stop)
        seconds = time.perf_counter() - started
        found = _read_rows(Path(folder) / "out" / PREDICTIONS)
    max_dp = compare(found, recorded)
    facts: dict[str, object] = {
        "edition": edition(),
        "device": device,
        "versions": versions() | package_versions(),
        "cells": len(found),
        "max_dp": max_dp,
        "seconds": round(seconds, 2),
    }
    emit(Result({"text": _describe(facts)}))
    return facts


def compare(found: list[Row], recorded: list[Row]) -> float:
    """The largest difference of a probability between two tables of predictions.

    Raises:
        UserError: other images, another label or decision, or a difference above `MAX_DP`.
    """
    names = [row["image"] for row in found]
    if names != [row["image"] for row in recorded]:
        raise _refusal(f"{len(names)} cells were found instead of {len(recorded)}")
    largest = 0.0
    for row, expected in zip(found, recorded, strict=True):
        for column in _SAME:
            if row.get(column) != expected[column]:
                was = f"“{row.get(column)}” instead of “{expected[column]}”"
                raise _refusal(f"{row['image']}: {column} is {was}")
        largest = max(largest, _probability_difference(row, expected))
    return largest


def _probability_difference(row: Row, expected: Row) -> float:
    columns = [name for name in expected if name.startswith(("p_", "other_"))]
    away = max(abs(float(row[name] or 0) - float(expected[name] or 0)) for name in columns)
    if not away <= MAX_DP:  # a NaN is a difference, too
        raise _refusal(f"{row['image']}: a probability is {away:.2g} away")
    return away


def _refusal(what: str) -> UserError:
    return UserError(
        f"This copy of the program does not compute what it should. {what}.",
        "Do not use it: install it again, and write to the developers if that does not help.",
    )


def _classify(folder: Path, model: str, data: str, should_stop: ShouldStop) -> str:
    """Run the bundled model in a worker; return the device, with its precision."""
    resources = resources_folder()
    request = ClassifyRequest(
        paths=(str(resources / "self_test" / "cells"),),
        model=str(resources / "models" / model),
        out=str(folder / "out"),
        device="cpu",
        data_dir=data,
    )
    device = ""
    with WorkerProcess(log=folder / "worker.log") as worker:
        number = worker.send(request)
        final: FinalEvent | None = None
        for event in worker.events(number):
            if isinstance(event, DeviceEvent):
                device = f"{event.device}, {event.precision}"
            if isinstance(event, FinalEvent):
                final = event
            if should_stop():
                worker.cancel(number)
        outcome = worker.outcome(final)
    if outcome.kind == "cancelled":
        raise Cancelled
    if outcome.kind != "done":
        raise UserError(outcome.message, outcome.hint)
    return device


def _read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["image"])


def _describe(facts: Mapping[str, object]) -> str:
    packages = facts["versions"]
    assert isinstance(packages, dict)
    return "\n".join(
        [
            f"Edition: {facts['edition']}",
            f"Device: {facts['device']}",
            f"Versions: {', '.join(f'{name} {value}' for name, value in packages.items())}",
            f"{facts['cells']} cells in {facts['seconds']} s, from the start of the worker",
            f"All labels and decisions are as recorded; probabilities differ by "
            f"{facts['max_dp']:.2g} at most.",
        ]
    )
