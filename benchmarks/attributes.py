"""Whether a model's pooled features carry morphological attributes beyond what the class tells.

    python benchmarks/attributes.py DATA [--model FOLDER]

DATA holds `barcelona_attributes/attributes.csv` (WBCAtt, Tsutsui et al. 2023), the images that it
names below `seed` and `barcelona_more`, and the labs `raabin` and `bcisc`, of class folders. For
each attribute a multinomial logistic regression is fitted on the frozen features of cells that the
model was trained or stopped with, and measured on all others. Beside it stand two guesses that see
no cell: the commonest value, and the commonest value of the cell's true class. There are no
patients, so cells of one patient may lie on both sides: the figures are too good, if anything.

Of the other labs nobody stated attributes. For those, and for Barcelona's own cells left out, it
says how far the values are shared out from how they are among Barcelona's cells of the class (half
of the summed differences: 0 for the same shares, 1 for none in common)."""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from trainer.domain import SourceProfile, never_stop, no_progress
from trainer.imaging.model_input import ImageTask
from trainer.inference.classifier import Classifier
from trainer.jobs.common.source_scale import measure_scale
from trainer.locations import resources_folder
from trainer.models.package.layout import MANIFEST, Package, open_package

BUNDLED = next((resources_folder() / "models").glob("*/card.json")).parent
NO_ATTRIBUTES = ("img_name", "label")
SAME_CLASS = {"seg_neutrophil": "neutrophil", "band_neutrophil": "neutrophil"}
OTHER_LABS = ("raabin", "bcisc")
STRENGTH = 0.01  # of C, between 0.003 and 0.1 all are alike
RESAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of one source: names, classes (N,), features (N, K) and hashes of the files."""

    names: Sequence[str]
    classes: NDArray[np.str_]
    pooled: NDArray[np.float32]
    hashes: Sequence[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    arguments = parser.parse_args()
    package = open_package(arguments.model)
    with (arguments.data / "barcelona_attributes/attributes.csv").open(encoding="utf-8") as stream:
        stated = {row["img_name"]: row for row in csv.DictReader(stream)}
    images = [
        path
        for folder in ("seed", "barcelona_more")
        for path in sorted((arguments.data / folder).rglob("*.jpg"))
        if path.name in stated
    ]
    own = read_cells(package, arguments.data, images)
    others = {
        lab: read_cells(package, arguments.data, sorted((arguments.data / lab).rglob("*.jpg")))
        for lab in OTHER_LABS
    }
    rows = [stated[name] for name in own.names]
    taught = was_taught(package, own)
    print(f"{package.card.id}: {taught.sum()} cells to fit on, {(~taught).sum()} left out")
    for name in (each for each in rows[0] if each not in NO_ATTRIBUTES):
        measure(name, np.array([row[name] for row in rows]), own, taught, others)


def read_cells(package: Package, root: Path, images: Sequence[Path]) -> Cells:
    classifier = Classifier.from_package(package, device="cpu")
    names = [path.relative_to(root).as_posix() for path in images]
    scale = measure_scale(
        root,
        names,
        stated=SourceProfile(),
        workers=2,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    parameters = package.card.view_parameters(scale.profile, scale.by_size)
    tasks = [ImageTask(name, root / name) for name in names]
    batches = classifier.run(tasks, parameters, workers=2, should_stop=never_stop)
    found = [
        (image.cells[0].prediction, pooled)
        for batch in batches
        for image in batch
        if (pooled := image.cells[0].pooled) is not None
    ]
    classes = [Path(prediction.image).parent.name for prediction, _ in found]
    return Cells(
        [Path(prediction.image).name for prediction, _ in found],
        np.array([SAME_CLASS.get(each, each) for each in classes]),
        np.array([pooled for _, pooled in found]),
        [prediction.sha256 for prediction, _ in found],
    )


def was_taught(package: Package, cells: Cells) -> NDArray[np.bool_]:
    with (package.path / MANIFEST).open(encoding="utf-8") as stream:
        known = {row["sha256"] for row in csv.DictReader(stream) if row["split"] != "test"}
    return np.array([each in known for each in cells.hashes])


def measure(
    name: str,
    values: NDArray[np.str_],
    own: Cells,
    taught: NDArray[np.bool_],
    others: Mapping[str, Cells],
) -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=200))
    model.fit(own.pooled[taught], values[taught])
    held, truth = ~taught, values[~taught]
    found = model.predict(own.pooled[held])
    commonest = Counter(values[taught]).most_common(1)[0][0]
    of_class = {
        kind: Counter(values[taught & (own.classes == kind)]).most_common(1)[0][0]
        for kind in np.unique(own.classes)
    }
    guess = np.array([of_class[kind] for kind in own.classes[held]])
    low, high = gain_interval(found == truth, guess == truth)
    balanced = balanced_accuracy_score
    print(
        f"{name:26} accuracy {np.mean(found == truth):.3f} commonest "
        f"{np.mean(truth == commonest):.3f} of class {np.mean(guess == truth):.3f} gain "
        f"{low:+.3f} to {high:+.3f}; balanced {balanced(truth, found):.3f} of class "
        f"{balanced(truth, guess):.3f}; {describe_shares(model, values, own, held, others)}",
        flush=True,
    )


def gain_interval(found: NDArray[np.bool_], guess: NDArray[np.bool_]) -> tuple[float, float]:
    """95 % interval of the accuracy over that of a guess, by resampling cells."""
    rng = np.random.default_rng(0)
    gains = found.astype(float) - guess
    drawn = gains[rng.integers(0, len(gains), (RESAMPLES, len(gains)))].mean(axis=1)
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def describe_shares(
    model: Pipeline,
    values: NDArray[np.str_],
    own: Cells,
    held: NDArray[np.bool_],
    others: Mapping[str, Cells],
) -> str:
    left_out = Cells((), own.classes[held], own.pooled[held], ())
    texts = []
    for lab, cells in {"left out": left_out, **others}.items():
        found = model.predict(cells.pooled)
        away = [
            0.5
            * np.abs(
                shares(model.classes_, values[own.classes == kind])
                - shares(model.classes_, found[cells.classes == kind])
            ).sum()
            for kind in np.unique(own.classes)
            if (cells.classes == kind).any()
        ]
        texts.append(f"{lab} {np.mean(away):.2f} (worst {max(away):.2f})")
    return "shares away: " + ", ".join(texts)


def shares(names: NDArray[np.str_], values: NDArray[np.str_]) -> NDArray[np.float64]:
    return np.array([np.mean(values == name) for name in names])


if __name__ == "__main__":
    main()
