"""Train the six networks from random weights on one GPU, all at once, and take them home.

On a computer with the program and the images:

    python benchmarks/gpu_training.py pack CELLS.csv cells.npz --size 128

On one with a GPU, and Keras on JAX or PyTorch (KERAS_BACKEND); neither TensorFlow, OpenVINO
nor Qt is needed:

    python benchmarks/gpu_training.py all cells.npz OUT --steps 2000

Back at the first:

    python benchmarks/gpu_training.py unpack OUT WEIGHTS

writes WEIGHTS/NAME.weights.h5, from which `leuko-trainer train --weights FILE --preset head`
makes a complete model: head, calibration, thresholds, package.

Every network is trained by the same recipe, on the same augmented views of the same cells in the
same order: all layers, batch norm too, in bfloat16. The views are drawn once, for all. Cells
travel as JPEGs of quality 93; only training cells and the validation cells that choose the best
step go. Test cells stay at home.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

NETWORKS = ("MobileNetV2", "EfficientNetB3", "ResNet50", "Xception", "DenseNet201", "VGG16")
CHECKED = 576  # a multiple of the batch of validation cells: one compilation
QUALITY = 93
VIEWS = "looks.npy"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = parser.add_subparsers(dest="part", required=True)
    pack_parser = parts.add_parser("pack")
    pack_parser.add_argument("data", type=Path)
    pack_parser.add_argument("out", type=Path)
    pack_parser.add_argument("--size", type=int, default=128)
    for name in ("all", "one"):
        train_parser = parts.add_parser(name)
        train_parser.add_argument("cells", type=Path)
        train_parser.add_argument("out", type=Path)
        train_parser.add_argument("--steps", type=int, default=2000)
        train_parser.add_argument("--batch", type=int, default=48)
        train_parser.add_argument("--looks", type=int, default=16, help="of each cell")
        train_parser.add_argument("--limit", type=float, default=1e9, help="seconds")
        train_parser.add_argument("--networks", nargs="+", default=NETWORKS)
    unpack_parser = parts.add_parser("unpack")
    unpack_parser.add_argument("trained", type=Path)
    unpack_parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    {"pack": pack, "all": train_all, "one": train_one, "unpack": unpack}[arguments.part](arguments)


def pack(arguments: argparse.Namespace) -> None:
    """Crop the training and validation cells as `leuko-trainer train` does, and write them."""
    from trainer.data.manifest import hashes_by_path, read_manifest, remove_leaks
    from trainer.domain import never_stop, no_progress
    from trainer.imaging.stain_normalization import DEFAULT_NORMALIZATION
    from trainer.imaging.view import View
    from trainer.jobs.common.labelled.cells import (
        measure_sources,
        read_labelled_views,
    )

    manifest = read_manifest(arguments.data)
    manifest, dropped = remove_leaks(manifest, hashes_by_path(manifest))
    profiles = measure_sources(manifest.items, no_progress, never_stop)
    items = [item for item in manifest.items if item.split in ("train", "val")]
    views, faults = read_labelled_views(
        items,
        profiles,
        View(toning=DEFAULT_NORMALIZATION),
        arguments.size,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    val = [view for view in views if view.item.split == "val"]
    chosen = [val[row] for row in np.linspace(0, len(val) - 1, CHECKED).astype(int)]
    views = [view for view in views if view.item.split == "train"] + chosen
    np.savez(
        arguments.out,
        **{f"pixels/{row}": jpeg(view.crop[0]) for row, view in enumerate(views[: -len(chosen)])},
        **{f"away/{row}": png(view.crop[1]) for row, view in enumerate(views[: -len(chosen)])},
        **{f"view/{row}": jpeg(view.view) for row, view in enumerate(views[-len(chosen) :])},
        label=np.array([view.item.label for view in views]),
        split=np.array([view.item.split for view in views]),
        source=np.array([view.item.source for view in views]),
        classes=np.array(manifest.classes),
        size=np.array(arguments.size),
    )
    print(f"{len(views)} cells, {len(dropped)} training cells left out as copies, {faults}")


def jpeg(rgb: Any) -> Any:
    quality = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    return cv2.imencode(".jpg", rgb[..., ::-1], quality)[1].ravel()


def png(away: Any) -> Any:
    return cv2.imencode(".png", away.view(np.uint8), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].ravel()


def load_task(cells: Path, recipe: Any) -> Any:
    """Load what was packed as the task of a fine-tuning."""
    from trainer.imaging.stain_normalization import DEFAULT_NORMALIZATION
    from trainer.imaging.view import View
    from trainer.training.dataset import build_dataset
    from trainer.training.task import FineTuneTask, ValidationSet

    with np.load(cells) as file:
        known = {name: file[name] for name in ("label", "split", "source", "classes", "size")}
        train, val = (np.flatnonzero(known["split"] == split) for split in ("train", "val"))
        crops = [(picture(file[f"pixels/{row}"]), distance(file[f"away/{row}"])) for row in train]
        views = np.stack([picture(file[f"view/{row}"]) for row in range(len(val))])
    classes = [str(name) for name in known["classes"]]
    labels, sources = ([str(name) for name in known[of]] for of in ("label", "source"))
    dataset = build_dataset(
        crops,
        [labels[row] for row in train],
        [sources[row] for row in train],
        classes,
        View(toning=DEFAULT_NORMALIZATION),
        int(known["size"]),
    )
    right = np.array([classes.index(labels[row]) for row in val])
    return FineTuneTask(dataset, recipe, (), ValidationSet(views, right))


def picture(packed: Any) -> Any:
    return np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])


def distance(packed: Any) -> Any:
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE).view(np.int8)


def draw_views(arguments: argparse.Namespace) -> None:
    """Vary every training cell, on all cores, as `leuko-trainer train` does at each step."""
    began, task = time.monotonic(), load_task(arguments.cells, recipe_of(arguments))
    size, count = task.cells.size, len(task.cells)
    shape = (count, arguments.looks, size, size, 3)
    np.lib.format.open_memmap(arguments.out / "looks.tmp", "w+", np.uint8, shape)
    rows = [range(start, count, os.cpu_count() or 1) for start in range(os.cpu_count() or 1)]
    with ProcessPoolExecutor(len(rows)) as pool:
        list(pool.map(vary, [arguments] * len(rows), rows))
    (arguments.out / "looks.tmp").rename(arguments.out / VIEWS)
    print(f"{count * arguments.looks} looks in {time.monotonic() - began:.0f} s", flush=True)


def vary(arguments: argparse.Namespace, rows: range) -> None:
    from trainer.training.augmentation import augment
    from trainer.training.stain_style import measure_styles

    cv2.setNumThreads(1)
    task = load_task(arguments.cells, recipe_of(arguments))
    cells, recipe = task.cells, task.recipe
    styles = measure_styles(cells, recipe.looks_on)
    pool = np.load(arguments.out / "looks.tmp", mmap_mode="r+")
    for row in rows:
        for index in range(arguments.looks):
            rng = np.random.default_rng([recipe.seed, row, index])
            pool[row, index] = augment(cells, row, styles, recipe.augmentation, rng)


def recipe_of(arguments: argparse.Namespace) -> Any:
    from trainer.training.recipe import PRESETS

    return replace(
        PRESETS["full"],
        batch_norm=True,
        steps=arguments.steps,
        batch=arguments.batch,
        rate=5e-4,
        warm_up=100,
        check_every=max(arguments.steps // 10, 1),
        patience=0,
    )


def train_all(arguments: argparse.Namespace) -> None:
    """Each network in a process of its own, all at the same time."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    draw_views(arguments)
    environment = {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    children = {}
    for name in arguments.networks:
        command = [sys.executable, __file__, "one", str(arguments.cells), str(arguments.out)]
        for option in ("steps", "batch", "looks", "limit"):
            command += [f"--{option}", str(getattr(arguments, option))]
        with (arguments.out / f"{name}.log").open("w") as log:
            children[name] = subprocess.Popen(
                [*command, "--networks", name], stdout=log, stderr=log, env=environment
            )
    for name, child in children.items():
        code = child.wait()
        last = (arguments.out / f"{name}.log").read_text().strip().splitlines()[-1:]
        print(f"{name}: ended with {code}. {' '.join(last)}", flush=True)


def train_one(arguments: argparse.Namespace) -> None:
    """Train one network and write its weights, and what happened."""
    import keras

    from trainer.models.network.build import build_network
    from trainer.training.finetune import fine_tune

    began, (name,) = time.monotonic(), arguments.networks
    recipe = recipe_of(arguments)
    # As activations at the freeze point, which here lies below the first layer.
    views = np.load(arguments.out / VIEWS, mmap_mode="r")
    task = replace(load_task(arguments.cells, recipe), activations=views)
    keras.utils.set_random_seed(recipe.seed)
    network = build_network(name, len(task.cells.outputs), task.cells.size)
    history = fine_tune(
        network,
        task,
        on_progress=lambda progress: print_progress(name, progress, began),
        should_stop=lambda: time.monotonic() - began > arguments.limit,
    )
    record = {
        "network": name,
        "backend": keras.backend.backend(),
        "steps": len(history.loss),
        "batch": recipe.batch,
        "stopped": history.stopped,
        "arithmetic": history.arithmetic,
        "seconds": round(history.seconds, 1),
        "averaged": history.n_averaged,
        "best_step": history.best_step,
        "validation": [[step, round(loss, 4), round(f1, 4)] for step, loss, f1 in history.checks],
        "loss": [round(loss, 3) for loss in history.loss[:: max(len(history.loss) // 40, 1)]],
    }
    (arguments.out / f"{name}.json").write_text(json.dumps(record))
    # Kernels as the program itself rounds them; vectors, batch norm's above all, are delicate.
    arrays = [np.float16(a) if a.ndim > 1 else a for a in network.get_weights()]
    np.savez_compressed(arguments.out / f"{name}.npz", *arrays)
    print(f"{record['steps']} steps, {record['seconds']} s, {record['validation'][-1:]}")


def print_progress(name: str, progress: Any, began: float) -> None:
    if progress.done and (progress.done % 100 == 0 or progress.done in (1, 2)):
        print(f"{name} {progress.done} after {time.monotonic() - began:.0f} s", flush=True)


def unpack(arguments: argparse.Namespace) -> None:
    """Put what came back into files of weights of the bare backbones."""
    import keras

    from trainer.models.network.build import build_network
    from trainer.models.network.layers import backbone_layers

    arguments.out.mkdir(parents=True, exist_ok=True)
    for file in sorted(arguments.trained.glob("*.npz")):
        name = file.stem
        size = 128
        with np.load(file) as arrays:
            values = [np.float32(arrays[key]) for key in arrays.files]
        network = build_network(name, len(values[-1]), size)
        network.set_weights(values)
        bare = getattr(keras.applications, name)(
            include_top=False, weights=None, input_shape=(size, size, 3)
        )
        layers = [layer for layer in backbone_layers(network) if layer.weights]
        own = [layer for layer in bare.layers if layer.weights]
        for layer, trained in zip(own, layers, strict=True):
            layer.set_weights(trained.get_weights())
        bare.save_weights(arguments.out / f"{name}.weights.h5")
        print(name)


if __name__ == "__main__":
    main()
