"""A folder that the tiny model has classified, in a data folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from trainer.domain import never_stop
from trainer.jobs.classify import job as classify
from trainer.protocol.requests import ClassifyRequest

MODEL = "random"


def install_model(package: Path, data: Path) -> Path:
    """Put the package into a new data folder, and return that."""
    shutil.copytree(package, data / "models" / MODEL)
    return data


def classify_folder(folder: Path, data: Path, *names: str) -> None:
    """Classify a folder, or these images of it alone."""
    request = ClassifyRequest(
        paths=[str(folder / name) for name in names] or [str(folder)],
        out=str(data.parent / "out" / folder.name),
        root=str(folder),
        model=MODEL,
        device="cpu",
        red_cell_diameter=43.0,
        data_dir=str(data),
    )
    classify.run(request, lambda _: None, never_stop)
