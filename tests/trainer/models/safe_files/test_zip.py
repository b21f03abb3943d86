"""Damaged and odd zip files, wherever the program opens one: each refused in words.

What is done to them here was found by changing some thousand files at random.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.errors import PackageError
from trainer.models.package.archive import unpack, unpacked_size
from trainer.models.safe_files.keras import check_keras_file, read_weights, refuse_foreign_model
from trainer.models.safe_files.npz import read_arrays
from trainer.models.safe_files.zip import open_zip


def archive(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, bytes(range(200)))
    return path


def unpacked(path: Path) -> None:
    unpacked_size(path)
    try:
        unpack(path, path.parent / "out")
    finally:
        shutil.rmtree(path.parent / "out", ignore_errors=True)


def in_all_entries(data: bytearray, central: int, local: int, value: int) -> None:
    """Put two bytes into the headers of all entries, in the list at the end and at their places."""
    for sign, place in ((b"PK\x01\x02", central), (b"PK\x03\x04", local)):
        at = data.find(sign)
        while at >= 0:
            struct.pack_into("<H", data, at + place, value)
            at = data.find(sign, at + 1)


def encrypted(data: bytearray) -> None:
    in_all_entries(data, 8, 6, 1)


def packed_otherwise(data: bytearray) -> None:
    in_all_entries(data, 10, 8, zipfile.ZIP_BZIP2)


def of_a_later_version(data: bytearray) -> None:
    in_all_entries(data, 6, 4, 115)


def names_that_are_no_text(data: bytearray) -> None:
    in_all_entries(data, 8, 6, 0x800)
    data[:] = (
        data.replace(b"card", b"\xabard").replace(b"conf", b"\xabonf").replace(b"mod", b"\xabod")
    )


def places_before_the_file(data: bytearray) -> None:
    """The list of entries says that it lies further back than it does."""
    at = data.rfind(b"PK\x05\x06") + 16
    (place,) = struct.unpack_from("<L", data, at)
    struct.pack_into("<L", data, at, place + 50)


def cut_short(data: bytearray) -> None:
    del data[-10:]


ALL = (
    encrypted,
    packed_otherwise,
    of_a_later_version,
    names_that_are_no_text,
    places_before_the_file,
    cut_short,
)


@pytest.mark.parametrize("spoil", ALL)
@pytest.mark.parametrize(
    ("read", "names"),
    [
        (unpacked, ["card.json"]),
        (check_keras_file, ["config.json", "model.weights.h5"]),
        (read_weights, ["model.weights.h5"]),
        (refuse_foreign_model, ["config.json", "model.weights.h5"]),
        (read_arrays, ["card.npy"]),
    ],
)
def test_an_odd_archive_is_refused_in_words(
    tmp_path: Path,
    spoil: Callable[[bytearray], None],
    read: Callable[[Path], object],
    names: list[str],
) -> None:
    path = archive(tmp_path / "any.zip", *names)
    data = bytearray(path.read_bytes())
    spoil(data)
    path.write_bytes(data)
    with pytest.raises(PackageError, match=r"is damaged or not|is encrypted, or"):
        read(path)


def test_what_goes_wrong_beside_the_archive_is_not_laid_to_it(tmp_path: Path) -> None:
    path = archive(tmp_path / "any.zip", "card.json")
    with pytest.raises(ValueError, match="a mistake"), open_zip(path, "a zip archive"):
        raise ValueError("a mistake")
