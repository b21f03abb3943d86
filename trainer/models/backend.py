"""Keras without what its import brings along for nothing.

Keras imports Matplotlib and scikit-learn where they are installed, for galleries and wrappers
that are not used here; that takes a quarter of the time. It does without them where they are
missing, so while it is imported they are made to look missing.

TensorFlow, which Keras imports, says how it was built before it can be told to be silent. That
is nobody's question; whatever else is said meanwhile is passed on.

Does an error of a backend mean that its device's memory ran out?
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def out_of_memory(error: BaseException) -> bool:
    """Whether a backend says that its device's memory ran out, each in its own words."""
    text = f"{type(error).__name__} {error}".lower()
    return any(
        sign in text for sign in ("resourceexhausted", "resource_exhausted", "out of memory")
    )


_UNUSED_PACKAGES = ("matplotlib", "sklearn")
_NOISE_LINES = (
    b"All log messages before absl::InitializeLog() is called",
    b"oneDNN custom operations are on.",
)
_STDERR = 2


def load_keras() -> Any:
    """The `keras` module; the first import of it should be by this."""
    if "keras" in sys.modules:
        return sys.modules["keras"]
    with _hide_packages(*_UNUSED_PACKAGES), _filter_stderr():
        import keras

    return keras


@contextmanager
def _hide_packages(*names: str) -> Iterator[None]:
    """Packages that were not imported yet cannot be, meanwhile."""
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
    """What is written to the error output is held back meanwhile, and passed on after that.

    C++ writes to the file descriptor, past `sys.stderr`.
    """
    try:
        usual = os.dup(_STDERR)
    except OSError:  # a program without a console may have none
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(usual, _STDERR)
            os.close(usual)
            held.seek(0)
            for line in held:
                if not any(words in line for words in _NOISE_LINES):
                    os.write(_STDERR, line)
