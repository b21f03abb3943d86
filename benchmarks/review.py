"""How long a key of a reviewer takes, and how many keys a review takes.

A window opens a case of many cells that a model has classified. A person then gives classes by
key; each time is from the key to the painted gallery. In a second window a person who knows the
truth works 200 cells of which 20 are wrong, 12 of them accepted by the model.

    python benchmarks/review.py                      # 100,000 cells, 300 keys
    python benchmarks/review.py --cells 5000 --keys 100
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from window import Memory
from window_cases import draw, fill

PROBE = Path(__file__).with_name("review_probe.py")
HAND_CELLS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=100_000)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--platform", default="offscreen", help="of Qt: offscreen or xcb")
    arguments = parser.parse_args()
    print(f"{psutil.cpu_count()} cores, platform {arguments.platform}\n", flush=True)
    with tempfile.TemporaryDirectory() as work:
        for count, mode in ((arguments.cells, "speed"), (HAND_CELLS, "hand")):
            folder, data = Path(work) / f"cells-{mode}", Path(work) / f"data-{mode}"
            draw(folder, count, "small")
            fill(data, folder, "small")
            figures = window(arguments, data, folder, mode)
            print(report(figures, mode), flush=True)


def window(arguments: argparse.Namespace, data: Path, folder: Path, mode: str) -> dict[str, Any]:
    """Run one window in a process of its own; returns its figures and its peak of memory."""
    environment = {
        **os.environ,
        "LEUKO_CACHE_DIR": str(data / "cache"),
        "LEUKO_LOG_DIR": str(data / "log"),
        "LEUKO_DATA_DIR": str(data),
        "QT_QPA_PLATFORM": arguments.platform,
    }
    options = ["--begun", repr(time.time()), "--folder", str(folder), "--mode", mode]
    command = [sys.executable, str(PROBE), *options, "--keys", str(arguments.keys)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        memory = Memory(child.pid)
        output, _ = child.communicate()
        peaks = memory.stop()
    if child.returncode:
        sys.exit(f"the window ended with {child.returncode}")
    return {**json.loads(output.splitlines()[-1]), **peaks}


def report(figures: dict[str, Any], mode: str) -> str:
    if mode == "hand":
        wrong, keys = figures["wrong"], figures["keys_for_wrong"]
        return (
            f"{figures['cells']} cells, {wrong} wrong, {figures['open']} open: "
            f"{figures['keys']} keys in all, {keys / wrong:.2f} for a wrong cell, "
            f"{figures['keys_for_accepted']} for right ones that were accepted, "
            f"{figures['clicks']} moves of the mouse; {figures['left_wrong']} wrong at the end"
        )
    lines = ["| what | median, ms | 99 %, ms | longest, ms |", "|---|---|---|---|"]
    for what, times in figures["times"].items():
        ordered = sorted(times)
        middle, late = ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))]
        lines.append(f"| {what} | {middle:.1f} | {late:.1f} | {ordered[-1]:.1f} |")
    stalls = figures["stalls"]
    for phase, spans in stalls.items():
        lines.append(
            f"| stalls: {phase} | {spans['median']:.0f} | {spans['p99_wall']:.0f} "
            f"| {spans['longest_wall']:.0f} (own {spans['longest_own']:.0f}, "
            f"CPU {spans['longest_cpu']:.0f}) |"
        )
    head = (
        f"{figures['cells']:,} cells: open {figures['opened']:.2f} s, all results "
        f"{figures['results']:.2f} s, {figures['window']:.0f} MB at most, "
        f"{figures['stored']} of {figures['keys']} keys stored\n"
    )
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
