"""OpenVINO without its telemetry, and with the precision always said.

OpenVINO brings a package that reports usage over the network when a model is converted.
Its converter has a stand-in that does nothing for where that package is missing; here
the package is made to look missing before OpenVINO is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision

OUTPUT_NAMES = ("logits", "pooled", "features")


def load_openvino() -> Any:
    """The `openvino` module, imported with its telemetry switched off."""
    # None in sys.modules makes the import fail, whatever is installed.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


@cache
def native_precisions(device: str = "CPU") -> frozenset[Precision]:
    """Precisions in which the device computes without emulating; f32 always."""
    core = load_openvino().Core()
    capabilities = set(core.get_property(device, "OPTIMIZATION_CAPABILITIES"))
    names = {"BF16": Precision.BF16, "FP16": Precision.F16, "INT8": Precision.INT8}
    found = {precision for name, precision in names.items() if name in capabilities}
    return frozenset(found | {Precision.F32})


def processor_name(device: str = "CPU") -> str:
    """The device's full name, as its maker writes it."""
    return str(load_openvino().Core().get_property(device, "FULL_DEVICE_NAME"))


def run_graph(
    graph: Path,
    images: NDArray[np.generic],
    precision: Precision = Precision.F32,
    batch: int = 16,
) -> dict[str, NDArray[np.float32]]:
    """Run a graph over images on the CPU, for measuring it (not for speed).

    Args:
        images: (N, H, W, 3) RGB 0-255, uint8 or float32; N at least 1.
    """
    core = load_openvino().Core()
    # A mapped file could not be renamed or deleted on Windows while the graph lives.
    core.set_property({"ENABLE_MMAP": False})
    compiled = core.compile_model(
        core.read_model(graph), "CPU", {"INFERENCE_PRECISION_HINT": precision.value}
    )
    parts: dict[str, list[NDArray[np.float32]]] = {name: [] for name in OUTPUT_NAMES}
    for piece in _pieces(images, batch):
        found = compiled(piece)
        for name in OUTPUT_NAMES:
            parts[name].append(np.array(found[name], dtype=np.float32))
    return {name: np.concatenate(rows) for name, rows in parts.items()}


def _pieces(images: NDArray[np.generic], batch: int) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(images), batch):
        yield np.ascontiguousarray(images[start : start + batch], dtype=np.float32)
