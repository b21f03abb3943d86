"""The engine for GPUs that OpenVINO does not reach: Keras on TensorFlow, PyTorch or JAX.

The network is compiled to one function from uint8 cells to its outputs. Keras' own
`predict_on_batch` is not used: it takes float32, four times the bytes on the way to a card,
and takes all weights out of the network and puts them back at every call.

The arithmetic is f32 to the letter. By default, the backends multiply in TF32 on newer
NVIDIA cards, with 10 bits of mantissa, and still call it float32.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision
from trainer.inference.engine import Outputs
from trainer.models.backend import out_of_memory

log = logging.getLogger(__name__)

GPU_BATCH = 64
# Compiled frameworks first: PyTorch runs a Keras network layer by layer.
_BACKENDS = ("tensorflow", "jax", "torch")
_CONCURRENT_PASSES = 2

Forward = Callable[[NDArray[np.uint8]], Mapping[str, Any]]
"""uint8 (N, S, S, 3) to float32 arrays of the backend by output; may return before they are
computed. It is not to be called by two threads at once."""


def compile_forward_pass(network: Any) -> Forward:
    """Compile a network to a function, once for each N where the backend compiles."""
    import keras

    makers = {"jax": _compile_jax, "torch": _compile_torch, "tensorflow": _compile_tensorflow}
    return makers[keras.config.backend()](network)


def _compile_jax(network: Any) -> Forward:
    import jax

    weights = [each.value for each in network.trainable_variables]
    others = [each.value for each in network.non_trainable_variables]

    def run(weights: Any, others: Any, cells: Any) -> Any:
        with jax.default_matmul_precision("highest"):
            return network.stateless_call(weights, others, cells.astype("float32"), training=False)[
                0
            ]

    compiled = jax.jit(run)
    return lambda cells: compiled(weights, others, cells)


def _compile_torch(network: Any) -> Forward:
    import torch

    device = network.variables[0].value.device

    def run(cells: NDArray[np.uint8]) -> Any:
        # Cells always come in the same number, so trying convolutions out pays.
        exact = torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False)
        with torch.inference_mode(), exact:
            return network(torch.as_tensor(cells).to(device).float(), training=False)

    return run


def _compile_tensorflow(network: Any) -> Forward:
    import tensorflow as tf

    tf.config.experimental.enable_tensor_float_32_execution(False)

    def run(cells: Any) -> Any:
        return network(tf.cast(cells, tf.float32), training=False)

    compiled = tf.function(run)
    return lambda cells: compiled(tf.convert_to_tensor(cells))


class KerasEngine:
    """A Keras network with the three outputs of a package (see `engine.Engine`).

    While the outputs of one batch come back from the card, the next is computed there. The
    batch is fixed and a shorter one is padded, so that nothing is compiled for it.

    When memory runs out the batch is halved from then on, down to one cell, and that is logged.

    Args:
        forward: the network, see `compile_forward_pass`.
        device: the card's name.
        batch: most cells in a batch.
    """

    in_flight = _CONCURRENT_PASSES + 1  # one waits, so that the card never does
    precision = Precision.F32

    def __init__(self, forward: Forward, *, device: str, batch: int = GPU_BATCH) -> None:
        self.device = device
        self.batch = batch
        self._forward = forward
        self._batch_limit = batch
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_CONCURRENT_PASSES, thread_name_prefix="card")

    def submit(self, cells: NDArray[np.uint8]) -> Future[Outputs]:
        """Start a forward pass over uint8 (N, S, S, 3), N <= batch.

        A full batch is not copied: it must stay as it is until the result is there. Whatever
        goes wrong on the card is raised by `result`.
        """
        if len(cells) == self.batch:
            return self._pool.submit(self._run, cells)
        padded = np.zeros((self.batch, *cells.shape[1:]), np.uint8)
        padded[: len(cells)] = cells
        count = len(cells)
        return self._pool.submit(lambda: self._run(padded).first(count))

    def _run(self, cells: NDArray[np.uint8]) -> Outputs:
        size = self._batch_limit  # as it is now: the first part may find that less fits
        if len(cells) > size:
            return _concatenate(self._run(cells[:size]), self._run(cells[size:]))
        try:
            return self._forward_batch(cells)
        except Exception as error:
            if not out_of_memory(error) or len(cells) == 1:
                raise
            log.warning("%s ran out of memory at %d cells; halving", self.device, len(cells))
            self._batch_limit = min(self._batch_limit, (len(cells) + 1) // 2)
        return self._run(cells)

    def _forward_batch(self, cells: NDArray[np.uint8]) -> Outputs:
        """Queue the pass in turn; wait for its outputs beside the other thread."""
        with self._lock:
            found = self._forward(cells)
        return Outputs(**{name: _to_numpy(value) for name, value in found.items()})


def open_gpu_engine(network: Any, name: str) -> KerasEngine:
    """Open an engine on a card; the network is compiled by a first batch meanwhile."""
    engine = KerasEngine(compile_forward_pass(network), device=name)
    # Not waited for: what fails here fails again with the first cells, and is reported then.
    engine.submit(np.zeros((1, *network.input_shape[1:]), np.uint8))
    return engine


def _to_numpy(value: Any) -> NDArray[np.float32]:
    import keras

    return np.asarray(keras.ops.convert_to_numpy(value), np.float32)


def _concatenate(first: Outputs, second: Outputs) -> Outputs:
    return Outputs(
        np.concatenate([first.logits, second.logits]),
        np.concatenate([first.pooled, second.pooled]),
        np.concatenate([first.features, second.features]),
    )


def device_lost(error: BaseException) -> bool:
    """Whether an error means that the device failed: driver reset, card gone, launch failure."""
    text = f"{type(error).__name__} {error}".lower()
    signs = ("cuda error", "cuda_error", "cudnn", "device lost", "device_lost", "cl_out_of")
    return any(sign in text for sign in signs)


@dataclass(frozen=True)
class GpuSearch:
    """The result of a search for a GPU.

    Attributes:
        backend: the Keras backend that reaches one; empty if none does.
        device: its name, or empty.
        reason: why there is none to use, in words; empty where there is one.
    """

    backend: str = ""
    device: str = ""
    reason: str = ""


def find_gpu() -> GpuSearch:
    """Look for a GPU that a Keras backend can use.

    Backends are imported only where the driver's own tool lists a card, or on a Mac,
    because importing one takes many seconds.
    """
    card = _nvidia_gpu_name()
    if not card and sys.platform != "darwin":
        return GpuSearch(reason="no GPU was found")
    candidates = _candidate_backends()
    for backend in candidates:
        if name := _backend_gpu_name(backend):
            return GpuSearch(backend, card or name)
    if not card:
        return GpuSearch(reason="no GPU was found")
    installed = ", ".join(candidates) or "none"
    return GpuSearch(reason=f"{card} is there, but no installed framework sees it ({installed})")


def _candidate_backends() -> list[str]:
    """Installed backends; where one is chosen, by KERAS_BACKEND or as Keras is loaded, that one."""
    installed = [name for name in _BACKENDS if find_spec(name)]
    current = os.environ.get("KERAS_BACKEND")
    if "keras" in sys.modules:
        current = sys.modules["keras"].config.backend()
    return [name for name in installed if name == current] if current else installed


def _nvidia_gpu_name() -> str:
    """Name of the first NVIDIA card that the driver lists; empty if none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = listing.stdout.strip().splitlines()
    return lines[0].strip() if listing.returncode == 0 and lines else ""


def _backend_gpu_name(backend: str) -> str:
    """Name of the GPU that a backend reaches; empty if it reaches none or does not load."""
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
