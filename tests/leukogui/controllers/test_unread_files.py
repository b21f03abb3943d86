"""The files of a folder that are not read, in the window: counted, named, read with one click."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.case.unread_text import describe_content, describe_images, describe_unread
from leukogui.settings.store import add_folder
from leukogui.settings.table import ANY_SUFFIX_FOLDERS
from tests.leukogui.case_steps import open_case, open_ready, run_to_end, wait_until_shown
from tests.leukogui.notification_steps import click, find_notification, wait_for_notification
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.imaging.folders.search import find_images
from trainer.imaging.folders.unread_files import MAX_EXAMINED_PER_SUFFIX

JPEG = b"\xff\xd8\xff\xe0"


def plant(root: Path, *names: str, content: bytes = b"\0\1\2\3") -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name in names:
        (root / name).write_bytes(content)
    return root


@pytest.fixture
def odd(drawn: Path) -> Path:
    """The drawn cells, two of them without a suffix, and other files."""
    for number, name in enumerate(sorted(drawn.glob("cell_0*.jpg"))[:2]):
        name.rename(drawn / f"cell-{number}")
    return plant(drawn, "a.heic", "b.HEIC", "c.czi", "d.jpg~", ".e.jpg.icloud", "Thumbs.db")


def status_text(assembly: App) -> str:
    button = assembly.window.status.unread
    return button.text() if button.isVisibleTo(assembly.window.status) else ""


def test_they_are_counted_named_and_read_with_one_click(
    qtbot: QtBot, program: Program, odd: Path
) -> None:
    assembly = open_case(qtbot, program(), odd, 15)
    kinds = (
        "7 files are not read: 2 without suffix (JPEG), 1 .czi, 2 .heic, 1 .jpg~ (backup), "
        "1 .jpg.icloud (in the cloud)."
    )
    notice = wait_for_notification(qtbot, assembly, "7 files are not read")
    assert (notice.message, notice.hint) == (kinds, "2 files without suffix are JPEG.")
    assert status_text(assembly) == "7 files not read"
    assert assembly.window.status.unread.toolTip() == kinds
    click(notice, "Read them")
    qtbot.waitUntil(lambda: status_text(assembly) == "5 files not read", timeout=PATIENCE)
    wait_until_shown(qtbot, assembly, 17)
    assembly.window.commands["copy_command"].trigger()
    assert "--any-suffix" in shlex.split(QGuiApplication.clipboard().text())

    assembly.window.status.unread.click()
    wait_for_notification(qtbot, assembly, "5 files are not read")
    assembly.session.close_case()
    assert status_text(assembly) == ""
    # It holds for the folder from now on.
    open_case(qtbot, assembly, odd, 17)
    assert status_text(assembly) == "5 files not read"


@pytest.mark.slow
def test_runs_read_them_too(qtbot: QtBot, program: Program, with_model: Path, odd: Path) -> None:
    assembly = open_ready(qtbot, program(), odd)
    assembly.unread_files_controller.read_images()
    qtbot.waitUntil(lambda: status_text(assembly) == "5 files not read", timeout=PATIENCE)
    warned: list[str] = []
    assembly.queue.warned.connect(lambda event: warned.append(event.message))
    outcome = run_to_end(qtbot, assembly)
    assert outcome.result["images"] == 17
    assert any("not read" in text for text in warned)
    assert find_notification(assembly, "were not read") is None  # the window counts them itself


def test_a_folder_of_images_alone_has_nothing_to_count(
    qtbot: QtBot, program: Program, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    assert status_text(assembly) == ""
    assert find_notification(assembly, "not read") is None


def test_a_folder_without_an_image_shows_what_it_holds(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    folder = plant(tmp_path / "case", "a.heic", "b.gif", "labels.csv", "Thumbs.db")
    assembly = open_case(qtbot, program(), folder, 0)
    assert "The folder holds 1 .gif, 1 .heic, 1 .csv." in assembly.window.review._empty.text()


def test_texts_for_one_file_for_many_and_for_a_part_that_was_examined(tmp_path: Path) -> None:
    one = find_images([plant(tmp_path / "one", "a", content=JPEG)]).unread
    assert describe_unread(one) == "1 file is not read: 1 without suffix (JPEG)."
    assert describe_images(one) == "1 file without suffix is JPEG."
    count = MAX_EXAMINED_PER_SUFFIX + 1000
    many = plant(tmp_path / "many", *map(str, range(count)), content=JPEG)
    unread = find_images([many]).unread
    examined = MAX_EXAMINED_PER_SUFFIX
    assert describe_images(unread) == (
        f"Of 1,020 files without suffix the first {examined} were examined: {examined} of them "
        "are JPEG."
    )
    suffixes = [f"x.a{letter}" for letter in "abcdefghijklmno"]
    unread = find_images([plant(tmp_path / "kinds", *suffixes)]).unread
    assert describe_unread(unread).endswith("1 .am, and others.")
    empty = find_images([plant(tmp_path / "empty", "a", content=b"")]).unread
    assert describe_content(empty) == "1 without suffix (empty)"
    assert describe_unread(find_images([plant(tmp_path / "none")]).unread) == ""


def test_folders_are_remembered_up_to_a_number() -> None:
    folders: tuple[str, ...] = ANY_SUFFIX_FOLDERS.default
    for number in range(300):
        folders = add_folder(add_folder(folders, f"f{number}"), f"f{number}")
    assert len(folders) == 200
    assert folders[-1] == "f299"
