"""Every setting, in one table: its key, its type, its default, and what it is for.

The dialog of settings, the file and the code all read this table. A new setting is one
row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

Value = TypeVar("Value", bool, int, float, str, tuple[str, ...], dict[str, str])


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One setting.

    Attributes:
        key: its name in the file.
        default: what holds until a person chooses; also gives the type.
        title: for a person; empty where it is remembered and never shown.
        hint: what it changes, in one sentence.
        group: heading that it is shown under.
        choices: allowed values; empty where any will do.
        names: of the choices, for a person; empty where they are names themselves.
        lowest, highest: limits of a number; None where there are none.
        unit: of a number, shown behind it.
    """

    key: str
    default: Value
    title: str = ""
    hint: str = ""
    group: str = ""
    choices: tuple[Value, ...] = ()
    names: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    unit: str = ""

    def accepts(self, value: object) -> bool:
        """Whether `value` has this setting's type and lies within its limits."""
        if type(value) is not type(self.default):
            return False
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, int | float):
            above = self.lowest is None or value >= self.lowest
            return above and (self.highest is None or value <= self.highest)
        if isinstance(value, dict):
            return all(isinstance(item, str) for pair in value.items() for item in pair)
        return not isinstance(value, tuple) or all(isinstance(item, str) for item in value)

    def shown_title(self) -> str:
        """The title in the person's language."""
        return translate_setting(self.title)

    def shown_hint(self) -> str:
        """The hint in the person's language."""
        return translate_setting(self.hint)

    def shown_choices(self) -> tuple[str, ...]:
        """The choices in the person's language."""
        if self.names:
            return tuple(translate_setting(name) for name in self.names)
        return tuple(str(choice).capitalize() for choice in self.choices)


def translate_setting(text: str) -> str:
    """A text of the table in the person's language."""
    return QCoreApplication.translate("Settings", text)


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Settings", text))


_APPEARANCE, _HEAT, _RUNS, _PROGRAM = _t("Look"), _t("Heat map"), _t("Runs"), _t("Program")
_REVIEW = _t("Review")

THEME = Setting(
    "theme",
    "system",
    _t("Light or dark"),
    _t("Follow the system, or always the one or the other."),
    _APPEARANCE,
    choices=("system", "light", "dark"),
    names=(_t("As the system"), _t("Light"), _t("Dark")),
)
LANGUAGE = Setting(
    "language",
    "system",
    _t("Language"),
    _t("Of menus and all words; it changes when the program is started again."),
    _APPEARANCE,
    choices=("system", "en", "de"),
    names=(_t("As the system"), _t("English"), _t("German")),
)
THUMBNAIL_SIDE = Setting(
    "thumbnail_side",
    144,
    _t("Size of the cells in the gallery"),
    _t("Side of a thumbnail, in pixels at 100 %."),
    _APPEARANCE,
    lowest=64,
    highest=320,
    unit=_t("px"),
)
SHOW_OUTLINE = Setting(
    "show_outline",
    True,
    _t("Outline of the cell"),
    _t("Draw the outline that was found over the image."),
    _APPEARANCE,
)
SHOW_HEAT = Setting(
    "show_heat",
    True,
    _t("Heat map"),
    _t("Show over the image where the network looked."),
    _HEAT,
)
HEAT_OPACITY = Setting(
    "heat_opacity",
    0.5,
    _t("Strength of the heat map"),
    _t("How strongly the heat map covers the image, 0 to 1."),
    _HEAT,
    lowest=0.0,
    highest=1.0,
)
COLOUR_MAP = Setting(
    "colour_map",
    "viridis",
    _t("Colours of the heat map"),
    _t(
        "All of them read well for colour-blind people. Orange and blue also show what speaks "
        "against the class."
    ),
    _HEAT,
    choices=("viridis", "cividis", "inferno", "orange_blue"),
    names=("Viridis", "Cividis", "Inferno", _t("Orange and blue")),
)
DEVICE = Setting(
    "device",
    "auto",
    _t("Device for runs"),
    _t("What computes: a GPU where one can be used, or always the CPU or the GPU."),
    _RUNS,
    choices=("auto", "cpu", "gpu"),
    names=(_t("Whatever is best"), _t("CPU"), _t("GPU")),
)
PRECISION = Setting(
    "precision",
    "exact",
    _t("Precision of runs"),
    _t(
        "Fast takes the quickest arithmetic that passed the model's checks on a processor like "
        "this one; its figures differ in the last digits."
    ),
    _RUNS,
    choices=("exact", "fast"),
    names=(_t("Exact"), _t("Fast")),
)
HEAT_FILES = Setting(
    "heat_files",
    False,
    _t("Draw heat maps to files"),
    _t("A run also writes an image with its heat map for every cell, among its results."),
    _RUNS,
)
ALERT = Setting(
    "alert",
    "balanced",
    _t("Possible blasts"),
    _t(
        "Cells of a lab that the model does not know are reviewed, not accepted, where they "
        "resemble a blast. Careful loses fewer blasts, for more cells to look at."
    ),
    _RUNS,
    choices=("careful", "balanced", "off"),
    names=(_t("Careful"), _t("Balanced"), _t("Off")),
)
COUNT_EDGE_CELLS = Setting(
    "count_edge_cells",
    False,
    _t("Count cells that the edge of a field cuts"),
    _t("The next field may show them again, so they are in no percentage without it."),
    _RUNS,
)
SLIDE_COUNT = Setting(
    "slide_count",
    "200",
    _t("White cells of a slide"),
    _t("So many are judged, field by field, where the red cells lie in one layer."),
    _RUNS,
    choices=("100", "200", "500", "all"),
    names=("100", "200", "500", _t("All")),
)
REVIEWER = Setting(
    "reviewer",
    "",
    _t("Your name or initials"),
    _t("Stored with every review; without it, the name of your account on this computer."),
    _REVIEW,
)
SIGN_REQUIREMENT = Setting(
    "sign_requirement",
    "every_cell",
    _t("What must be reviewed to sign a case"),
    _t("With less than every cell the sign-off and the report say how many were not reviewed."),
    _REVIEW,
    choices=("every_cell", "open_cells", "nothing"),
    names=(_t("Every cell"), _t("Undecided cells"), _t("Nothing")),
)
REVIEW_ORDER = Setting(
    "review_order",
    "urgent",
    _t("After a review go on to"),
    _t("From a cell to review or an unknown one, or from any cell."),
    _REVIEW,
    choices=("urgent", "shown"),
    names=(_t("Possible blasts first"), _t("The next in the gallery")),
)
TARGET_COUNT = Setting(
    "target_count",
    100,
    _t("White cells to be counted"),
    _t("The meter is full when so many cells are within the 100 %."),
    _REVIEW,
    choices=(100, 200, 400),
)
BLAST_PRECISION = Setting(
    "blast_precision",
    5.0,
    _t("Precision at the limit of blasts"),
    _t("Percent to either side; summary and report say how many cells are missing for it."),
    _RUNS,
    lowest=0.5,
    highest=50.0,
)
ADAPT_AFTER = Setting(
    "adapt_after",
    30,
    _t("Reviewed cells until an adaptation is offered"),
    _t("Or five of every class, since the last one; with 0 it is never offered."),
    _REVIEW,
    lowest=0,
    highest=10_000,
)
ASK_BEFORE_CLOSING = Setting(
    "ask_before_closing",
    True,
    _t("Ask before closing during a run"),
    _t("Without the question the run is stopped; what was done is kept either way."),
    _PROGRAM,
)
TRAINING_AT_CLOSE = Setting(
    "training_at_close",
    "ask",
    _t("When the window is closed during a training"),
    _t("A training can go on without the window, or pause and go on later."),
    _PROGRAM,
    choices=("ask", "go_on", "pause"),
    names=(_t("Ask"), _t("Let it go on"), _t("Pause it")),
)
THUMBNAIL_MEGABYTES = Setting(
    "thumbnail_megabytes",
    512,
    _t("Disk space for thumbnails"),
    _t("The oldest thumbnails are deleted when they take more; they can be made again."),
    _PROGRAM,
    lowest=16,
    highest=65536,
    unit=_t("MB"),
)
KEYS: Setting[dict[str, str]] = Setting("keys", {})
"""Keys that a person chose, by action; empty for none."""
MODEL = Setting("model", "")
ADAPTATIONS_TRIED: Setting[dict[str, str]] = Setting("adaptations_tried", {})
"""When the reviewed cells of a case were last tried, by its folder, in UTC."""
RECENT_FOLDERS: Setting[tuple[str, ...]] = Setting("recent_folders", ())
ANY_SUFFIX_FOLDERS: Setting[tuple[str, ...]] = Setting("any_suffix_folders", ())
"""Folders whose images are read whatever their names."""
EXPORT_FOLDER = Setting("export_folder", "")
EXPORT_FORMATS: Setting[tuple[str, ...]] = Setting("export_formats", ("html", "xlsx"))
REPORT_LANGUAGE = Setting("report_language", "")
"""Empty: that of the window."""
LABORATORY = Setting("laboratory", "")
LABORATORY_LOGO = Setting("laboratory_logo", "")
UNFINISHED_RUN = Setting("unfinished_run", "")
ACTIVE_TRAININGS: Setting[tuple[str, ...]] = Setting("active_trainings", ())
"""Ids of those that went on or waited when the window looked last."""
TOUR_ENDED = Setting("tour_ended", False)
"""The tour of the window was done or skipped: it does not begin by itself any more."""
GEOMETRY = Setting("geometry", "")
SPLITTER = Setting("review_panels", "")
SIDE_SHOWN = Setting("side_shown", True)
PALETTE_UNFOLDED = Setting("palette_unfolded", False)

AnySetting = (
    Setting[bool]
    | Setting[int]
    | Setting[float]
    | Setting[str]
    | Setting[tuple[str, ...]]
    | Setting[dict[str, str]]
)
SETTINGS: tuple[AnySetting, ...] = (
    THEME,
    LANGUAGE,
    THUMBNAIL_SIDE,
    SHOW_OUTLINE,
    SHOW_HEAT,
    HEAT_OPACITY,
    COLOUR_MAP,
    DEVICE,
    PRECISION,
    HEAT_FILES,
    ALERT,
    COUNT_EDGE_CELLS,
    SLIDE_COUNT,
    BLAST_PRECISION,
    REVIEWER,
    SIGN_REQUIREMENT,
    REVIEW_ORDER,
    TARGET_COUNT,
    ADAPT_AFTER,
    ASK_BEFORE_CLOSING,
    TRAINING_AT_CLOSE,
    THUMBNAIL_MEGABYTES,
    KEYS,
    MODEL,
    ADAPTATIONS_TRIED,
    RECENT_FOLDERS,
    ANY_SUFFIX_FOLDERS,
    EXPORT_FOLDER,
    EXPORT_FORMATS,
    REPORT_LANGUAGE,
    LABORATORY,
    LABORATORY_LOGO,
    UNFINISHED_RUN,
    ACTIVE_TRAININGS,
    TOUR_ENDED,
    GEOMETRY,
    SPLITTER,
    SIDE_SHOWN,
    PALETTE_UNFOLDED,
)
