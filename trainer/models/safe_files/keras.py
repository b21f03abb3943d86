"""Read a `.keras` file without running any of it, and refuse model files of other kinds.

A `.keras` file is a zip of `config.json` (the architecture, as names of classes to be
created), `metadata.json` and `model.weights.h5`. Keras' own loading creates whatever classes
it names; here it is only read, and refused where it names anything but layers of Keras
itself. Networks are always rebuilt by our own code.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from trainer.errors import PackageError
from trainer.models.safe_files.zip import bytes_of, open_zip

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
MEMBERS = frozenset({CONFIG, "metadata.json", WEIGHTS})

MAX_CONFIG = 64 << 20
MAX_WEIGHTS = 4 << 30
MAX_RATIO = 1000

_KIND = "a Keras model"
_KERAS_MODULES = ("keras", "builtins")
_REASON = "Opening it could run code of whoever made it, so it was not opened."
_HINT = (
    "Import a model package of this program, or give weights of the bare network to"
    " “train --weights FILE”."
)
_PICKLES = (".pkl", ".pickle")
_PICKLED_MODELS = (*_PICKLES, ".joblib", ".pt", ".pth", ".npy", ".bin")


@dataclass(frozen=True, eq=False)
class KerasFile:
    """The contents of a `.keras` file.

    Attributes:
        config: the architecture, as in `config.json`.
        weights: `model.weights.h5`, in memory: HDF5 needs random access, zip streams have none.
    """

    config: dict[str, Any]
    weights: BinaryIO


def read_keras_file(path: Path) -> KerasFile:
    """Read a `.keras` file that holds nothing but layers of Keras and weights.

    Raises:
        PackageError: the file is unsafe or damaged; the message names what was found.
    """
    with open_zip(path, _KIND) as archive:
        config = _read_config(path, archive)
        return KerasFile(config, io.BytesIO(bytes_of(archive, archive.getinfo(WEIGHTS), _KIND)))


def check_keras_file(path: Path) -> dict[str, Any]:
    """Refuse a `.keras` file that holds anything but layers of Keras and weights.

    Returns:
        The architecture, as in `config.json`.

    Raises:
        PackageError: the message names what was found.
    """
    with open_zip(path, _KIND) as archive:
        return _read_config(path, archive)


def _read_config(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    names = {entry.filename for entry in archive.infolist()}
    _refuse_extra(path, names - MEMBERS)
    if not {CONFIG, WEIGHTS} <= names:
        raise PackageError(f"“{path.name}” is not a complete Keras model.")
    for entry in archive.infolist():
        _check_size(path, entry)
    config = _parse_config(path, bytes_of(archive, archive.getinfo(CONFIG), _KIND))
    check_architecture(config, path.name)
    return config


def read_weights(path: Path) -> BinaryIO:
    """Read the weights in a `.keras` file into memory: zip streams have no random access.

    Raises:
        PackageError: there are none, or their size is not credible.
    """
    with open_zip(path, _KIND) as archive:
        try:
            entry = archive.getinfo(WEIGHTS)
        except KeyError as error:
            raise PackageError(f"“{path.name}” holds no weights.") from error
        _check_size(path, entry)
        return io.BytesIO(bytes_of(archive, entry, _KIND))


def check_architecture(config: Any, name: str) -> None:
    """Refuse an architecture that names Lambda layers, foreign or registered classes.

    Args:
        config: what `config.json` holds; walked to any depth.
        name: of the file, for the message.

    Raises:
        PackageError: the message names the class and its module.
    """
    stack = [config]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            _check_node(node, name)
            stack.extend(node.values())


def _check_node(node: dict[str, Any], name: str) -> None:
    kind = node.get("class_name")
    if not isinstance(kind, str):
        return
    if kind in ("Lambda", "__lambda__"):
        layer = _layer_name(node)
        raise PackageError(f"“{name}” holds a Lambda layer{layer}, that is program code.", _REASON)
    registered = node.get("registered_name")
    module = node.get("module")
    if isinstance(module, str) and not _is_keras(module):
        raise PackageError(f"“{name}” needs the foreign code {module}.{kind}.", _REASON)
    if isinstance(registered, str) and ">" in registered and not _is_keras(registered):
        raise PackageError(f"“{name}” needs the foreign code {registered}.", _REASON)


def _is_keras(name: str) -> bool:
    """Whether a module (`keras.layers`) or a registered name (`keras>Dense`) is one of Keras."""
    return re.split("[.>]", name)[0] in _KERAS_MODULES


def _layer_name(node: dict[str, Any]) -> str:
    config = node.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    return f" (“{name}”)" if isinstance(name, str) else ""


def _refuse_extra(path: Path, extra: set[str]) -> None:
    if not extra:
        return
    first = sorted(extra)[0]
    if _is_pickle(first):
        raise PackageError(f"“{path.name}” holds pickled objects (“{first}”).", _REASON)
    raise PackageError(f"“{path.name}” holds “{first}”, which no plain network needs.", _REASON)


def _check_size(path: Path, entry: zipfile.ZipInfo) -> None:
    limit = MAX_WEIGHTS if entry.filename == WEIGHTS else MAX_CONFIG
    too_dense = entry.file_size > MAX_RATIO * max(entry.compress_size, 1024)
    if entry.file_size > limit or too_dense:
        raise PackageError(
            f"“{entry.filename}” in “{path.name}” would unpack from"
            f" {entry.compress_size / 1e6:,.1f} to {entry.file_size / 1e6:,.0f} MB; refused."
        )


def _parse_config(path: Path, data: bytes) -> dict[str, Any]:
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"The architecture in “{path.name}” cannot be read.") from error
    if not isinstance(config, dict):
        raise PackageError(f"The architecture in “{path.name}” cannot be read.")
    return config


def refuse_foreign_model(path: Path) -> NoReturn:
    """Raise the reason why a model file cannot be imported; it is inspected, never loaded.

    Raises:
        PackageError: always.
    """
    with path.open("rb") as stream:
        start = stream.read(16)
    if start.startswith(b"\x89HDF"):
        _refuse_hdf5(path)
    if start.startswith(b"PK"):
        _refuse_zip(path)
    if start[:1] == b"\x80" or path.suffix.lower() in _PICKLED_MODELS:
        raise _pickle_error(path)
    raise PackageError(f"“{path.name}” is not a model that this program knows.", _HINT)


def _is_pickle(member: str) -> bool:
    return member.endswith(_PICKLES)


def _pickle_error(path: Path) -> PackageError:
    return PackageError(
        f"“{path.name}” holds pickled objects; opening it could run code of whoever made"
        " it, so it was not opened.",
        _HINT,
    )


def _refuse_zip(path: Path) -> NoReturn:
    with open_zip(path, "a model") as archive:
        names = archive.namelist()
    if any(map(_is_pickle, names)):
        raise _pickle_error(path)
    check_keras_file(path)
    raise PackageError(
        f"“{path.name}” is a Keras model without a card: its classes, view and preprocessing"
        " are not known.",
        _HINT,
    )


def _refuse_hdf5(path: Path) -> NoReturn:
    from trainer.models.safe_files.hdf5 import open_hdf5

    with open_hdf5(path, path.name) as file:
        text = file.attrs.get("model_config")
    if text is None:
        raise PackageError(f"“{path.name}” holds weights only, not a model.", _HINT)
    check_architecture(_parse_json(text, path.name), path.name)
    raise PackageError(
        f"“{path.name}” is a model without a card: its classes, view and preprocessing are"
        " not known.",
        _HINT,
    )


def _parse_json(text: Any, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise PackageError(f"The architecture in “{name}” cannot be read.", _HINT) from error
