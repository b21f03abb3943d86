"""A request as the command line that does the same: "Copy as command"."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainer.protocol.requests import ClassifyRequest, ModelsRequest
    from trainer.protocol.training_requests import EvaluateRequest, JudgeRequest


PROGRAM = "leuko-trainer"


def classify_arguments(request: ClassifyRequest) -> list[str]:
    """The words of the command line, without the program's name."""
    words = ["classify", *(_path_argument(path) for path in request.paths), "--out", request.out]
    options = {
        "--root": request.root or "",
        "--model": request.model,
        "--device": "" if request.device == "auto" else request.device,
        "--precision": "" if request.precision == "exact" else request.precision,
        "--shard": request.shard or "",
        "--source": request.source,
        "--alert": "" if request.alert == "balanced" else request.alert,
        "--content": (request.content or "").replace("_", "-"),
        "--data-dir": request.data_dir or "",
    }
    for option, value in options.items():
        if value:
            words += [option, value]
    if request.red_cell_diameter is not None:
        words += ["--red-cell-diameter", repr(request.red_cell_diameter)]
    flags = {
        "--heatmaps": request.heatmaps,
        "--ignore-gates": request.ignore_gates,
        "--resume": request.resume,
        "--any-suffix": request.any_suffix,
        "--count-edge-cells": request.count_edge_cells,
    }
    return words + [flag for flag, on in flags.items() if on]


def command_line(request: ClassifyRequest, platform: str = sys.platform) -> str:
    """One line to be pasted into a terminal of this platform."""
    return format_command(classify_arguments(request), platform)


def format_command(words: Sequence[str], platform: str = sys.platform) -> str:
    """The words of a command, without the program's name, as one line for a terminal."""
    every = [PROGRAM, *words]
    return subprocess.list2cmdline(every) if platform == "win32" else shlex.join(every)


def models_arguments(request: ModelsRequest) -> list[str]:
    """The words of `models` with an action, without the program's name."""
    words = ["models", request.action, *(each for each in (request.model, request.path) if each)]
    options = {
        "--title": request.title,
        "--person": request.person,
        "--reason": request.reason,
        "--data-dir": request.data_dir or "",
    }
    return words + [word for option, value in options.items() if value for word in (option, value)]


def evaluate_arguments(request: EvaluateRequest) -> list[str]:
    """The words of `evaluate`, without the program's name."""
    words = ["evaluate", _path_argument(request.data), "--out", request.out]
    words += ["--model", request.model] if request.model else []
    words += [] if request.device == "auto" else ["--device", request.device]
    return words if request.thorough else [*words, "--quick"]


def judge_arguments(request: JudgeRequest) -> list[str]:
    """The words of `judge`, without the program's name."""
    return ["judge", request.candidate, request.against, "--out", request.out]


def _path_argument(path: str) -> str:
    """A path that no option can be taken for."""
    return f"./{path}" if path.startswith("-") else path
