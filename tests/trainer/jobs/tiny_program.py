"""`python -m trainer` with the tiny backbone in its table; started by `program.run_trainer`.

Its child processes are this program, too: a comparison trains each network in one.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def tiny_command(*arguments: str) -> list[str]:
    return [sys.executable, __file__, *arguments]


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    from tests.trainer.tiny_backbone import add_tiny_backbone
    from trainer import locations

    add_tiny_backbone()
    locations.program_command = tiny_command  # before any room imports it by its name
    runpy.run_module("trainer", run_name="__main__", alter_sys=True)
