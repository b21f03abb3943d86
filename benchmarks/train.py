"""Seconds from 1,000 labelled images to a model whose head is trained, and what it then finds.

keras    what a user would write: image_dataset_from_directory, the frozen backbone in the
         model, fit for 20 epochs with validation cells; the images are cached in memory
ours     `trainer train --preset head`, from raw files and an empty cache to a calibrated,
         measured and verified package
again    the same once more: network and features are cached
refit    `trainer train --from MODEL --preset head` after 200 labels were changed

Each is a process of its own, timed from its start to its end; "work" is the part of the refit
between its first event and its last. Both sides see images of the same size. The Keras script
sees them whole; ours finds the cell first, as it would in use.

    python benchmarks/train.py                                   # drawn cells, random weights
    python benchmarks/train.py --data cells.csv --weights MobileNetV2=notop.weights.h5

Random weights show nothing of accuracy but that both sides are trained on the same features.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NETWORKS = ("MobileNetV2", "EfficientNetB3")
CLASSES = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
SHARES = {"train": 1.0, "val": 0.2, "test": 0.4}  # of the number of training cells
CHANGED = 200
FIELDS = ["file", "label", "split", "source"]
HEADINGS = (
    "network",
    "px",
    "keras s",
    "ours s",
    "keras / ours",
    "again s",
    "refit s",
    "refit work s",
    "keras balanced accuracy",
    "ours",
    "refit",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--data", type=Path, help="a CSV with file, label, split and source")
    parser.add_argument("--weights", action="append", default=[], metavar="NETWORK=FILE")
    parser.add_argument("--cells", type=int, default=1000, help="training cells that are drawn")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--size", type=int, default=0, help="pixels (default: the network's own)")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--keras", nargs=5, metavar=("NETWORK", "FOLDER", "SIZE", "EPOCHS", "FILE"))
    arguments = parser.parse_args()
    if arguments.keras:
        network, folder, size, epochs, weights = arguments.keras
        print(json.dumps(keras_script(network, Path(folder), int(size), int(epochs), weights)))
        return
    with tempfile.TemporaryDirectory() as work:
        compare(arguments, Path(work))


def compare(arguments: argparse.Namespace, work: Path) -> None:
    from trainer.models.backbones import find_backbone

    rows = read_rows(arguments.data) if arguments.data else draw(work / "drawn", arguments.cells)
    table, folders = write_data(rows, work)
    changed = write_changed(rows, work)
    weights = dict(word.split("=", 1) for word in arguments.weights)
    train_count = sum(row["split"] == "train" for row in rows)
    print(f"{train_count} training cells, {arguments.epochs} epochs, {os.cpu_count()} cores")
    print("| " + " | ".join(HEADINGS) + " |")
    print("|" + "---|" * len(HEADINGS))
    for network in arguments.networks:
        size = arguments.size or find_backbone(network).input_size
        runs = [
            measure(
                network, size, arguments.epochs, weights.get(network, ""), table, changed, folders
            )
            for _ in range(arguments.repeats)
        ]
        figures = [f"{statistics.median(run[i] for run in runs):.3g}" for i in range(len(runs[0]))]
        print("| " + " | ".join([network, str(size), *figures]) + " |", flush=True)


def measure(
    network: str, size: int, epochs: int, weights: str, table: Path, changed: Path, folders: Path
) -> list[float]:
    command = [sys.executable, __file__, "--keras", network, str(folders), str(size)]
    begun = time.perf_counter()
    output = subprocess.run(
        [*command, str(epochs), weights], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    keras_seconds = time.perf_counter() - begun
    keras_accuracy = json.loads(output.splitlines()[-1])["balanced_accuracy"]
    with tempfile.TemporaryDirectory(dir=table.parent) as folder:
        new = ("--backbone", network, "--weights", weights or "none")
        shape = ("--recipe", f"input_size={size}")
        first = ours(Path(folder), table, "first", *new, *shape)
        again = ours(Path(folder), table, "again", *new, *shape)
        refit = ours(Path(folder), changed, "refit", "--from", "first")
    return [
        keras_seconds,
        first["seconds"],
        keras_seconds / first["seconds"],
        again["seconds"],
        refit["seconds"],
        refit["work"],
        keras_accuracy,
        first["accuracy"],
        refit["accuracy"],
    ]


def ours(folder: Path, table: Path, name: str, *options: str) -> dict[str, float]:
    """`trainer train --preset head` as a process, with data and cache below `place`."""
    command = [
        *(sys.executable, "-m", "trainer", "train", str(table), "--preset", "head", "--json"),
        *("--data-dir", str(folder), "--name", name, *options),
    ]
    environment = {**os.environ, "LEUKO_CACHE_DIR": str(folder / "cache")}
    begun, started = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        for text in child.stdout:
            event = json.loads(text)
            if event["event"] == "started":
                started = time.perf_counter()
            if event["event"] == "failed":
                raise SystemExit(f"train failed: {event['message']}")
            if event["event"] == "done":
                work = time.perf_counter() - started
                accuracy = event["result"]["balanced_accuracy"]
        if child.wait():
            raise SystemExit(f"train ended with {child.returncode}")
    return {"seconds": time.perf_counter() - begun, "work": work, "accuracy": accuracy}


def keras_script(
    network: str, folder: Path, size: int, epochs: int, weights: str
) -> dict[str, float]:
    import keras
    import numpy as np

    from trainer.models.backbones import find_backbone
    from trainer.models.network.build import build_preprocessing

    keras.utils.set_random_seed(0)
    sets = {
        split: keras.utils.image_dataset_from_directory(
            folder / split, image_size=(size, size), batch_size=None, shuffle=False, verbose=False
        )
        for split in SHARES
    }
    image = keras.Input((size, size, 3))
    base = getattr(keras.applications, network)(
        include_top=False, weights=None, input_shape=(size, size, 3)
    )
    if weights:
        base.load_weights(weights)
    base.trainable = False
    features = base(
        build_preprocessing(image, find_backbone(network).preprocessing), training=False
    )
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    count = len(sets["train"].class_names)
    output = keras.layers.Dense(count, "softmax")(keras.layers.Dropout(0.3)(pooled))
    model = keras.Model(image, output)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    train = sets["train"].cache().shuffle(2000, seed=0).batch(32)
    val = sets["val"].cache().batch(32)
    model.fit(train, validation_data=val, epochs=epochs, shuffle=False, verbose=0)
    labels = np.array([int(label) for _, label in sets["test"]])
    predicted = model.predict(sets["test"].batch(32), verbose=0).argmax(axis=1)
    sensitivities = [float((predicted[labels == one] == one).mean()) for one in np.unique(labels)]
    return {"balanced_accuracy": float(np.mean(sensitivities))}


def draw(folder: Path, cells: int) -> list[dict[str, str]]:
    """Drawn cells of five classes from two labs, 360 px, of each split as many as its share."""
    import cv2
    import numpy as np

    from trainer.data.synthetic import COOL, WARM, draw_cell, vary

    folder.mkdir()
    rng = np.random.default_rng(0)
    rows = []
    for split, share in SHARES.items():
        for index in range(round(cells * share)):
            label, (lab, style) = CLASSES[index % 5], (("warm", WARM), ("cool", COOL))[index % 2]
            path = folder / f"{split}{index:05}.jpg"
            picture = draw_cell(label, rng, size=360, style=vary(style, rng))
            cv2.imwrite(str(path), picture[..., ::-1])
            rows.append({"file": str(path), "label": label, "split": split, "source": lab})
    return rows


def read_rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        rows = [{name: row.get(name, "") for name in FIELDS} for row in csv.DictReader(file)]
    for row in rows:
        row["file"] = str((table.parent / row["file"]).resolve())
    return rows


def write_data(rows: list[dict[str, str]], work: Path) -> tuple[Path, Path]:
    """The CSV that ours takes, and the folders of links that the Keras script takes."""
    folders = work / "folders"
    for index, row in enumerate(rows):
        source = Path(row["file"])
        link = folders / row["split"] / row["label"] / f"{index:05}{source.suffix}"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source)
    return write_table(rows, work / "cells.csv"), folders


def write_changed(rows: list[dict[str, str]], work: Path) -> Path:
    """As if a reviewer had corrected cells: 200 training labels are others now."""
    import numpy as np

    labels = sorted({row["label"] for row in rows})
    training = [index for index, row in enumerate(rows) if row["split"] == "train"]
    count = min(CHANGED, len(training))
    chosen = set(np.random.default_rng(0).choice(training, count, replace=False).tolist())
    changed = [
        {**row, "label": labels[(labels.index(row["label"]) + 1) % len(labels)]}
        if index in chosen
        else row
        for index, row in enumerate(rows)
    ]
    return write_table(changed, work / "changed.csv")


def write_table(rows: list[dict[str, str]], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    return path


if __name__ == "__main__":
    main()
