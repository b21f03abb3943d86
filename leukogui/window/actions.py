"""Every action of the window, and every key that no menu shows, in tables.

Menus, shortcuts and the page of keys are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


@dataclass(frozen=True)
class ActionRow:
    """One action.

    Attributes:
        id: its name in the code.
        menu: id of the menu that it is in.
        text: with `&` before the letter that reaches it in its menu.
        keys: shortcuts in portable form; the first is shown.
        icon: name in the icon set; empty for none.
        group: checkable actions of one group exclude each other; "on" stands alone.
        tip: what it does, where the text is not enough.
        where: "viewer" or "gallery" where it is possible only in or outside of the viewer.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    group: str = ""
    tip: str = ""
    where: str = ""


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Actions", text))


def _viewer(action_id: str, text: str, *keys: str, icon: str = "", **more: str) -> ActionRow:
    return ActionRow(action_id, "view", text, keys, icon, where="viewer", **more)


VIEWER_ACTIONS: tuple[ActionRow, ...] = (
    _viewer("zoom_in", _t("&Zoom in"), "+", "=", "Ctrl++", "Ctrl+=", icon="zoom-in"),
    _viewer("zoom_out", _t("Zoom o&ut"), "-", "Ctrl+-", icon="zoom-out"),
    _viewer("fit", _t("&Fit the whole image"), "F", icon="fit"),
    _viewer("actual_size", _t("&100 %, pixel for pixel"), "Ctrl+0", icon="actual-size"),
    _viewer("plane_up", _t("Next focal &plane"), "PgUp"),
    _viewer("plane_down", _t("Previous focal pla&ne"), "PgDown"),
    _viewer("sharpest_plane", _t("S&harpest focal plane"), "Shift+PgUp"),
    _viewer(
        "field_cells",
        _t("Cells of the fie&ld"),
        "L",
        icon="cells",
        group="on",
        tip=_t("Outlines and letters of the cells of a field"),
    ),
    _viewer(
        "add_cell",
        _t("A&dd a missed cell"),
        "N",
        icon="add-cell",
        group="on",
        tip=_t("Add a missed cell: click it, or draw a box around it"),
    ),
    _viewer(
        "scan_part",
        _t("S&can a part of the slide"),
        "Shift+S",
        icon="scan",
        group="on",
        tip=_t("Scan a part of the slide: draw a box around it"),
    ),
    _viewer("pin", _t("P&in the cell for comparing"), "P", icon="pin"),
    _viewer(
        "map_pair",
        _t("Heat maps of &two classes"),
        "Shift+G",
        icon="map-pair",
        group="on",
        tip=_t("Heat maps of two classes side by side, and their difference"),
    ),
    _viewer("reset_light", _t("&Brightness and contrast as in the file"), "Ctrl+L"),
    _viewer("leave_viewer", _t("Bac&k to the gallery"), "Esc", icon="back"),
    _viewer("compare", _t("&Compare with the pinned cell"), "Space", icon="compare", group="on"),
    _viewer(
        "plane_wheel",
        _t("The &wheel turns through focal planes"),
        icon="planes",
        group="on",
        tip=_t("The wheel turns through focal planes; with Alt, it zooms"),
    ),
)
VERDICT_ACTIONS: tuple[ActionRow, ...] = (
    ActionRow(
        "accept",
        "verdict",
        _t("&Accept and go on"),
        ("Return", "Enter"),
        tip=_t("Accept what the model gives for the selected cells, and go on"),
    ),
    ActionRow(
        "unknown",
        "verdict",
        _t("&Unknown"),
        ("U",),
        tip=_t("The selected cells are of no class that can be named"),
    ),
    ActionRow(
        "clear_review",
        "verdict",
        _t("&Take the review back"),
        ("0",),
        tip=_t("What the model decided counts again for the selected cells"),
    ),
    ActionRow(
        "next_open",
        "verdict",
        _t("&Next cell to review"),
        ("F3",),
        tip=_t("The next cell that waits for a person: possible blasts first"),
    ),
    ActionRow(
        "label_next",
        "verdict",
        _t("&Label next"),
        ("F4",),
        tip=_t("The cells whose labels help a model most: one of each group of like cells"),
    ),
    ActionRow(
        "add_reference",
        "verdict",
        _t("Add to re&ferences"),
        ("Shift+R",),
        tip=_t("Keep a copy of the selected cells, with their class, to compare others with"),
    ),
    ActionRow(
        "next_reference",
        "verdict",
        _t("Ne&xt reference cell"),
        (".",),
        tip=_t("Beside the cell, the next reference cell of the class below it"),
        where="viewer",
    ),
    ActionRow("review_classes", "verdict", _t("Re&view classes…"), ()),
)
MENUS: tuple[tuple[str, str], ...] = (
    ("case", _t("&Case")),
    ("run", _t("&Run")),
    ("verdict", _t("Ver&dict")),
    ("view", _t("&View")),
    ("filter", _t("&Sort and filter")),
    ("help", _t("&Help")),
)
ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("open_folder", "case", _t("&Open a folder…"), ("Ctrl+O",), "folder"),
    ActionRow(
        "add_folder",
        "case",
        _t("Add a &folder to the case…"),
        (),
        "folder",
        tip=_t("Images of the same sample that lie in another folder; reviews and runs stay"),
    ),
    ActionRow("try_demo", "case", _t("&Try it on drawn cells"), (), "draw"),
    ActionRow("show_in_files", "case", _t("&Show the image in its folder"), ("Ctrl+E",), "open"),
    ActionRow(
        "source",
        "case",
        _t("So&urce of the images…"),
        ("Ctrl+Alt+S",),
        "source",
        tip=_t("Lab or scanner, stain and size of the red cells of this case"),
    ),
    ActionRow(
        "details",
        "case",
        _t("D&etails of the case…"),
        ("Ctrl+Alt+I",),
        "log",
        tip=_t("Sample, patient, stain, magnification, reader and notes of this case"),
    ),
    ActionRow(
        "sign_off",
        "case",
        _t("Si&gn the case…"),
        ("Ctrl+Alt+G",),
        "sign",
        tip=_t("Close the case: nothing of it can be changed until it is reopened"),
    ),
    ActionRow("reopen", "case", _t("&Reopen the signed case…"), (), "reopen"),
    ActionRow(
        "audit_trail",
        "case",
        _t("&Audit trail…"),
        ("Ctrl+Alt+T",),
        "audit",
        tip=_t("Who did what when, with this case and with one cell"),
    ),
    ActionRow(
        "agreement",
        "case",
        _t("Co&mpare readers and models…"),
        ("Ctrl+Alt+K",),
        "compare",
        tip=_t("How far two readers, or a reader and a model, agree; the cells where they do not"),
    ),
    ActionRow("export", "case", _t("E&xport the results…"), ("Ctrl+Shift+E",), "export"),
    ActionRow(
        "import_cells",
        "case",
        _t("&Import annotated cells…"),
        (),
        "import",
        tip=_t("Cells that were drawn in QuPath or another program, as drawn and reviewed here"),
    ),
    ActionRow("close_case", "case", _t("&Close the case"), ("Ctrl+W",)),
    ActionRow("quit", "case", _t("&Quit"), ("Ctrl+Q",)),
    ActionRow("run", "run", _t("&Run on all cells"), ("Ctrl+R",), "run"),
    ActionRow("run_selection", "run", _t("Run on the &selection"), ("Ctrl+Shift+R",)),
    ActionRow("retry", "run", _t("Run on the &failed images again"), ()),
    ActionRow("resume", "run", _t("&Go on with the stopped run"), ("Ctrl+Alt+R",)),
    ActionRow("queue_folder", "run", _t("&Add a folder to the queue…"), (), "queue"),
    ActionRow("cancel", "run", _t("S&top the run"), ("Ctrl+.",), "stop"),
    ActionRow(
        "adapt",
        "run",
        _t("A&dapt the model to this lab…"),
        ("Ctrl+Alt+A",),
        "model",
        tip=_t("Seconds, by the reviewed cells of this case; nothing changes until you accept"),
    ),
    ActionRow("import_model", "run", _t("&Import a model…"), (), "import"),
    ActionRow(
        "copy_command",
        "run",
        _t("&Copy as command"),
        ("Ctrl+Shift+C",),
        "copy",
        tip=_t("The command line that does the same, for a terminal or a script"),
    ),
    *VERDICT_ACTIONS,
    ActionRow("review", "view", _t("&Review the cells"), ("Ctrl+1",), "review", "page"),
    ActionRow("summary", "view", _t("S&ummary"), ("Ctrl+2",), "summary", "page"),
    ActionRow("cases", "view", _t("All cas&es"), ("Ctrl+3",), "cases", "page"),
    ActionRow(
        "teach",
        "run",
        _t("&Teach models"),
        ("Ctrl+4",),
        "teach",
        "page",
        tip=_t("Teach models by your own cells: trainings that go on in the background"),
    ),
    ActionRow("models", "run", _t("&Models"), ("Ctrl+5", "M"), "model", "page"),
    ActionRow(
        "remove_cell",
        "view",
        _t("&Remove the cell from its field"),
        ("Del",),
        "remove-cell",
        tip=_t("Remove a cell of a field that is none; it can be undone"),
    ),
    ActionRow("undo", "case", _t("U&ndo"), ("Ctrl+Z",)),
    ActionRow("redo", "case", _t("Re&do"), ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionRow("next", "view", _t("&Next cell"), ("D",), "next"),
    ActionRow("previous", "view", _t("&Previous cell"), ("A",), "previous"),
    ActionRow("heat", "view", _t("&Heat map"), ("G",), "heat", "on"),
    ActionRow("outline", "view", _t("&Outline of the cell"), ("O",), "outline", "on"),
    ActionRow(
        "open_cell", "view", _t("Open the &cell at full size"), ("V",), "cell", where="gallery"
    ),
    ActionRow(
        "larger",
        "view",
        _t("&Larger cells"),
        ("Ctrl++", "Ctrl+="),
        "zoom-in",
        where="gallery",
    ),
    ActionRow("smaller", "view", _t("&Smaller cells"), ("Ctrl+-",), "zoom-out", where="gallery"),
    *VIEWER_ACTIONS,
    ActionRow("theme_system", "view", _t("Light or dark as the s&ystem"), group="theme"),
    ActionRow("theme_light", "view", _t("L&ight"), group="theme"),
    ActionRow("theme_dark", "view", _t("&Dark"), group="theme"),
    ActionRow("search", "filter", _t("&Find by name"), ("Ctrl+F",), "search"),
    ActionRow("clear_filters", "filter", _t("Show all &cells"), ("Alt+0", "Ctrl+Shift+F")),
    ActionRow("only_accepted", "filter", _t("Only &accepted"), ("Alt+1",)),
    ActionRow("only_review", "filter", _t("Only to &review"), ("Alt+2",)),
    ActionRow("only_unknown", "filter", _t("Only &unknown"), ("Alt+3",)),
    ActionRow("only_failed", "filter", _t("Only &failed"), ("Alt+4",)),
    ActionRow("only_pending", "filter", _t("Only n&ot classified"), ("Alt+5",)),
    ActionRow("sort_folder", "filter", _t("Sort by f&older and name"), group="sort"),
    ActionRow("sort_name", "filter", _t("Sort by &name alone"), ("Ctrl+Shift+N",), group="sort"),
    ActionRow(
        "sort_probability", "filter", _t("Sort by &probability"), ("Ctrl+Shift+P",), group="sort"
    ),
    ActionRow("sort_distance", "filter", _t("Sort by &distance"), ("Ctrl+Shift+D",), group="sort"),
    ActionRow(
        "sort_urgency",
        "filter",
        _t("Sort by &urgency: possible blasts first"),
        ("Ctrl+Shift+B",),
        group="sort",
    ),
    ActionRow("sort_decision", "filter", _t("Sort by d&ecision"), group="sort"),
    ActionRow("sort_disagreement", "filter", _t("Sort by disagreement of &models"), group="sort"),
    ActionRow(
        "sort_suspected",
        "filter",
        _t("Sort by suspected errors of re&views"),
        group="sort",
        tip=_t("Reviewed cells first whose review is contradicted; choose it again to judge anew"),
    ),
    ActionRow(
        "descending", "filter", _t("The other &way round"), ("Ctrl+Shift+I",), "around", "on"
    ),
    ActionRow("grouped", "filter", _t("&Grouped by verdict"), ("Ctrl+G",), group="on"),
    ActionRow(
        "fold_group", "filter", _t("F&old or unfold the group"), ("Ctrl+Shift+G",), where="gallery"
    ),
    ActionRow("side", "filter", _t("Pane&l of filters"), ("Ctrl+B", "F9"), "side", "on"),
    ActionRow("settings", "help", _t("&Settings"), ("Ctrl+,",), "settings", "page"),
    ActionRow("keys", "help", _t("&Keys"), ("F1",), "help", "page"),
    ActionRow("tour", "help", _t("&Tour of the window"), (), "next"),
    ActionRow("device", "help", _t("What &computes, and self-test…"), ("Ctrl+Alt+D",), "device"),
    ActionRow("open_logs", "help", _t("Open the &log folder"), (), "log"),
    ActionRow("report", "help", _t("&Report of the last mistake…")),
    ActionRow("about", "help", _t("&About"), (), "about"),
)


def translate_action(text: str) -> str:
    """A text of the table in the person's language."""
    return QCoreApplication.translate("Actions", text)


def action_text(text: str) -> str:
    """A text of the table as it reads outside of a menu."""
    return translate_action(text).replace("&", "").removesuffix("…")
