"""The parser of the command line, and the request that its arguments make."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer import __version__
from trainer.commands import cases, system, training
from trainer.commands.options import common_options
from trainer.domain import RESEARCH_USE
from trainer.protocol.validation import Request, decode_request

COMMANDS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("classify", "classify images", cases.add_classify),
    ("explain", "heat maps of images", cases.add_explain),
    ("audit", "look a data set over", training.add_audit),
    ("train", "train a model", training.add_train),
    ("forecast", "what a training takes", training.add_forecast),
    ("reviewed-cells", "reviewed cells to a CSV", training.add_reviewed_cells),
    ("adapt", "adapt a model to a lab", training.add_adapt),
    ("evaluate", "measure a model", training.add_evaluate),
    ("judge", "a model against another", training.add_judge),
    ("compare", "compare networks", training.add_compare),
    ("tune", "find a recipe", training.add_tune),
    ("left-out", "judge a recipe by cells left out", training.add_left_out),
    ("doubts", "labels probably wrong", training.add_doubts),
    ("models", "look after models", system.add_models),
    ("devices", "what computes here", system.add_devices),
    ("self-test", "check this copy of the program", system.add_self_test),
    ("demo", "write drawn sample cells", system.add_demo),
    ("summary", "figures of a case", cases.add_summary),
    ("export", "results to files", cases.add_export),
    ("import-cells", "annotated cells into a case", cases.add_import_cells),
    ("cells", "cells of fields", cases.add_cells),
    ("similar", "cells most like one", cases.add_similar),
    ("ablate", "what a prediction rests on", cases.add_ablate),
    ("heat", "where the heat of two classes lies", cases.add_heat),
    ("suggest", "cells to label first", cases.add_suggest),
    ("changes", "cells that another model decides otherwise", cases.add_changes),
    ("case", "details and sign-off", cases.add_case),
    ("agreement", "compare two readers", cases.add_agreement),
    ("references", "the lab's reference cells", cases.add_references),
    ("store", "look after the store", cases.add_store),
    ("source", "lab and scale of a case", cases.add_source),
)
"""Name, help and options of every command, in the order of the program's help."""

_PATHS = (
    *("out", "root", "data", "folder", "path", "backup", "data_dir", "to"),
    *("left_out_table", "read"),
)
_PATHS_OF = {"judge": ("candidate", "against")}
"""Of one command alone: with others `--against` names a class."""


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of `python -m trainer`."""
    parser = argparse.ArgumentParser(
        prog="leuko-trainer",
        description="Classify blood cells with fine-tuned CNNs, explain, and train. "
        + RESEARCH_USE,
    )
    parser.add_argument("--version", action="version", version=f"leuko-trainer {__version__}")
    commands = parser.add_subparsers(dest="job", required=True, metavar="COMMAND")
    common = common_options()
    for name, text, add_options in COMMANDS:
        add_options(commands.add_parser(name, help=text, parents=[common]))
    commands.add_parser("worker", help="serve the window (used by the program itself)")
    return parser


def request_of(arguments: argparse.Namespace, command: str = "") -> Request:
    """Build the request of the arguments; relative paths are taken from the current folder.

    Args:
        arguments: of `build_parser`, for any command but `worker`.
        command: the command line as typed, for a model's card.

    Raises:
        UserError: a value out of its range.
    """
    values: dict[str, Any] = {
        name: value
        for name, value in vars(arguments).items()
        if value is not None and name not in ("json", "recipe")
    }
    _make_absolute(values)
    if values["job"] == "cells":
        for name in cases.CELL_CHANGES:
            values.pop(name, None)
        values |= cases.parse_cells_values(arguments)
    if "image" in values and values.get("folder"):
        values["image"] = cases.resolve_image(Path(values["folder"]), values["image"])
    if values["job"] in ("compare", "tune"):
        values |= training.parse_training_values(arguments)
    if values["job"] == "left-out":
        values |= training.parse_left_out_values(arguments)
    if values["job"] == "adapt":
        values["command"] = command
    if values["job"] in ("train", "forecast"):
        values |= training.parse_train_values(arguments, command)
    if values["job"] == "forecast":
        folder = values.get("data_dir")
        tuning = {name: values.pop(name) for name in training.TUNING if name in values}
        values = {"job": "forecast", "training": values | {"job": "train"}, "data_dir": folder}
        values |= tuning
    return decode_request(values)


def _make_absolute(values: dict[str, Any]) -> None:
    """Take relative paths from the current folder, which need not be the worker's."""
    for name in (*_PATHS, *_PATHS_OF.get(values["job"], ())):
        if values.get(name):
            values[name] = str(Path(values[name]).absolute())
    for name in ("paths", "images", "files", "folders"):
        if name in values:
            values[name] = [str(Path(path).absolute()) for path in values[name]]
    for name in ("model", "from_model"):
        # An id names a registered model; the path of a model's folder goes before it.
        if values.get(name) and (Path(values[name]) / "card.json").is_file():
            values[name] = str(Path(values[name]).absolute())
