"""Whether disks have room for what a training leaves behind: asked before it begins."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

from trainer.atomic_files import BYTES_PER_WEIGHT
from trainer.errors import UserError
from trainer.jobs.train_plan import Plan
from trainer.locations import cache_folder
from trainer.models.backbones import find_backbone

# A head alone is packed with the files of its stem, whose weights are float16.
_BYTES_BESIDE_A_STEM = 8
# State and best weights, at float32; the state before is there until the next one is whole.
_BYTES_OF_STATES = 16


def refuse_too_little(plan: Plan) -> None:
    """Refuse a training that would end with a full disk.

    Raises:
        UserError: a disk clearly has too little room for the package, or, where layers are
            trained, for the state by which an interrupted training goes on.
    """
    weights, fine = find_backbone(plan.backbone).parameters, "finetune" in plan.recipe.stages
    each = BYTES_PER_WEIGHT if fine else _BYTES_BESIDE_A_STEM
    needed = {plan.folder.parent: each * weights}
    if fine:
        needed[cache_folder()] = _BYTES_OF_STATES * weights
    disks: dict[int, list[Path]] = defaultdict(list)
    for folder in needed:
        disks[_standing(folder).stat().st_dev].append(folder)
    for folders in disks.values():
        _check(folders, sum(needed[folder] for folder in folders))


def _check(folders: list[Path], needed: int) -> None:
    free = shutil.disk_usage(_standing(folders[0])).free
    if free < needed:
        places = " and ".join(str(folder) for folder in folders)
        raise UserError(
            f"The disk is full: the training needs about {needed:,} bytes in {places}, "
            f"{free:,} are free.",
            "Make room, or choose another place; nothing was begun.",
        )


def _standing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())
