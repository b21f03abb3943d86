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

Every network learns by the same recipe, from the same looks of the same cells in the same
order: all layers, batch norm too, in bfloat16. The looks are drawn once, for all. Cells travel
as JPEGs of quality 93; only what is learned from and the validation cells that choose the
moment go. Test cells stay at home.
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
CHECKED = 576  # a multiple of the batch that validation cells are asked in: one compilation
QUALITY = 93
LOOKS = "looks.npy"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = parser.add_subparsers(dest="part", required=True)
    packing = parts.add_parser("pack")
    packing.add_argument("data", type=Path)
    packing.add_argument("out", type=Path)
    packing.add_argument("--size", type=int, default=128)
    for name in ("all", "one"):
        training = parts.add_parser(name)
        training.add_argument("cells", type=Path)
        training.add_argument("out", type=Path)
        training.add_argument("--steps", type=int, default=2000)
        training.add_argument("--batch", type=int, default=48)
        training.add_argument("--looks", type=int, default=16, help="of each cell")
        training.add_argument("--limit", type=float, default=1e9, help="seconds")
        training.add_argument("--networks", nargs="+", default=NETWORKS)
    unpacking = parts.add_parser("unpack")
    unpacking.add_argument("trained", type=Path)
    unpacking.add_argument("out", type=Path)
    asked = parser.parse_args()
    {"pack": pack, "all": train_all, "one": train_one, "unpack": unpack}[asked.part](asked)


def pack(asked: argparse.Namespace) -> None:
    """Cut the training and validation cells as `leuko-trainer train` does, and write them."""
    from trainer.data.manifest import hashes_by_path, read_manifest, remove_leaks
    from trainer.domain import never_stop, no_progress
    from trainer.imaging.stain_normalization import DEFAULT_NORMALIZATION
    from trainer.imaging.view import View
    from trainer.jobs.common.labelled_cells import (
        measure_sources,
        read_labelled_views,
    )

    manifest = read_manifest(asked.data)
    manifest, dropped = remove_leaks(manifest, hashes_by_path(manifest))
    profiles = measure_sources(manifest.items, no_progress, never_stop)
    items = [item for item in manifest.items if item.split in ("train", "val")]
    shots, faults = read_labelled_views(
        items,
        profiles,
        View(toning=DEFAULT_NORMALIZATION),
        asked.size,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    val = [shot for shot in shots if shot.item.split == "val"]
    chosen = [val[row] for row in np.linspace(0, len(val) - 1, CHECKED).astype(int)]
    shots = [shot for shot in shots if shot.item.split == "train"] + chosen
    np.savez(
        asked.out,
        **{f"pixels/{row}": jpeg(shot.crop[0]) for row, shot in enumerate(shots[: -len(chosen)])},
        **{f"away/{row}": png(shot.crop[1]) for row, shot in enumerate(shots[: -len(chosen)])},
        **{f"view/{row}": jpeg(shot.view) for row, shot in enumerate(shots[-len(chosen) :])},
        label=np.array([shot.item.label for shot in shots]),
        split=np.array([shot.item.split for shot in shots]),
        source=np.array([shot.item.source for shot in shots]),
        classes=np.array(manifest.classes),
        size=np.array(asked.size),
    )
    print(f"{len(shots)} cells, {len(dropped)} training cells left out as copies, {faults}")


def jpeg(rgb: Any) -> Any:
    quality = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    return cv2.imencode(".jpg", rgb[..., ::-1], quality)[1].ravel()


def png(away: Any) -> Any:
    return cv2.imencode(".png", away.view(np.uint8), [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].ravel()


def lesson_of(cells: Path, recipe: Any) -> Any:
    """What was packed, as a network learns from it."""
    from trainer.imaging.stain_normalization import DEFAULT_NORMALIZATION
    from trainer.imaging.view import View
    from trainer.training.dataset import build_dataset
    from trainer.training.task import FineTuneTask, ValidationSet

    with np.load(cells) as file:
        known = {name: file[name] for name in ("label", "split", "source", "classes", "size")}
        train, val = (np.flatnonzero(known["split"] == split) for split in ("train", "val"))
        cut = [(picture(file[f"pixels/{row}"]), distance(file[f"away/{row}"])) for row in train]
        views = np.stack([picture(file[f"view/{place}"]) for place in range(len(val))])
    classes = [str(name) for name in known["classes"]]
    labels, sources = ([str(name) for name in known[of]] for of in ("label", "source"))
    learned = build_dataset(
        cut,
        [labels[row] for row in train],
        [sources[row] for row in train],
        classes,
        View(toning=DEFAULT_NORMALIZATION),
        int(known["size"]),
    )
    right = np.array([classes.index(labels[row]) for row in val])
    return FineTuneTask(learned, recipe, (), ValidationSet(views, right))


def picture(packed: Any) -> Any:
    return np.ascontiguousarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1])


def distance(packed: Any) -> Any:
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE).view(np.int8)


def draw_looks(asked: argparse.Namespace) -> None:
    """Vary every training cell, on all cores, as `leuko-trainer train` does at each step."""
    began, lesson = time.monotonic(), lesson_of(asked.cells, recipe_of(asked))
    size, count = lesson.cells.size, len(lesson.cells)
    shape = (count, asked.looks, size, size, 3)
    np.lib.format.open_memmap(asked.out / "looks.tmp", "w+", np.uint8, shape)
    rows = [range(start, count, os.cpu_count() or 1) for start in range(os.cpu_count() or 1)]
    with ProcessPoolExecutor(len(rows)) as pool:
        list(pool.map(vary, [asked] * len(rows), rows))
    (asked.out / "looks.tmp").rename(asked.out / LOOKS)
    print(f"{count * asked.looks} looks in {time.monotonic() - began:.0f} s", flush=True)


def vary(asked: argparse.Namespace, rows: range) -> None:
    from trainer.training.augmentation import augment
    from trainer.training.stain_style import measure_styles

    cv2.setNumThreads(1)
    lesson = lesson_of(asked.cells, recipe_of(asked))
    cells, recipe = lesson.cells, lesson.recipe
    looks = measure_styles(cells, recipe.looks_on)
    pool = np.load(asked.out / "looks.tmp", mmap_mode="r+")
    for row in rows:
        for look in range(asked.looks):
            rng = np.random.default_rng([recipe.seed, row, look])
            pool[row, look] = augment(cells, row, looks, recipe.augmentation, rng)


def recipe_of(asked: argparse.Namespace) -> Any:
    from trainer.training.recipe import PRESETS

    return replace(
        PRESETS["full"],
        batch_norm=True,
        steps=asked.steps,
        batch=asked.batch,
        rate=5e-4,
        warm_up=100,
        check_every=max(asked.steps // 10, 1),
        patience=0,
    )


def train_all(asked: argparse.Namespace) -> None:
    """Each network in a process of its own, all at the same time."""
    asked.out.mkdir(parents=True, exist_ok=True)
    draw_looks(asked)
    environment = {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    children = {}
    for name in asked.networks:
        command = [sys.executable, __file__, "one", str(asked.cells), str(asked.out)]
        for option in ("steps", "batch", "looks", "limit"):
            command += [f"--{option}", str(getattr(asked, option))]
        with (asked.out / f"{name}.log").open("w") as log:
            children[name] = subprocess.Popen(
                [*command, "--networks", name], stdout=log, stderr=log, env=environment
            )
    for name, child in children.items():
        code = child.wait()
        last = (asked.out / f"{name}.log").read_text().strip().splitlines()[-1:]
        print(f"{name}: ended with {code}. {' '.join(last)}", flush=True)


def train_one(asked: argparse.Namespace) -> None:
    """Train one network and write its weights, and what happened."""
    import keras

    from trainer.models.network.build import build_network
    from trainer.training.finetune import fine_tune

    began, (name,) = time.monotonic(), asked.networks
    recipe = recipe_of(asked)
    # As looks that are kept at the cut, which here lies below the first layer.
    kept = np.load(asked.out / LOOKS, mmap_mode="r")
    lesson = replace(lesson_of(asked.cells, recipe), kept=kept)
    keras.utils.set_random_seed(recipe.seed)
    network = build_network(name, len(lesson.cells.outputs), lesson.cells.size)
    history = fine_tune(
        network,
        lesson,
        on_progress=lambda progress: tell(name, progress, began),
        should_stop=lambda: time.monotonic() - began > asked.limit,
    )
    told = {
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
    (asked.out / f"{name}.json").write_text(json.dumps(told))
    # Kernels as the program itself rounds them; vectors, batch norm's above all, are delicate.
    arrays = [np.float16(a) if a.ndim > 1 else a for a in network.get_weights()]
    np.savez_compressed(asked.out / f"{name}.npz", *arrays)
    print(f"{told['steps']} steps, {told['seconds']} s, {told['validation'][-1:]}")


def tell(name: str, progress: Any, began: float) -> None:
    if progress.done and (progress.done % 100 == 0 or progress.done in (1, 2)):
        print(f"{name} {progress.done} after {time.monotonic() - began:.0f} s", flush=True)


def unpack(asked: argparse.Namespace) -> None:
    """Put what came back into files of weights of the bare backbones."""
    import keras

    from trainer.models.network.build import build_network
    from trainer.models.network.layers import backbone_layers

    asked.out.mkdir(parents=True, exist_ok=True)
    for file in sorted(asked.trained.glob("*.npz")):
        name = file.stem
        size = 128
        with np.load(file) as arrays:
            values = [np.float32(arrays[key]) for key in arrays.files]
        network = build_network(name, len(values[-1]), size)
        network.set_weights(values)
        bare = getattr(keras.applications, name)(
            include_top=False, weights=None, input_shape=(size, size, 3)
        )
        learned = [layer for layer in backbone_layers(network) if layer.weights]
        own = [layer for layer in bare.layers if layer.weights]
        for layer, trained in zip(own, learned, strict=True):
            layer.set_weights(trained.get_weights())
        bare.save_weights(asked.out / f"{name}.weights.h5")
        print(name)


if __name__ == "__main__":
    main()
