"""OpenVINO without its telemetry, and with the precision always given.

OpenVINO brings a package that reports usage over the network when a model is converted.
Its converter has a stand-in that does nothing for where that package is missing; here
the package is hidden before OpenVINO is imported."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision

OUTPUT_NAMES = ("logits", "pooled", "features")
GRAPH_BATCH = 8  # cells in a batch when a graph is measured


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
    native = {precision for name, precision in names.items() if name in capabilities}
    return frozenset(native | {Precision.F32})


def processor_name(device: str = "CPU") -> str:
    """The device's full name, as its maker writes it."""
    return str(load_openvino().Core().get_property(device, "FULL_DEVICE_NAME"))


def run_graph(
    graph: Path,
    images: NDArray[np.generic],
    precision: Precision = Precision.F32,
    batch: int = GRAPH_BATCH,
) -> dict[str, NDArray[np.float32]]:
    """Run a graph over images on the CPU and return its outputs by name, for measuring.

    As in inference, the batch is fixed and the last one padded: that is fastest, and a
    cell's outputs do not depend on how many cells there are.

    Args:
        images: (N, H, W, 3) RGB 0-255, uint8 or float32; N at least 1.
    """
    openvino = load_openvino()
    compiled = _compile_graph(graph, precision, (batch, *images.shape[1:]))
    starts = range(0, len(images), batch)
    batches: list[dict[str, NDArray[np.float32]]] = [{} for _ in starts]

    def store_outputs(request: Any, index: int) -> None:
        for name in OUTPUT_NAMES:
            batches[index][name] = np.array(request.get_tensor(name).data, dtype=np.float32)

    queue = openvino.AsyncInferQueue(compiled)
    queue.set_callback(store_outputs)
    for index, start in enumerate(starts):
        queue.start_async({0: pad_batch(images[start : start + batch], batch)}, index)
    queue.wait_all()
    count = len(images)
    return {name: np.concatenate([part[name] for part in batches])[:count] for name in OUTPUT_NAMES}


def pad_batch(rows: NDArray[np.generic], count: int) -> NDArray[np.float32]:
    """Rows (N, ...), N <= `count`, with zeros after them: float32 (count, ...)."""
    filled = np.zeros((count, *rows.shape[1:]), np.float32)
    filled[: len(rows)] = rows
    return filled


def _compile_graph(graph: Path, precision: Precision, shape: tuple[int, ...]) -> Any:
    core = load_openvino().Core()
    # A mapped file could not be renamed or deleted on Windows while the graph lives.
    core.set_property({"ENABLE_MMAP": False})
    model = core.read_model(graph)
    model.reshape(list(shape))
    config = {"INFERENCE_PRECISION_HINT": precision.value, "PERFORMANCE_HINT": "THROUGHPUT"}
    return core.compile_model(model, "CPU", config)
