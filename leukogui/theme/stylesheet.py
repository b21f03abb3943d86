"""The style sheet: what the palette cannot express. `@name` stands for a tone of the theme,
and `@checked`, `@down` and `@up` for pictures that can be seen in every theme."""

from __future__ import annotations

import re
from collections.abc import Mapping

from trainer.locations import resources_folder

_TEMPLATE = """
QWidget { color: @text; }
QMainWindow, QDialog { background: @ground; }
QToolTip { background: @panel; color: @text; border: 1px solid @line; padding: 4px; }
#rail, #commandBar, #statusLine, #inspector, #side, #viewerBar { background: @panel; }
#palette, #reviewProgress { background: @panel; border-top: 1px solid @line; }
QToolButton[chip="true"] { border-color: @line; background: @field; padding: 1px 5px; }
QToolButton[chip="true"]:hover { background: @hover; }
QToolButton[chip="true"]:focus { border-color: @accent; }
#rail { border-right: 1px solid @line; }
#commandBar { border-bottom: 1px solid @line; }
#viewerBar { border-bottom: 1px solid @line; }
#viewerTools { background: transparent; border: none; spacing: 4px; padding: 0; }
#viewerTools #qt_toolbar_ext_button { padding: 0; }
#statusLine { border-top: 1px solid @line; }
#inspector { border-left: 1px solid @line; }
#side { border-right: 1px solid @line; }
#side QListView, #side QTreeView { background: transparent; }
#side QTreeView { selection-background-color: @hover; }
#filterLine { background: @panel; border-bottom: 1px solid @line; }
QLabel[tone="quiet"] { color: @quiet; }
QToolButton[tone="quiet"] { color: @quiet; }
QLabel[tone="bad"] { color: @bad; }
QMenuBar { background: @panel; border-bottom: 1px solid @line; }
QMenuBar::item { padding: 4px 8px; background: transparent; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @panel; border: 1px solid @line; padding: 4px 0; }
QMenu::item { padding: 5px 24px 5px 12px; }
QMenu::icon { padding-left: 12px; }
QMenu::item:selected { background: @accent; color: @on_accent; }
QMenu::item:disabled { color: @quiet; background: transparent; }
QMenu::separator { height: 1px; background: @line; margin: 4px 0; }
QToolButton, QPushButton {
    background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 4px 8px;
}
QPushButton { background: @field; border-color: @line; padding: 6px 16px; }
QToolButton:hover, QPushButton:hover { background: @hover; }
QToolButton:focus, QPushButton:focus { border-color: @accent; }
QToolButton:checked { background: @hover; }
QToolButton:disabled, QPushButton:disabled { color: @quiet; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton[main="true"] {
    background: @accent; color: @on_accent; border-color: @accent; font-weight: 600;
}
QPushButton[main="true"]:focus { border-color: @text; }
QPushButton[main="true"]:disabled { background: @hover; color: @quiet; border-color: @line; }
#keyButton { background: @field; border-color: @line; }
#keyButton:hover { background: @hover; }
#keyButton:focus { border-color: @accent; }
#rail QToolButton { border-radius: 6px; padding: 6px; }
QCheckBox::indicator, QListWidget::indicator {
    width: 14px; height: 14px; border: 1px solid @quiet; border-radius: 3px; background: @field;
}
QCheckBox::indicator:checked, QListWidget::indicator:checked { image: url("@checked"); }
QCheckBox:focus { color: @accent; }
QCheckBox::indicator:focus { border-color: @accent; }
QRadioButton::indicator {
    width: 14px; height: 14px; border: 1px solid @quiet; border-radius: 8px; background: @field;
}
QRadioButton::indicator:checked {
    background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
        stop: 0 @text, stop: 0.5 @text, stop: 0.6 @field, stop: 1 @field);
}
QRadioButton { outline: none; padding: 2px 0; }
QRadioButton:focus { color: @accent; }
QRadioButton::indicator:focus { border-color: @accent; }
QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit {
    background: @field; border: 1px solid @line; border-radius: 4px; padding: 5px 8px;
    selection-background-color: @accent; selection-color: @on_accent;
}
QAbstractSpinBox, QPlainTextEdit { padding: 3px 4px; }
QComboBox QAbstractItemView::item { padding: 4px 4px; }
QComboBox:hover { background: @hover; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
    border-color: @accent;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: @quiet; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("@down"); width: 12px; height: 12px; }
QComboBox { combobox-popup: 0; }
QComboBox QAbstractItemView {
    background: @panel; border: 1px solid @line; padding: 4px 0; outline: none;
    selection-background-color: @accent; selection-color: @on_accent;
}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 18px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: @hover; }
QAbstractSpinBox::up-arrow { image: url("@up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("@down"); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::down-arrow:off { image: none; }
QProgressBar { background: @hover; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QSplitter::handle { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @quiet; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: none; border: none; width: 0; height: 0;
}
QSlider::groove:horizontal { height: 4px; background: @line; border-radius: 2px; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: @accent;
}
QSlider::handle:horizontal:focus { border: 2px solid @text; }
#tourCard { background: @panel; border: 2px solid @accent; border-radius: 8px; }
#card { background: @panel; border: 1px solid @line; border-radius: 6px; }
#warning { background: @panel; border-left: 4px solid @quiet; padding: 6px 12px; }
QTableView { background: @ground; selection-background-color: @hover; selection-color: @text; }
QTableView::item { border-bottom: 1px solid @line; padding: 0 8px; }
QTableCornerButton::section { background: @ground; border: none; }
#lineage { background: @ground; selection-background-color: @hover; selection-color: @text; }
#lineage::item, #modelChoice::item, #caseChoice::item, #classChoice::item { padding: 3px 0; }
QTableView:focus { border: 1px solid @accent; }
QHeaderView { background: @ground; }
QHeaderView::section {
    background: @ground; color: @quiet; border: none; border-bottom: 1px solid @line;
    padding: 4px 8px;
}
#dropPlace { border: 2px dashed @line; border-radius: 12px; background: @panel; }
#dropPlace[over="true"] { border-color: @accent; }
#notice { background: @text; border-radius: 6px; }
#notice QLabel { color: @ground; }
#notice QToolButton { color: @ground; }
#notice QToolButton:hover { background: @quiet; }
"""

# Of their own colours: a style sheet cannot give a picture the colour of the text.
_PICTURES = {"checked": "checked", "down": "field-down", "up": "field-up"}


def build_stylesheet(tones: Mapping[str, str]) -> str:
    """The sheet with its tones filled in; KeyError for a tone that the theme lacks."""
    icons = resources_folder() / "icons"
    pictures = {name: (icons / f"{file}.svg").as_posix() for name, file in _PICTURES.items()}
    names = {**tones, **pictures}
    return re.sub(r"@(\w+)", lambda found: names[found[1]], _TEMPLATE)
