"""Cost of a network: weights, operations for one cell, and bytes on the disk.

Counted on the exported graph, which is what runs, so that all networks are counted alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from trainer.models.export.runtime import load_openvino
from trainer.models.package.layout import Package


@dataclass(frozen=True)
class Cost:
    """Of one model package.

    Attributes:
        parameters: numbers in the graph that convolutions, products and sums take.
        gflops: floating-point operations for one cell, in 1e9; a multiplication and an
            addition count as two; convolutions and products only, which are nearly all.
        megabytes: of the package, in 1e6 bytes.
    """

    parameters: int
    gflops: float
    megabytes: float


def measure_cost(package: Package) -> Cost:
    """Measure the cost of a package; its graph is read, not run."""
    core = load_openvino().Core()
    core.set_property({"ENABLE_MMAP": False})
    model = core.read_model(package.graph)
    side = package.card.input_size
    model.reshape([1, side, side, 3])
    operations = sum(_count_operations(node) for node in model.get_ordered_ops())
    size = sum(path.stat().st_size for path in package.path.rglob("*") if path.is_file())
    return Cost(_count_parameters(model), operations / 1e9, size / 1e6)


def _count_parameters(model: Any) -> int:
    """Floating-point constants; shapes, axes and the like are whole numbers or single."""
    count = 0
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Constant":
            shape = tuple(node.get_output_shape(0))
            is_weight = node.get_element_type().is_real() and prod(shape) > 1
            count += prod(shape) if is_weight else 0
    return count


def _count_operations(node: Any) -> int:
    count = _OPERATION_COUNTERS.get(node.get_type_name())
    return count(node) if count is not None else 0


def _convolution_operations(node: Any) -> int:
    # Weights: (out, in, height, width).
    return int(2 * prod(node.get_output_shape(0)) * prod(tuple(node.get_input_shape(1))[1:]))


def _group_convolution_operations(node: Any) -> int:
    # Weights: (groups, out of each, in of each, height, width).
    return int(2 * prod(node.get_output_shape(0)) * prod(tuple(node.get_input_shape(1))[2:]))


def _matmul_operations(node: Any) -> int:
    inner = tuple(node.get_input_shape(0))[-2 if node.get_attributes()["transpose_a"] else -1]
    return int(2 * prod(node.get_output_shape(0)) * inner)


_OPERATION_COUNTERS: Mapping[str, Callable[[Any], int]] = {
    "Convolution": _convolution_operations,
    "GroupConvolution": _group_convolution_operations,
    "MatMul": _matmul_operations,
}
