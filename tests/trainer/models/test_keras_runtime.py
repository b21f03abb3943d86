"""Keras is imported without what it brings along for nothing, which can be imported later."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from trainer.models.keras_runtime import load_keras
keras = load_keras()
print("keras" in sys.modules, sorted({"matplotlib", "sklearn"} & set(sys.modules)))
import matplotlib.pyplot, sklearn.linear_model
assert load_keras() is keras and "matplotlib" in sys.modules
"""


def test_keras_comes_without_galleries_and_wrappers() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "True []"
