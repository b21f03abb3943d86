"""Folders of data, logs, caches and resources, never beside the images; and the program itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

APP_NAME = "leukogui"
STORE_NAME = "cases.sqlite"


def data_folder(override: str | Path | None = None) -> Path:
    """Folder of the store and of the user's models.

    Args:
        override: this folder, where one is given; else `LEUKO_DATA_DIR`, where that is set;
            else the platform's.
    """
    chosen = override or os.environ.get("LEUKO_DATA_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir(APP_NAME, False))


def store_file(override: str | Path | None = None) -> Path:
    """The store's file in the data folder (see `data_folder`), never beside the images."""
    return data_folder(override) / STORE_NAME


def log_folder() -> Path:
    """Folder of logs and crash reports; `LEUKO_LOG_DIR` overrides it."""
    if override := os.environ.get("LEUKO_LOG_DIR"):
        return Path(override)
    if os.environ.get("LEUKO_DATA_DIR"):
        return data_folder() / "logs"
    return Path(platformdirs.user_log_dir(APP_NAME, False))


def cache_folder() -> Path:
    """Folder of what can be computed again; `LEUKO_CACHE_DIR` overrides it."""
    if override := os.environ.get("LEUKO_CACHE_DIR"):
        return Path(override)
    if os.environ.get("LEUKO_DATA_DIR"):
        return data_folder() / "cache"
    return Path(platformdirs.user_cache_dir(APP_NAME, False))


def resources_folder() -> Path:
    """Folder of what ships with the program: in a frozen bundle, a wheel or a checkout."""
    if bundle := getattr(sys, "_MEIPASS", None):
        return Path(bundle) / "resources"
    package = Path(__file__).resolve().parent
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"


def prepare_bundle() -> None:
    """What the programs of a frozen bundle do first; nothing anywhere else."""
    if not getattr(sys, "frozen", False):
        return
    from multiprocessing import freeze_support

    freeze_support()  # a child of a library's pool is this program, too
    for name in ("stdout", "stderr"):  # a program without a console has none on Windows
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it stays open
            setattr(sys, name, stream)
    # A child of this program sets up its own environment, and does not count on this one's.
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    # The loader points it to the bundle; a browser that we open must not take libraries from there.
    if original := os.environ.pop("LD_LIBRARY_PATH_ORIG", None):
        os.environ["LD_LIBRARY_PATH"] = original
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)


def program_command(*arguments: str) -> list[str]:
    """The command line that runs this very program, without a window."""
    program = Path(sys.executable)
    if getattr(sys, "frozen", False):  # the console program beside the windowed one
        return [str(program.with_name(f"leuko-trainer{program.suffix}")), *arguments]
    if program.name.lower() == "pythonw.exe":  # has no standard streams
        program = program.with_name("python.exe")
    # -P: a folder of images that holds a file trainer.py must not be taken for the program.
    return [str(program), "-P", "-m", "trainer", *arguments]
