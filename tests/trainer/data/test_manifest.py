"""Manifests: every layout read, every fault said in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trainer.data.item import Item
from trainer.data.manifest import (
    duplicates_across_splits,
    read_manifest,
    write_manifest,
)
from trainer.errors import UserError


def put(root: Path, name: str, content: str = "") -> Path:
    """A file below root; its bytes are its name where no content is given."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((content or name).encode())
    return path


def table(root: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = root / "cells.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def message(data: Path, **kwargs: list[str]) -> str:
    with pytest.raises(UserError) as caught:
        read_manifest(data, **kwargs)
    return str(caught.value)


# --- folders ---


def test_class_folders(tmp_path: Path) -> None:
    put(tmp_path, "monocyte/b.png")
    put(tmp_path, "monocyte/a/deep.TIF")
    put(tmp_path, "basophil/c.jpeg")
    put(tmp_path, "basophil/notes.txt")
    put(tmp_path, "basophil/.hidden.png")
    put(tmp_path, ".cache/d.png")
    manifest = read_manifest(tmp_path)
    assert manifest.classes == ("basophil", "monocyte")
    assert manifest.items == (
        Item(tmp_path / "basophil/c.jpeg", "basophil"),
        Item(tmp_path / "monocyte/a/deep.TIF", "monocyte"),
        Item(tmp_path / "monocyte/b.png", "monocyte"),
    )
    assert manifest.root == tmp_path


def test_folders_of_a_system_are_no_classes(tmp_path: Path) -> None:
    for name in ("basophil", "monocyte", "@eaDir", "$RECYCLE.BIN", "lost+found", "#snapshot"):
        for split in ("train", "test"):
            put(tmp_path, f"{split}/{name}/{name}.png", f"{split}{name}")
            put(tmp_path, f"{split}/basophil/@eaDir/{name}.jpg")
    put(tmp_path, "@eaDir/basophil/x.png")
    manifest = read_manifest(tmp_path)
    assert manifest.classes == ("basophil", "monocyte")
    assert len(manifest.items) == 4


def test_split_folders_in_any_spelling(tmp_path: Path) -> None:
    for split in ("Training", "valid", "TEST"):
        put(tmp_path, f"{split}/a/1.png", split)
        put(tmp_path, f"{split}/b/2.png", split + "2")
    put(tmp_path, "manifest.csv", "file,label\n")
    manifest = read_manifest(tmp_path)
    assert manifest.counts() == {name: {"a": 1, "b": 1} for name in ("train", "val", "test")}
    assert [item.path.parent.parent.name for item in manifest.split("val")] == ["valid", "valid"]


def test_images_of_no_class_are_told(tmp_path: Path) -> None:
    for split in ("train", "test"):
        for name in ("basophil/a.png", "monocyte/b.png", "loose.JPG", "notes.txt", ".hid.png"):
            put(tmp_path, f"{split}/{name}", f"{split}/{name}")
    put(tmp_path, "above.tif")
    (tmp_path / os.fsdecode(b"\xff.png")).write_bytes(b"")
    manifest = read_manifest(tmp_path)
    assert manifest.unlabelled == ("above.tif", "?.png", "test/loose.JPG", "train/loose.JPG")
    assert len(manifest.items) == 4


def test_the_order_of_classes_may_be_given(tmp_path: Path) -> None:
    for name in "abc":
        put(tmp_path, f"{name}/1.png")
    assert read_manifest(tmp_path, classes=["b", "c", "a"]).classes == ("b", "c", "a")
    assert "“c”" in message(tmp_path, classes=["a", "b"])
    assert "“d”" in message(tmp_path, classes=["a", "b", "c", "d"])


def test_an_empty_class_folder_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png")
    put(tmp_path, "b/2.png")
    (tmp_path / "empty").mkdir()
    assert "no image in class “empty”" in message(tmp_path)


def test_splits_beside_other_folders_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "train/a/1.png")
    put(tmp_path, "extras/a/2.png")
    assert "“extras”" in message(tmp_path)


def test_nothing_there_one_class_no_images(tmp_path: Path) -> None:
    assert "no folder or file" in message(tmp_path / "gone")
    assert "no images" in message(tmp_path)
    put(tmp_path, "a/1.png")
    assert "only one class: a" in message(tmp_path)
    put(tmp_path, "labels.csv", "file,label\n")
    assert f"give that: “{tmp_path / 'labels.csv'}”" in message(tmp_path)


def test_a_link_loop_ends(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png")
    put(tmp_path, "b/2.png")
    try:
        (tmp_path / "a" / "again").symlink_to(tmp_path / "a", target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert len(read_manifest(tmp_path).items) == 2


# --- tables ---


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_table_with_all_columns(tmp_path: Path, separator: str, encoding: str) -> None:
    put(tmp_path, "fotos/Zelle_ß_細胞.png")
    put(tmp_path, "b.png")
    lines = [
        ["Split", "file", "LABEL", "source", "patient", "remark"],
        ["Validation", "fotos/Zelle_ß_細胞.png", "monocyte", "munich", "P1", "x"],
        [" test ", " b.png ", "basophil", "", "", ""],
        ["", "", "", "", "", ""],
    ]
    path = table(tmp_path, *(separator.join(line) for line in lines), encoding=encoding)
    manifest = read_manifest(path)
    assert manifest.items == (
        Item(tmp_path / "b.png", "basophil", "test"),
        Item(tmp_path / "fotos/Zelle_ß_細胞.png", "monocyte", "val", "P1", "munich"),
    )


def test_quoted_names_and_names_written_on_windows(tmp_path: Path) -> None:
    put(tmp_path, "one, two.png")
    put(tmp_path, "deep/er/2.png")
    path = table(tmp_path, "file,label", '"one, two.png",a', "deep\\er\\2.png,b")
    assert {item.path for item in read_manifest(path).items} == {
        tmp_path / "one, two.png",
        tmp_path / "deep/er/2.png",
    }


def test_missing_columns_are_named(tmp_path: Path) -> None:
    text = message(table(tmp_path, "file,class", "a.png,a"))
    assert "no column “label”" in text and "file, class" in text
    assert "“file”, “label”" in message(table(tmp_path, ""))
    assert "two columns “label”" in message(table(tmp_path, "file,label,label"))


def test_missing_files_are_counted_and_three_are_named(tmp_path: Path) -> None:
    put(tmp_path, "here.png")
    rows = ["here.png,a", *(f"gone{index}.png,b" for index in range(5))]
    text = message(table(tmp_path, "file,label", *rows))
    assert "5 files" in text
    assert all(f"“gone{index}.png”" in text for index in range(3))
    assert "gone3" not in text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a.png,,train", "Line 2 .* empty label"),
        (",x,train", "Line 2 .* empty file"),
        ("a.png,x,dev", "Line 2 .* unknown split “dev”"),
        ("a.png,x,train\na.png,y,train", "two labels: x and y"),
        ("a.png,x,train\n./a.png,x,test", "two splits: train and test"),
        ("a.png,x,train\na.png,x,train", "“a.png” twice"),
        ("a.png,x,train", "only one class: x"),
    ],
)
def test_faulty_rows(tmp_path: Path, row: str, words: str) -> None:
    put(tmp_path, "a.png")
    with pytest.raises(UserError, match=words):
        read_manifest(table(tmp_path, "file,label,split", row))


def test_a_table_in_another_encoding_or_of_bytes(tmp_path: Path) -> None:
    assert "UTF-8" in message(table(tmp_path, "file,label", "Zelle_ß.png,a", encoding="latin-1"))
    assert "no images" in message(table(tmp_path, "file,label"))


# --- what is made of them ---


def test_written_and_read_again(tmp_path: Path) -> None:
    for name in ("a/1.png", 'a/ü;,"2.png', "b/3.png"):
        put(tmp_path, name.replace('"', "'"))
    first = read_manifest(tmp_path)
    inside, outside = tmp_path / "manifest.csv", tmp_path / "out" / "manifest.csv"
    for path in (inside, outside):  # relative names, and absolute ones
        write_manifest(first, path)
        again = read_manifest(path)
        assert sorted(i.path.resolve() for i in again.items) == [i.path for i in first.items]
        assert again.digest() == first.digest()
    assert str(tmp_path) not in inside.read_text("utf-8")


def test_the_digest_knows_bytes_labels_and_splits_but_not_names(tmp_path: Path) -> None:
    put(tmp_path, "one/a/1.png", "x")
    put(tmp_path, "one/b/2.png", "y")
    put(tmp_path, "two/b/other.png", "y")
    put(tmp_path, "two/a/9.png", "x")
    put(tmp_path, "three/a/1.png", "y")
    put(tmp_path, "three/b/2.png", "x")
    put(tmp_path, "four/train/a/1.png", "x")
    put(tmp_path, "four/train/b/2.png", "y")
    digests = [read_manifest(tmp_path / n).digest() for n in ("one", "two", "three", "four")]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_file_that_vanished_is_named_by_the_digest(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png")
    put(tmp_path, "b/2.png")
    manifest = read_manifest(tmp_path)
    (tmp_path / "b/2.png").unlink()
    with pytest.raises(UserError, match=r"2\.png"):
        manifest.digest()


def test_twins_across_splits_are_found(tmp_path: Path) -> None:
    put(tmp_path, "train/a/1.png", "same")
    put(tmp_path, "test/a/2.png", "same")
    put(tmp_path, "train/a/3.png", "twice in train")
    put(tmp_path, "train/a/4.png", "twice in train")
    put(tmp_path, "test/b/5.png", "alone")
    (group,) = duplicates_across_splits(read_manifest(tmp_path))
    assert {item.path.name for item in group} == {"1.png", "2.png"}


def test_an_unknown_split_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png")
    put(tmp_path, "b/2.png")
    with pytest.raises(ValueError, match="Invalid split"):
        read_manifest(tmp_path).split("dev")
