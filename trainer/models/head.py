"""What follows the pooled features, in numpy: logits and their exact derivatives.

A head is `pooled -> [batch norm] -> [dense, relu] -> dense`. Dropout does nothing at
inference and is not stored. Batch norm is stored folded: `pooled * scale + shift`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import PackageError
from trainer.models.safe_files.npz import read_arrays, write_arrays

Array = NDArray[np.float32]

# What Keras calls the layers of a head, in order.
LAYERS = ("head_norm", "head_hidden", "head_dropout", "logits")

_PAIRS = (("scale", "shift"), ("hidden_kernel", "hidden_bias"))


@dataclass(frozen=True, eq=False)
class Head:
    """The last layers of a network; arrays are float32.

    Attributes:
        kernel: (D, C), where D is the width of the hidden layer, or K without one.
        bias: (C,).
        scale, shift: (K,) each, the folded batch norm; None without one.
        hidden_kernel: (K, D), hidden_bias: (D,); None without a hidden layer.

    Raises:
        PackageError: the shapes do not fit together.
    """

    kernel: Array
    bias: Array
    scale: Array | None = None
    shift: Array | None = None
    hidden_kernel: Array | None = None
    hidden_bias: Array | None = None

    def __post_init__(self) -> None:
        problem = _describe_shape_problem(self)
        if problem:
            raise PackageError(f"The head of this model does not fit together: {problem}.")

    @property
    def outputs(self) -> int:
        """C, the number of classes that it distinguishes, other classes included."""
        return int(self.kernel.shape[1])

    @property
    def channels(self) -> int:
        """K, the number of pooled features that it takes."""
        first = self.kernel if self.hidden_kernel is None else self.hidden_kernel
        return int(first.shape[0])

    def logits(self, pooled: Array) -> Array:
        """(N, K) pooled features to (N, C) logits, float32."""
        result: Array = self.last_inputs(pooled) @ self.kernel + self.bias
        return result

    def last_inputs(self, pooled: Array) -> Array:
        """(N, K) pooled features to what the last layer takes, (N, D) float32."""
        x = self._normalise(pooled)
        if self.hidden_kernel is None or self.hidden_bias is None:
            return x
        inner: Array = np.maximum(x @ self.hidden_kernel + self.hidden_bias, 0)
        return inner

    def gradient(self, pooled: Array) -> Array:
        """d logit_c / d pooled_k at `pooled` (N, K), as (N, C, K) float32.

        Without a hidden layer it does not depend on `pooled`, and the result is a
        read-only view of one (C, K) array. The derivative of relu at 0 is taken as 0,
        as the Keras backends do.
        """
        if self.hidden_kernel is None or self.hidden_bias is None:
            slope: Array = np.ascontiguousarray(self.kernel.T)
            if self.scale is not None:
                slope = slope * self.scale
            constant: Array = np.broadcast_to(slope, (len(pooled), *slope.shape))
            return constant
        before = self._normalise(pooled) @ self.hidden_kernel + self.hidden_bias
        active = (before > 0).astype(np.float32)
        gated: Array = active[:, None, :] * self.kernel.T[None]
        slopes: Array = gated @ self.hidden_kernel.T
        return slopes if self.scale is None else slopes * self.scale

    def save(self, path: Path) -> None:
        """Write the arrays to an `.npz` file that holds nothing but numbers."""
        write_arrays(path, self._arrays())

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        pairs = {name: getattr(self, name) for pair in _PAIRS for name in pair}
        present = {name: value for name, value in pairs.items() if value is not None}
        return {"kernel": self.kernel, "bias": self.bias, **present}

    def _normalise(self, pooled: Array) -> Array:
        if self.scale is None or self.shift is None:
            return pooled
        return pooled * self.scale + self.shift


def load_head(path: Path) -> Head:
    """Read `head.npz`; nothing in it is unpickled.

    Raises:
        PackageError: unreadable, unknown or missing arrays, or shapes that do not fit.
    """
    arrays = read_arrays(path)
    known = {"kernel", "bias", *(name for pair in _PAIRS for name in pair)}
    if not {"kernel", "bias"} <= arrays.keys() <= known:
        raise PackageError(
            f"“{path.name}” is not the head of a model: it holds {', '.join(sorted(arrays))}."
        )
    floats = {name: np.asarray(value, np.float32) for name, value in arrays.items()}
    if not all(np.isfinite(value).all() for value in floats.values()):
        raise PackageError(f"“{path.name}” holds values that are not finite numbers.")
    return Head(**floats)


def _describe_shape_problem(head: Head) -> str:
    """What does not fit, or "" where all does."""
    for first, second in _PAIRS:
        if (getattr(head, first) is None) != (getattr(head, second) is None):
            return f"it has only one of {first} and {second}"
    if head.kernel.ndim != 2 or head.bias.shape != head.kernel.shape[1:]:
        return f"kernel {head.kernel.shape}, bias {head.bias.shape}"
    if head.hidden_kernel is not None and head.hidden_bias is not None:
        width = head.hidden_kernel.shape[1:]
        if head.hidden_kernel.ndim != 2 or head.hidden_bias.shape != width:
            return f"hidden kernel {head.hidden_kernel.shape}, bias {head.hidden_bias.shape}"
        if width != head.kernel.shape[:1]:
            return f"hidden layer of {width[0]}, then a kernel of {head.kernel.shape}"
    if head.scale is not None and head.shift is not None:
        expected = (head.channels,)
        if head.scale.shape != expected or head.shift.shape != expected:
            return f"batch norm of {head.scale.shape} for {head.channels} features"
    return ""
