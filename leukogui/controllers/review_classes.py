"""Which classes a person may give a cell: read, given keys and actions, shown and changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from leukogui.backend.model_list import ModelList
from leukogui.controllers.shortcuts import ShortcutController
from leukogui.pages.shortcuts import ShortcutRow, ShortcutsPage
from leukogui.settings.table import KEYS
from leukogui.theme.class_icon import class_icon
from leukogui.window.parts import WindowParts
from trainer.cases.review_classes import (
    ReviewClass,
    build_default_classes,
    read_review_classes,
    write_review_classes,
)
from trainer.errors import UserError

if TYPE_CHECKING:
    from leukogui.pages.class_editor import ClassEditor


class ReviewClassController(QObject):
    """Keeps the review classes of the open case, each with an action that a key triggers.

    A key that an action of the window has is not given to a class as well.

    Args:
        file: of the lab's own list.
        model_list: has the card of the model whose run is shown.
        shortcuts: knows which keys the window's actions have.
        keys_page: lists the keys of the classes.
    """

    chosen = Signal(str)  # id of the class that the selected cells shall have
    changed = Signal()

    def __init__(
        self,
        parts: WindowParts,
        file: Path,
        model_list: ModelList,
        shortcuts: ShortcutController,
        keys_page: ShortcutsPage,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._file, self._model_list = parts, file, model_list
        self._shortcuts, self._keys_page = shortcuts, keys_page
        self._shown_error = ""
        self._card_classes: tuple[str, ...] = ()
        self.editor: ClassEditor | None = None
        self.classes: tuple[ReviewClass, ...] = ()
        self.actions: dict[str, QAction] = {}
        parts.actions.on("review_classes", self.edit)
        parts.review.class_chosen.connect(self.chosen)
        parts.session.opened.connect(self.read)
        parts.session.run_changed.connect(self.read)
        parts.chooser.shown.connect(self.read)
        parts.settings.changed.connect(self._on_setting)
        self.read()

    @property
    def language(self) -> str:
        """Of the names of the classes."""
        return QLocale().name().split("_")[0]

    def name(self, label: str) -> str:
        """The name of a class for a person; of another label, itself."""
        found = (each.display_name(self.language) for each in self.classes if each.id == label)
        return next(found, label)

    def read(self) -> None:
        """Read the list again, for the model that is shown now."""
        run = self._parts.session.run
        card = self._model_list.card(run.model) if run is not None else None
        card = card or self._parts.chooser.card
        names = self._card_classes = card.classes if card is not None else ()
        roles = card.roles if card is not None else {}
        try:
            found = read_review_classes(self._file, names, roles)
            self._shown_error = ""
        except UserError as error:
            found = build_default_classes(names, roles)
            if error.message != self._shown_error:
                self._shown_error = error.message
                self._parts.notifications.show_error(error)
        if found != self.classes:
            self.classes = found
            self._show()

    def edit(self) -> None:
        """Let a person change the list."""
        from leukogui.pages.class_editor import ClassEditor

        editor = ClassEditor(
            self.classes,
            self._card_classes,
            self.language,
            self._shortcuts.action_of,
            self._parts.parent,
        )
        editor.accepted_classes.connect(self.save)
        editor.reset_requested.connect(self.reset)
        editor.finished.connect(editor.deleteLater)
        self.editor = editor
        editor.open()

    def save(self, classes: tuple[ReviewClass, ...]) -> None:
        """Make this the lab's own list."""
        try:
            write_review_classes(self._file, classes)
        except UserError as error:
            self._parts.notifications.show_error(error)
        self.read()

    def reset(self) -> None:
        """Have the usual classes again."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            text = self.tr("The list of review classes cannot be deleted.")
            self._parts.notifications.show(text, error.strerror or "", stays=True)
        self.read()

    def _on_setting(self, key: str) -> None:
        if key == KEYS.key:
            self._show()

    def _show(self) -> None:
        """Give the classes their actions and keys, and show them everywhere."""
        for action in self.actions.values():
            self._parts.parent.removeAction(action)
            action.deleteLater()
        keys = {
            each.id: each.key
            for each in self.classes
            if each.key and not self._shortcuts.action_of(each.key)
        }
        self.actions = {each.id: self._build_action(each, keys) for each in self.classes}
        named = tuple((self.name(label), key) for label, key in keys.items())
        self._shortcuts.set_class_keys(named)
        rows = [ShortcutRow(name, (key,)) for name, key in named]
        self._keys_page.show_further(self.tr("Classes of cells"), rows)
        self._parts.review.set_review_classes(self.classes, keys, self.language)
        self.changed.emit()

    def _build_action(self, each: ReviewClass, keys: dict[str, str]) -> QAction:
        name = each.display_name(self.language).replace("&", "&&")
        action = QAction(class_icon(each.mark), name, self)
        action.setShortcut(QKeySequence(keys.get(each.id, "")))
        action.triggered.connect(lambda *_: self.chosen.emit(each.id))
        self._parts.parent.addAction(action)
        return action
