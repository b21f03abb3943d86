"""The requests on labelled data: audits, trainings, measurements. As those of `requests`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from trainer.protocol.records import (
    Alert,
    Device,
    LabelledDataRequest,
    ModelDescription,
    Names,
    Paths,
    ProtocolRecord,
)

BACKBONE_NAMES = (
    "MobileNetV2",
    "VGG16",
    "ResNet50",
    "Xception",
    "DenseNet201",
    "EfficientNetB3",
)
"""Of `trainer.models.backbones`, for who only offers them."""


TUNING_STAGE = "trying recipes"
"""Of the progress of a tuning: how many came to an end."""


class TrainRequest(LabelledDataRequest):
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
        steps: number of training steps; None: those of the recipe.
        other_classes: labels to recognise as outside the classes; they count as unknown. All
            other labels become classes, also those that `from_model` has outside of its own.
        holdouts: further labelled data to measure the model on, by name.
        leave_out: SOURCE or SOURCE:CLASS each; their cells take no part in the training, and the
            model is measured on them.
        left_out_table: file that `left-out` wrote for the recipe; its figures stand in the card.
        recipe: settings that differ from the recipe's defaults.
        name: id of the new package; empty: made from backbone and time.
        about: a person's description of the model, for its card.
        command: the command line of the request, for the card.
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
    other_classes: Names = ()
    holdouts: dict[str, str] = Field(default_factory=dict)
    leave_out: Names = ()
    left_out_table: str | None = None
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    name: str = ""
    about: ModelDescription = ModelDescription()
    command: str = ""
    device: Device = "auto"
    data_dir: str | None = None


class ForecastRequest(ProtocolRecord):
    """Say what a training would learn, and what it would take here, by a short trial.

    Attributes:
        training: what would be trained; nothing of it is kept but what is in the cache.
        trials: not that training but a tuning for it, of so many recipes; None: the training.
        folds, minutes: of the tuning, as for `TuneRequest`.
        data_dir: where its models are, unless the training itself says so.
    """

    job: Literal["forecast"] = "forecast"
    training: TrainRequest
    trials: int | None = Field(default=None, gt=0)
    folds: int = Field(default=3, ge=3, le=10)
    minutes: float | None = Field(default=None, gt=0)
    data_dir: str | None = None


class ReviewedCellsRequest(ProtocolRecord):
    """Write the reviewed cells of cases as a CSV, which can be trained and measured on.

    Attributes:
        folders: of the cases.
        out: the CSV file; one that is there is replaced. It names the images where they are.
        cells: those to learn from; those of locked patients, as test cells; or all of them, to
            measure on (see `trainer.cases.locked_patients`).
    """

    job: Literal["reviewed-cells"] = "reviewed-cells"
    folders: Paths
    out: str
    cells: Literal["to learn", "locked", "all"] = "to learn"
    data_dir: str | None = None


class EvaluateRequest(LabelledDataRequest):
    """Measure a model on labelled cells.

    Attributes:
        data: folder of class folders, split folders, or a CSV.
        out: folder for metrics.json, cells.csv, report.html and figures.
        split: which split to measure on; empty: test cells, or all where nothing is split.
        thorough: also measure robustness to corruptions and the heat maps, which takes longer.
        alert: as for `ClassifyRequest`; the report shows what each level does.
    """

    job: Literal["evaluate"] = "evaluate"
    data: str
    out: str
    model: str = ""
    split: Literal["", "train", "val", "test"] = ""
    thorough: bool = True
    alert: Alert = "balanced"
    seed: int = Field(default=0, ge=0)
    device: Device = "auto"
    data_dir: str | None = None


class JudgeRequest(ProtocolRecord):
    """Judge a model against another, by what `evaluate` found of both on the same data.

    Attributes:
        candidate: folder that `evaluate` wrote of the model that may serve.
        against: folder that it wrote of the model to compare with.
        out: folder for judgement.json and changed.csv.
    """

    job: Literal["judge"] = "judge"
    candidate: str
    against: str
    out: str
    data_dir: str | None = None


class TuneRequest(LabelledDataRequest):
    """Find the best recipe on folds of the training and validation cells.

    Attributes:
        data: folder of class folders, split folders, or a CSV; its test cells stay untouched.
        out: folder for the study, which can be gone on with, and for recipe.json.
        trials: recipes to try in this call.
        minutes: no further recipe is begun after so many; None: no limit.
        folds: each recipe is validated on every one of so many parts.
        resume: trials and minutes count from the beginning of the study, not of this call.
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
    resume: bool = False
    steps: int | None = Field(default=None, gt=0)
    other_classes: Names = ()
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    device: Device = "auto"
    data_dir: str | None = None


class LeftOutRequest(LabelledDataRequest):
    """Train a recipe without each source, and each pair of source and class, in turn.

    Attributes:
        data: folder or CSV that names sources.
        out: folder for the table; rows that are there already are not computed again.
        pairs: SOURCE or SOURCE:CLASS each; empty: every one that can be left out.
        seeds: each is trained once with each.
        backbone, preset, weights, download, from_model, steps, other_classes, recipe, about: as
            for `TrainRequest`, the same for all.
    """

    job: Literal["left-out"] = "left-out"
    data: str
    out: str
    pairs: Names = ()
    seeds: Annotated[tuple[int, ...], Field(strict=False, min_length=1)] = (0,)
    backbone: str = ""
    preset: Literal["head", "finetune", "full"] = "finetune"
    weights: str = "imagenet"
    download: bool = False
    from_model: str | None = None
    steps: int | None = Field(default=None, gt=0)
    other_classes: Names = ()
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    about: ModelDescription = ModelDescription()
    device: Device = "auto"
    data_dir: str | None = None


class CompareRequest(LabelledDataRequest):
    """Compare networks under one protocol.

    Attributes:
        data: folder of class folders, split folders, or a CSV.
        out: folder for models, predictions and report; what is done there already is skipped.
        backbones: networks to be trained.
        models: ids or folders of models that are there already, compared as they are.
        seeds: each network is trained once with each; the first is compared cell by cell.
        alert: as for `ClassifyRequest`, the same for all; the report shows what each level does.
        preset, weights, download, steps, recipe: as for `TrainRequest`, the same for all.
    """

    job: Literal["compare"] = "compare"
    data: str
    out: str
    backbones: Names = ()
    models: Names = ()
    seeds: Annotated[tuple[int, ...], Field(strict=False, min_length=1)] = (0,)
    alert: Alert = "balanced"
    preset: Literal["head", "finetune", "full"] = "finetune"
    weights: str = "imagenet"
    download: bool = False
    steps: int | None = Field(default=None, gt=0)
    recipe: dict[str, JsonValue] = Field(default_factory=dict)
    device: Device = "auto"
    data_dir: str | None = None


class DoubtsRequest(LabelledDataRequest):
    """Find labels that are probably wrong.

    Attributes:
        data: folder of class folders, split folders, or a CSV.
        out: folder for doubts.csv.
        model: whose features are used; a head of its own is fitted for the labels in the data.
        folds: number of parts; each is predicted by a head that was fitted on the others.
    """

    job: Literal["doubts"] = "doubts"
    data: str
    out: str
    model: str = ""
    folds: int = Field(default=5, ge=3, le=20)
    seed: int = Field(default=0, ge=0)
    device: Device = "auto"
    data_dir: str | None = None


class AuditRequest(LabelledDataRequest):
    """Check a data set for faults and shortcuts before anything is trained on it.

    Attributes:
        data: folder of class folders, of split folders of those, or a CSV.
        out: folder for audit.json and report.html, outside of the images' folders.
        seed: decides folds and permutations.
    """

    job: Literal["audit"] = "audit"
    data: str
    out: str
    seed: int = Field(default=0, ge=0)
    data_dir: str | None = None
