"""The request of a training as the command line that does the same."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from leukogui.backend.command_line import PROGRAM

if TYPE_CHECKING:
    from trainer.protocol.records import ProtocolRecord

_ALONE = {"recipe", "holdouts", "other_classes", "leave_out", "new_classes", "about", "command"}
_NAMES = {"from_model": "--from"}
_LISTS = {"other_classes": "--other", "leave_out": "--leave-out", "new_classes": "--new-class"}


def training_arguments(request: ProtocolRecord) -> list[str]:
    """The words of the command line, without the program's name.

    Args:
        request: `TrainRequest`, `AuditRequest` or `AdaptRequest`.
    """
    values = request.model_dump()
    usual = {name: each.default for name, each in type(request).model_fields.items()}
    words = [values.pop("job"), _path(values.pop("data"))]
    for name, value in values.items():
        option = _NAMES.get(name, f"--{name.replace('_', '-')}")
        if name in _ALONE or value in (None, "", usual[name]):
            continue
        words += [option] if value is True else [option, str(value)]
    for name, option in _LISTS.items():
        for each in values.get(name, ()):
            words += [option, each]
    for name, data in values.get("holdouts", {}).items():
        words += ["--holdout", f"{name}={data}"]
    for key, value in values.get("recipe", {}).items():
        words += ["--recipe", f"{key}={value if isinstance(value, str) else json.dumps(value)}"]
    return words


def training_command_line(request: ProtocolRecord, platform: str = sys.platform) -> str:
    """One line to be pasted into a terminal of this platform."""
    words = [PROGRAM, *training_arguments(request)]
    return subprocess.list2cmdline(words) if platform == "win32" else shlex.join(words)


def _path(path: str) -> str:
    """A path that no option can be taken for."""
    return f"./{path}" if path.startswith("-") else path
