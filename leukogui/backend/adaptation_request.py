"""The request that adapts a model by the open case, and the command line that does the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from leukogui.backend.command_line import format_command

if TYPE_CHECKING:
    from trainer.protocol.adaptation_requests import AdaptRequest


def build_adapt_request(
    root: Path,
    model: str,
    out: Path,
    new_classes: tuple[str, ...] = (),
    leave_out: tuple[str, ...] = (),
) -> AdaptRequest:
    """Build the request.

    Args:
        root: folder of the case.
        model: id of the model to adapt.
        out: where the package goes until a person has accepted it.
        new_classes: labels that become classes.
        leave_out: labels that are not learned from.
    """
    from trainer.protocol.adaptation_requests import AdaptRequest

    request = AdaptRequest(
        data=str(root),
        from_model=model,
        out=str(out),
        new_classes=new_classes,
        leave_out=leave_out,
        curve=True,
    )
    return request.model_copy(update={"command": adapt_command(request)})


def adapt_command(request: AdaptRequest, platform: str = sys.platform) -> str:
    """One line to be pasted into a terminal; the model goes among the user's models."""
    words = ["adapt", request.data, "--from", request.from_model]
    options = {"--new-class": request.new_classes, "--leave-out": request.leave_out}
    for option, labels in options.items():
        for label in labels:
            words += [option, label]
    return format_command([*words, "--curve"] if request.curve else words, platform)
