"""Pooled features as they are kept: float16, little-endian; their directions lose nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_LARGEST = float(np.finfo(np.float16).max)


def packed(pooled: NDArray[np.float32] | None) -> bytes:
    """Features (K,) as bytes; none as no bytes. What float16 cannot hold becomes its largest."""
    if pooled is None:
        return b""
    return pooled.clip(-_LARGEST, _LARGEST).astype("<f2").tobytes()


def unpacked(kept: Sequence[bytes]) -> NDArray[np.float16]:
    """Features of N cells, float16 (N, K); all must be of one length."""
    rows = np.frombuffer(b"".join(kept), dtype="<f2")
    return rows.reshape(len(kept), -1).astype(np.float16, copy=False)
