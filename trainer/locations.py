"""Where the program keeps things, never beside the images; and where it is itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

APP_NAME = "leukogui"


def data_folder() -> Path:
    """Folder of the store and of the user's models; `LEUKO_DATA_DIR` overrides it."""
    override = os.environ.get("LEUKO_DATA_DIR")
    return Path(override) if override else Path(platformdirs.user_data_dir(APP_NAME, False))


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


def program_command(*arguments: str) -> list[str]:
    """The command line that runs this very program, without a window."""
    program = Path(sys.executable)
    if getattr(sys, "frozen", False):  # the console program beside the windowed one
        return [str(program.with_name(f"leuko-trainer{program.suffix}")), *arguments]
    if program.name.lower() == "pythonw.exe":  # has no standard streams
        program = program.with_name("python.exe")
    # -P: a folder of images that holds a file trainer.py must not be taken for the program.
    return [str(program), "-P", "-m", "trainer", *arguments]
