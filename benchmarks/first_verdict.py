"""How long `leuko-trainer classify ONE.jpg` takes, from nothing to its results.

Each run is a fresh process on the same drawn cell, after one that is not counted (it fills the
disk's cache and the data folder). With `--against` another checkout takes turns with this one,
and the predictions of both must be equal to the byte.

    python benchmarks/first_verdict.py
    git worktree add ../before HEAD~1 && python benchmarks/first_verdict.py --against ../before

Wall time counts whatever else the machine does: on a busy one its minimum says more than its
median. User time is the processor's time in the program, of all threads.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Run:
    """Seconds of one process, and the predictions that it wrote."""

    wall: float
    user: float
    predictions: bytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", type=Path, help="another checkout, to take turns with")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    checkouts = [HERE, *filter(None, [arguments.against])]
    print(f"{psutil.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        call(HERE, "demo", work / "cells", "--data-dir", work / "data")
        for checkout in checkouts:
            classify(checkout, work)
        turns = [[classify(each, work) for each in checkouts] for _ in range(arguments.repeats)]
    for name, runs in zip(("this", "against"), zip(*turns, strict=True), strict=False):
        print(describe(name, list(runs)))
    if len({run.predictions for turn in turns for run in turn}) > 1:
        sys.exit("the predictions differ")


def classify(checkout: Path, work: Path) -> Run:
    """Classify one cell in a fresh process, into a new case of an own store."""
    out = Path(tempfile.mkdtemp(dir=work))
    start, before = time.perf_counter(), os.times().children_user
    image = work / "cells" / "cell_001.jpg"
    call(checkout, "classify", image, "--device", "cpu", "--out", out, "--data-dir", out / "data")
    wall, user = time.perf_counter() - start, os.times().children_user - before
    return Run(wall, user, (out / "predictions.csv").read_bytes())


def call(checkout: Path, *words: object) -> None:
    command = [sys.executable, "-m", "trainer", *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True)


def describe(name: str, runs: list[Run]) -> str:
    wall, user = [run.wall for run in runs], [run.user for run in runs]
    return (
        f"{name:8} wall: median {statistics.median(wall):.2f} s, minimum {min(wall):.2f} s; "
        f"user: median {statistics.median(user):.2f} s, minimum {min(user):.2f} s"
    )


if __name__ == "__main__":
    main()
