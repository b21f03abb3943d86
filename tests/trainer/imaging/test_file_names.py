from __future__ import annotations

import pytest

from trainer.imaging.codecs.base import name_notes
from trainer.imaging.file_names import (
    IMAGE_SUFFIXES,
    SUFFIXES_BY_FORMAT,
    NameKind,
    is_image_name,
    is_system_folder,
    kind_of_name,
)

SYSTEM_FOLDERS = (
    "@eaDir",
    "@EADIR",
    "#recycle",
    "@Recycle",
    "@Recently-Snapshot",
    "#snapshot",
    "~snapshot",
    "$RECYCLE.BIN",
    "$Recycle.Bin",
    "RECYCLER",
    "System Volume Information",
    "SYSTEM VOLUME INFORMATION",
    ".Trash-1000",
    ".Trashes",
    ".thumbnails",
    ".@__thumb",
    "lost+found",
    "__MACOSX",
    "FOUND.000",
    "found.123",
    "@GMT-2024.03.01-00.00.00",
    "Network Trash Folder",
    "$WINDOWS.~BT",
    "$Extend",
    "LOST.DIR",
    "Pictures.photoslibrary",
    "Smears Previews.lrdata",
)
FILES = {
    "cell.jpg": (NameKind.IMAGE, ".jpg"),
    "cell.JFIF": (NameKind.IMAGE, ".jfif"),
    "cell.ome.tif": (NameKind.IMAGE, ".tif"),
    "cell_11": (NameKind.UNKNOWN, ""),
    "cell.dat": (NameKind.UNKNOWN, ".dat"),
    "slide 12.5": (NameKind.UNKNOWN, ""),
    "2024.03.17_101500": (NameKind.UNKNOWN, ""),
    "1.2.840.113619.2": (NameKind.UNKNOWN, ""),
    "cell.jpg.1": (NameKind.UNKNOWN, ".jpg.1"),
    "cell.jpg.23": (NameKind.UNKNOWN, ".jpg.1"),
    "cell.HEIC": (NameKind.FORMAT, ".heic"),
    "slide.svs": (NameKind.IMAGE, ".svs"),
    "slide.ndpi": (NameKind.FORMAT, ".ndpi"),
    "cells.zip": (NameKind.FORMAT, ".zip"),
    "cell.jpg~": (NameKind.BACKUP, ".jpg~"),
    "cell.jpg.~2~": (NameKind.BACKUP, ".jpg~"),
    "#cell.jpg#": (NameKind.BACKUP, ".jpg#"),
    "cell.jpg_original": (NameKind.BACKUP, ".jpg_original"),
    "cell.jpg.bak": (NameKind.BACKUP, ".jpg.bak"),
    "cell.jpg.bak.2": (NameKind.BACKUP, ".jpg.bak"),
    "cell.BAK": (NameKind.BACKUP, ".bak"),
    "cell.orig": (NameKind.BACKUP, ".orig"),
    "cell.tmp": (NameKind.BACKUP, ".tmp"),
    "cell.jpg.part": (NameKind.BACKUP, ".jpg.part"),
    "cell.foo~": (NameKind.BACKUP, "~"),
    ".cell.jpg.icloud": (NameKind.CLOUD, ".jpg.icloud"),
    "cell.tif.nextcloud": (NameKind.CLOUD, ".tif.nextcloud"),
    ".labels.csv.icloud": (NameKind.DOCUMENT, ".csv"),
    "cell.jpg.txt": (NameKind.UNKNOWN, ".jpg.txt"),
    "cell.JPG.JSON": (NameKind.UNKNOWN, ".jpg.json"),
    "labels.csv": (NameKind.DOCUMENT, ".csv"),
    "labels.csv~": (NameKind.DOCUMENT, ".csv"),
    "notes.txt": (NameKind.DOCUMENT, ".txt"),
    "Thumbs.db": (NameKind.SYSTEM, ""),
    "desktop.INI": (NameKind.SYSTEM, ""),
    "Icon\r": (NameKind.SYSTEM, ""),
    "~$labels.xlsx": (NameKind.SYSTEM, ""),
    "cell.jpg@SynoEAStream": (NameKind.SYSTEM, ""),
}


@pytest.mark.parametrize("name", SYSTEM_FOLDERS)
def test_folders_of_systems_are_known(name: str) -> None:
    assert is_system_folder(name)


@pytest.mark.parametrize(
    "name", ["basophil", "recycle", "eaDir", "found.00", "found.0000", "train", "$", "@"]
)
def test_folders_of_people_are_none(name: str) -> None:
    assert not is_system_folder(name)


@pytest.mark.parametrize(("name", "kind"), FILES.items())
def test_a_name_tells_what_a_file_is(name: str, kind: tuple[NameKind, str]) -> None:
    assert kind_of_name(name) == kind
    assert is_image_name(name) == (kind[0] is NameKind.IMAGE)


@pytest.mark.parametrize("suffix", [".jfif", ".jif", ".jpe", ".apng", ".btf", ".tf2", ".tf8"])
def test_rare_suffixes_of_images_that_are_read(suffix: str) -> None:
    assert suffix in IMAGE_SUFFIXES


def test_the_decoders_know_the_same_suffixes() -> None:
    for format_, suffixes in SUFFIXES_BY_FORMAT.items():
        assert all(name_notes(f"x{suffix.upper()}", format_) == () for suffix in suffixes)
        assert all(is_image_name(f"x{suffix.upper()}") for suffix in suffixes)
