"""Acceptance of a graph: it must compute what its network computes, else it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision
from trainer.errors import PackageError
from trainer.models.export.runtime import native_precisions, processor_name, run_graph
from trainer.models.package.card import PrecisionGate
from trainer.models.probabilities import calibration_error, softmax

# Faster precisions that are measured for every package, where the processor has them.
FAST = (Precision.BF16, Precision.F16)
MAX_DP = 1e-4
MIN_AGREEMENT = 0.995
MAX_ECE_DIFFERENCE = 0.01

Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Parity:
    """How a graph at f32 compares with its network.

    Attributes:
        cells: number compared.
        disagreements: cells with another likeliest output.
        max_dp: largest difference of a probability.
    """

    cells: int
    disagreements: int
    max_dp: float


def check_parity(network: Any, graph: Path, images: NDArray[np.generic]) -> Parity:
    """Compare a graph with its network on cells that neither was trained on.

    Args:
        images: (N, H, W, 3) RGB 0-255, uint8 or float32, as the network takes them.

    Raises:
        PackageError: another likeliest class anywhere, or a probability that differs by
            more than 1e-4.
    """
    return check_logits(keras_logits(network, images), run_graph(graph, images)["logits"])


def check_logits(network: NDArray[np.floating], graph: NDArray[np.floating]) -> Parity:
    """Compare the logits of a graph with those that are expected of it, (N, C) each.

    Raises:
        PackageError: as `check_parity`.
    """
    expected, found = softmax(network), softmax(graph)
    disagreements = int(np.sum(expected.argmax(1) != found.argmax(1)))
    parity = Parity(len(expected), disagreements, float(np.abs(expected - found).max()))
    # Written so that a NaN is refused as well.
    if parity.disagreements or not parity.max_dp <= MAX_DP:
        raise PackageError(
            "The exported graph does not compute what the network computes:"
            f" {parity.disagreements} of {parity.cells} cells get another class, probabilities"
            f" differ by up to {parity.max_dp:.2g}.",
            "The package was not written.",
        )
    return parity


def keras_logits(network: Any, images: NDArray[np.generic]) -> NDArray[np.float32]:
    """Compute the logits of a Keras network, (N, C).

    Args:
        images: as in `check_parity`.
    """
    import keras

    batches = []
    for start in range(0, len(images), 32):
        batch = np.asarray(images[start : start + 32], np.float32)
        logits = network(batch, training=False)["logits"]
        batches.append(keras.ops.convert_to_numpy(logits))
    return np.concatenate(batches)


def measure_precisions(
    graph: Path,
    precisions: Sequence[Precision],
    images: NDArray[np.generic],
    labels: NDArray[np.integer] | None = None,
    temperature: float = 1.0,
    known: Mapping[Precision, NDArray[np.floating]] = MappingProxyType({}),
) -> tuple[PrecisionGate, ...]:
    """Measure what each precision changes against f32, and whether it may be used.

    Admitted where at least 99.5 % of the cells keep their likeliest class and the
    expected calibration error does not grow by more than 0.01. A precision in which
    this processor does not compute is left out: nothing was measured.

    Args:
        images: validation cells, (N, H, W, 3) RGB 0-255.
        labels: (N,) indices of the right outputs; None leaves calibration unmeasured.
        temperature: of the softmax, from the card.
        known: by precision, (N, C): logits of the graph, where they are known already.
    """
    native = [precision for precision in precisions if precision in native_precisions()]
    if not native:
        return ()

    def probabilities_at(precision: Precision) -> Probabilities:
        logits = known.get(precision)
        if logits is None:
            logits = run_graph(graph, images, precision)["logits"]
        return softmax(logits, temperature)

    exact = probabilities_at(Precision.F32)
    return tuple(
        _build_gate(precision, exact, probabilities_at(precision), labels) for precision in native
    )


def _build_gate(
    precision: Precision,
    exact: Probabilities,
    fast: Probabilities,
    labels: NDArray[np.integer] | None,
) -> PrecisionGate:
    agreement = float(np.mean(exact.argmax(1) == fast.argmax(1)))
    away = np.nan_to_num(np.abs(exact - fast), nan=1.0)
    difference = None
    if labels is not None:
        difference = _expected_calibration_error(fast, labels) - _expected_calibration_error(
            exact, labels
        )
    reason = _rejection_reason(agreement, difference, bool(np.isfinite(fast).all()))
    return PrecisionGate(
        precision=precision,
        admitted=not reason,
        agreement=agreement,
        max_dp=float(away.max()),
        mean_dp=float(away.mean()),
        ece_difference=difference,
        n=len(exact),
        cpu=processor_name(),
        reason=reason,
    )


def _rejection_reason(agreement: float, ece_difference: float | None, finite: bool) -> str:
    if not finite:
        return "it gives results that are not numbers"
    if agreement < MIN_AGREEMENT:
        return f"only {agreement:.1%} of the cells keep their class"
    if ece_difference is not None and ece_difference > MAX_ECE_DIFFERENCE:
        return f"the calibration error grows by {ece_difference:.3f}"
    return ""


def _expected_calibration_error(probabilities: Probabilities, labels: NDArray[np.integer]) -> float:
    right = probabilities.argmax(axis=1) == labels
    return float(calibration_error(right, probabilities.max(axis=1)))
