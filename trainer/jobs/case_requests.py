"""What can be asked to be kept with a case."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trainer.jobs.requests import Record


class SourceRequest(Record):
    """Say what is known of the source of a folder's images, or keep something with its case.

    Attributes:
        folder: the case's folder.
        name: of the lab or scanner; None: as it is; empty: not said.
        stain: its name, in the same way.
        red_cell_diameter: median diameter of a red cell in pixels of the original images.
        pixel_size: micrometres a pixel, from which the diameter follows.
        measure: the diameter is measured again, whatever was given before.
    """

    job: Literal["source"] = "source"
    folder: str
    name: str | None = Field(default=None, max_length=200)
    stain: str | None = Field(default=None, max_length=200)
    red_cell_diameter: float | None = Field(default=None, ge=1, le=10_000)
    pixel_size: float | None = Field(default=None, ge=0.00075, le=7.5)
    measure: bool = False
    data_dir: str | None = None
