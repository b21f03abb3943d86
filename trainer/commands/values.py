"""Values that stand in words of the command line, read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trainer.errors import UserError


def read_json(path: Path) -> Any:
    """What a JSON file holds; UserError if it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as JSON: {error}.") from error


def parse_holdouts(values: list[str]) -> dict[str, str]:
    """`["NAME=DATA"]` to name and absolute path."""
    found: dict[str, str] = {}
    for word in values:
        name, equals, data = word.partition("=")
        if not equals or not name:
            raise UserError(f"“{word}” names no data.", "Write --holdout NAME=DATA.")
        found[name] = str(Path(data).absolute())
    return found


def parse_recipe(values: list[str]) -> dict[str, Any]:
    """`["@recipe.json", "steps=10"]` to a dict; values are read as JSON where they are JSON.

    A file is one that `tune` wrote, or holds the settings alone; later words win.
    """
    recipe: dict[str, Any] = {}
    for word in values:
        if word.startswith("@"):
            recipe |= _read_settings(Path(word[1:]))
            continue
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UserError(
                f"“{word}” does not change the recipe.",
                "Write --recipe KEY=VALUE, or --recipe @FILE.",
            )
        try:
            recipe[key] = json.loads(value)
        except ValueError:
            recipe[key] = value
    return recipe


def resolve_image(folder: Path, value: str) -> str:
    """A name below the folder as it is; else the path of a file that lies here."""
    below = (folder / value).is_file() or not Path(value).is_file()
    return Path(value).as_posix() if below else str(Path(value).absolute())


def _read_settings(path: Path) -> dict[str, Any]:
    found = read_json(path)
    settings = found.get("settings", found) if isinstance(found, dict) else None
    if not isinstance(settings, dict):
        raise UserError(f"{path} holds no recipe.", "Give a file that `tune` wrote.")
    return settings
