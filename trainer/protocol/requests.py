"""The requests on images and cases: one record a job, discriminated by its field `job`.

A request is complete: a job reads nothing but its request, so the same request
gives the same files from the command line, from Python and from a worker.
Paths are text; give absolute ones where the worker may run in another folder.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from trainer.protocol.records import (
    Alert,
    Device,
    Names,
    Paths,
    ProtocolRecord,
)


def split_shard(shard: str) -> tuple[int, int]:
    """Split "I/N" into (I, N), 1 <= I <= N; ValueError for anything else."""
    part, slash, parts = shard.partition("/")
    if slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise ValueError(f"expected I/N with I from 1 to N, such as 2/4, not {shard!r}")


Content = Literal["single", "fields", "as_found"]
"""The values of `domain.ImageContent`."""


class ClassifyRequest(ProtocolRecord):
    """Classify images and folders into `out`.

    Attributes:
        paths: image files and folders.
        out: folder for predictions.csv, summary.json and heat maps.
        root: the case's folder, in which every path must lie; its images together set the
            scale. None: the folder common to the paths.
        model: id or folder of a model package; empty for the default model.
        heatmaps: whether heat maps are drawn to files.
        ignore_gates: draw them also where the model's maps do not pass their gates.
        resume: go on with an interrupted run instead of starting again.
        shard: "I/N": only the I-th of N equal parts of the images, 1 <= I <= N.
        red_cell_diameter: median diameter of a red cell in pixels of the original
            images; None: measured, or assumed.
        source: name of the lab or scanner the images come from.
        any_suffix: files of folders that are images by their content are taken whatever their
            names; backups are not.
        content: what the images hold: one cell each, fields, or as found image by image;
            the case keeps it. None: as the case has it, which is as found at first.
        count_edge_cells: whether cells that the edge of a field cuts are in the differential.
        count: at so many cells of a slide its scan stops; None: all of the part that is scanned.
        region: the part of each slide that is scanned: left, top, width and height in pixels of
            its full size; None: where cells lie in one layer.
        alert: how readily a cell of a source that is not in the model's card goes to review
            because it may be of an alert class, such as a blast.
        data_dir: where cases and models are kept; None: the user's data folder.
    """

    job: Literal["classify"] = "classify"
    paths: Paths
    out: str
    root: str | None = None
    model: str = ""
    heatmaps: bool = False
    ignore_gates: bool = False
    device: Device = "auto"
    precision: Literal["exact", "fast"] = "exact"
    resume: bool = False
    shard: str | None = None
    red_cell_diameter: float | None = Field(default=None, gt=0)
    source: str = ""
    any_suffix: bool = False
    content: Content | None = None
    count_edge_cells: bool = False
    count: int | None = Field(default=None, gt=0)
    region: Annotated[tuple[float, float, float, float], Field(strict=False)] | None = None
    alert: Alert = "balanced"
    data_dir: str | None = None

    @field_validator("shard")
    @classmethod
    def _check_shard(cls, shard: str | None) -> str | None:
        if shard is not None:
            split_shard(shard)
        return shard

    def shard_slice(self) -> slice:
        """Every N-th image from the I-th on, so that parts differ by one image at most."""
        part, parts = split_shard(self.shard) if self.shard is not None else (1, 1)
        return slice(part - 1, None, parts)


class ExplainRequest(ProtocolRecord):
    """Heat maps of images for one class by one method.

    Attributes:
        images: image files and folders.
        class_name: a class or an other class of the model; None: the likeliest of all.
        against: another one, that it is told from; None: from all others.
        method: what each place contributes to the class, or a method as published.
        format: a picture, or the map as numbers.
        ablation: also measure what the prediction loses when parts of the cell are taken away.
        any_suffix, content: as for `ClassifyRequest`; no case keeps the content.
    """

    job: Literal["explain"] = "explain"
    images: Paths
    out: str
    model: str = ""
    class_name: str | None = None
    against: str | None = None
    method: Literal["contribution", "gradcam", "gradcam++", "occlusion"] = "contribution"
    format: Literal["png", "npy"] = "png"
    ablation: bool = False
    device: Device = "auto"
    red_cell_diameter: float | None = Field(default=None, gt=0)
    source: str = ""
    any_suffix: bool = False
    content: Content = "as_found"
    data_dir: str | None = None


class DemoRequest(ProtocolRecord):
    """Write a folder of drawn sample cells.

    Attributes:
        folder: new, empty, or an earlier demo.
        per_kind: images of each kind of cell.
        unreadable: add an image that is cut short.
    """

    job: Literal["demo"] = "demo"
    folder: str
    per_kind: int = Field(default=6, gt=0, le=10_000)
    seed: int = Field(default=0, ge=0)
    unreadable: bool = False
    data_dir: str | None = None


ModelAction = Literal[
    "list",
    "show",
    "verify",
    "import",
    "export",
    "promote",
    "rollback",
    "rename",
    "archive",
    "restore",
    "delete",
    "lineage",
]


class ModelsRequest(ProtocolRecord):
    """Manage model packages.

    Attributes:
        model: an id or folder; of "import" an archive or folder.
        path: archive or folder to export to.
        title: of "rename" the new name; empty for that of its card.
        person: who acts, for the trail of the models.
        reason: why; needed to promote a model that something speaks against.
    """

    job: Literal["models"] = "models"
    action: ModelAction
    model: str = ""
    path: str = ""
    title: str = Field(default="", max_length=200)
    person: str = Field(default="", max_length=200)
    reason: str = Field(default="", max_length=1000)
    data_dir: str | None = None


class DevicesRequest(ProtocolRecord):
    """Name the device that computes here, and test it.

    Attributes:
        model: id or folder of a model package; empty for the default model.
        self_test: compare the device with f32 on the CPU, and measure its speed.
        seconds: how long the speed is measured.
    """

    job: Literal["devices"] = "devices"
    model: str = ""
    device: Device = "auto"
    precision: Literal["exact", "fast"] = "exact"
    self_test: bool = False
    seconds: float = Field(default=5.0, gt=0, le=600)
    data_dir: str | None = None


class SelfTestRequest(ProtocolRecord):
    """Check that this copy of the program computes what it did when it was made.

    Attributes:
        data_dir: where its case is kept; None: in a folder of its own, which is removed.
    """

    job: Literal["self-test"] = "self-test"
    data_dir: str | None = None


class PingRequest(ProtocolRecord):
    """Check that the worker runs; `echo` comes back."""

    job: Literal["ping"] = "ping"
    echo: str = ""


class SourceRequest(ProtocolRecord):
    """Show the source profile of a folder's images, or set values of it.

    Attributes:
        folder: the case's folder.
        name: of the lab or scanner; None: as it is; empty: none.
        stain: its name, in the same way.
        red_cell_diameter: median diameter of a red cell in pixels of the original images.
        pixel_size: micrometres a pixel, from which the diameter follows.
        measure: the diameter is measured again, whatever was given before.
        content: what the images hold, as of `ClassifyRequest`.
    """

    job: Literal["source"] = "source"
    folder: str
    name: str | None = Field(default=None, max_length=200)
    stain: str | None = Field(default=None, max_length=200)
    red_cell_diameter: float | None = Field(default=None, ge=1, le=10_000)
    pixel_size: float | None = Field(default=None, ge=0.00075, le=7.5)
    measure: bool = False
    content: Content | None = None
    data_dir: str | None = None


class SummaryRequest(ProtocolRecord):
    """The figures of a case, or of one run over it; changes nothing.

    Attributes:
        folder: the case's folder.
        run: number of one of its runs; None: all that count together with the newest.
        compare: look for images that changed since they were classified.
        blast_precision: percent to either side of the limit of blasts that the lab wants.
        count_edge_cells: as of `ClassifyRequest`.
    """

    job: Literal["summary"] = "summary"
    folder: str
    run: int | None = Field(default=None, ge=1)
    compare: bool = False
    count_edge_cells: bool = False
    blast_precision: float = Field(default=5.0, ge=0.5, le=50)
    data_dir: str | None = None


ExportFormat = Literal[
    "csv",
    "json",
    "xlsx",
    "parquet",
    "html",
    "pdf",
    "png",
    "coco",
    "geojson",
    "label-studio",
    "crops",
    "class-folders",
]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
DEFAULT_EXPORT_FORMATS: tuple[ExportFormat, ...] = ("csv", "json", "xlsx", "html", "png")
"""The results; cells for other programs are written where they are wanted."""


class ExportRequest(ProtocolRecord):
    """Write the results of a case, or of one run over it, to files.

    Attributes:
        folder, run, count_edge_cells: as in `SummaryRequest`.
        out: folder for the files; must lie outside of the case's folder.
        formats: predictions.csv, summary.json, predictions.xlsx, cells.parquet, report.html,
            report.pdf, summary.png; the cells as cells.coco.json, in the folder geojson/ a file an
            image, in label_studio/ tasks, in crops/ a picture a cell, in class_folders/ the same
            in a folder a class.
        overwrite: replace such files that lie in `out` already.
        language: of the report.
        laboratory: name and address for the head of the report, a line each.
        logo: path of the lab's logo for it, PNG or JPEG.
        blast_precision: as of `SummaryRequest`.
    """

    job: Literal["export"] = "export"
    folder: str
    out: str
    formats: Annotated[tuple[ExportFormat, ...], Field(strict=False, min_length=1)] = (
        DEFAULT_EXPORT_FORMATS
    )
    run: int | None = Field(default=None, ge=1)
    overwrite: bool = False
    count_edge_cells: bool = False
    language: Literal["en", "de"] = "en"
    laboratory: str = Field(default="", max_length=1000)
    logo: str = ""
    blast_precision: float = Field(default=5.0, ge=0.5, le=50)
    data_dir: str | None = None


class ImportCellsRequest(ProtocolRecord):
    """Take cells that were annotated in another program into a case, as drawn and reviewed.

    Attributes:
        folder: the case's folder.
        files: of annotations (COCO, QuPath GeoJSON, Label Studio, Pascal VOC, YOLO), or folders
            of such.
        labels: only cells with one of these labels; all where empty.
        merge_labels: take labels as one that differ only in their spelling, as the classes of
            the case's model are spelled.
        any_suffix: as of `ClassifyRequest`.
        reviewer: who annotated; empty: the name of the first of `files`.
    """

    job: Literal["import-cells"] = "import-cells"
    folder: str
    files: Paths
    labels: Names = ()
    merge_labels: bool = False
    any_suffix: bool = False
    reviewer: str = Field(default="", max_length=200)
    data_dir: str | None = None


ImageAndNumber = Annotated[tuple[str, int], Field(strict=False)]
"""Which cell of which image, as of `CellId`."""


class CellsRequest(ProtocolRecord):
    """List the cells of a case's fields, draw or remove some, or take an action back.

    Attributes:
        folder: the case's folder.
        action: "undo" takes back the newest action of a person, a review too; "redo" brings
            back what was taken back last.
        image: name below the folder, with forward slashes; to draw in, or to list alone.
        box: of the cell to draw: left, top, width and height in pixels of the original image;
            the outline is traced in it. Without width and height: around this point.
        cells: image and number of those to remove.
        reviewer: who acts.
    """

    job: Literal["cells"] = "cells"
    folder: str
    action: Literal["list", "draw", "remove", "undo", "redo"] = "list"
    image: str = ""
    box: Annotated[tuple[float, float, float, float], Field(strict=False)] | None = None
    cells: Annotated[tuple[ImageAndNumber, ...], Field(strict=False)] = ()
    reviewer: str = Field(default="", max_length=200)
    data_dir: str | None = None
