"""Drawn cells, fields and a model of a lab for the pictures of `screenshots.py`."""

from __future__ import annotations

import shutil
from pathlib import Path

FIELDS = (
    ("seg_neutrophil", "seg_neutrophil", "monocyte", "myeloblast", "lymphocyte", "basophil"),
    ("seg_neutrophil", "myeloblast", "erythroblast", "seg_neutrophil", "eosinophil"),
    ("monocyte", "seg_neutrophil", "lymphocyte", "seg_neutrophil"),
)
"""The white cells of each drawn field."""
OWN_MODEL = "lab-north"
LABELLED_KINDS = ("basophil", "lymphocyte", "monocyte", "myeloblast", "seg_neutrophil")
CELLS_OF_CLASS = 12
"""Drawn cells of each class of a lab that the model does not know."""


def copy_bundled_model(data: Path) -> None:
    """Put a copy of the bundled model into the user's, which asks for review sooner."""
    from trainer.models.package.card import read_card, write_card
    from trainer.models.package.registry import registry_of

    folder = data / "models" / OWN_MODEL
    if folder.exists():
        return
    bundled = next(entry for entry in registry_of(data).entries() if entry.bundled)
    shutil.copytree(bundled.path, folder)
    card = read_card(folder / "card.json")
    sooner = card.thresholds.model_copy(update={"review_probability": 0.97})
    changes = {"id": OWN_MODEL, "title": "Lab North", "parent": card.id, "thresholds": sooner}
    write_card(card.model_copy(update=changes), folder / "card.json")


def draw_labelled_cells(data: Path) -> Path:
    """Draw class folders, unless an earlier window did."""
    import cv2
    import numpy as np

    from trainer.data.synthetic import draw_cell_with_truth

    folder, rng = data / "labelled cells", np.random.default_rng(1)
    if folder.is_dir():
        return folder
    for kind in LABELLED_KINDS:
        (folder / kind).mkdir(parents=True)
        for number in range(8):
            pixels = draw_cell_with_truth(kind, rng, size=160).pixels
            file = folder / kind / f"{number}.png"
            file.write_bytes(cv2.imencode(".png", pixels[:, :, ::-1])[1].tobytes())
    return folder


def draw_classes(data: Path) -> Path:
    """Draw a folder with a folder for each class, of two labs, and one cell twice."""
    import cv2
    import numpy as np

    from trainer.data.synthetic import COOL, WARM, draw_cell, vary

    folder, rng = data / "cells of our lab", np.random.default_rng(5)
    for kind in ("lymphocyte", "monocyte", "myeloblast", "seg_neutrophil"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for number in range(20):
            picture = draw_cell(kind, rng, size=160, style=vary((WARM, COOL)[number % 2], rng))
            cv2.imwrite(str(folder / kind / f"{number + 1}.png"), picture[..., ::-1])
    (folder / "monocyte" / "again.png").write_bytes((folder / "myeloblast/1.png").read_bytes())
    return folder


def draw_fields(data: Path) -> Path:
    """Draw a folder of fields, unless an earlier window did."""
    import cv2
    import numpy as np

    from trainer.data.synthetic import draw_field

    folder, rng = data / "drawn fields", np.random.default_rng(3)
    folder.mkdir(exist_ok=True)
    for number, kinds in enumerate(FIELDS):
        field = draw_field(kinds, rng, size=(1280, 960), cut=0.1, touching=0.2)
        cv2.imwrite(str(folder / f"field {number + 1}.png"), field.pixels[..., ::-1])
    return folder


def draw_pale_lab(data: Path) -> Path:
    """Draw cells of a lab of pale stain and blurred pictures, unless an earlier window did."""
    from dataclasses import replace

    import cv2
    import numpy as np

    from trainer.data.synthetic import draw_cell
    from trainer.data.synthetic.style import WARM, vary

    folder, rng = data / "pale lab", np.random.default_rng(5)
    folder.mkdir(exist_ok=True)
    dyes = {"chromatin": (0.6, 0.8, 0.3), "basic": (0.2, 0.2, 0.05), "azurophil": (0.4, 0.6, 0.2)}
    pale = replace(WARM, **dyes, focus=0.035, noise=5.0)
    for number in range(CELLS_OF_CLASS):
        for kind in ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil"):
            drawn = draw_cell(kind, rng, size=192, style=vary(pale, rng))
            cv2.imwrite(str(folder / f"{number:03} {kind}.png"), drawn[..., ::-1])
    return folder
