"""What can be asked for with labelled cells: train, evaluate, tune, compare, doubts, audit."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from trainer.jobs.requests import Device, Record

Lines = Annotated[tuple[str, ...], Field(strict=False)]


class AboutModel(Record):
    """What cannot be measured of a model: fields of its card."""

    title: str = ""
    licence: str = ""
    attribution: Lines = ()
    tried: Lines = ()
    notes: Lines = ()


class TrainRequest(Record):
    """Train a model package.

    Attributes:
        data: folder of class folders, or a CSV.
        backbone: its name; may be empty where `from_model` gives it.
        weights: "imagenet", "none" or a weights file.
        download: ImageNet weights that are not on this computer may be downloaded.
        from_model: id or folder of a package to start from.
        out: folder for the package; None: the user's models.
        preset: "head" trains the head alone, on a frozen network; "finetune" its last
            block as well, "full" all layers; both after the head.
        resume: go on with the same training where it broke off.
        steps: number of training steps; None: as the recipe says.
        other_classes: labels to recognise as outside the classes; they count as unknown.
        holdouts: further labelled data to measure the model on, by name.
        recipe: settings that differ from the recipe's defaults.
        name: id of the new package; empty: made from backbone and time.
        about: what a person says of the model, for its card.
        command: the command line that asked for it, for the card.
    """

    job: Literal["train"] = "train"
    data: str
    backbone: str = ""
    preset: Literal["head", "finetune", "full"] = "finetune"
    weights: str = "imagenet"
    download: bool = False
    from_model: str | None = None
    out: str | None = None
    seed: int = Field(default=0, ge=0)
    resume: bool = False
    steps: int | None = Field(default=None, gt=0)
    other_classes: Annotated[tuple[str, ...], Field(strict=False)] = ()
    holdouts: dict[str, str] = Field(default_factory=dict)
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    name: str = ""
    about: AboutModel = AboutModel()
    command: str = ""
    device: Device = "auto"
    data_dir: str | None = None


class EvaluateRequest(Record):
    """Measure a model on labelled cells.

    Attributes:
        data: folder of class folders, split folders, or a CSV.
        out: folder for metrics.json, report.html and figures.
        split: which split to measure on; empty: test cells, or all where nothing is split.
        thorough: also make cells worse and measure the heat maps, which takes longer.
    """

    job: Literal["evaluate"] = "evaluate"
    data: str
    out: str
    model: str = ""
    split: Literal["", "train", "val", "test"] = ""
    thorough: bool = True
    seed: int = Field(default=0, ge=0)
    device: Device = "auto"
    data_dir: str | None = None


class TuneRequest(Record):
    """Find the best recipe on folds of the training and validation cells.

    Attributes:
        data: folder of class folders, split folders, or a CSV; its test cells stay untouched.
        out: folder for the study, which can be gone on with, and for recipe.json.
        trials: recipes to try in this call.
        minutes: no further recipe is begun after so many; None: no limit.
        folds: each recipe is judged on every one of so many parts.
        recipe: settings that stay fixed.
        backbone, preset, weights, download, from_model, steps, other_classes: as for
            `TrainRequest`.
    """

    job: Literal["tune"] = "tune"
    data: str
    out: str
    backbone: str = ""
    preset: Literal["head", "finetune", "full"] = "finetune"
    weights: str = "imagenet"
    download: bool = False
    from_model: str | None = None
    trials: int = Field(default=20, gt=0)
    minutes: float | None = Field(default=None, gt=0)
    folds: int = Field(default=3, ge=3, le=10)
    seed: int = Field(default=0, ge=0)
    steps: int | None = Field(default=None, gt=0)
    other_classes: Annotated[tuple[str, ...], Field(strict=False)] = ()
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    device: Device = "auto"
    data_dir: str | None = None


class CompareRequest(Record):
    """Compare networks under one protocol.

    Attributes:
        data: folder of class folders, split folders, or a CSV.
        out: folder for models, answers and report; going on there skips what is done.
        backbones: networks to be trained.
        models: ids or folders of models that are there already, compared as they are.
        seeds: each network is trained once with each; the first is compared cell by cell.
        preset, weights, download, steps, recipe: as for `TrainRequest`, the same for all.
    """

    job: Literal["compare"] = "compare"
    data: str
    out: str
    backbones: Annotated[tuple[str, ...], Field(strict=False)] = ()
    models: Annotated[tuple[str, ...], Field(strict=False)] = ()
    seeds: Annotated[tuple[int, ...], Field(strict=False, min_length=1)] = (0,)
    preset: Literal["head", "finetune", "full"] = "finetune"
    weights: str = "imagenet"
    download: bool = False
    steps: int | None = Field(default=None, gt=0)
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    device: Device = "auto"
    data_dir: str | None = None


class DoubtsRequest(Record):
    """Find labels that are probably wrong.

    Attributes:
        data: folder of class folders, split folders, or a CSV.
        out: folder for doubts.csv.
        model: whose features are used; a head of its own is fitted for the labels in the data.
        folds: how many parts; each is judged by a head that learned from the others.
    """

    job: Literal["doubts"] = "doubts"
    data: str
    out: str
    model: str = ""
    folds: int = Field(default=5, ge=3, le=20)
    seed: int = Field(default=0, ge=0)
    device: Device = "auto"
    data_dir: str | None = None


class AuditRequest(Record):
    """Look a data set over for faults and shortcuts before anything is trained on it.

    Attributes:
        data: folder of class folders, of split folders of those, or a CSV.
        out: folder for audit.json and report.html, outside of the images' folders.
        seed: decides folds and permutations.
    """

    job: Literal["audit"] = "audit"
    data: str
    out: str
    seed: int = Field(default=0, ge=0)
