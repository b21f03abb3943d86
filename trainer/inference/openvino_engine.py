"""The fast engine: OpenVINO on the CPU, or on a GPU that OpenVINO reaches."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision
from trainer.errors import UserError
from trainer.inference.engine import Outputs
from trainer.models.export.runtime import load_openvino

log = logging.getLogger(__name__)

CPU_BATCH = 8
_OUTPUT_NAMES = ("logits", "pooled", "features")


class OpenVinoEngine:
    """A compiled graph with several requests in flight (see `engine.Engine`).

    The batch is fixed: a shorter one is padded, so that a cell's figures do not depend
    on how many cells came with it.
    """

    def __init__(
        self,
        graph: Path,
        *,
        device: str = "CPU",
        precision: Precision = Precision.F32,
        batch: int = CPU_BATCH,
        threads: int | None = None,
    ) -> None:
        self.device = device
        self.precision = precision
        self.batch = batch
        compiled = _compile(graph, device, precision, batch, threads)
        # One more than the device works on at once, so that it never waits for us.
        self.in_flight = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")) + 1
        self._side = int(compiled.input(0).shape[1])
        self._free: list[Any] = [compiled.create_infer_request() for _ in range(self.in_flight)]

    def submit(self, cells: NDArray[np.uint8]) -> _InferRequest:
        """Start a forward pass over uint8 (N, S, S, 3), N <= batch.

        Raises:
            UserError: the cells do not have the graph's size.
        """
        count = len(cells)
        if cells.shape[1:] != (self._side, self._side, 3) or not 0 < count <= self.batch:
            expected = f"up to {self.batch} cells of {self._side} x {self._side} px"
            raise UserError(f"Invalid input. Expected {expected}. Received {cells.shape}.")
        padded = np.zeros((self.batch, *cells.shape[1:]), np.uint8)
        padded[:count] = cells
        request = self._free.pop()
        request.start_async({0: padded}, share_inputs=True)
        return _InferRequest(request, self._free, padded, count)


class _InferRequest:
    """A request under way; holds on to its input, which OpenVINO does not copy."""

    def __init__(self, request: Any, free: list[Any], cells: NDArray[np.uint8], count: int) -> None:
        self._request, self._free, self._cells, self._count = request, free, cells, count

    def result(self) -> Outputs:
        self._request.wait()
        # Copied, because the request's own memory is used again by the next batch.
        named = {name: self._request.get_tensor(name).data.copy() for name in _OUTPUT_NAMES}
        self._free.append(self._request)
        return Outputs(**named).first(self._count)


def _compile(
    graph: Path, device: str, precision: Precision, batch: int, threads: int | None
) -> Any:
    """Compile for a fixed batch of uint8 cells, with an explicit precision, never the default."""
    ov = load_openvino()
    from openvino.preprocess import PrePostProcessor

    core = ov.Core()
    # Mapped, the file of a model in use could not be deleted or replaced on Windows.
    core.set_property({"ENABLE_MMAP": False})
    model = core.read_model(graph)
    side = model.input(0).get_partial_shape()[1].get_length()
    model.reshape([batch, side, side, 3])
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8)
    steps.input().preprocess().convert_element_type(ov.Type.f32)
    model = steps.build()
    settings: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": _hint(precision),
        "PERFORMANCE_HINT": "THROUGHPUT",
    }
    if device == "CPU":
        settings["INFERENCE_NUM_THREADS"] = threads or usable_cores()
    return core.compile_model(model, device, settings)


def _hint(precision: Precision) -> str:
    """INT8 graphs carry their own precision; what is not quantised runs in f32."""
    return "f32" if precision is Precision.INT8 else precision.value


def usable_cores() -> int:
    """Cores that this process may use, which a container can make fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def openvino_gpus() -> dict[str, str]:
    """OpenVINO's GPU devices, by name: {"GPU.0": "Intel(R) Arc(TM) ..."}."""
    core = load_openvino().Core()
    found = [name for name in core.available_devices if name.startswith("GPU")]
    return {name: str(core.get_property(name, "FULL_DEVICE_NAME")) for name in found}
