"""The command line: `python -m trainer COMMAND`, also installed as `leuko-trainer`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from trainer.locations import prepare_bundle


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, or serve the window as its worker; returns the exit code."""
    prepare_bundle()
    words = list(sys.argv[1:] if argv is None else argv)
    if words == ["--self-test"]:
        words = ["self-test"]
    # TensorFlow reads it as it is imported; what it tells of its build is nobody's question.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Each is imported alone: the window waits for its worker.
    if words[:1] == ["worker"]:
        from trainer.jobs.worker import main as serve

        return serve(words[1:])
    if words[:1] == ["background"]:
        from trainer.jobs.background import main as run_background

        return run_background(words[1:])
    if words == ["preparer"]:
        from trainer.inference.preprocess_pool import serve as make_ready

        return make_ready()
    if words[:1] == ["export-graph"]:
        from trainer.models.export.openvino import serve as export_graph

        return export_graph(*words[1:])
    from trainer.commands.run import run_command

    return run_command(words)


if __name__ == "__main__":
    sys.exit(main())
