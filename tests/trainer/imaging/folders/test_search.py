from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from trainer.errors import UserError
from trainer.imaging.folders.search import find_images
from trainer.natural_order import natural_key

ENDINGS = (
    *("jpg", "JPEG", "jpe", "JFIF", "PNG", "apng", "tif", "Tiff", "btf", "TF8"),
    *("bmp", "dib", "WebP"),
)
needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")


def plant(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_a_folder_is_searched_to_any_depth_in_natural_order(tmp_path: Path) -> None:
    plant(tmp_path, "cell10.jpg", "cell2.JPG", "Cell1.tif", "b/c/x.png", "b/2/x.webp", "a.txt")
    found = find_images([tmp_path])
    assert found.root == tmp_path
    assert found.relative == ("b/2/x.webp", "b/c/x.png", "Cell1.tif", "cell2.JPG", "cell10.jpg")
    assert found.problems == ()


def test_every_extension_counts_in_any_case(tmp_path: Path) -> None:
    names = [f"x{i}.{e}" for i, e in enumerate(ENDINGS)]
    plant(tmp_path, *names, "x.gif", "x.csv", "jpg", "x.jpg.part")
    assert find_images([tmp_path]).relative == tuple(names)


def test_hidden_files_are_skipped_unless_given_by_name(tmp_path: Path) -> None:
    plant(tmp_path, "._cell.jpg", ".cache/x.jpg", ".hidden.png", "cell.jpg")
    assert find_images([tmp_path]).relative == ("cell.jpg",)
    assert find_images([tmp_path / ".hidden.png"]).relative == (".hidden.png",)
    assert find_images([tmp_path / ".cache"]).relative == ("x.jpg",)


def test_folders_of_a_system_hold_no_cells_unless_given_themselves(tmp_path: Path) -> None:
    systems = ("@eaDir", "#RECYCLE", "a/@Recycle/b", "$Recycle.Bin", "__MACOSX", "FOUND.000")
    plant(tmp_path, "a/cell.jpg", "recycle/1.jpg", *(f"{name}/cell.jpg" for name in systems))
    assert find_images([tmp_path]).relative == ("a/cell.jpg", "recycle/1.jpg")
    assert find_images([tmp_path / "@eaDir"]).relative == ("cell.jpg",)


def test_folders_of_a_system_among_other_paths_are_left_out_with_a_word(tmp_path: Path) -> None:
    plant(tmp_path, "1.jpg", "a/2.jpg", "@eaDir/1.jpg", ".cache/3.jpg")
    found = find_images([tmp_path / "1.jpg", tmp_path / "@eaDir", tmp_path / "a"])  # as a shell's *
    assert found.relative == ("1.jpg", "a/2.jpg")
    (problem,) = found.problems
    assert problem == f"{tmp_path / '@eaDir'} belongs to a system and was not searched."
    assert len(find_images([tmp_path / "a", tmp_path / ".cache"]).relative) == 2
    assert find_images([tmp_path / "@eaDir"] * 2).relative == ("1.jpg",)


@needs_links
def test_a_link_named_as_a_folder_of_a_system_is_skipped_too(tmp_path: Path) -> None:
    plant(tmp_path, "far/1.jpg", "in/2.jpg")
    (tmp_path / "in" / "@eaDir").symlink_to(tmp_path / "far")
    assert find_images([tmp_path / "in"]).relative == ("2.jpg",)


def test_a_file_given_by_name_is_taken_whatever_its_extension(tmp_path: Path) -> None:
    plant(tmp_path, "cell.dat", "other.jpg")
    found = find_images([tmp_path / "cell.dat"])
    assert (found.root, found.relative) == (tmp_path, ("cell.dat",))


def test_several_paths_share_their_common_folder_and_no_file_comes_twice(tmp_path: Path) -> None:
    plant(tmp_path, "a/1.jpg", "a/2.jpg", "b/3.jpg")
    found = find_images([tmp_path / "b", tmp_path / "a" / "1.jpg", tmp_path / "a", tmp_path / "b"])
    assert (found.root, found.relative) == (tmp_path, ("a/1.jpg", "a/2.jpg", "b/3.jpg"))
    inner = find_images([tmp_path / "a" / "2.jpg", tmp_path / "a"])
    assert (inner.root, inner.relative) == (tmp_path / "a", ("1.jpg", "2.jpg"))


def test_a_folder_within_a_folder_adds_nothing(tmp_path: Path) -> None:
    plant(tmp_path, "a/b/1.jpg")
    found = find_images([tmp_path / "a" / "b", tmp_path / "a"])
    assert (found.root, found.relative) == (tmp_path / "a", ("b/1.jpg",))


def test_relative_paths_and_dots_give_an_absolute_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path, "a/1.jpg", "b/2.jpg")
    monkeypatch.chdir(tmp_path / "b")
    assert find_images([Path("../a")]).root == tmp_path / "a"
    assert find_images([Path("2.jpg")]).root == tmp_path / "b"


def test_missing_paths_are_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.jpg cannot be found"):
        find_images([tmp_path / "nowhere.jpg"])
    with pytest.raises(UserError, match="No image was given"):
        find_images([])
    with pytest.raises(UserError, match="cannot be found"):
        find_images([Path("a\0b")])


def test_an_empty_folder_gives_an_empty_list(tmp_path: Path) -> None:
    assert find_images([tmp_path]).relative == ()


@needs_links
def test_link_loops_are_visited_once(tmp_path: Path) -> None:
    plant(tmp_path, "a/1.jpg", "z/2.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "0").symlink_to(tmp_path / "z", target_is_directory=True)
    assert find_images([tmp_path]).relative == ("a/1.jpg", "z/2.jpg")


@needs_links
def test_links_out_of_the_folder_are_followed_and_doubles_dropped(tmp_path: Path) -> None:
    plant(tmp_path, "out/far/1.jpg", "out/2.jpg", "in/3.jpg")
    (tmp_path / "in" / "b").symlink_to(tmp_path / "out", target_is_directory=True)
    (tmp_path / "in" / "a.jpg").symlink_to(tmp_path / "in" / "3.jpg")
    (tmp_path / "in" / "c.jpg").symlink_to(tmp_path / "out" / "2.jpg")
    assert find_images([tmp_path / "in"]).relative == ("3.jpg", "b/2.jpg", "b/far/1.jpg")


@needs_links
def test_a_link_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    plant(tmp_path, "1.jpg")
    (tmp_path / "lost.jpg").symlink_to(tmp_path / "gone")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    (tmp_path / "lost").symlink_to(tmp_path / "gone too")
    found = find_images([tmp_path])
    assert found.relative == ("1.jpg",)
    assert [Path(problem.split(" could not")[0]).name for problem in found.problems] == [
        "loop.jpg",
        "lost.jpg",
    ]


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="this user may list every folder"
)
def test_a_folder_that_cannot_be_listed_is_reported(tmp_path: Path) -> None:
    plant(tmp_path, "1.jpg", "shut/2.jpg")
    (tmp_path / "shut").chmod(0)
    try:
        found = find_images([tmp_path])
    finally:
        (tmp_path / "shut").chmod(0o755)
    assert found.relative == ("1.jpg",)
    assert "shut could not be opened" in found.problems[0]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems set other limits")
def test_a_folder_too_deep_for_the_system_is_reported(tmp_path: Path) -> None:
    plant(tmp_path, "1.jpg")
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=at)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
    found = find_images([tmp_path])
    assert found.relative == ("1.jpg",)
    assert len(found.problems) == 1
    assert "could not be opened" in found.problems[0]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow only valid text")
def test_a_name_that_is_no_text_is_reported(tmp_path: Path) -> None:
    plant(tmp_path, "1.jpg")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.jpg")).write_bytes(b"x")
    found = find_images([tmp_path])
    assert found.relative == ("1.jpg",)
    assert "not valid text" in found.problems[0]
    found.problems[0].encode()


def test_names_are_given_below_the_root_that_was_asked_for(tmp_path: Path) -> None:
    plant(tmp_path, "a/b/1.jpg", "a/b/2.jpg", "c/3.jpg")
    found = find_images([tmp_path / "a" / "b" / "2.jpg"], tmp_path)
    assert (found.root, found.relative) == (tmp_path, ("a/b/2.jpg",))
    assert find_images([tmp_path / "a"], tmp_path / "a").relative == ("b/1.jpg", "b/2.jpg")
    with pytest.raises(UserError, match="does not lie in"):
        find_images([tmp_path / "a", tmp_path / "c"], tmp_path / "a")
    with pytest.raises(UserError, match="not a folder"):
        find_images([tmp_path / "a"], tmp_path / "c" / "3.jpg")


def test_unusual_names_come_back_letter_for_letter(tmp_path: Path) -> None:
    names = [
        "🩸🔬.jpg",
        "תא דם.jpg",
        "=1+1.jpg",
        "<b>.jpg" if sys.platform != "win32" else "b.jpg",
        "a\u200fb.jpg",
    ]
    if sys.platform != "darwin":  # which folds both forms into one name
        names += [unicodedata.normalize(form, "Zäpfchen.jpg") for form in ("NFC", "NFD")]
    folder = tmp_path / "trailing " / ("x" * 120) / ("y" * 120) / ("z" * 60)
    if sys.platform == "win32":
        folder = tmp_path / "plain"
    plant(folder, *names)
    found = find_images([tmp_path])
    assert {Path(name).name for name in found.relative} == set(names)
    assert all((found.root / name).is_file() for name in found.relative)


def test_natural_order_is_total_and_stable() -> None:
    names = ["a10", "a2", "A2", "a02", "a", "b/1", "b", "2", "10", "a2b", "٣"]
    ordered = sorted(names, key=natural_key)
    assert ordered.index("2") < ordered.index("10")
    assert ordered.index("a02") < ordered.index("a10")
    names.reverse()
    assert sorted(names, key=natural_key) == ordered


def test_further_folders_lie_beside_the_root(tmp_path: Path) -> None:
    root = tmp_path / "A"
    plant(tmp_path, "A/1.jpg", "B/2.jpg", "B/c/3.jpg", "C/4.jpg", "BB/5.jpg")
    found = find_images([root, tmp_path / "B"], root, folders=("../B",))
    assert found.root == root
    assert found.relative == ("1.jpg", "../B/2.jpg", "../B/c/3.jpg")
    assert all((found.root / name).is_file() for name in found.relative)
    given = root / ".." / "B" / "2.jpg"
    assert find_images([given], root, folders=("../B",)).relative == ("../B/2.jpg",)
    for other in ("C", "BB/5.jpg"):
        with pytest.raises(UserError, match="does not lie in"):
            find_images([tmp_path / other], root, folders=("../B",))
