"""Images per second from a folder of 1024 px JPEGs to classes and heat maps.

Three ways, each in a process of its own, in turns, on the same images and machine:

naive    what a user would write: image_dataset_from_directory, model.predict, and a
         gradient-tape Grad-CAM image by image
keras    the best Keras script one can reasonably write: parallel decoding with tf.data,
         one tf.function that predicts and differentiates a batch
exact    `trainer classify --heatmaps` in f32
fast     `trainer classify --heatmaps --precision fast`

The Keras scripts keep their heat maps in memory; ours finds the cell, draws every heat map
to a file and commits every prediction to a store as well. "bare" is the engine alone on
arrays in memory, without decoding or anything else.

    python benchmarks/batch.py --repeats 5     # bundled model and five architectures
    python benchmarks/batch.py --memory        # peak memory at 200 and 2,000 images
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

import psutil

BUNDLED = "bundled"
NETWORKS = (BUNDLED, "VGG16", "ResNet50", "Xception", "DenseNet201", "EfficientNetB3")
WAYS = ("naive", "keras", "exact", "fast", "bare")
CLASSES = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--images", type=int, default=160, help="for all but the naive script")
    parser.add_argument("--naive-images", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--part", nargs=3, metavar=("WAY", "NETWORK", "FOLDER"))
    parser.add_argument("--work", type=Path)
    arguments = parser.parse_args()
    if arguments.part:
        way, network, folder = arguments.part
        print(json.dumps(PARTS[way](network, Path(folder), arguments.work)))
        return
    with tempfile.TemporaryDirectory() as work:
        if arguments.memory:
            memory_table(Path(work))
        else:
            speed_table(arguments, Path(work))


def speed_table(arguments: argparse.Namespace, work: Path) -> None:
    few, many = work / "few", work / "many"
    draw(few, arguments.naive_images)
    draw(many, arguments.images)
    print(
        f"{arguments.images} images ({arguments.naive_images} for naive), "
        f"median of {arguments.repeats}, {os.cpu_count()} cores"
    )
    print(
        "| network | naive img/s | keras img/s | exact img/s | fast img/s | exact / naive "
        "| exact / keras | exact / bare | naive MiB | keras MiB | exact MiB |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for network in arguments.networks:
        package(network, work)
        runs = [
            {way: measure(way, network, few if way == "naive" else many, work) for way in WAYS}
            for _ in range(arguments.repeats)
        ]
        print(line(network, runs), flush=True)


def line(network: str, runs: list[dict[str, dict[str, float]]]) -> str:
    def median(way: str, key: str) -> float:
        return statistics.median(run[way][key] for run in runs)

    def ratio(over: str) -> float:
        return statistics.median(run["exact"]["rate"] / run[over]["rate"] for run in runs)

    rates = [f"{median(way, 'rate'):.1f}" for way in ("naive", "keras", "exact", "fast")]
    ratios = [f"{ratio('naive'):.1f}", f"{ratio('keras'):.1f}", f"{100 * ratio('bare'):.0f} %"]
    sizes = [f"{median(way, 'mebibytes'):.0f}" for way in ("naive", "keras", "exact")]
    return "| " + " | ".join([network, *rates, *ratios, *sizes]) + " |"


def memory_table(work: Path) -> None:
    package(BUNDLED, work)
    for count in (200, 2000):
        folder = work / f"images{count}"
        draw(folder, count)
        figures = measure("exact", BUNDLED, folder, work)
        print(f"{count} images: peak {figures['mebibytes']:.0f} MiB, {figures['rate']:.1f} img/s")


def draw(folder: Path, count: int) -> None:
    """Drawn cells of 1024 px; a few are drawn, and copied with a different last byte."""
    import cv2
    import numpy as np

    from trainer.data.synthetic import draw_cell

    (folder / "cells").mkdir(parents=True)
    rng = np.random.default_rng(0)
    drawn = [
        cv2.imencode(".jpg", draw_cell(CLASSES[i % 5], rng)[..., ::-1])[1].tobytes()
        for i in range(min(count, 20))
    ]
    for index in range(count):
        data = drawn[index % len(drawn)] + index.to_bytes(4, "big")
        (folder / "cells" / f"{index:05}.jpg").write_bytes(data)


def package(network: str, work: Path) -> None:
    """A complete package with random weights at the network's own input size."""
    from trainer.models.backbones import find_backbone
    from trainer.testing import random_package

    if network != BUNDLED:
        size = find_backbone(network).input_size
        random_package(work / network, backbone=network, classes=CLASSES, input_size=size)


def measure(
    way: str, network: str, folder: Path, work: Path, script: str = __file__, *options: str
) -> dict[str, float]:
    """Run one part in a child process and watch the memory of it and its children."""
    part = ("--part", way, network, str(folder))
    command = [sys.executable, script, "--work", str(work), *part, *options]
    with tempfile.TemporaryFile("w+") as log:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        peak = Peak(child.pid)
        output, _ = child.communicate()
        mebibytes = peak.stop()
        if child.returncode:
            log.seek(0)
            sys.exit(f"{way} {network} failed:\n{log.read()[-2000:]}")
    return {**json.loads(output.splitlines()[-1]), "mebibytes": mebibytes}


class Peak(threading.Thread):
    """Largest resident memory of a process tree, sampled 20 times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process, self._largest, self._over = psutil.Process(pid), 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.05):
            try:
                tree = [self._process, *self._process.children(recursive=True)]
                self._largest = max(self._largest, sum(p.memory_info().rss for p in tree))
            except psutil.Error:
                continue

    def stop(self) -> float:
        self._over.set()
        self.join()
        return self._largest / 2**20


def keras_network(network: str, work: Path) -> tuple[object, int]:
    from trainer.locations import data_folder
    from trainer.models.network.load import load_network
    from trainer.models.package.registry import registry_of

    package = registry_of(data_folder()).find("" if network == BUNDLED else str(work / network))
    return load_network(package), package.card.input_size


def naive(network: str, folder: Path, work: Path) -> dict[str, float]:
    import keras
    import numpy as np
    import tensorflow as tf

    model, size = keras_network(network, work)
    classifier = keras.Model(model.input, model.output["logits"])
    inner = keras.Model(model.input, [model.output["features"], model.output["logits"]])
    classifier.predict(np.zeros((1, size, size, 3), np.float32), verbose=0)
    begun = time.perf_counter()
    images = keras.utils.image_dataset_from_directory(
        folder, labels=None, image_size=(size, size), batch_size=32, shuffle=False, verbose=False
    )
    chosen = classifier.predict(images, verbose=0).argmax(axis=1)
    heat = []
    for index, image in enumerate(images.unbatch()):
        with tf.GradientTape() as tape:
            features, logits = inner(image[None])
            score = logits[0, chosen[index]]
        weights = tf.reduce_mean(tape.gradient(score, features), axis=(1, 2))
        heat.append(tf.nn.relu(tf.einsum("nk,nhwk->nhw", weights, features))[0].numpy())
    return {"rate": len(heat) / (time.perf_counter() - begun)}


def best_keras(network: str, folder: Path, work: Path) -> dict[str, float]:
    import keras
    import tensorflow as tf

    model, size = keras_network(network, work)
    inner = keras.Model(model.input, [model.output["features"], model.output["logits"]])
    tail = keras.Model(model.output["features"], model.output["logits"])

    def decode(path: tf.Tensor) -> tf.Tensor:
        # Decoded at a reduced size, as libjpeg can; never under the network's input.
        pixels = tf.io.decode_jpeg(
            tf.io.read_file(path), channels=3, ratio=1024 // size // 2 * 2 or 1
        )
        return tf.image.resize(pixels, (size, size), antialias=True)

    @tf.function(reduce_retracing=True)
    def explain(batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        features, _ = inner(batch, training=False)
        with tf.GradientTape() as tape:
            tape.watch(features)
            logits = tail(features, training=False)
            score = tf.reduce_sum(tf.reduce_max(logits, axis=1))
        weights = tf.reduce_mean(tape.gradient(score, features), axis=(1, 2))
        return logits, tf.nn.relu(tf.einsum("nk,nhwk->nhw", weights, features))

    explain(tf.zeros((16, size, size, 3)))
    begun = time.perf_counter()
    paths = tf.data.Dataset.list_files(str(folder / "cells" / "*.jpg"), shuffle=False)
    batches = paths.map(decode, tf.data.AUTOTUNE).batch(16).prefetch(tf.data.AUTOTUNE)
    count = sum(len(explain(batch)[1].numpy()) for batch in batches)
    return {"rate": count / (time.perf_counter() - begun)}


def ours(precision: str, network: str, folder: Path, work: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=work) as place:
        command = command_of(network, folder, work, place, "cpu", precision)
        begun, first = time.perf_counter(), 0.0
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for text in child.stdout:
                event = json.loads(text)
                if event["event"] == "result" and "device" in event["data"]:
                    first = time.perf_counter()  # the model is loaded, the run begins
                if event["event"] == "done":
                    finished = time.perf_counter()
                    count = sum(event["result"]["decisions"].values())
            if child.wait():
                raise SystemExit(f"classify ended with {child.returncode}")
    return {"rate": count / (finished - first), "whole": count / (finished - begun)}


def command_of(
    network: str, folder: Path, work: Path, place: str, device: str, precision: str = "exact"
) -> list[str]:
    return [
        *(sys.executable, "-m", "trainer", "classify", str(folder), "--heatmaps", "--json"),
        "--ignore-gates",
        *("--out", f"{place}/out", "--data-dir", f"{place}/data", "--device", device),
        *("--precision", precision, "--red-cell-diameter", "180"),
        *(() if network == BUNDLED else ("--model", str(work / network))),
    ]


def bare(network: str, _folder: Path, work: Path) -> dict[str, float]:
    import numpy as np

    from trainer.inference.openvino_engine import OpenVinoEngine
    from trainer.locations import data_folder
    from trainer.models.package.registry import registry_of

    package = registry_of(data_folder()).find("" if network == BUNDLED else str(work / network))
    engine = OpenVinoEngine(package.path / "graph.xml")
    side = package.card.input_size
    cells = np.random.default_rng(0).integers(0, 255, (engine.batch, side, side, 3), np.uint8)
    for _ in range(2):
        engine.submit(cells).result()
    begun, count, flying = time.perf_counter(), 0, []
    while time.perf_counter() - begun < 6:
        flying.append(engine.submit(cells))
        if len(flying) == engine.in_flight:
            flying.pop(0).result()
            count += len(cells)
    seconds = time.perf_counter() - begun
    for pending in flying:
        pending.result()
    return {"rate": count / seconds}


PARTS = {
    "naive": naive,
    "keras": best_keras,
    "exact": lambda network, folder, work: ours("exact", network, folder, work),
    "fast": lambda network, folder, work: ours("fast", network, folder, work),
    "bare": bare,
}

if __name__ == "__main__":
    main()
