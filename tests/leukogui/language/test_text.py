"""What a person reads goes through Qt's translation, everywhere in the window."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

FILES = sorted((ROOT / "leukogui").rglob("*.py"))

TRANSLATED = {
    "tr",
    "translate",
    "translate_action",
    "translate_setting",
    "_tr",
    "_t",
    "QT_TRANSLATE_NOOP",
}
NOT_FOR_PEOPLE = {
    # names within the program, names of files, logs
    *("setProperty", "setObjectName", "getLogger", "debug", "info", "warning", "error"),
    *("compile", "glob", "fullmatch", "strftime", "add_argument", "ArgumentParser", "cast"),
}
SHOWN_BY = {
    *("setText", "setToolTip", "setStatusTip", "setWindowTitle", "setAccessibleName"),
    *("setAccessibleDescription", "setPlaceholderText", "setInformativeText", "setTitle"),
    *("setSuffix", "setPrefix", "addAction", "addMenu", "addItem", "addItems", "addTab"),
    *("addButton", "addRow", "setNameFilter", "show", "drawText", "UserError"),
    *("QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox"),
    *("QAction", "QMenu", "QLineEdit", "QFileDialog", "QMessageBox", "QDockWidget"),
}
PASSED_ON_BY = {"format", "join", "replace", "strip", "capitalize", "removesuffix"}

EXCEPTIONS = {
    # Said before there is a window or a translation, on a terminal.
    "start/dependency_check.py": ("The window needs",),
    "start/program.py": ("another program", "The window is open already:"),
    "start/single_instance.py": ("(process  on )",),
    # For whoever mends the program: reports and mistakes of callers are in English.
    "start/last_session.py": ("The window's process ended", "None: it was ended"),
    "start/exception_hook.py": ("the window", "%s: %s"),
    "settings/store.py": ("Invalid . Expected . Received .",),
    # Patterns of file names.
    "controllers/cell_import.py": ("*.json",),
    "controllers/readers/agreement.py": ("CSV (*.csv)",),
    "pages/teach/cells_page.py": ("CSV (*.csv)",),
    "controllers/models/model_acts.py": (".zip",),
    "controllers/models/evaluation_maps.py": ("do not pass:",),
    # A judgement, as the trail of the models names it.
    "pages/models/text.py": ("not distinguishable",),
    # A missing value, as the audit names it.
    "pages/teach/audit_page.py": ("not known",),
    # Kinds of acts, as the store names them.
    "pages/audit_trail/text.py": (
        *("case created", "case moved", "profile set", "content set", "details set"),
        *("run started", "run resumed", "run ended", "cells found", "cell drawn"),
        *("cells removed", "reference added", "reference removed"),
    ),
    # Names: of the product, of licences, of folders, of parts of a style sheet.
    "window/about.py": (
        *("Leuko", "leukogui , , Qt"),
        *("Matplotlib licence", "LGPL-3.0-only", "MPL-2.0 AND MIT"),
    ),
    "window/main_window.py": ("– Leuko", "Leuko"),
    "controllers/case.py": ("drawn cells",),
    "theme/stylesheet.py": ("QWidget {",),
    # Units and signs, the same in every language.
    "inspector/cell_reader.py": ("×  px",),
}


def called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def texts(node: ast.AST, shown: bool = False) -> Iterator[tuple[int, str]]:
    """Line and text of every literal that a person may come to read, untranslated."""
    if isinstance(node, ast.Call):
        if called(node) in TRANSLATED | NOT_FOR_PEOPLE:
            return
        shown = called(node) in SHOWN_BY or (shown and called(node) in PASSED_ON_BY)
    if isinstance(node, ast.Compare) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ):
        return  # names within the program; docstrings
    if isinstance(node, ast.Subscript):
        yield from texts(node.value, shown)
        return
    if isinstance(node, ast.JoinedStr):
        parts = [each.value for each in node.values if isinstance(each, ast.Constant)]
        values = [each.value for each in node.values if isinstance(each, ast.FormattedValue)]
        yield from said(node.lineno, "".join(map(str, parts)), shown)
        for value in values:
            yield from texts(value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from said(node.lineno, node.value, shown)
    else:
        for child in ast.iter_child_nodes(node):
            yield from texts(child, shown)


def said(line: int, text: str, shown: bool) -> Iterator[tuple[int, str]]:
    words = any(letter.isalpha() for letter in text)
    if words and (shown or " " in text.strip()):
        yield line, text.strip()


def untranslated(code: str, allowed: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    found = texts(ast.parse(code))
    return [(line, text) for line, text in found if not text.startswith(allowed or ("\0",))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_is_translated(path: Path) -> None:
    name = path.relative_to(ROOT / "leukogui").as_posix()
    assert untranslated(path.read_text("utf-8"), EXCEPTIONS.get(name, ())) == []


def test_no_exception_is_stale() -> None:
    for name, allowed in EXCEPTIONS.items():
        found = [text for _, text in untranslated((ROOT / "leukogui" / name).read_text("utf-8"))]
        for exception in allowed:
            assert any(text.startswith(exception) for text in found), (name, exception)


@pytest.mark.parametrize(
    "planted",
    [
        'label.setText("Run")',
        'QLabel("Cells")',
        'label.setText(f"{n} cells")',
        'notices.tell("It is done.", stays=True)',
        'text = "a folder" if folder else name',
        'raise UserError("Gone.")',
        'label.setText("Run" if ready else name)',
        'label.setText("{n}cells".format(n=n))',
    ],
)
def test_a_planted_text_is_found(planted: str) -> None:
    assert untranslated(planted)


@pytest.mark.parametrize(
    "right",
    [
        'label.setText(self.tr("Run"))',
        'label.setText(self.tr("{n} cells").format(n=f"{n:,}"))',
        'label.setProperty("tone", "quiet")',
        'x = found["a key"]',
        'if mode == "of one":\n    pass',
        '"""A docstring of words."""',
        'label.setText(f"{a}, {b}")',
    ],
)
def test_what_is_right_passes(right: str) -> None:
    assert untranslated(right) == []
