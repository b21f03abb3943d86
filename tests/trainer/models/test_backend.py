"""Keras is imported without what it brings along for nothing, which can be imported later."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from trainer.models.backend import load_keras
keras = load_keras()
print("keras" in sys.modules, sorted({"matplotlib", "sklearn"} & set(sys.modules)))
import matplotlib.pyplot, sklearn.linear_model
assert load_keras() is keras and "matplotlib" in sys.modules
"""


@pytest.mark.slow
def test_keras_comes_without_galleries_and_wrappers() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "True []"
    assert done.stderr == ""  # TensorFlow is the backend


OTHER = """
import os, sys
class Finder:
    def find_spec(self, name, path, target=None):
        if name == "keras":
            os.write(2, b"I0000 oneDNN custom operations are on. You may see" + chr(10).encode())
            os.write(2, b"this matters" + chr(10).encode())
            print("and this", file=sys.stderr)
sys.meta_path.insert(0, Finder())
from trainer.models.backend import load_keras
load_keras()
print("afterwards", file=sys.stderr)
"""


@pytest.mark.slow
def test_what_else_is_said_meanwhile_is_passed_on() -> None:
    done = subprocess.run([sys.executable, "-c", OTHER], check=True, capture_output=True, text=True)
    assert done.stderr.splitlines() == ["this matters", "and this", "afterwards"]


@pytest.mark.slow
def test_a_program_without_an_error_output_loads_it() -> None:
    closed = "import os\nos.close(2)\n" + PROGRAM
    done = subprocess.run([sys.executable, "-c", closed], check=True, stdout=subprocess.PIPE)
    assert done.stdout.split()[0] == b"True"
