"""Model files that are no package: refused, with the reason that fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from trainer.errors import PackageError
from trainer.models.keras_file import check_architecture, check_keras_file
from trainer.models.zip_reading import open_zip

_HINT = (
    "Import a model package of this program, or give weights of the bare network to"
    " “train --weights FILE”."
)
_PICKLES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".npy", ".bin")


def refuse_foreign(path: Path) -> NoReturn:
    """Say why a model file cannot be imported; it is looked at, and never loaded.

    Raises:
        PackageError: always.
    """
    with path.open("rb") as stream:
        start = stream.read(16)
    if start.startswith(b"\x89HDF"):
        _refuse_hdf5(path)
    if start.startswith(b"PK"):
        _refuse_zip(path)
    if start[:1] == b"\x80" or path.suffix.lower() in _PICKLES:
        raise PackageError(
            f"“{path.name}” holds pickled objects; opening it could run code of whoever made"
            " it, so it was not opened.",
            _HINT,
        )
    raise PackageError(f"“{path.name}” is not a model that this program knows.", _HINT)


def _refuse_zip(path: Path) -> NoReturn:
    with open_zip(path, "a model") as archive:
        names = archive.namelist()
    if any(name.endswith((".pkl", ".pickle")) for name in names):
        raise PackageError(
            f"“{path.name}” holds pickled objects; opening it could run code of whoever made"
            " it, so it was not opened.",
            _HINT,
        )
    check_keras_file(path)
    raise PackageError(
        f"“{path.name}” is a Keras model without a card: its classes, view and preprocessing"
        " are not known.",
        _HINT,
    )


def _refuse_hdf5(path: Path) -> NoReturn:
    from trainer.models.hdf5 import open_hdf5

    with open_hdf5(path, path.name) as file:
        text = file.attrs.get("model_config")
    if text is None:
        raise PackageError(f"“{path.name}” holds weights only, not a model.", _HINT)
    check_architecture(_parsed(text, path.name), path.name)
    raise PackageError(
        f"“{path.name}” is a model without a card: its classes, view and preprocessing are"
        " not known.",
        _HINT,
    )


def _parsed(text: Any, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise PackageError(f"The architecture in “{name}” cannot be read.", _HINT) from error
