"""What folders of classes hold beside images: counted, named, read where that is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trainer.data.manifest import read_manifest
from trainer.errors import UserError
from trainer.jobs.common.labelled.cells import read_labelled_manifest

JPEG, HEIC = b"\xff\xd8\xff\xe0\0\x10JFIF", b"\0\0\0\x18ftypheic\0"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two classes; of one the images have no suffix, and other files lie in and beside them."""
    files = {
        "train/basophil/1.jpg": JPEG,
        "train/basophil/2.heic": HEIC,
        "train/basophil/3.jpg.bak": JPEG,
        "train/basophil/@eaDir/1.jpg": JPEG,
        "train/monocyte/1.png": JPEG,
        "train/monocyte/4": JPEG,
        "train/loose": JPEG,
        "test/monocyte/5": JPEG,
        "test/monocyte/Thumbs.db": b"\0\1",
        "labels.csv": b"file,label\n",
        "README": b"Cells of 2024\n",
    }
    for name, content in files.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "data"


def test_other_files_are_counted_and_named(data: Path) -> None:
    manifest = read_manifest(data)
    assert [item.path.name for item in manifest.items] == ["1.jpg", "1.png"]
    assert manifest.unread.counts() == {
        "without suffix (JPEG)": 3,
        ".heic": 1,
        ".jpg.bak (backup)": 1,
    }
    assert manifest.unlabelled == ()
    items: list[Any] = []
    read_labelled_manifest(data, items.append)
    assert [item.message for item in items] == [
        "2 files were not read: 1 .heic, 1 .jpg.bak (backup).",
        "3 files without suffix are JPEG.",
    ]
    assert items[1].hint == "The option --any-suffix reads them."


def test_images_of_any_suffix_are_items_if_that_is_wanted(data: Path) -> None:
    manifest = read_manifest(data, any_suffix=True)
    assert manifest.counts() == {
        "train": {"basophil": 1, "monocyte": 2},
        "test": {"basophil": 0, "monocyte": 1},
    }
    assert manifest.unlabelled == ("train/loose",)
    items: list[Any] = []
    read_labelled_manifest(data, items.append, any_suffix=True)
    assert [item.message for item in items] == [
        "2 files were not read: 1 .heic, 1 .jpg.bak (backup).",
        "1 image lies beside the folders of classes, and it was passed over: “train/loose”.",
    ]


def test_a_class_without_an_image_that_is_read_names_what_it_holds(data: Path) -> None:
    (data / "train/basophil/1.jpg").unlink()
    with pytest.raises(UserError) as caught:
        read_manifest(data)
    assert caught.value.message == "There is no image in class “basophil”."
    assert caught.value.hint == (
        "Add images, or remove the class. The folders hold 1 .csv, 1 .heic, "
        "1 .jpg.bak (backup), 3 without suffix (JPEG), 1 without suffix (text)."
    )


def test_data_without_an_image_name_what_they_hold(tmp_path: Path) -> None:
    for name in ("a/1.heic", "b/2.heic", "b/3.tmp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(HEIC)
    with pytest.raises(UserError, match=r"no images in folders of classes") as caught:
        read_manifest(tmp_path)
    assert caught.value.hint.endswith("The folders hold 2 .heic, 1 .tmp (backup).")
