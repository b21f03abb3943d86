"""The program as a child process, and folders of drawn cells to give it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.paths import JOBS

OTHERS = ("eosinophil", "lymphocyte")
KINDS = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil", *OTHERS)


def draw_folder(folder: Path, count: int, size: int = 192) -> list[Path]:
    """JPEGs of drawn cells, all kinds in turn."""
    from trainer.data.synthetic import draw_cell

    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    paths = []
    for index in range(count):
        kind = KINDS[index % len(KINDS)]
        path = folder / f"{index:03}_{kind}.jpg"
        data = cv2.imencode(".jpg", draw_cell(kind, rng, size=size)[..., ::-1])[1]
        path.write_bytes(data.tobytes())
        paths.append(path)
    return paths


def command(*words: object) -> list[str]:
    """The program, which knows the tiny backbone besides."""
    return [sys.executable, str(JOBS / "tiny_program.py"), *map(str, words)]


def run_trainer(
    *words: object, check: Sequence[int] = (0,), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m trainer ...` to its end; the exit code must be one of `check`."""
    outcome = subprocess.run(
        command(*words),
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )
    assert outcome.returncode in check, outcome.stdout + outcome.stderr
    return outcome


def parse_events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file's bytes by relative name; of the summary, all but the seconds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.name == "summary.json":
                record = json.loads(data)
                assert record.pop("seconds") > 0
                data = json.dumps(record).encode()
            found[path.relative_to(folder).as_posix()] = data
    return found
