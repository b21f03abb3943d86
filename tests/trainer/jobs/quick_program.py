"""As `tiny_program`, with few and small steps in each preset: for trainings that are watched."""

from __future__ import annotations

import runpy
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def quick_command(*arguments: str) -> list[str]:
    return [sys.executable, __file__, *arguments]


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    from tests.trainer.tiny_backbone import add_tiny_backbone
    from trainer import locations
    from trainer.training import recipe

    add_tiny_backbone()
    locations.program_command = quick_command  # before any room imports it by its name
    recipe.PRESETS = {
        name: replace(each, batch=8, check_every=10, steps=400, patience=0)
        for name, each in recipe.PRESETS.items()
    }
    runpy.run_module("trainer", run_name="__main__", alter_sys=True)
