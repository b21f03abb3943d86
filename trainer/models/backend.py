"""Keras and its backend: a quick and quiet import, and errors for lack of memory.

Keras imports Matplotlib and scikit-learn where they are installed, for galleries and wrappers
that are not used here; that takes a quarter of the time. It does without them where they are
missing, so they are hidden while it is imported.

TensorFlow, which Keras imports, writes how it was built before it can be silenced. Those lines
are dropped; whatever else is written meanwhile is passed on.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from trainer.edition import require_package


def out_of_memory(error: BaseException) -> bool:
    """Whether a backend's error means that its device's memory ran out."""
    text = f"{type(error).__name__} {error}".lower()
    return any(
        phrase in text for phrase in ("resourceexhausted", "resource_exhausted", "out of memory")
    )


_UNUSED_PACKAGES = ("matplotlib", "sklearn")
_NOISE_LINES = (
    b"All log messages before absl::InitializeLog() is called",
    b"oneDNN custom operations are on.",
)
_STDERR = 2


def load_keras() -> Any:
    """Import `keras` and return the module; the first import of it should be by this.

    Raises:
        UserError: this edition of the program leaves it out.
    """
    if "keras" in sys.modules:
        return sys.modules["keras"]
    try:
        with _hide_packages(*_UNUSED_PACKAGES), _filter_stderr():
            import keras
    except ModuleNotFoundError:
        # Not before: looking for a package is enough to make some of them write.
        require_package("keras", "Training a network")
        raise
    return keras


@contextmanager
def _hide_packages(*names: str) -> Iterator[None]:
    """Let imports of packages fail meanwhile, unless they were imported before."""
    hidden = [name for name in names if name not in sys.modules]
    # None in sys.modules makes the import fail, whatever is installed.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def _filter_stderr() -> Iterator[None]:
    """Hold back what is written to the error output, and pass it on afterwards without noise.

    C++ writes to the file descriptor, past `sys.stderr`.
    """
    try:
        original = os.dup(_STDERR)
    except OSError:  # a program without a console may have none
        yield
        return
    with tempfile.TemporaryFile() as buffer:
        os.dup2(buffer.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(original, _STDERR)
            os.close(original)
            buffer.seek(0)
            for line in buffer:
                if not any(noise in line for noise in _NOISE_LINES):
                    os.write(_STDERR, line)
