"""The program that a double click starts: `leukogui [--demo] [FOLDER | IMAGE...]`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from leukogui.start.arguments import read_arguments
from leukogui.start.dependency_check import check_libraries
from trainer.locations import prepare_bundle, program_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window until it is closed.

    Args:
        arguments: see `read_arguments`; None: those of the command line.

    Returns:
        exit code: 0, or 1 if the window cannot be shown or is open elsewhere.
    """
    prepare_bundle()
    asked = read_arguments(arguments)
    if asked.self_test:
        return subprocess.call(program_command("self-test"))
    if lacking := check_libraries():
        sys.stderr.write(lacking)
        return 1
    from leukogui.start.program import run  # Qt: only now is it sure to load

    return run(asked)


if __name__ == "__main__":
    sys.exit(main())
