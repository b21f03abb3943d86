"""What was dropped, as paths."""

from __future__ import annotations

from PySide6.QtCore import QMimeData


def dropped_paths(data: QMimeData) -> list[str]:
    """Local files and folders among what was dropped, each once; links to the net are not."""
    paths = (url.toLocalFile() for url in data.urls() if url.isLocalFile())
    return list(dict.fromkeys(path for path in paths if path))
