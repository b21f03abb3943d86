"""Where the pictures of a model's training cells lie, as far as this computer knows.

A package holds no pictures and no place of this computer, because it travels. So what was
trained here is recorded in the data folder: the folder of the data, and the hashes of the
cells that the model is compared with. A picture counts as found only with the same bytes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trainer.atomic_files import sha256_of, write_text
from trainer.errors import UserError

_LOG = logging.getLogger(__name__)
_FOLDER = "training-pictures"


@dataclass(frozen=True)
class TrainingImages:
    """Pictures of training cells.

    Attributes:
        root: the folder of the data that a model was trained on.
        hashes: SHA-256 by name; empty where nothing is known.
    """

    root: Path = Path()
    hashes: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> Path | None:
        """The file of a training cell, if it still lies there with the same bytes."""
        expected, path = self.hashes.get(name), self.root / name
        try:
            return path if expected is not None and sha256_of(path) == expected else None
        except OSError:
            return None


def record_training_images(
    data_dir: Path, model_sha256: str, root: Path, names: Iterable[str]
) -> None:
    """Record where a model's training cells lie; where it cannot, only their pictures are missing.

    Args:
        data_dir: the data folder.
        model_sha256: of the package's card.
        root: folder of the training data.
        names: of the cells, relative to it.
    """
    root = root.absolute()
    try:
        # A cell of a field has no picture of its own.
        files = [name for name in names if (root / name).is_file()]
        hashes = {name: sha256_of(root / name) for name in files}
        record = json.dumps({"root": str(root), "sha256": hashes}, indent=1)
        write_text(_record_path(data_dir, model_sha256), record)
    except (OSError, UserError) as error:
        _LOG.warning("where the training cells lie was not noted: %s", error)


def load_training_images(data_dir: Path, model_sha256: str) -> TrainingImages:
    """Load the record of a model; it is empty for one that was trained elsewhere."""
    try:
        record = json.loads(_record_path(data_dir, model_sha256).read_text(encoding="utf-8"))
        return TrainingImages(Path(record["root"]), dict(record["sha256"]))
    except (OSError, ValueError, KeyError, TypeError):
        return TrainingImages()


def _record_path(data_dir: Path, model_sha256: str) -> Path:
    return data_dir / _FOLDER / f"{model_sha256}.json"
