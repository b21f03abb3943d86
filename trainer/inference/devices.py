"""Which engine serves: CPU or GPU, exact or fast, and why."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from trainer.domain import Precision
from trainer.errors import UserError
from trainer.inference.keras_engine import KerasEngine, find_gpu
from trainer.inference.openvino_engine import OpenVinoEngine, openvino_gpus
from trainer.inference.outputs import Engine
from trainer.models.openvino_runtime import native_precisions

Device = Literal["auto", "cpu", "gpu"]
# Fastest first, as measured on CPUs that have both.
_FAST_ORDER = (Precision.BF16, Precision.F16)


@dataclass(frozen=True, eq=False)
class Chosen:
    """An engine, and what a person should know of the choice."""

    engine: Engine
    reason: str = ""


def choose_engine(
    graph: Path,
    build_network: Callable[[], Any],
    *,
    device: Device = "auto",
    precision: Literal["exact", "fast"] = "exact",
    admitted: tuple[Precision, ...] = (Precision.F32,),
) -> Chosen:
    """The engine that `--device` and `--precision` ask for.

    Args:
        graph: the package's `graph.xml`.
        build_network: loads the package's Keras network; called only for a GPU.
        device: "auto" takes a GPU where one can be used, and says why where not.
        precision: "exact" is f32; "fast" the fastest variant that passed its gate.
        admitted: precisions that passed the package's gate.

    Raises:
        UserError: `device` is "gpu" and none can be used.
    """
    if device == "cpu":
        return _on_cpu(graph, precision, admitted, "")
    search = find_gpu()
    if search.backend:
        os.environ["KERAS_BACKEND"] = search.backend
        engine = KerasEngine(build_network(), device=search.device)
        return Chosen(engine, f"GPU: {search.device}, by {search.backend}")
    cards = openvino_gpus()
    discrete = [name for name, title in cards.items() if "dGPU" in title]
    usable = list(cards) if device == "gpu" else discrete
    if usable:
        return Chosen(OpenVinoEngine(graph, device=usable[0]), f"GPU: {cards[usable[0]]}")
    if device == "gpu":
        raise UserError(
            f"No GPU can be used: {search.reason}.",
            "Use --device cpu, or install a framework that reaches the GPU (README, “GPU”).",
        )
    reason = search.reason
    if cards:
        reason = f"{next(iter(cards.values()))} is built in and slower; --device gpu uses it"
    return _on_cpu(graph, precision, admitted, reason)


def _on_cpu(
    graph: Path,
    precision: Literal["exact", "fast"],
    admitted: tuple[Precision, ...],
    reason: str,
) -> Chosen:
    wanted = Precision.F32
    if precision == "fast":
        usable = [p for p in _FAST_ORDER if p in admitted and p in native_precisions()]
        wanted = usable[0] if usable else Precision.F32
        if not usable:
            reason = "no faster precision passed this model's gate on this processor; f32 is used"
    return Chosen(OpenVinoEngine(graph, precision=wanted), reason)
