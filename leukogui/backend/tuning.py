"""The training that a tuning was made for: the same cells and network, with the recipe found."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.protocol.training_requests import TrainRequest, TuneRequest

if TYPE_CHECKING:
    from leukogui.backend.training_reader import ShownTraining

_OWN = {"job", "resume", "recipe"}


def training_with_recipe(tuning: ShownTraining, folder: Path, name: str) -> TrainRequest:
    """Build the request; a table of cells that the tuning's folder holds is copied.

    So either of the two can be deleted without the other.

    Args:
        tuning: one that found a recipe.
        folder: of the new training.
        name: of the new model.

    Raises:
        OSError: the table is gone, or cannot be written.
    """
    request = tuning.request
    assert isinstance(request, TuneRequest)
    assert tuning.recipe is not None
    same = (set(TrainRequest.model_fields) & set(TuneRequest.model_fields)) - _OWN
    values = request.model_dump(include=same - {"out"})
    data = Path(request.data)
    if data.is_relative_to(tuning.folder):
        folder.mkdir(parents=True, exist_ok=True)
        values["data"] = shutil.copyfile(data, folder / data.name)
    values |= {"data": str(values["data"]), "recipe": tuning.recipe.settings, "name": name}
    return TrainRequest(**values)
