"""White cells of a drawn slide: found against known, and cells a second against a sliding window.

The slide is laid out of drawn fields (trainer.data.synthetic.slide), since real slides of blood
cannot be had here. Three things are measured, each in a process of its own:

scan      `leuko-trainer classify SLIDE`: finds the layer, scans it, judges and stores each cell
window    what a plain Keras script does: model.predict over windows that overlap by half, read from
          the slide one after the other; a sample of them, from which the time for the layer follows
viewer    pan and zoom over the slide: time and memory of the tiles that a screen shows

    python benchmarks/slide.py --side 40000 --count 200
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

CLASSES = 5
WINDOWS = 512  # of which the script's time is taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=40_000)
    parser.add_argument("--fields", type=int, default=16)
    parser.add_argument("--share", type=float, default=0.06, help="of the fields with white cells")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--work", type=Path)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(PARTS[arguments.part](arguments.work, arguments.count)))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        draw(work, arguments.side, arguments.fields, arguments.share)
        results = {part: run_part(part, work, arguments.count) for part in PARTS}
        report(work, results)


def draw(work: Path, side: int, fields: int, share: float) -> None:
    from trainer.data.synthetic.slide import write_slide

    (work / "case").mkdir()
    start = time.perf_counter()
    rng = np.random.default_rng(3)
    path, size = work / "case" / "slide.tif", (side, side)
    slide = write_slide(path, rng, size=size, fields=fields, share=share)
    (work / "truth.pickle").write_bytes(pickle.dumps(slide))
    megabytes = path.stat().st_size / 1e6
    print(
        f"{side:,} px a side, {megabytes:,.0f} MB, {len(slide.cells):,} white cells, "
        f"written in {time.perf_counter() - start:.0f} s"
    )


def run_part(part: str, work: Path, count: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", part, "--work", str(work), "--count", str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ))
    peak = Peak(process.pid)
    peak.start()
    out, _ = process.communicate()
    result: dict[str, float] = json.loads(out.splitlines()[-1])
    return {**result, "peak_mb": peak.stop()}


class Peak(threading.Thread):
    """The most memory that a process has had, in MB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process, self._most, self._done = psutil.Process(pid), 0, threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.05):
            try:
                self._most = max(self._most, self._process.memory_info().rss)
            except psutil.Error:
                return

    def stop(self) -> float:
        self._done.set()
        return self._most / 1e6


def scan(work: Path, count: int) -> dict[str, float]:
    """By the command that a person calls; the search of the layer and the hash of the file too."""
    from trainer.domain import Progress, never_stop
    from trainer.jobs.classify import job
    from trainer.protocol.requests import ClassifyRequest

    first: list[float] = []

    def note(event: Any) -> None:
        if isinstance(event, Progress) and event.stage == "scanning" and not first:
            first.append(time.perf_counter())

    start = time.perf_counter()
    request = ClassifyRequest(
        paths=[str(work / "case")],
        out=str(work / "out"),
        data_dir=str(work / "data"),
        device="cpu",
        count=count,
    )
    result = job.run(request, note, never_stop)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "cells": float(str(result["cells"])), "first": first[0] - start}


def window(work: Path, _count: int) -> dict[str, float]:
    """A classifier slid over the layer, with steps of half a window, as such scripts do."""
    import keras

    from trainer.imaging.slides.slide import open_slide

    slide, truth = open_slide(work / "case" / "slide.tif"), read_truth(work)
    shape = (128, 128, 3)
    network = keras.applications.MobileNetV2(input_shape=shape, weights=None, classes=CLASSES)
    side = round(3.5 * truth.red_cell_diameter)
    step = side // 2
    layer = truth.layer
    total = (layer.width // step) * (layer.height // step)
    network.predict(np.zeros((32, 128, 128, 3), np.float32), verbose=0)
    start = time.perf_counter()
    for first in range(0, WINDOWS, 32):
        views = [
            slide.read_region(0, round(layer.x) + at * step, round(layer.y) + 900, side, side)
            for at in range(first, first + 32)
        ]
        batch = np.stack([keras.ops.image.resize(view, (128, 128)) for view in views])
        network.predict(batch / 127.5 - 1, verbose=0)
    seconds = time.perf_counter() - start
    cells = sum(cell.part.value == "layer" for cell in truth.cells)
    return {"seconds": seconds * total / WINDOWS, "windows": total, "cells": cells}


def viewer(work: Path, _count: int) -> dict[str, float]:
    """The tiles of a screen at 60 places and five zooms, as the viewer draws them on its thread."""
    from leukogui.viewer.display_options import DisplayOptions
    from leukogui.viewer.opened_image import open_image
    from leukogui.viewer.tile_worker import OVERVIEW, ScaledImage, render_tile

    image = open_image(work / "case" / "slide.tif", None)
    assert image is not None
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    render_tile(ScaledImage(image, 0, 0.02, DisplayOptions()), OVERVIEW)
    whole = time.perf_counter() - start
    times: list[float] = []
    for zoom in (1 / 32, 1 / 8, 1 / 3, 1.0, 2.0):
        scaled = ScaledImage(image, 0, zoom, DisplayOptions())
        last = max(int(scaled.size[0]) // 512 - 1, 1)
        for column, row in rng.integers(0, last, (60, 2)):
            start = time.perf_counter()
            render_tile(scaled, (int(column), int(row)))
            times.append(1000 * (time.perf_counter() - start))
    return {
        "overview_ms": 1000 * whole,
        "tile_ms": statistics.median(times),
        "slowest_tile_ms": max(times),
    }


def read_truth(work: Path) -> Any:
    return pickle.loads((work / "truth.pickle").read_bytes())  # noqa: S301 - written above


def report(work: Path, results: dict[str, dict[str, float]]) -> None:
    """Found against known in the parts that were scanned, and the ratio of the two rates."""
    from trainer.domain import Box

    truth = read_truth(work)
    with (work / "out" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [Box(*(float(row[side]) for side in ("x", "y", "width", "height"))) for row in rows]
    known = index(truth.cells)
    matched = [best_match(box, known) for box in found]
    hits = [each for each in matched if each is not None]
    print(
        f"{len(found)} cells found, {len(set(hits))} of them known, none twice: "
        f"{len(hits) == len(set(hits))}"
    )
    print(f"missed among the known cells: {missed(truth, found, work)}")
    ours, script = results["scan"], results["window"]
    rate = ours["cells"] / ours["seconds"]
    scripts = script["cells"] / script["seconds"]
    times = rate / scripts
    print(f"cells a second: scan {rate:.2f}, sliding window {scripts:.4f}, {times:.0f} times")
    print(json.dumps(results, indent=2))


def index(cells: Any) -> dict[tuple[int, int], list[tuple[int, Any]]]:
    """Known cells by squares of 256 px."""
    known: dict[tuple[int, int], list[tuple[int, Any]]] = {}
    for number, cell in enumerate(cells):
        known.setdefault(square_of(cell.box), []).append((number, cell.box))
    return known


def square_of(box: Any) -> tuple[int, int]:
    return int((box.x + box.width / 2) // 256), int((box.y + box.height / 2) // 256)


def best_match(box: Any, known: dict[tuple[int, int], list[tuple[int, Any]]]) -> int | None:
    column, row = square_of(box)
    near = [
        each
        for x in (-1, 0, 1)
        for y in (-1, 0, 1)
        for each in known.get((column + x, row + y), [])
        if each[1].iou(box) >= 0.5
    ]
    return max(near, key=lambda each: each[1].iou(box))[0] if near else None


def missed(truth: Any, found: list[Any], work: Path) -> str:
    """Known cells of the parts before the last one with a cell that was found."""
    from trainer.cases.store import CaseStore
    from trainer.imaging.slides.parts import cut_parts
    from trainer.jobs.classify.slides import SlidePlan

    with CaseStore.open(work / "data" / "cases.sqlite", read_only=True) as store:
        case = store.cases.find(work / "case")
        assert case is not None
        settings: Any = store.runs.list_of_case(case.id)[-1].settings
    plan = SlidePlan.from_json(settings["slides"]["slide.tif"])
    parts = cut_parts(plan.region, settings["profile"]["red_cell_diameter"])

    def part_of(box: Any) -> int:
        x, y = box.x + box.width / 2, box.y + box.height / 2
        return next((part.number for part in parts if part.contains(x, y)), -1)

    last = max(part_of(box) for box in found)
    seen = [cell for cell in truth.cells if 0 <= part_of(cell.box) < last]
    boxes = index([Holder(box) for box in found])
    lost = [cell for cell in seen if best_match(cell.box, boxes) is None]
    return f"{len(lost)} of {len(seen)}"


class Holder:
    """A box, as a cell holds one."""

    def __init__(self, box: Any) -> None:
        self.box = box


PARTS = {"scan": scan, "window": window, "viewer": viewer}

if __name__ == "__main__":
    main()
