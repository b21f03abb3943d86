"""What can be asked of a case and its store: source, summary, export, similar, store."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

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


class SummaryRequest(Record):
    """The figures of a case, or of one run over it; changes nothing.

    Attributes:
        folder: the case's folder.
        run: number of one of its runs; None: all that count together with the newest.
        compare: look for images that are no longer what was judged.
    """

    job: Literal["summary"] = "summary"
    folder: str
    run: int | None = Field(default=None, ge=1)
    compare: bool = False
    data_dir: str | None = None


ExportFormat = Literal["csv", "json", "xlsx", "html", "png"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)


class ExportRequest(Record):
    """Write the results of a case, or of one run over it, to files.

    Attributes:
        folder, run: as in `SummaryRequest`.
        out: folder for the files; must lie outside of the case's folder.
        formats: predictions.csv, summary.json, predictions.xlsx, report.html, summary.png.
        overwrite: replace such files that lie in `out` already.
    """

    job: Literal["export"] = "export"
    folder: str
    out: str
    formats: Annotated[tuple[ExportFormat, ...], Field(strict=False, min_length=1)] = EXPORT_FORMATS
    run: int | None = Field(default=None, ge=1)
    overwrite: bool = False
    data_dir: str | None = None


class SimilarRequest(Record):
    """Find the cells most like one: training cells of its model, and others of its case.

    Attributes:
        folder: the case's folder.
        image: name below it, with forward slashes, or a path into it.
        run: number of one of its runs; None: the newest that holds the image.
        count: how many of each kind.
    """

    job: Literal["similar"] = "similar"
    folder: str
    image: str
    run: int | None = Field(default=None, ge=1)
    count: int = Field(default=6, gt=0, le=100)
    data_dir: str | None = None


class StoreRequest(Record):
    """Look after the store of cases.

    Attributes:
        action: check it, list its backups, or put a backup in its place (nobody may have it
            open then; the file before is kept).
        backup: file to restore; None: the newest.
    """

    job: Literal["store"] = "store"
    action: Literal["check", "backups", "restore"]
    backup: str | None = None
    data_dir: str | None = None
