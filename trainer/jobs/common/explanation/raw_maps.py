"""A heat map as numbers: the map over the view as `.npy`, what belongs to it as JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np

from trainer.atomic_files import write_together
from trainer.domain import Window
from trainer.imaging.overlay import project_heat_map
from trainer.inference.map_methods import CellMap


def write_raw_map(
    target: Path, cell_map: CellMap, view: Window, size: int, facts: Mapping[str, object]
) -> None:
    """Write `target`, an `.npy` file of float32 (S, S) over the view, and JSON beside it.

    The JSON file holds the window of the view, and the values of the places with the window that
    these cover, in pixels of the image; and `facts`.

    Args:
        view: the square that the view covers, in pixels of the image.
        size: S, side of the view in pixels.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    scale = size / view.side
    at = cell_map.window
    on_view = Window((at.x - view.x) * scale, (at.y - view.y) * scale, at.side * scale)
    stream = io.BytesIO()
    np.save(stream, project_heat_map(cell_map.values, on_view, size, size), allow_pickle=False)
    places = {"values": cell_map.values.tolist(), "window": asdict(at)}
    record = {**facts, "window": asdict(view), "places": places}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    files = {
        target.name: stream.getvalue(),
        target.with_suffix(".json").name: text.encode("utf-8", "backslashreplace"),
    }
    write_together(target.parent, files)
