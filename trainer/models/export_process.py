"""Export in a process of its own, on TensorFlow, for a network that runs on another backend.

`python -m trainer.models.export_process NETWORK FOLDER`; NETWORK is a `.keras` file that
`trainer.models.export` has just written.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from trainer.errors import UserError

_LAST_LINES = 3


def export_in_process(network: Any, folder: Path) -> None:
    """Write `graph.xml` and `graph.bin` of a Keras network, whatever its backend.

    Raises:
        UserError: TensorFlow is not there, or failed; with its last words.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        file = Path(temporary) / "network.keras"
        network.save(file)
        outcome = subprocess.run(
            [sys.executable, "-m", "trainer.models.export_process", str(file), str(folder)],
            env={**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    if outcome.returncode:
        words = " ".join(outcome.stderr.strip().splitlines()[-_LAST_LINES:])
        raise UserError(
            "The network could not be exported: that needs TensorFlow, which failed.",
            f"Install tensorflow-cpu beside the backend in use. It said: {words}",
        )


def main(network: str, folder: str) -> None:
    """The child: load what the parent wrote, and export it."""
    import keras

    from trainer.models.conversion import write_graph

    write_graph(keras.models.load_model(network, compile=False), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
