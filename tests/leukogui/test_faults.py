"""What goes wrong in a lab, made for real: the window says so in words and goes on."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.thumbnails.key import ThumbnailKey
from tests.leukogui.case_steps import (
    CELLS,
    add_copies,
    counts,
    open_case,
    run_to_end,
    wait_until_classified,
)
from tests.leukogui.notification_steps import click, wait_for_notification
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program
from trainer.cases.store import CaseStore
from trainer.domain import CellId
from trainer.locations import STORE_NAME

ODD_NAMES = (
    "cell & <b>bold.jpg",
    "ampersand && <script>alert(1).jpg",
    "😀 smear 🩸.jpg",
    "\u202egpj.rtl \u05e9\u05dc\u05d5\u05dd.jpg",
    "=1+1.jpg",
    "long " + "x" * 240 + ".jpg",
)


def at_first_progress(assembly: App, do) -> None:
    def once(progress) -> None:
        if progress.stage.startswith("classif"):
            assembly.queue.progressed.disconnect(once)
            do()

    assembly.queue.progressed.connect(once)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_native_code_that_crashes_is_told_with_its_log_and_goes_on(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    total = add_copies(drawn, 3)
    assembly = open_case(qtbot, program(), drawn, total)

    def crash() -> None:
        for child in psutil.Process().children():
            child.send_signal(signal.SIGSEGV)

    at_first_progress(assembly, crash)
    outcome = run_to_end(qtbot, assembly)
    assert outcome.kind == "crashed"
    told = wait_for_notification(qtbot, assembly, "SIGSEGV")
    log = next(word.rstrip(".") for word in told.hint.split() if word.endswith(".log."))
    assert Path(log).is_file()
    assert run_to_end(qtbot, assembly, assembly.window.commands["resume"].trigger).kind == "done"
    wait_until_classified(qtbot, assembly)


@pytest.mark.slow
def test_a_folder_that_vanishes_in_mid_run_and_comes_back(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path, tmp_path: Path
) -> None:
    total = add_copies(drawn, 8)
    assembly = open_case(qtbot, program(), drawn, total)
    at_first_progress(assembly, lambda: drawn.rename(tmp_path / "away"))
    outcome = run_to_end(qtbot, assembly)
    assert outcome.kind == "failed"
    wait_for_notification(qtbot, assembly, f"The folder {drawn} is gone.")
    wait_for_notification(qtbot, assembly, "cannot be opened")
    assert counts(assembly).total == total  # what was seen stays on the screen

    (tmp_path / "away").rename(drawn)
    with qtbot.waitSignal(assembly.session.listed, timeout=PATIENCE):
        pass
    click(wait_for_notification(qtbot, assembly, "is gone"), "Go on")
    with qtbot.waitSignal(assembly.queue.ended, timeout=2 * PATIENCE) as ended:
        pass
    assert ended.args[1].kind == "done"
    wait_until_classified(qtbot, assembly)
    assert counts(assembly).failed == 1  # the one that is cut short, none for the absence
    assert assembly.session.run is not None
    assert assembly.session.run.id == 1


@pytest.mark.slow
def test_a_store_that_another_process_holds(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    assembly.window.close()
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('PRAGMA locking_mode = EXCLUSIVE'); c.execute('BEGIN EXCLUSIVE'); "
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(with_model / STORE_NAME)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        again = open_case(qtbot, program(), drawn)
        told = wait_for_notification(qtbot, again, "is locked by another program")
        assert counts(again).pending == CELLS
        holder.communicate()
    click(told, "Try again")
    wait_until_classified(qtbot, again)


@pytest.mark.slow
def test_a_damaged_store_is_restored_with_one_click(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    assembly.window.close()
    store = with_model / STORE_NAME
    with CaseStore.open(store) as opened:
        backup = opened.back_up("test")
    store.write_bytes(store.read_bytes()[: store.stat().st_size // 2])

    again = open_case(qtbot, program(), drawn)
    told = wait_for_notification(qtbot, again, "is damaged")
    assert backup.name in told.hint
    assert counts(again).pending == CELLS
    click(told, "Restore the backup")
    wait_until_classified(qtbot, again)
    assert (
        str(next(with_model.glob("cases-damaged-*.sqlite")))
        in wait_for_notification(qtbot, again, "in the store's place").hint
    )
    assert run_to_end(qtbot, again).kind == "done"


@pytest.mark.slow
def test_a_store_of_a_newer_version_is_read_and_never_written(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    assembly.window.close()
    store = with_model / STORE_NAME
    with closing(sqlite3.connect(store)) as raw:
        raw.execute("PRAGMA user_version = 99")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = store.read_bytes()

    again = open_case(qtbot, program(), drawn)
    wait_for_notification(qtbot, again, "newer version")
    wait_until_classified(qtbot, again)
    outcome = run_to_end(qtbot, again)
    assert outcome.kind == "failed"
    assert "newer version" in outcome.message
    assert store.read_bytes() == before


@pytest.mark.slow
def test_a_damaged_model_leaves_the_others_usable(
    qtbot: QtBot, program: Program, with_model: Path, package: Path, drawn: Path
) -> None:
    models = with_model / "models"
    for name in ("no-card", "changed"):
        shutil.copytree(package, models / name)
        card = models / name / "card.json"
        card.write_text(card.read_text("utf-8").replace(f'"{MODEL}"', f'"{name}"'), "utf-8")
    (models / "no-card" / "card.json").write_text("{}", "utf-8")
    (models / "changed" / "head.npz").write_bytes(b"something else")
    assembly = program()
    wait_for_notification(qtbot, assembly, "no-card")
    open_case(qtbot, assembly, drawn)
    chooser = assembly.window.chooser
    chooser.choose("changed")
    outcome = run_to_end(qtbot, assembly)
    assert outcome.kind == "failed"
    assert "head.npz" in outcome.message
    wait_for_notification(qtbot, assembly, "head.npz")
    chooser.choose(MODEL)
    assert run_to_end(qtbot, assembly).kind == "done"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids some of these names")
def test_names_are_the_same_in_the_window_the_store_and_the_table(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "A & B <i> 😀 \u05e9"
    folder.mkdir()
    for name in ODD_NAMES:
        shutil.copy(drawn / "cell_001.jpg", folder / name)
    assembly = open_case(qtbot, program(), folder, len(ODD_NAMES))
    outcome = run_to_end(qtbot, assembly)
    assert outcome.kind == "done", outcome
    with Path(outcome.result["predictions"]).open(encoding="utf-8", newline="") as file:
        rows = {row["image"].removeprefix("'") for row in csv.DictReader(file)}
    assert rows == set(ODD_NAMES)

    window, inspector = assembly.window, assembly.window.review.inspector
    assert folder.name in window.windowTitle()
    assert window.bar.folder.text().replace("&&", "&") == folder.name
    wait_until_classified(qtbot, assembly)
    qtbot.waitUntil(lambda: window.review.cells.rowCount() == len(ODD_NAMES), timeout=PATIENCE)
    for position in range(len(ODD_NAMES)):
        window.review.gallery.setCurrentIndex(window.review.cells.index(position))
        name = window.review.gallery.current_name()
        qtbot.waitUntil(lambda: inspector.prediction is not None, timeout=PATIENCE)
        assert inspector.prediction is not None
        assert inspector.prediction.image == name
        qtbot.waitUntil(lambda: not inspector.picture.image.isNull(), timeout=PATIENCE)
        assert name in {label.text() for label in inspector.findChildren(QLabel)}


def test_a_corrupt_image_is_said_and_read_once_it_is_whole(
    qtbot: QtBot, program: Program, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    review, cut = assembly.window.review, drawn / "cut.jpg"
    (position,) = review.cells.positions_of({CellId("cut.jpg")})
    review.gallery.setCurrentIndex(review.cells.index(position))
    picture = review.inspector.picture
    thumbnails, key = assembly.thumbnails, ThumbnailKey(cut)
    qtbot.waitUntil(lambda: bool(thumbnails.error(key)), timeout=PATIENCE)
    qtbot.waitUntil(lambda: picture._message == thumbnails.error(key), timeout=PATIENCE)

    shutil.copy(drawn / "cell_001.jpg", cut)
    assembly.session.relist()
    qtbot.waitUntil(lambda: not picture.image.isNull(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: thumbnails.get(key) is not None, timeout=PATIENCE)
    assert not thumbnails.error(key)


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    paths = [folder, *folder.rglob("*")]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}


@pytest.mark.slow
def test_a_read_only_folder_is_left_as_it_is(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    for path in (*drawn.rglob("*"), drawn):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = state_of(drawn)
    try:
        assembly = open_case(qtbot, program(), drawn)
        assert run_to_end(qtbot, assembly).kind == "done"
        wait_until_classified(qtbot, assembly)
        assembly.window.close()
        assert state_of(drawn) == before
    finally:
        for path in (drawn, *drawn.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture
def small_data(data: Path, package: Path) -> Iterator[Path]:
    """The data folder, with the model, on a real disk of a few megabytes that is full."""
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("mounting a small disk needs Linux and root")
    data.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(data)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let one mount a disk")
    try:
        shutil.copytree(package, data / "models" / MODEL)
        with pytest.raises(OSError, match="No space"):
            fill_up(data / "ballast")
        yield data
    finally:
        subprocess.run(["umount", "-l", str(data)], check=True)


def fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    qtbot: QtBot, small_data: Path, program: Program, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    outcome = run_to_end(qtbot, assembly)
    assert outcome.kind == "failed", outcome
    told = wait_for_notification(qtbot, assembly, "disk is full")
    (small_data / "ballast").unlink()
    click(told, "Go on")
    with qtbot.waitSignal(assembly.queue.ended, timeout=2 * PATIENCE) as ended:
        pass
    assert ended.args[1].kind == "done", ended.args[1]
    wait_until_classified(qtbot, assembly)
