"""What can be asked for: one record a job, told apart by its field `job`.

A request is complete: a job reads nothing but its request, so the same request
gives the same files from the command line, from Python and from a worker.
Paths are text; give absolute ones where the worker may stand in another folder.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Device = Literal["auto", "cpu", "gpu"]
Paths = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


class Record(BaseModel):
    """Base of everything on the wire: frozen, strict, no unknown fields, no NaN."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, protected_namespaces=()
    )


class ClassifyRequest(Record):
    """Classify images and folders into `out`.

    Attributes:
        paths: image files and folders.
        out: folder for predictions.csv, summary.json and heat maps.
        root: the case's folder, in which every path must lie; its images together set the
            scale. None: the folder common to the paths.
        model: id or folder of a model package; empty for the default model.
        heatmaps: whether heat maps are drawn to files.
        resume: go on with an interrupted run instead of starting again.
        shard: "I/N": only the I-th of N equal parts of the images, 1 <= I <= N.
        red_cell_diameter: median diameter of a red cell in pixels of the original
            images; None: measured, or assumed.
        source: name of the lab or scanner the images come from.
        data_dir: where cases and models are kept; None: the user's data folder.
    """

    job: Literal["classify"] = "classify"
    paths: Paths
    out: str
    root: str | None = None
    model: str = ""
    heatmaps: bool = False
    device: Device = "auto"
    precision: Literal["exact", "fast"] = "exact"
    resume: bool = False
    shard: str | None = None
    red_cell_diameter: float | None = Field(default=None, gt=0)
    source: str = ""
    data_dir: str | None = None

    @field_validator("shard")
    @classmethod
    def _shard_is_part_of_whole(cls, shard: str | None) -> str | None:
        if shard is not None:
            split_shard(shard)
        return shard


class ExplainRequest(Record):
    """Heat maps of images for one class by one method.

    Attributes:
        images: image files and folders.
        class_name: a class or an other class of the model; None: the likeliest of all.
    """

    job: Literal["explain"] = "explain"
    images: Paths
    out: str
    model: str = ""
    class_name: str | None = None
    method: Literal["gradcam", "gradcam++", "occlusion"] = "gradcam"
    device: Device = "auto"
    red_cell_diameter: float | None = Field(default=None, gt=0)
    source: str = ""
    data_dir: str | None = None


class DemoRequest(Record):
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


class ModelsRequest(Record):
    """Look after model packages; `model` is an id or folder, `path` an archive or folder."""

    job: Literal["models"] = "models"
    action: Literal["list", "show", "verify", "import", "export", "promote", "rollback", "delete"]
    model: str = ""
    path: str = ""
    data_dir: str | None = None


class DevicesRequest(Record):
    """Say what computes here, and test it.

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


class PingRequest(Record):
    """Ask whether the worker answers; `echo` comes back."""

    job: Literal["ping"] = "ping"
    echo: str = ""


def split_shard(shard: str) -> tuple[int, int]:
    """(I, N) of "I/N", with 1 <= I <= N; ValueError for anything else."""
    part, slash, parts = shard.partition("/")
    if slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts):
        return int(part), int(parts)
    raise ValueError(f"expected I/N with I from 1 to N, such as 2/4, not {shard!r}")
