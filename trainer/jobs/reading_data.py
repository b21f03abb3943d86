"""Labelled data as a job reads them: with a word on what was passed over."""

from __future__ import annotations

from pathlib import Path

from trainer.data.item import some_names
from trainer.data.manifest import Manifest, read_manifest
from trainer.protocol.events import Emit, Notice


def read_data(data: str | Path, emit: Emit, *, least_classes: int = 2) -> Manifest:
    """The manifest of a folder or CSV (see `read_manifest`); tells of images of no class.

    Raises:
        UserError: as `read_manifest`.
    """
    manifest = read_manifest(Path(data), least_classes=least_classes)
    if loose := manifest.loose:
        images, they = (
            ("1 image lies", "it was")
            if len(loose) == 1
            else (f"{len(loose)} images lie", "they were")
        )
        emit(
            Notice(
                f"{images} beside the folders of classes, and {they} passed over: "
                f"{some_names(loose)}.",
                "An image belongs to the class whose folder it lies in.",
            )
        )
    return manifest
