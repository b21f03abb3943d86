"""Which engine runs a model: CPU or GPU, exact or fast, and why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from trainer.domain import Precision
from trainer.errors import UserError
from trainer.inference.engine import Engine
from trainer.inference.keras_engine import find_gpu, open_gpu_engine
from trainer.inference.openvino_engine import OpenVinoEngine, openvino_gpus
from trainer.models.export.runtime import load_openvino, native_precisions, processor_name
from trainer.models.package.layout import Package

Device = Literal["auto", "cpu", "gpu"]
# Fastest first, as measured on CPUs that have both.
_FAST_ORDER = (Precision.BF16, Precision.F16)


@dataclass(frozen=True)
class DeviceChoice:
    """The device of a model, chosen before anything is loaded.

    Attributes:
        name: of the device, as engines and runs call it: "CPU", "GPU.0", "NVIDIA H100".
        title: of the device, as its maker writes it.
        precision: the arithmetic.
        reason: why this one, in words; may be empty.
        backend: the Keras backend that reaches the device; empty for OpenVINO.
    """

    name: str
    title: str
    precision: Precision = Precision.F32
    reason: str = ""
    backend: str = ""


def choose_device(
    *,
    device: Device = "auto",
    precision: Literal["exact", "fast"] = "exact",
    admitted: tuple[Precision, ...] = (Precision.F32,),
) -> DeviceChoice:
    """Choose the device for `--device` and `--precision` on this computer.

    Args:
        device: "auto" takes a GPU where one can be used, and gives the reason where not.
        precision: "exact" is f32; "fast" the fastest variant that passed its gate.
        admitted: precisions that passed the package's gate.

    Raises:
        UserError: `device` is "gpu" and none can be used.
    """
    if device == "cpu":
        return _cpu_choice(precision, admitted, "")
    search = find_gpu()
    if search.backend:
        reason = f"GPU: {search.device}, by {search.backend}"
        return DeviceChoice(search.device, search.device, reason=reason, backend=search.backend)
    cards = openvino_gpus()
    discrete = [name for name, title in cards.items() if "dGPU" in title]
    usable = list(cards) if device == "gpu" else discrete
    if usable:
        return DeviceChoice(usable[0], cards[usable[0]], reason=f"GPU: {cards[usable[0]]}")
    if device == "gpu":
        raise UserError(
            f"No GPU can be used: {search.reason}.",
            "Choose the CPU, or install a framework that reaches the GPU (README, “GPU”).",
        )
    reason = search.reason
    if cards:
        card = next(iter(cards.values()))
        reason = f"{card} is built in and slower; it is used if the GPU is asked for"
    return _cpu_choice(precision, admitted, reason)


def build_engine(choice: DeviceChoice, package: Package) -> Engine:
    """Build the engine of a choice; the Keras network is loaded only for a GPU by Keras.

    Raises:
        PackageError: the package is damaged.
    """
    if not choice.backend:
        return OpenVinoEngine(package.graph, device=choice.name, precision=choice.precision)
    os.environ["KERAS_BACKEND"] = choice.backend
    from trainer.models.network.load import load_network

    return open_gpu_engine(load_network(package), choice.name)


@contextmanager
def engine_under_way(choice: DeviceChoice, package: Package) -> Iterator[Callable[[], Engine]]:
    """Build the engine of a choice beside what the caller does in the block.

    OpenVINO compiles outside of Python's lock. A Keras network is built before the block begins:
    its framework is imported, which must not happen on two threads.

    Yields:
        What waits for the engine and returns it, or raises as `build_engine`.
    """
    if choice.backend:
        engine = build_engine(choice, package)
        yield lambda: engine
        return
    load_openvino()
    with ThreadPoolExecutor(1, thread_name_prefix="engine") as pool:
        yield pool.submit(build_engine, choice, package).result


def _cpu_choice(
    precision: Literal["exact", "fast"], admitted: tuple[Precision, ...], reason: str
) -> DeviceChoice:
    wanted = Precision.F32
    if precision == "fast":
        usable = [p for p in _FAST_ORDER if p in admitted and p in native_precisions()]
        wanted = usable[0] if usable else Precision.F32
        if not usable:
            reason = "no faster precision passed this model's gate on this processor; f32 is used"
    return DeviceChoice("CPU", processor_name(), wanted, reason)
