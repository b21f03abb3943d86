"""Environments of child processes that use another backend of Keras."""

from __future__ import annotations

import os

# JAX compiles each operation of each shape by itself; for one call of each that takes longer
# than any of the optimisations that are left out here could save.
_QUICK_COMPILATION = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"


def backend_environment(backend: str) -> dict[str, str]:
    """The environment of this process, with a backend of Keras chosen."""
    return {**os.environ, "KERAS_BACKEND": backend, "XLA_FLAGS": _QUICK_COMPILATION}
