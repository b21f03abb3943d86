"""The main window: frames the pages and connects what a person does to what happens.

The menus, from the table of actions.

The rail: one button for each page. A page appears here when it exists.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMenuBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import RunQueue
from leukogui.inspector.panel import Inspector
from leukogui.pages.review import ReviewPage
from leukogui.pages.shortcuts import ShortcutsPage
from leukogui.pages.welcome import WelcomePage
from leukogui.panels.model_chooser import ModelChooser
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import Settings, add_recent
from leukogui.settings.table import GEOMETRY, MODEL, RECENT_FOLDERS
from leukogui.theme.icons import Icons
from leukogui.theme.metrics import GRID, ICON
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.widgets.drag_and_drop import dropped_paths
from leukogui.window.actions import ACTIONS, MENUS, Actions, key_groups, translate_action
from leukogui.window.command_bar import CommandBar
from leukogui.window.notifications import Notifications, Remedy
from leukogui.window.status_bar import StatusBar
from trainer.errors import UserError


def fill_menus(bar: QMenuBar, actions: Actions) -> None:
    """Fill an empty menu bar; a line is drawn between groups, and between places."""
    for menu_id, title in MENUS:
        menu = bar.addMenu(translate_action(title))
        menu.setToolTipsVisible(True)
        rows = [row for row in ACTIONS if row.menu == menu_id]
        for at, (_, group) in enumerate(groupby(rows, key=lambda row: (row.group, row.where))):
            if at:
                menu.addSeparator()
            for row in group:
                menu.addAction(actions[row.id])


class Rail(QWidget):
    """Buttons of actions: pages above, help below."""

    def __init__(self, pages: list[QAction], below: list[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID // 2, GRID, GRID // 2, GRID)
        column.setSpacing(GRID // 2)
        for action in pages:
            column.addWidget(_button(action))
        column.addStretch()
        for action in below:
            column.addWidget(_button(action))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(ICON, ICON))
    button.setAccessibleName(action.statusTip())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _always() -> bool:
    return True


def _no_remedy(_: UserError) -> Remedy | None:
    return None


class MainWindow(QMainWindow):
    """Rail, command bar, pages, status line; what its actions do is in the rooms beside it."""

    close_requested = Signal()

    def __init__(
        self,
        session: CaseSession,
        thumbnails: ThumbnailLoader,
        queue: RunQueue,
        model_list: ModelList,
        settings: Settings,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.session, self.queue, self.settings, self.theme = session, queue, settings, theme
        self.icons = Icons(theme)
        self.commands = Actions(self.icons, self)
        self.may_close: Callable[[], bool] = _always
        self.remedy_for: Callable[[UserError], Remedy | None] = _no_remedy
        self.chooser = ModelChooser(model_list, self.commands["import_model"], self)
        self.chooser.choose(settings.value(MODEL))
        self.bar = CommandBar(self.commands, self.chooser, queue, self.icons, self)
        self.welcome = WelcomePage(self.icons, self)
        heat, outline = self.commands["heat"], self.commands["outline"]
        inspector = Inspector(session, settings, theme, heat, outline, self)
        self.review = ReviewPage(session, thumbnails, inspector, settings, theme, self)
        self.keys = ShortcutsPage(key_groups(), self)
        self.pages = QStackedWidget()
        self._page_of: dict[str, QWidget] = {}
        self.status = StatusBar(self)
        self._build()
        self.notifications = Notifications(self._central, bottom=self.status.sizeHint().height())
        session.opened.connect(self._on_case)
        session.changed.connect(self._show_counts)
        session.listed.connect(self._show_counts)
        session.failed.connect(self.show_error)
        model_list.failed.connect(self.show_error)
        self._on_case()

    def show_error(self, error: UserError) -> None:
        """Say in words what went wrong, and offer what helps; it stays until it was read."""
        self.notifications.show(
            error.message, error.hint, stays=True, action=self.remedy_for(error)
        )

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self.pages.setCurrentWidget(page)
        shown = (action for action, each in self._page_of.items() if each is page)
        self.commands[next(shown, "review")].setChecked(True)
        page.setFocus()
        self.status.setVisible(page is not self.welcome)

    def add_page(self, action_id: str, page: QWidget) -> None:
        """Take in a page; its action, of the group "page" in the table, brings it to the front."""
        self._page_of[action_id] = page
        self.pages.addWidget(page)

    def page(self, action_id: str) -> QWidget:
        """The page of an action."""
        return self._page_of[action_id]

    def open_folder(self, folder: Path) -> None:
        """Open a folder, and remember it."""
        folder = folder.absolute()
        recent = add_recent(self.settings.value(RECENT_FOLDERS), str(folder))
        self.settings.set(RECENT_FOLDERS, recent)
        self.session.open(folder)

    def _build(self) -> None:
        self.setAcceptDrops(True)
        fill_menus(self.menuBar(), self.commands)
        self.pages.addWidget(self.welcome)
        self.add_page("review", self.review)
        self.add_page("keys", self.keys)
        rail = Rail(*self._rail_actions(), self)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.bar)
        right.addWidget(self.pages, 1)
        right.addWidget(self.status)
        self._central = QWidget()
        row = QHBoxLayout(self._central)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(rail)
        row.addLayout(right, 1)
        self.setCentralWidget(self._central)
        self.setMinimumSize(100 * GRID, 52 * GRID)  # fits on 1280 x 720 at 150 %
        self.resize(160 * GRID, 96 * GRID)
        geometry = self.settings.value(GEOMETRY)
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))

    def _rail_actions(self) -> tuple[list[QAction], list[QAction]]:
        """Pages of the case above; below them, pages that are there without a case."""
        rows = [row for row in ACTIONS if row.group == "page"]
        above = [self.commands[row.id] for row in rows if row.menu != "help"]
        return above, [self.commands[row.id] for row in rows if row.menu == "help"]

    def _on_case(self) -> None:
        root = self.session.root
        recent = self.settings.value(RECENT_FOLDERS)
        self.bar.show_folder(root, recent)
        self.bar.setVisible(root is not None)
        self.welcome.set_recent(recent)
        self.setWindowTitle(f"{root.name} – Leuko" if root is not None else "Leuko")
        self.show_page(self.review if root is not None else self.welcome)
        self._show_counts()

    def _show_counts(self) -> None:
        model = self.session.model
        counts = model.counts() if model is not None else None
        self.status.show_counts(counts, listing=self.session.is_listing)

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """A folder or images can be dropped anywhere."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open what was dropped."""
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.welcome.dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask whoever may have a reason to stay, then remember the geometry."""
        if not self.may_close():
            event.ignore()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self.settings.set(GEOMETRY, geometry)
        self.review.save()
        self.settings.save()
        event.accept()
        self.close_requested.emit()
