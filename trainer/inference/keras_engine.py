"""The engine for GPUs that OpenVINO does not reach: Keras on TensorFlow, PyTorch or JAX."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision
from trainer.inference.outputs import Outputs
from trainer.models.memory import out_of_memory

log = logging.getLogger(__name__)

GPU_BATCH = 64
_BACKENDS = ("tensorflow", "torch", "jax")


class KerasEngine:
    """A Keras network with the three outputs of a package (see `outputs.Engine`).

    When memory runs out the batch is halved from then on, down to one cell, and that is logged.
    """

    in_flight = 1
    precision = Precision.F32

    def __init__(self, network: Any, *, device: str, batch: int = GPU_BATCH) -> None:
        self.device = device
        self.batch = batch
        self._network = network
        self._fits = batch

    def submit(self, cells: NDArray[np.uint8]) -> _Ready:
        """Run uint8 (N, S, S, 3), N <= batch; returns when it is done."""
        padded = np.zeros((self.batch, *cells.shape[1:]), np.float32)
        padded[: len(cells)] = cells
        return _Ready(self._run(padded).first(len(cells)))

    def _run(self, cells: NDArray[np.float32]) -> Outputs:
        size = self._fits  # as it is now: the first part may find that less fits
        if len(cells) > size:
            return _joined(self._run(cells[:size]), self._run(cells[size:]))
        try:
            found = self._network.predict_on_batch(cells)
        except Exception as error:
            if not out_of_memory(error) or len(cells) == 1:
                raise
            log.warning("%s ran out of memory at %d cells; halving", self.device, len(cells))
            self._fits = (len(cells) + 1) // 2
            return self._run(cells)
        return Outputs(**{name: np.asarray(value, np.float32) for name, value in found.items()})


@dataclass(frozen=True, eq=False)
class _Ready:
    outputs: Outputs

    def result(self) -> Outputs:
        return self.outputs


def _joined(first: Outputs, second: Outputs) -> Outputs:
    return Outputs(
        np.concatenate([first.logits, second.logits]),
        np.concatenate([first.pooled, second.pooled]),
        np.concatenate([first.features, second.features]),
    )


def device_lost(error: BaseException) -> bool:
    """Whether a backend says that its device failed: driver reset, card gone, launch failure."""
    text = f"{type(error).__name__} {error}".lower()
    signs = ("cuda error", "cuda_error", "cudnn", "device lost", "device_lost", "cl_out_of")
    return any(sign in text for sign in signs)


@dataclass(frozen=True)
class GpuSearch:
    """What was found when a GPU was looked for.

    Attributes:
        backend: the Keras backend that sees one; empty if none does.
        device: its name, or empty.
        reason: why there is none to use, in words; empty where there is one.
    """

    backend: str = ""
    device: str = ""
    reason: str = ""


def find_gpu() -> GpuSearch:
    """Look for a GPU that a Keras backend can use.

    The backends are asked only where the driver's own tool lists a card, or on a Mac,
    because importing one takes many seconds.
    """
    card = _nvidia_card()
    if not card and sys.platform != "darwin":
        return GpuSearch(reason="no GPU was found")
    asked = _askable()
    for backend in asked:
        if name := _sees_gpu(backend):
            return GpuSearch(backend, card or name)
    if not card:
        return GpuSearch(reason="no GPU was found")
    installed = ", ".join(asked) or "none"
    return GpuSearch(reason=f"{card} is there, but no installed framework sees it ({installed})")


def _askable() -> list[str]:
    """Installed backends; once Keras is loaded, only the one that it runs on."""
    installed = [name for name in _BACKENDS if find_spec(name)]
    if "keras" in sys.modules:
        current = os.environ.get("KERAS_BACKEND", "tensorflow")
        return [name for name in installed if name == current]
    return installed


def _nvidia_card() -> str:
    """Name of the first NVIDIA card that the driver lists; empty if none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = told.stdout.strip().splitlines()
    return lines[0].strip() if told.returncode == 0 and lines else ""


def _sees_gpu(backend: str) -> str:
    """Name of the GPU that a backend sees; empty if it sees none or does not load."""
    try:
        if backend == "tensorflow":
            import tensorflow as tf

            return next((d.name for d in tf.config.list_physical_devices("GPU")), "")
        if backend == "torch":
            import torch

            return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else ""
        import jax

        return next((str(d) for d in jax.devices() if d.platform == "gpu"), "")
    except (ImportError, RuntimeError, OSError) as error:
        log.warning("%s could not be asked for a GPU: %s", backend, error)
        return ""
