"""ImageNet weights: found on this computer, or downloaded if the user allows it.

Nothing is sent or fetched without `consent`. A download that breaks off is continued
where it stopped; a file is used only once its published MD5 sum is right. (MD5 is what
Keras Applications publishes: it finds damage; against malice the files are read as plain
arrays only, see `trainer.models.hdf5`.)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.domain import OnProgress, ShouldStop, never_stop, no_progress
from trainer.errors import PackageError, UserError
from trainer.locations import cache_folder
from trainer.models.backbones import WeightsFile, find_backbone
from trainer.models.download import download, md5_of

FOLDER_VARIABLE = "LEUKO_WEIGHTS_DIR"


@dataclass(frozen=True)
class Offer:
    """What would be downloaded, for the user to allow."""

    backbone: str
    url: str
    folder: Path


Consent = Callable[[Offer], bool]


def refuse(_: Offer) -> bool:
    """A `Consent` for where nobody can be asked."""
    return False


def imagenet_weights(
    backbone: str,
    *,
    consent: Consent = refuse,
    folders: Sequence[Path] | None = None,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """The file of a backbone's ImageNet weights, without the classification layer.

    Args:
        consent: asked before anything is downloaded.
        folders: where to look; the first is where a download goes. None takes the
            folder in `LEUKO_WEIGHTS_DIR`, the program's cache, and Keras' own cache.

    Raises:
        UserError: no such backbone; not here and not allowed to be downloaded; or the
            download failed.
        PackageError: the file found is damaged.
        Cancelled: `should_stop` said so; what was downloaded is kept for next time.
    """
    row = find_backbone(backbone)
    places = list(folders) if folders is not None else default_folders()
    for folder in places:
        path = folder / row.weights.name
        if path.is_file():
            return _checked(path, row.weights)
    offer = Offer(row.name, row.weights.url, places[0])
    if not consent(offer):
        raise UserError(
            f"The ImageNet weights of {row.name} are not on this computer.",
            f"Allow their download, or put {row.weights.name} from {row.weights.url}"
            f" into {places[0]}.",
        )
    path = places[0] / row.weights.name
    download(row.weights.url, path, row.weights.md5, on_progress, should_stop)
    return path


def default_folders() -> list[Path]:
    """Where weights are looked for, the first also where they are downloaded to."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    own = [Path(chosen)] if chosen else []
    return [*own, cache_folder() / "weights", Path.home() / ".keras" / "models"]


def _checked(path: Path, weights: WeightsFile) -> Path:
    if weights.md5 and md5_of(path) != weights.md5:
        raise PackageError(
            f"“{path}” is damaged, or is not the file that Keras Applications publishes.",
            "Delete it and try again.",
        )
    return path
