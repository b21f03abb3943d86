"""Images per second on a GPU, from a folder of 1024 px JPEGs to classes and heat maps.

classify  `trainer classify --heatmaps --device gpu`, from the event that the run begins to
          its end, and in steady state: from the batch with which nothing is left that was
          preprocessed while the network was compiled, to the last batch
engine    the engine alone, on uint8 cells in the computer's memory: submit and result
bare      the same compiled pass on a batch that lies on the card; outputs stay there
plain     a Keras script: images decoded by a pool of threads, then `model.predict` in the
          backend's own arithmetic (TF32 on newer cards); no heat maps, nothing stored
ready     images preprocessed on all cores, without a network

Each is a process of its own but engine and bare, which share the compiled pass. Before the
clock starts each has computed a batch; `classify` finds JAX's compiled code in a folder that
lasts as long as this script, so that its "whole" holds loading that, not compiling it.
Networks but the bundled one have random weights and no graph, which only the CPU reads.

    python benchmarks/batch_gpu.py
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from batch import BUNDLED, command_of, draw, keras_network, measure

from trainer.inference.openvino_engine import usable_cores
from trainer.locations import data_folder

NETWORKS = (BUNDLED, "VGG16", "ResNet50", "EfficientNetB3")
FIGURES = (
    *("classify", "whole", "engine", "bare", "plain"),
    *("ready", "ready_cpu", "classify_cpu", "first", "mebibytes"),
)
# More than a run preprocesses ahead: four batches of 64.
WARM_UP = 320
SETTINGS = {
    "JAX_COMPILATION_CACHE_DIR": "{work}/compiled",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
}
COLUMNS = (
    "network | classify img/s | whole img/s | engine img/s | bare img/s | plain img/s | "
    "classify / bare | engine / bare | classify / plain | "
    "ready img/s | ready CPU s/img | classify CPU s/img | first batch s | MiB"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--batches", type=int, default=100, help="of engine and bare, each time")
    parser.add_argument("--out", type=Path, help="a file for every figure, one network a line")
    parser.add_argument("--warm-together", action="store_true", help="compile all at once first")
    parser.add_argument("--part", nargs=3, metavar=("WAY", "NETWORK", "FOLDER"))
    parser.add_argument("--work", type=Path)
    arguments = parser.parse_args()
    if arguments.part:
        way, network, folder = arguments.part
        print(json.dumps(PARTS[way](network, Path(folder), arguments.work, arguments) or {}))
        return
    with tempfile.TemporaryDirectory() as work:
        speed_table(arguments, Path(work))


def speed_table(arguments: argparse.Namespace, work: Path) -> None:
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value.format(work=work))
    repeats = ("--repeats", str(arguments.repeats), "--batches", str(arguments.batches))
    images = work / "images"
    draw(images, arguments.images)

    def part(way: str, network: str, *options: str) -> dict[str, Any]:
        return measure(way, network, images, work, __file__, *options)

    found = part("found", BUNDLED)
    print(
        f"{found['device']} by {found['backend']}, {usable_cores()} cores, {arguments.images} "
        f"images, median of {arguments.repeats}"
    )
    with ThreadPoolExecutor() as pool:
        random = [name for name in arguments.networks if name != BUNDLED]
        with off_the_card(found["backend"]):
            list(pool.map(partial(part, "write"), random))
        if arguments.warm_together:
            ways = [(way, name) for name in arguments.networks for way in ("card", "plain")]
            list(pool.map(lambda each: part(*each, "--repeats", "0"), ways))
    print(f"| {COLUMNS} |\n" + "|---" * (COLUMNS.count("|") + 1) + "|")
    for network in arguments.networks:
        figures = part("card", network, *repeats)
        figures |= part("plain", network, *repeats) | part("ready", network, *repeats)
        runs = [part("classify", network) for _ in range(arguments.repeats)]
        figures |= {name: [run[name] for run in runs] for name in runs[0]}
        print(line(network, figures), flush=True)
        print(limit(network, figures), file=sys.stderr, flush=True)
        if arguments.out:
            with arguments.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"network": network, **found, **figures}) + "\n")


@contextmanager
def off_the_card(backend: str) -> Iterator[None]:
    """Children compute on the processor; building a network there compiles hundreds of crumbs."""
    before = dict(os.environ)
    os.environ |= {"KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def line(network: str, figures: dict[str, Any]) -> str:
    def ratio(one: str, other: str) -> str:
        return f"{100 * median(figures[one]) / median(figures[other]):.0f} %"

    rates = [f"{median(figures[name]):.0f}" for name in FIGURES[:5]]
    ratios = [ratio("classify", "bare"), ratio("engine", "bare"), ratio("classify", "plain")]
    rest = [f"{median(figures[name]):.3g}" for name in FIGURES[5:]]
    return "| " + " | ".join([network, *rates, *ratios, *rest]) + " |"


def limit(network: str, figures: dict[str, Any]) -> str:
    """Which limit holds: the card, the cores, or Python between the two."""
    rate, engine = median(figures["classify"]), median(figures["engine"])
    busy, cores = rate * median(figures["classify_cpu"]), usable_cores()
    if rate > 0.8 * engine:
        holds = "the card, as the engine feeds it"
    elif busy > 0.8 * cores:
        holds = "the processor, which reads, outlines and draws"
    else:
        holds = "neither: threads wait for each other"
    return (
        f"{network}: {rate:.0f} of {engine:.0f} images a second of the engine, {busy:.1f} of "
        f"{cores} cores at work. What holds: {holds}."
    )


def found(_network: str, _folder: Path, _work: Path, _: argparse.Namespace) -> dict[str, Any]:
    from trainer.inference.devices import choose_device

    choice = choose_device(device="gpu")
    if not choice.backend:
        raise SystemExit(f"{choice.title} is reached by OpenVINO, which this does not measure")
    return {"backend": choice.backend, "device": choice.name}


def write(network: str, _folder: Path, work: Path, _: argparse.Namespace) -> None:
    from graphless import write_graphless

    write_graphless(network, work / network)


def on_the_card(network: str, work: Path) -> tuple[Any, int, str]:
    """The Keras network of a package, its input size, and the card's name."""
    from trainer.inference.devices import choose_device

    choice = choose_device(device="gpu")
    os.environ["KERAS_BACKEND"] = choice.backend
    model, size = keras_network(network, work)
    return model, size, choice.name


def card(network: str, _folder: Path, work: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    model, size, name = on_the_card(network, work)
    import keras
    import numpy as np

    from trainer.inference.keras_engine import KerasEngine, compile_forward_pass

    forward = compile_forward_pass(model)
    engine = KerasEngine(forward, device=name)
    rng = np.random.default_rng(0)
    cells = rng.integers(0, 255, (engine.batch, size, size, 3), np.uint8)
    lying = keras.ops.convert_to_tensor(cells)
    engine.submit(cells).result()

    def through_engine() -> int:
        flying = [engine.submit(cells) for _ in range(engine.in_flight)]
        for _ in range(arguments.batches - engine.in_flight):
            flying.pop(0).result()
            flying.append(engine.submit(cells))
        for pending in flying:
            pending.result()
        return arguments.batches * engine.batch

    def bare() -> int:
        for _ in range(arguments.batches):
            last = forward(lying)["logits"]
        keras.ops.convert_to_numpy(last)  # the card works in order: all before it is done, too
        return arguments.batches * engine.batch

    keras.ops.convert_to_numpy(forward(lying)["logits"])
    rates = [(once(through_engine), once(bare)) for _ in range(arguments.repeats)]
    return {"engine": [rate for rate, _ in rates], "bare": [rate for _, rate in rates]}


def once(work_through: Callable[[], int]) -> float:
    """Images a second of a function that returns how many it did."""
    begun = time.perf_counter()
    return work_through() / (time.perf_counter() - begun)


def plain(network: str, folder: Path, work: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    model, size, _ = on_the_card(network, work)
    import cv2
    import keras
    import numpy as np

    files = sorted((folder / "cells").iterdir())
    classifier = keras.Model(model.input, model.output["logits"])
    cv2.setNumThreads(1)  # the pool has a thread for every core

    def decode(path: Path) -> Any:
        image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        return cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)

    def predict() -> int:
        with ThreadPoolExecutor(usable_cores()) as pool:
            images = np.stack(list(pool.map(decode, files)))
        return len(classifier.predict(images, batch_size=64, verbose=0))

    # A full batch and one as long as the last, so that nothing is compiled later.
    first = np.zeros((64 + len(files) % 64, size, size, 3), np.uint8)
    classifier.predict(first, batch_size=64, verbose=0)
    return {"plain": [once(predict) for _ in range(arguments.repeats)]}


def ready(network: str, folder: Path, work: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    from trainer.domain import SourceProfile
    from trainer.imaging.model_input import ImageTask, Product
    from trainer.imaging.preprocess import preprocess
    from trainer.inference.pipeline import limit_library_threads, ordered_map
    from trainer.models.package.registry import registry_of

    card = registry_of(data_folder()).find("" if network == BUNDLED else str(work / network)).card
    source = SourceProfile(red_cell_diameter=180.0, origin="entered")
    parameters = card.view_parameters(source)
    tasks = [ImageTask(path.name, path) for path in sorted((folder / "cells").iterdir())]

    def preprocess_all() -> int:
        with limit_library_threads(), ThreadPoolExecutor(usable_cores()) as pool:
            inputs = ordered_map(
                lambda task: preprocess(task, parameters, Product.IMAGE), tasks, pool, 256
            )
            return sum(each.view is not None for each in inputs)

    before = time.process_time()
    rates = [once(preprocess_all) for _ in range(arguments.repeats)]
    spent = (time.process_time() - before) / (arguments.repeats * len(tasks))
    return {"ready": rates, "ready_cpu": [spent]}


def classify(network: str, folder: Path, work: Path, _: argparse.Namespace) -> dict[str, Any]:
    marks: list[tuple[float, int, float]] = []  # when, images done, processor seconds
    with tempfile.TemporaryDirectory(dir=work) as place:
        command = command_of(network, folder, work, place, "gpu")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            begun, finished, process = 0.0, 0.0, psutil.Process(child.pid)
            for text in child.stdout:
                event, now = json.loads(text), time.perf_counter()
                if event["event"] == "result" and "device" in event["data"]:
                    if begun or event["data"]["device"] == "CPU":
                        raise SystemExit("classify left the card")
                    begun = now
                if event["event"] == "progress" and event["stage"] == "classifying":
                    marks.append((now, event["done"], sum(process.cpu_times()[:2])))
                if event["event"] == "done":
                    finished = now
            if child.wait():
                raise SystemExit(f"classify ended with {child.returncode}")
    count, first = marks[-1][1], marks[0][0] - begun
    if count < 2 * WARM_UP:  # no steady state: from the beginning, with all that holds
        marks.insert(0, (begun, 0, 0.0))
    steady = next(mark for mark in marks if mark[1] >= WARM_UP or count < 2 * WARM_UP)
    seconds, images, spent = (end - start for end, start in zip(marks[-1], steady, strict=True))
    rates = {"classify": images / seconds, "whole": count / (finished - begun)}
    return {**rates, "classify_cpu": spent / images, "first": first}


PARTS = {part.__name__: part for part in (found, write, card, plain, ready, classify)}

if __name__ == "__main__":
    main()
