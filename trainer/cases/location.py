"""Where the store lies: in the user's data folder, never beside the images."""

from __future__ import annotations

from pathlib import Path

from trainer.locations import data_folder

STORE_NAME = "cases.sqlite"


def store_file() -> Path:
    """The store's file in the user's data folder (`LEUKO_DATA_DIR` overrides the folder)."""
    return data_folder() / STORE_NAME
