"""How many predictions stay when a part of the cell is taken away, by class and lab.

    python benchmarks/ablation.py LAB/CLASS... [--model FOLDER] [--count 40]

Each folder holds cells of one class and is called as the class is; its parent, the lab, sets the
scale. Of the cells that the model finds, the share that stays what it was, and in brackets the
median of the log-odds that are lost."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from trainer.domain import SourceProfile, never_stop, no_progress
from trainer.imaging.model_input import ImageTask
from trainer.imaging.preprocess import preprocess
from trainer.inference.ablation import Part, PartLoss
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation.cell_ablation import NEEDED, ablate_cell
from trainer.jobs.common.source_scale import measure_scale
from trainer.locations import resources_folder
from trainer.models.package.layout import open_package

BUNDLED = next((resources_folder() / "models").glob("*/card.json")).parent
SUFFIXES = {".jpg", ".png", ".tif", ".tiff", ".bmp"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--count", type=int, default=40)
    arguments = parser.parse_args()
    package = open_package(arguments.model)
    classifier = Classifier.from_package(package, device="cpu")
    print(package.card.id)
    for folder in arguments.folders:
        lab = folder.parent
        names = [path.relative_to(lab).as_posix() for path in images_of(lab)]
        scale = measure_scale(
            lab,
            names,
            stated=SourceProfile(),
            workers=2,
            on_progress=no_progress,
            should_stop=never_stop,
        )
        parameters = package.card.view_parameters(scale.profile, scale.by_size)
        paths = images_of(folder)
        drawn = np.random.default_rng(0).permutation(len(paths))[: arguments.count]
        losses: dict[Part, list[tuple[PartLoss, bool]]] = defaultdict(list)
        found, seconds = 0, []
        for path in (paths[at] for at in drawn):
            cell = preprocess(ImageTask(path.name, path), parameters, NEEDED)
            begun = time.process_time()
            ablation = ablate_cell(classifier, package.card, cell)
            seconds.append(time.process_time() - begun)
            if ablation.label != folder.name:
                continue
            found += 1
            for loss in ablation.ablation.losses:
                losses[loss.part].append((loss, loss.output == ablation.ablation.output))
        parts = " ".join(f"{part} {describe(losses[part])}" for part in Part if losses[part])
        milliseconds = 1000 * np.median(seconds)
        print(
            f"{lab.name}/{folder.name}: {found} of {len(drawn)} found; {parts}; "
            f"{milliseconds:.0f} ms of the processor a cell",
            flush=True,
        )


def images_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def describe(losses: list[tuple[PartLoss, bool]]) -> str:
    stays = np.mean([same for _, same in losses])
    return f"{stays:.2f} ({np.median([loss.lost for loss, _ in losses]):+.1f})"


if __name__ == "__main__":
    main()
