"""How long the window lets a person wait: at the start, at a folder, and at every key.

Cases, each in a window of its own, started as a person starts it: many small files, of which
every one was classified before, drawn cells of 1024 px, and fields of 20 cells that were
classified before. In each a person opens the folder, scrolls there and back, types a filter,
and runs the bundled model while stepping from cell to cell.

    python benchmarks/window.py                        # 100,000 small, 2,000 large
    python benchmarks/window.py --small 5000 --large 200 --fields 0 --run 100 --repeats 1
    python benchmarks/window.py --small 20000 --large 0 --fields 1000 --run 0 --repeats 1
    xvfb-run -s "-screen 0 1920x1080x24" python benchmarks/window.py --platform xcb

A stall is the time in which the window's thread handles no input of a person, measured by a
timer of two milliseconds. Wall time counts whatever else the machine does; "own" leaves out
waiting for a processor that other processes have; "CPU" is the thread's own work alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
from window_cases import SIDES, draw, fill

PROBE = Path(__file__).with_name("window_probe.py")
PHASES = (
    "opening",
    "scrolling",
    "scrolling back",
    "typing a filter",
    "a run is on",
    "a run ends",
    "scrolling afterwards",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=100_000, help="number of small images")
    parser.add_argument("--large", type=int, default=2_000, help="number of large images")
    parser.add_argument("--fields", type=int, default=1_000, help="number of fields of 20 cells")
    parser.add_argument("--run", type=int, default=2_000, help="cells to run the model on")
    parser.add_argument("--repeats", type=int, default=5, help="of the start alone")
    parser.add_argument("--platform", default="offscreen", help="of Qt: offscreen or xcb")
    parser.add_argument("--folder", type=Path, help="keeps the drawn cells here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = arguments.folder or Path(work)
        print(f"{psutil.cpu_count()} cores, platform {arguments.platform}\n", flush=True)
        print(starts(arguments, Path(work) / "starts"), flush=True)
        results: dict[str, dict[str, Any]] = {}
        for kind, side in SIDES.items():
            if count := getattr(arguments, kind):
                images, data = folder / f"{kind}-{count}", Path(work) / f"data-{kind}"
                draw(images, count, kind)
                classified = 0 if kind == "large" else fill(data, images, kind)
                title = f"{count:,} of {side} px" + (", 20 cells each" if kind == "fields" else "")
                run = min(arguments.run, count)
                options = ["--folder", images, "--judged", classified, "--run", run]
                results[title] = window(arguments, data, *options)
        print(facts(results))
        print(stalls(results))


def starts(arguments: argparse.Namespace, data: Path) -> str:
    """Process start to interactive window; the first one also fills the disk's cache."""
    seconds = [window(arguments, data)["interactive"] for _ in range(arguments.repeats + 1)]
    median = f"median {statistics.median(seconds[1:] or seconds):.2f} s"
    return f"start to interactive window: first {seconds[0]:.2f} s, {median}\n"


def window(arguments: argparse.Namespace, data: Path, *options: object) -> dict[str, Any]:
    """Run one window in a process of its own; returns its figures and the peaks of memory."""
    folders = {f"LEUKO_{name}_DIR": str(data / name.lower()) for name in ("CACHE", "LOG")}
    environment = {
        **os.environ,
        **folders,
        "LEUKO_DATA_DIR": str(data),
        "QT_QPA_PLATFORM": arguments.platform,
    }
    command = [sys.executable, str(PROBE), "--begun", repr(time.time()), *map(str, options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        memory = Memory(child.pid)
        output, _ = child.communicate()
        peaks = memory.stop()
    if child.returncode:
        sys.exit(f"the window ended with {child.returncode}")
    return {**json.loads(output.splitlines()[-1]), **peaks}


def facts(results: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| folder | first thumbnails, s | full screen, s | run, cells/s | window's peak, MB "
        "| worker's peak, MB |",
        "|---|---|---|---|---|---|",
    ]
    for title, figures in results.items():
        keys = (("first", 2), ("full", 2), ("rate", 0), ("window", 0), ("worker", 0))
        numbers = " | ".join(f"{figures.get(key, 0):.{digits}f}" for key, digits in keys)
        lines.append(f"| {title} | {numbers} |")
    return "\n".join(lines) + "\n"


def stalls(results: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| folder | while | median, ms | 99 %, ms | longest, ms | own 99 %, ms "
        "| own longest, ms | CPU 99 %, ms | CPU longest, ms | thread busy |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    clocks = ("wall", "own", "cpu")
    keys = ["median", *(f"{what}_{clock}" for clock in clocks for what in ("p99", "longest"))]
    for title, figures in results.items():
        for phase in PHASES:
            if phase in figures["stalls"]:
                spans = figures["stalls"][phase]
                numbers = " | ".join(f"{spans[key]:.0f}" for key in keys)
                lines.append(f"| {title} | {phase} | {numbers} | {100 * spans['busy']:.0f} % |")
    return "\n".join(lines)


class Memory(threading.Thread):
    """Largest memory of a process and of its children, its own pages alone (USS), in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process, self._over = psutil.Process(pid), threading.Event()
        self._window = self._worker = 0
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.5):
            try:
                self._window = max(self._window, self._process.memory_full_info().uss)
                workers = sum(p.memory_full_info().uss for p in self._process.children(True))
                self._worker = max(self._worker, workers)
            except psutil.Error:
                continue

    def stop(self) -> dict[str, float]:
        self._over.set()
        self.join()
        return {"window": self._window / 1e6, "worker": self._worker / 1e6}


if __name__ == "__main__":
    main()
