"""The dialog in which a lab makes its own list of review classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.pages.shortcut_button import ShortcutButton
from leukogui.theme.class_icon import SIDE, class_icon
from leukogui.theme.metrics import GRID
from trainer.cases.review_classes import (
    RESERVED_IDS,
    DifferentialPlace,
    ReviewClass,
    check_review_classes,
    free_class,
)
from trainer.errors import UserError

_PLACES = (DifferentialPlace.WITHIN, DifferentialPlace.BESIDE, DifferentialPlace.EXCLUDED)


class ClassEditor(QDialog):
    """Edits a list of review classes; nothing is changed before it is accepted.

    Args:
        classes: of now.
        fixed: ids of the model's classes, which cannot be removed.
        language: of the names that are edited.
        holder_of: gives what else a key does, in words.
    """

    accepted_classes = Signal(object)  # tuple of ReviewClasses, valid
    reset_requested = Signal()

    def __init__(
        self,
        classes: Sequence[ReviewClass],
        fixed: Collection[str],
        language: str,
        holder_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Review classes"))
        self._classes, self._fixed = list(classes), fixed
        self._language, self._holder_of = language, holder_of
        self._is_filling = False
        self._added: set[str] = set()  # of which nothing is stored yet: named as they are called
        self.list = QListWidget()
        self.list.setAccessibleName(self.windowTitle())
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.name, self.letter = QLineEdit(), QLineEdit()
        self.letter.setMaxLength(1)
        self.colour = QPushButton()
        self.key = ShortcutButton(self.tr("this class"))
        self.place = QComboBox()
        self.place.addItems(
            [
                self.tr("Within the 100 % of the white cells"),
                self.tr("Beside them, per 100 white cells"),
                self.tr("In no percentage"),
            ]
        )
        self.message = QLabel()
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.message.setProperty("tone", "bad")
        self._build()
        self._connect()
        self._fill_list(0)

    def save(self) -> None:
        """Emit the list and close, unless something in it is not valid; then show what."""
        classes = tuple(self._with_id(each) for each in self._classes)
        try:
            check_review_classes(classes)
        except UserError as error:
            self.message.setText(str(error))
            return
        self.accepted_classes.emit(classes)
        self.accept()

    def add(self) -> None:
        """Add a class, to be named."""
        taken = {each.id for each in self._classes} | RESERVED_IDS
        name = self.tr("New class")
        new = free_class(_free_id(name, taken), name, self._classes)
        self._added.add(new.id)
        self._classes.append(new)
        self._fill_list(len(self._classes) - 1)
        self.name.setFocus()
        self.name.selectAll()

    def remove(self) -> None:
        """Remove the current class from the list; reviews that have it stay."""
        at = self.list.currentRow()
        if at >= 0 and self._classes[at].id not in self._fixed:
            del self._classes[at]
            self._fill_list(min(at, len(self._classes) - 1))

    def move_current(self, step: int) -> None:
        """Move the current class up (-1) or down (1)."""
        at = self.list.currentRow()
        if at >= 0 and 0 <= at + step < len(self._classes):
            self._classes.insert(at + step, self._classes.pop(at))
            self._fill_list(at + step)

    def set_key(self, keys: str) -> None:
        """Give the current class a key, unless that does something else already."""
        at = self.list.currentRow()
        holder = self._holder_of(keys) if keys else ""
        others = (each for each in self._classes if each is not self._classes[at])
        holder = holder or next(
            (self._name(each) for each in others if keys and each.key == keys), ""
        )
        if holder:
            words = self.tr("{keys} already does: {what}")
            self.message.setText(words.format(keys=keys, what=holder))
        else:
            self._change(key=keys)

    # Building

    def _build(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(self._tools())
        form = QFormLayout()
        form.setVerticalSpacing(GRID)
        for title, editor in (
            (self.tr("Name"), self.name),
            (self.tr("Letter"), self.letter),
            (self.tr("Colour"), self.colour),
            (self.tr("Key"), self.key),
            (self.tr("In the differential"), self.place),
        ):
            editor.setAccessibleName(title)
            form.addRow(title, editor)
        right = QVBoxLayout()
        right.addLayout(form)
        right.addStretch()
        middle = QHBoxLayout()
        middle.setSpacing(3 * GRID)
        middle.addLayout(left, 1)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(middle, 1)
        column.addWidget(self.message)
        column.addWidget(self._buttons())
        self.resize(88 * GRID, 64 * GRID)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._remove = QToolButton()
        up, down, add = QToolButton(), QToolButton(), QToolButton()
        for button, text, do in (
            (add, self.tr("Add"), self.add),
            (self._remove, self.tr("Remove"), self.remove),
            (up, self.tr("Up"), lambda: self.move_current(-1)),
            (down, self.tr("Down"), lambda: self.move_current(1)),
        ):
            button.setText(text)
            button.clicked.connect(lambda *_, do=do: do())
            row.addWidget(button)
        row.addStretch()
        return row

    def _buttons(self) -> QDialogButtonBox:
        standard = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(standard.Save | standard.Cancel | standard.RestoreDefaults)
        box.accepted.connect(self.save)
        box.rejected.connect(self.reject)
        restore = box.button(standard.RestoreDefaults)
        restore.setText(self.tr("The usual classes"))
        restore.clicked.connect(self._reset)
        for each in (standard.Save, standard.Cancel, standard.RestoreDefaults):
            box.button(each).setAutoDefault(False)  # Enter in a field is no "save"
        return box

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda *_: self._fill_form())
        self.name.textEdited.connect(self._rename)
        self.letter.textEdited.connect(lambda text: self._change(letter=text.upper()))
        self.colour.clicked.connect(self._choose_colour)
        self.key.pressed_keys.connect(self.set_key)
        self.place.currentIndexChanged.connect(lambda at: self._change(place=_PLACES[at]))

    # What is changed

    def _reset(self) -> None:
        self.reset_requested.emit()
        self.reject()

    def _with_id(self, each: ReviewClass) -> ReviewClass:
        if each.id not in self._added:
            return each
        taken = {other.id for other in self._classes if other is not each} | RESERVED_IDS
        return replace(each, id=_free_id(each.name, taken))

    def _rename(self, text: str) -> None:
        each = self._classes[self.list.currentRow()]
        if self._language in each.translations:
            self._change(translations={**each.translations, self._language: text})
        else:
            self._change(name=text)

    def _choose_colour(self) -> None:
        each = self._classes[self.list.currentRow()]
        title = self.tr("Colour of {name}").format(name=self._name(each))
        chosen = QColorDialog.getColor(QColor(each.colour), self, title)
        if chosen.isValid():
            self._change(colour=chosen.name())

    def _change(self, **values: object) -> None:
        at = self.list.currentRow()
        if self._is_filling or at < 0:
            return
        self._classes[at] = replace(self._classes[at], **values)  # type: ignore[arg-type]
        self.message.clear()
        self._show_item(at)
        self._fill_form()

    # What is shown

    def _name(self, each: ReviewClass) -> str:
        return each.display_name(self._language)

    def _fill_list(self, current: int) -> None:
        self._is_filling = True
        self.list.clear()
        for at in range(len(self._classes)):
            self.list.addItem(QListWidgetItem())
            self._show_item(at)
        self._is_filling = False
        self.message.clear()
        self.list.setCurrentRow(current)
        self._fill_form()

    def _show_item(self, at: int) -> None:
        each, item = self._classes[at], self.list.item(at)
        item.setText(f"{self._name(each)}   {each.key}".rstrip())
        item.setIcon(class_icon(each.mark))

    def _fill_form(self) -> None:
        at = self.list.currentRow()
        if at < 0 or self._is_filling:
            return
        each = self._classes[at]
        self._is_filling = True
        for line, text in ((self.name, self._name(each)), (self.letter, each.letter)):
            if line.text() != text:
                line.setText(text)
        self.colour.setText(each.colour)
        self.colour.setIcon(class_icon(each.mark))
        self.key.show_keys((each.key,) if each.key else ())
        self.place.setCurrentIndex(_PLACES.index(each.place))
        self._remove.setEnabled(each.id not in self._fixed)
        self._remove.setToolTip(
            self.tr("The model has this class") if each.id in self._fixed else ""
        )
        self._is_filling = False


def _free_id(name: str, taken: Collection[str]) -> str:
    stem = re.sub(r"\W+", "_", name.casefold()).strip("_") or "class"
    numbers = (f"{stem}_{number}" for number in range(2, 1000))
    return next(each for each in (stem, *numbers) if each not in taken)
