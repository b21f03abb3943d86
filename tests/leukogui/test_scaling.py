from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import LEUKOGUI, ROOT

PROGRAM = LEUKOGUI / "scaled_command_bar.py"


@pytest.mark.parametrize("scaling", ["1", "1.5", "2", "3"])
@pytest.mark.parametrize("size", [(1280, 720), (800, 512)], ids=["usual", "smallest"])
def test_nothing_in_the_bars_is_cut_off(
    scaling: str, size: tuple[int, int], tmp_path: Path
) -> None:
    environment = os.environ | {"QT_SCALE_FACTOR": scaling, "QT_QPA_PLATFORM": "offscreen"}
    shown = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, size), str(tmp_path)],
        env=environment | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
