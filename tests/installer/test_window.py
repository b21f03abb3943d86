"""The window of a bundle on a screen of its own, driven by keys as a person would."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageGrab

from tests.installer.conftest import Bundle

SIZE = "1440x900"
PATIENCE = 120.0
"""Seconds, for a machine that is busy with others; docs/packaging.md has what was measured."""

pytestmark = pytest.mark.skipif(
    shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
    reason="no Xvfb, or no xdotool",
)


@pytest.fixture
def screen() -> Iterator[str]:
    """A screen without a person; its name for `DISPLAY`."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    assert number
    yield f":{number}"
    server.terminate()
    server.wait(10)


def test_a_folder_is_classified_and_a_cell_corrected(
    bundle: Bundle, cells: Path, screen: str, tmp_path: Path
) -> None:
    pictures = Path(os.environ.get("LEUKO_PICTURES", tmp_path))
    data = tmp_path / "data"
    environment = {**bundle.environment, "DISPLAY": screen, "LEUKO_DATA_DIR": str(data)}
    begun = time.monotonic()
    program = subprocess.Popen([bundle.folder / "leukogui", cells], env=environment)
    try:
        wait_until(lambda: bool(find_windows(screen)))
        shown = time.monotonic() - begun
        count = len(list(cells.glob("cell_*")))
        wait_until(lambda: len(list(data.rglob("thumbnails/*/*.jpg"))) >= count // 2)
        focus(screen)
        wait_until_still(screen)
        pressed = time.monotonic()
        press(screen, "ctrl+r")
        wait_until(lambda: count_rows(data, "predictions") >= 1)
        verdict = time.monotonic() - pressed
        wait_until(lambda: count_rows(data, "predictions") == count)
        sys.stdout.write(f"window after {shown:.2f} s, verdict {verdict:.2f} s after the key\n")
        press(screen, "Right", "Right")
        plain = wait_until_still(screen)
        press(screen, "g")
        wait_until(lambda: differs(grab(screen), plain))
        wait_until_still(screen).save(pictures / "window.png")
        press(screen, "2")
        wait_until(lambda: count_rows(data, "reviews") == 1)
        press(screen, "ctrl+q")
        assert program.wait(PATIENCE) == 0
    except AssertionError:
        grab(screen).save(pictures / "window-failed.png")
        raise
    finally:
        program.kill()
        program.wait(10)
    assert not list(data.rglob("crash-*"))


def press(screen: str, *keys: str) -> None:
    for key in keys:
        subprocess.run(["xdotool", "key", key], env=on(screen), check=True)


def focus(screen: str) -> None:
    """Give the window the keys, which a window manager would do."""
    window = find_windows(screen).split()[0]
    subprocess.run(["xdotool", "windowfocus", "--sync", window], env=on(screen), check=True)


def find_windows(screen: str) -> str:
    words = ["xdotool", "search", "--onlyvisible", "--name", "Leuko"]
    told = subprocess.run(words, env=on(screen), capture_output=True, text=True, check=False)
    return told.stdout


def on(screen: str) -> dict[str, str]:
    return {**os.environ, "DISPLAY": screen}


def grab(screen: str) -> Image.Image:
    return ImageGrab.grab(xdisplay=screen)


def differs(picture: Image.Image, other: Image.Image) -> bool:
    """Whether more than a line of text is different."""
    away = np.abs(np.asarray(picture, np.int16) - np.asarray(other, np.int16)).max(axis=2)
    return int((away > 40).sum()) > 2000


def wait_until_still(screen: str) -> Image.Image:
    """The screen once nothing on it moves for a second."""
    last = grab(screen)
    for _ in range(20):
        time.sleep(1)
        picture = grab(screen)
        if picture.tobytes() == last.tobytes():
            break
        last = picture
    return last


def count_rows(data: Path, table: str) -> int:
    store = data / "cases.sqlite"
    if not store.is_file():
        return 0
    connection = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def wait_until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
