from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.paths import SHARED
from trainer.imaging.file_names import NameKind
from trainer.imaging.folders.file_content import EMPTY, TEXT, content_of, content_of_file
from trainer.imaging.folders.search import find_images, search_images
from trainer.imaging.folders.unread_files import (
    MAX_EXAMINED,
    MAX_EXAMINED_PER_SUFFIX,
    MAX_GROUPS,
    UnreadFiles,
    UnreadKind,
)

CASES = SHARED / "cases"
JPEG, PNG, TIFF = b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0"
HEIC, GIF, CZI = b"\0\0\0\x18ftypheic\0", b"GIF89a\x10\0", b"ZISRAWFILE\0\0"
DICOM = b"\0" * 128 + b"DICM\x02"
NOISE = bytes(range(150, 214))
FOLDER = {
    "cell_00.jpg": JPEG,
    "Thumbs.db": NOISE,
    "desktop.ini": b"[x]",
    ".DS_Store": NOISE,
    "._cell_00.jpg": NOISE,
    ".cell_77.jpg.icloud": b"bplist00",
    "labels.csv": b"file,label\n",
    "README": b"Cells of slide 7\n",
    "cell_11": JPEG,
    "cell_12": JPEG,
    "a/cell_13": DICOM,
    "a/cell_14": b"",
    "a/cell_15": NOISE,
    "cell_16.jpg.1": JPEG,
    "cell_17.jpg.2": PNG,
    "cell_18.dat": TIFF,
    "cell_19.jpg~": JPEG,
    "cell_20.jpg.bak": JPEG,
    "cell_21.heic": HEIC,
    "cell_22.HEIC": JPEG,
    "cell_23.gif": GIF,
    "cell_24.czi": CZI,
    "slide.ndpi": TIFF,
    "photo.nef": TIFF,
}
BY_CONTENT = ("cell_11", "cell_12", "cell_16.jpg.1", "cell_17.jpg.2", "cell_18.dat", "cell_22.HEIC")


def plant(root: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_every_file_that_is_not_read_is_counted_by_kind(tmp_path: Path) -> None:
    plant(tmp_path, FOLDER)
    found = find_images([tmp_path])
    assert found.relative == ("cell_00.jpg",)
    kinds = {(each.suffix, each.content): each.count for each in found.unread.kinds}
    assert kinds == {
        ("", "JPEG"): 2,
        ("", "DICOM"): 1,
        ("", EMPTY): 1,
        ("", ""): 1,
        (".jpg.1", "JPEG"): 1,
        (".jpg.1", "PNG"): 1,
        (".dat", "TIFF"): 1,
        (".czi", ""): 1,
        (".gif", ""): 1,
        (".heic", ""): 1,
        (".heic", "JPEG"): 1,
        (".nef", ""): 1,
        (".ndpi", ""): 1,
        (".jpg~", ""): 1,
        (".jpg.bak", ""): 1,
        (".jpg.icloud", ""): 1,
    }
    assert len(found.unread) == sum(kinds.values())
    assert found.unread.documents == {"": 1, ".csv": 1}


def test_what_is_an_image_by_its_content_is_read_where_that_is_wanted(tmp_path: Path) -> None:
    plant(tmp_path, FOLDER)
    found = find_images([tmp_path], any_suffix=True)
    assert set(found.relative) == {"cell_00.jpg", *BY_CONTENT}
    kinds = {(each.kind, each.suffix, each.content): each.count for each in found.unread.kinds}
    assert kinds == {
        (NameKind.UNKNOWN, "", "DICOM"): 1,
        (NameKind.UNKNOWN, "", EMPTY): 1,
        (NameKind.UNKNOWN, "", ""): 1,
        **{(NameKind.FORMAT, f".{name}", ""): 1 for name in ("czi", "gif", "heic", "ndpi", "nef")},
        **{(NameKind.BACKUP, f".jpg{end}", ""): 1 for end in ("~", ".bak")},
        (NameKind.CLOUD, ".jpg.icloud", ""): 1,
    }


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared folder is not here")
def test_the_shared_folder_of_many_suffixes() -> None:
    found = find_images([CASES / "suffixes"])
    assert len(found.relative) == 12
    assert found.unread.counts() == {
        "without suffix (JPEG)": 1,
        ".jpg.1 (JPEG)": 1,
        **{f".{name}": 1 for name in ("czi", "dcm", "gif", "heic")},
        ".jpg~ (backup)": 1,
        ".jpg.icloud (in the cloud)": 1,
    }
    assert len(find_images([CASES / "suffixes"], any_suffix=True).relative) == 14
    assert len(find_images([CASES / "server_thumbnails"]).relative) == 12


def test_the_search_of_a_folder_of_images_counts_nothing(tmp_path: Path) -> None:
    plant(tmp_path, {"a.jpg": JPEG, "b/c.tif": TIFF, "labels.csv": b"", "b/Thumbs.db": NOISE})
    assert len(find_images([tmp_path]).unread) == 0


def test_only_the_first_files_of_a_suffix_are_examined(tmp_path: Path) -> None:
    count = MAX_EXAMINED_PER_SUFFIX + 5
    plant(tmp_path, {f"cell_{number}": JPEG for number in range(count)})
    unread = find_images([tmp_path]).unread
    assert unread.kinds == [
        UnreadKind(NameKind.UNKNOWN, "", "JPEG", MAX_EXAMINED_PER_SUFFIX),
        UnreadKind(NameKind.UNKNOWN, "", "", 5),
    ]
    (group,) = unread.groups
    assert (group.count, group.examined) == (count, MAX_EXAMINED_PER_SUFFIX)
    assert group.images() == {"JPEG": MAX_EXAMINED_PER_SUFFIX}
    assert len(find_images([tmp_path], any_suffix=True).relative) == count


def test_texts_are_no_images_however_many(tmp_path: Path) -> None:
    count = MAX_EXAMINED_PER_SUFFIX + 5
    plant(
        tmp_path, {f"cell_{number}.jpg.json": b'{"label": "basophil"}' for number in range(count)}
    )
    plant(tmp_path, {f"log_{number}": b"read\n" for number in range(count)})
    found = find_images([tmp_path])
    assert len(found.unread) == 0
    assert found.unread.documents == {"": count, ".jpg.json": count}
    plant(tmp_path, {"a_cell.jpg.txt": JPEG, "a_cell": JPEG})
    found = find_images([tmp_path])
    assert found.unread.counts() == {
        ".jpg.txt (JPEG)": 1,
        "without suffix (JPEG)": 1,
        "without suffix": 6,  # not examined, and not all that were are texts
    }
    assert find_images([tmp_path], any_suffix=True).relative == ("a_cell", "a_cell.jpg.txt")


def test_many_suffixes_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(NOISE)
    unread = UnreadFiles()
    for number in range(MAX_EXAMINED + MAX_GROUPS):
        unread.examine(f"x.a{number}", str(path))
    assert len(unread) == MAX_EXAMINED + MAX_GROUPS
    assert len(unread.groups) == MAX_GROUPS + 1
    assert sum(each.examined for each in unread.groups) == MAX_EXAMINED


def test_counts_of_several_folders_add_up(tmp_path: Path) -> None:
    plant(tmp_path, {"a/x.gif": GIF, "a/y": JPEG, "b/x.gif": GIF, "b/y": PNG, "b/z.csv": b"1"})
    unread = find_images([tmp_path / "a"]).unread
    unread.merge(find_images([tmp_path / "b"]).unread)
    assert unread.kinds == [
        UnreadKind(NameKind.UNKNOWN, "", "JPEG", 1),
        UnreadKind(NameKind.UNKNOWN, "", "PNG", 1),
        UnreadKind(NameKind.FORMAT, ".gif", "", 2),
    ]
    assert unread.documents == {".csv": 1}


def test_a_search_of_files_that_are_no_images_can_be_stopped(tmp_path: Path) -> None:
    plant(tmp_path, {f"{number}.gif": GIF for number in range(9)})
    calls: list[int] = []

    def should_stop() -> bool:
        calls.append(1)
        return len(calls) >= 3

    assert len(search_images(tmp_path, should_stop=should_stop).unread) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_linked_file_counts_once_and_is_read_by_its_content(tmp_path: Path) -> None:
    plant(tmp_path, {"far/5f3a": JPEG, "in/x.jpg": JPEG})
    (tmp_path / "in" / "cell").symlink_to(tmp_path / "far" / "5f3a")
    (tmp_path / "in" / "same").symlink_to(tmp_path / "far" / "5f3a")
    assert len(find_images([tmp_path / "in"]).unread) == 1
    assert find_images([tmp_path / "in"], any_suffix=True).relative == ("cell", "x.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
def test_pipes_and_vanished_files_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # reading it would wait for ever
    assert content_of_file(str(tmp_path / "pipe")) == ""
    assert content_of_file(str(tmp_path / "gone")) == ""
    assert len(find_images([tmp_path], any_suffix=True).unread) == 1


@pytest.mark.parametrize(
    ("start", "content"),
    [
        (JPEG, "JPEG"),
        (PNG, "PNG"),
        (TIFF, "TIFF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0", "BMP"),
        (HEIC, "HEIC"),
        (b"\0\0\0\x18ftypisom", "video"),
        (CZI, "CZI"),
        (DICOM, "DICOM"),
        (b"", EMPTY),
        ("größe;µm\r\n".encode(), TEXT),
        ("größe;µm\r\n".encode("latin-1"), TEXT),
        ("größe;µm\r\n".encode("utf-16"), TEXT),
        (NOISE[:-1] + b"\0", ""),
    ],
)
def test_first_bytes_tell_what_a_file_holds(start: bytes, content: str) -> None:
    assert content_of(start) == content
