"""The card of a model package: everything that is known of a model, as one record.

Light: the window reads cards, so nothing here loads a deep-learning framework."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from trainer.domain import ClassRole, Precision, SourceProfile, is_calibrated_for
from trainer.errors import PackageError
from trainer.models.backbones import BACKBONES
from trainer.models.package.adaptation import Adaptation
from trainer.models.package.class_roles import classes_with_role, limits_of_classes
from trainer.models.package.evidence import ConfusionRow, ExternalMeasurement, LeftOutTable, Metric
from trainer.models.package.map_gates import MapGates
from trainer.models.package.source import Source, SourceCalibration
from trainer.models.package.thresholds import CardModel, DistanceSpec, Probability, Thresholds

if TYPE_CHECKING:
    from trainer.imaging.preprocess import ViewParameters
    from trainer.imaging.view import View

FORMAT = 1
MAX_BYTES = 8 << 20

_NOT_ON_WINDOWS = {"con", "prn", "aux", "nul"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MODEL_ID = r"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$"
Percent = Annotated[float, Field(gt=0, lt=100)]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class FeatureMapSpec(CardModel):
    """How fine the last feature map is, and how it is pooled.

    Attributes:
        output_stride: pixels of the input for one position of the map; None: the backbone's own.
        pooling: "mean" over all positions, or "cell_mean", the mean over the cell: each position
            counts by the share of its square that is not plain grey
            (`trainer.inference.place_weights`).
    """

    output_stride: Literal[16] | None = None
    pooling: Literal["mean", "cell_mean"] = "mean"


class HeadSpec(CardModel):
    """Layers between the pooled features and the logits.

    Attributes:
        batch_norm: normalise the pooled features first.
        hidden: width of the one hidden layer (relu); 0 means none.
        dropout: share of inputs of the last layer dropped while training.
    """

    batch_norm: bool = False
    hidden: Annotated[int, Field(ge=0, le=8192)] = 0
    dropout: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.3


class StainNormalizationSpec(CardModel):
    """The common light and stain; the fields of
    `trainer.imaging.stain_normalization.StainNormalization`.

    Attributes:
        white: level of the empty slide, 0 for colours as they were photographed.
        stain: how far the nucleus goes to the common density.
    """

    white: Annotated[int, Field(ge=0, le=255)] = 0
    stain: Annotated[float, Field(ge=0, le=1)] = 0.0


class ViewSpec(CardModel):
    """The view that the network takes; the fields of `trainer.imaging.view.View`.

    Attributes:
        kind: "cell", the masked cell on grey at a common scale, or "whole", the image.
        red_cells: side of the crop in red-cell diameters of the source.
        grey: level outside of the mask, 0-255.
        feather: width of the blurred edge, as a share of the view's side.
        toning: the light and stain that every cell is brought to.
    """

    kind: Literal["cell", "whole"] = "cell"
    red_cells: Annotated[float, Field(gt=0)] = 3.5
    grey: Annotated[int, Field(ge=0, le=255)] = 128
    feather: Annotated[float, Field(ge=0, le=1)] = 0.025
    toning: StainNormalizationSpec = StainNormalizationSpec()

    def to_view(self) -> View:
        """Build the view that `trainer.imaging` renders."""
        # Here, so that a list of models loads no codecs.
        from trainer.imaging.stain_normalization import StainNormalization
        from trainer.imaging.view import View

        normalization = StainNormalization(self.toning.white, self.toning.stain)
        return View(self.kind, self.red_cells, self.grey, self.feather, normalization)


class ReceptiveFieldGrid(CardModel):
    """Where the positions of the last feature map lie, in pixels of the network's input.

    Attributes:
        first: middle of the first position, along each side.
        step: from one position to the next.
    """

    first: float
    step: Annotated[float, Field(gt=0)]


class TrainingData(CardModel):
    """The data that it was trained on.

    Attributes:
        sha256: digest over the manifest (hashes of the files, and labels).
        counts: split -> class -> number of cells.
    """

    sha256: str = ""
    counts: dict[str, dict[str, int]] = Field(default_factory=dict)
    note: str = ""


class PrecisionGate(CardModel):
    """What a precision changes against exact arithmetic, on validation cells.

    Attributes:
        agreement: share of cells with the same likeliest class, 0-1.
        max_dp, mean_dp: largest and mean difference of a probability.
        ece_difference: change of the expected calibration error; None without labels.
        n: number of cells measured.
        cpu: the processor it was measured on.
    """

    precision: Precision
    admitted: bool
    agreement: Probability = 1.0
    max_dp: Annotated[float, Field(ge=0)] = 0.0
    mean_dp: Annotated[float, Field(ge=0)] = 0.0
    ece_difference: float | None = None
    n: Annotated[int, Field(ge=0)] = 0
    cpu: str = ""
    reason: str = ""


# Left out of `card.json` where they are not stated.
_UNSTATED = (
    "roles",
    "limits",
    "style_reference_class",
    "elsewhere",
    "confusion",
    "left_out",
    "turned_maps",
    "map_gates",
    "adaptation",
)


class Card(CardModel):
    """`card.json` of a model package (format 1).

    Attributes:
        classes: what the model reports, in the order of its outputs.
        other_classes: cell types that it recognises as none of `classes`; the outputs
            that follow. They count as unknown, with the name as a hint.
        roles: class -> role; a class that is left out has its default (see `class_roles`).
        limits: class -> percent of the white cells at which a diagnosis turns, None for a class
            that has none; a class that is left out has its default (see `class_roles`).
        style_reference_class: class on which the stain styles of the sources are measured by
            trainings that start from this model; None: the default.
        grid: where heat maps lie on the input; None spreads them evenly.
        feature_map: how fine the last feature map is, and how it is pooled.
        metrics: name -> split -> figure.
        elsewhere: what was measured on sources that are not in `sources`.
        confusion: class -> what became of its test cells, of `sources`; empty: not counted.
        turned_maps: whether its heat maps are means over the view and its half turn.
        map_gates: whether its heat maps know the class and the cell; None: not checked.
        left_out: what models by its recipe find on sources and pairs that they were made without.
        adaptation: how it was adapted to a lab; None for a model that was trained.
        files: name -> SHA-256 of every other file of the package.
    """

    format: Literal[1] = 1
    id: Annotated[str, Field(pattern=MODEL_ID)]
    title: str = ""
    created: datetime
    backbone: str
    classes: Annotated[tuple[str, ...], Field(min_length=2)]
    other_classes: tuple[str, ...] = ()
    roles: dict[str, ClassRole] = Field(default_factory=dict)
    limits: dict[str, Percent | None] = Field(default_factory=dict)
    style_reference_class: str | None = None
    input_size: Annotated[int, Field(ge=32, le=2048)]
    view: ViewSpec = ViewSpec()
    preprocessing: str
    grid: ReceptiveFieldGrid | None = None
    feature_map: FeatureMapSpec = FeatureMapSpec()
    head: HeadSpec = HeadSpec()
    temperature: Annotated[float, Field(gt=0)] = 1.0
    thresholds: Thresholds = Thresholds()
    distance: DistanceSpec = DistanceSpec()
    sources: tuple[Source, ...] = ()
    data: TrainingData = TrainingData()
    recipe: dict[str, Any] = Field(default_factory=dict)
    command: str = ""
    software: dict[str, str] = Field(default_factory=dict)
    metrics: dict[str, dict[str, Metric]] = Field(default_factory=dict)
    elsewhere: tuple[ExternalMeasurement, ...] = ()
    confusion: dict[str, ConfusionRow] = Field(default_factory=dict)
    left_out: LeftOutTable | None = None
    precisions: tuple[PrecisionGate, ...] = ()
    parent: str = ""
    turned_maps: bool = False
    map_gates: MapGates | None = None
    adaptation: Adaptation | None = None
    licence: str = ""
    attribution: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: dict[FileName, Sha256] = Field(default_factory=dict)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all C outputs of the network, in order."""
        return self.classes + self.other_classes

    def classes_with_role(self, role: ClassRole) -> tuple[str, ...]:
        """Return the classes that have a role, in the order of `classes`."""
        return classes_with_role(role, self.classes, self.roles)

    def calibration_of(self, source: str) -> SourceCalibration:
        """Return what holds for images of a source: its own calibration, else the card's."""
        own = [each for each in self.sources if is_calibrated_for(source, [each.name])]
        for each in own:
            if each.calibration is not None:
                return each.calibration
        review = self.thresholds.review_probability
        return SourceCalibration(temperature=self.temperature, review_probability=review)

    @property
    def diagnostic_limits(self) -> dict[str, float]:
        """Class -> percent of the white cells at which a diagnosis turns."""
        return limits_of_classes(self.classes, self.roles, self.limits)

    @property
    def admitted(self) -> tuple[Precision, ...]:
        """Precisions that passed their gate; exact arithmetic always does."""
        gated = (gate.precision for gate in self.precisions if gate.admitted)
        return tuple(dict.fromkeys((Precision.F32, *gated)))

    @property
    def channels(self) -> int:
        """Number of pooled features, K, of the backbone."""
        return BACKBONES[self.backbone].channels

    def view_parameters(
        self,
        profile: SourceProfile,
        by_size: Mapping[tuple[int, int], SourceProfile] | None = None,
    ) -> ViewParameters:
        """Build what `preprocess` needs to make this model's input of a source's images.

        Args:
            profile: the source's.
            by_size: profiles of groups of images of one pixel size, by (width, height).
        """
        from trainer.imaging.preprocess import ViewParameters

        return ViewParameters(self.view.to_view(), self.input_size, profile, by_size or {})

    def receptive_field(self) -> tuple[float, float] | None:
        """Middle of the first position of the feature map, and the step between positions.

        Both as shares of the input's side; None where they are spread evenly over it.
        """
        if self.grid is None:
            return None
        return self.grid.first / self.input_size, self.grid.step / self.input_size

    @model_serializer(mode="wrap")
    def _leave_out_unstated(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is not stated: a card without it keeps its bytes."""
        values: dict[str, Any] = serialize(self)
        for name in _UNSTATED:
            if not values.get(name):
                values.pop(name, None)
        if self.feature_map == FeatureMapSpec():
            values.pop("feature_map", None)
        return values

    @model_validator(mode="after")
    def _roles_of_known_classes(self) -> Card:
        if strange := sorted(set(self.roles) - set(self.classes)):
            raise ValueError(f"there is a role for {strange[0]}, which is no class of the model")
        white = set(self.classes) - set(self.classes_with_role(ClassRole.BESIDE_WHITE))
        if strange := sorted(set(self.limits) - white):
            raise ValueError(f"there is a limit for {strange[0]}, which is no class of white cells")
        labels = {label for row in self.confusion.values() for label in row.accepted}
        if strange := sorted((labels | set(self.confusion)) - set(self.classes)):
            raise ValueError(f"the confusion matrix names {strange[0]}, which is no class")
        if self.style_reference_class not in (None, *self.outputs):
            raise ValueError(
                f"the style reference class {self.style_reference_class} is no class of the model"
            )
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Card:
        if self.id.split(".")[0] in _NOT_ON_WINDOWS:
            raise ValueError(f"“{self.id}” cannot be the name of a folder on every system")
        names = self.outputs
        if len(set(names)) != len(names) or not all(name.strip() for name in names):
            raise ValueError(f"the class names {list(names)} are not all different and filled in")
        row = BACKBONES.get(self.backbone)
        if row is None:
            raise ValueError(f"there is no network {self.backbone}; known: {', '.join(BACKBONES)}")
        if self.preprocessing != row.preprocessing:
            raise ValueError(
                f"{self.backbone} takes preprocessing {row.preprocessing},"
                f" the card says {self.preprocessing}"
            )
        if self.feature_map.output_stride and row.last_stride is None:
            raise ValueError(f"{self.backbone} has no finer feature map than its own")
        if self.feature_map.pooling == "cell_mean" and self.view.grey != ViewSpec().grey:
            raise ValueError("the mean over the cell needs views on the usual grey")
        if self.input_size < row.smallest:
            raise ValueError(
                f"{self.backbone} needs an input of at least {row.smallest} pixels,"
                f" the card says {self.input_size}"
            )
        return self


def read_card(path: Path) -> Card:
    """Read `card.json`.

    Raises:
        PackageError: missing, too large, of a newer format, or not a card.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise PackageError(
            f"“{path.parent.name}” is not a model package: its card.json cannot be read.",
            error.strerror or "",
        ) from error
    if len(data) > MAX_BYTES:
        raise PackageError(f"The card of “{path.parent.name}” is larger than any card may be.")
    return parse_card(data, path.parent.name)


def parse_card(data: bytes, name: str) -> Card:
    """Parse the bytes of `card.json`; `name` of the package is for messages.

    Raises:
        PackageError: of a newer format, or not a card; the message names the field.
    """
    try:
        return Card.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if where == "format":
            raise PackageError(
                f"The model “{name}” is of format {first['input']}; this program reads {FORMAT}.",
                "Update the program to use it.",
            ) from error
        what = first["msg"].removeprefix("Value error, ")
        raise PackageError(
            f"The card of “{name}” is not valid: {where or 'card'}: {what}."
        ) from error


def write_card(card: Card, path: Path) -> None:
    """Write `card.json`: UTF-8, line feeds on every system."""
    path.write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")
