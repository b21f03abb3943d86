"""The main window: the frame of menus, rail, command bar, pages and status line.

It knows no controller: what its actions do is connected in `leukogui.controllers`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from PySide6.QtCore import QT_TRANSLATE_NOOP, QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QMenuBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import RunQueue
from leukogui.inspector.panel import Inspector
from leukogui.pages.review import ReviewPage
from leukogui.pages.shortcuts import (
    CONTROL_KEYS,
    GALLERY_KEYS,
    VIEWER_KEYS,
    ShortcutRow,
    ShortcutsPage,
)
from leukogui.pages.welcome import WelcomePage
from leukogui.panels.class_palette import PALETTE_ACTIONS
from leukogui.panels.model_chooser import ModelChooser
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import Settings
from leukogui.settings.table import GEOMETRY, MODEL, RECENT_FOLDERS
from leukogui.theme.icons import Icons
from leukogui.theme.metrics import GRID, ICON
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.widgets.drag_and_drop import dropped_paths
from leukogui.window.action_set import Actions
from leukogui.window.actions import ACTIONS, MENUS, action_text, translate_action
from leukogui.window.command_bar import CommandBar
from leukogui.window.notifications import Notifications
from leukogui.window.page_stack import PageStack
from leukogui.window.parts import WindowParts
from leukogui.window.status_bar import StatusBar


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


def key_groups() -> list[tuple[str, list[ShortcutRow]]]:
    """Title and rows of each group: every action, then the keys that stay as they are."""
    groups = [
        (
            action_text(title),
            [
                ShortcutRow(action_text(row.text), row.keys, row.id)
                for row in ACTIONS
                if row.menu == menu
            ],
        )
        for menu, title in MENUS
    ]
    for title, fixed in (
        (QT_TRANSLATE_NOOP("Actions", "Gallery"), GALLERY_KEYS),
        (QT_TRANSLATE_NOOP("Actions", "Viewer"), VIEWER_KEYS),
        (QT_TRANSLATE_NOOP("Actions", "Everywhere"), CONTROL_KEYS),
    ):
        rows = [ShortcutRow(translate_action(text), keys) for text, keys in fixed]
        groups.append((translate_action(str(title)), rows))
    return [(title, rows) for title, rows in groups if rows]


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


class MainWindow(QMainWindow):
    """Rail, command bar, pages, status line.

    Args:
        may_close: whether nothing keeps the window open; called before each closing.
    """

    close_requested = Signal()

    def __init__(
        self,
        session: CaseSession,
        thumbnails: ThumbnailLoader,
        queue: RunQueue,
        model_list: ModelList,
        settings: Settings,
        theme: Theme,
        *,
        may_close: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._session, self._settings, self._may_close = session, settings, may_close
        self.icons = Icons(theme)
        self.commands = Actions(self.icons, self)
        self.chooser = ModelChooser(model_list, self.commands["import_model"], self)
        self.chooser.choose(settings.value(MODEL))
        self.bar = CommandBar(self.commands, self.chooser, queue, self.icons, self)
        self.welcome = WelcomePage(self.icons, self)
        heat, outline = self.commands["heat"], self.commands["outline"]
        inspector = Inspector(session, settings, theme, heat, outline, self)
        verdict = [self.commands[each] for each in PALETTE_ACTIONS]
        self.review = ReviewPage(session, thumbnails, inspector, settings, theme, verdict, self)
        self.keys = ShortcutsPage(key_groups(), self)
        self.pages = PageStack(self.commands, self.welcome)
        self.status = StatusBar(self)
        self._build()
        self.notifications = Notifications(self._central, bottom=self.status.sizeHint().height())
        session.opened.connect(self._on_case)
        session.changed.connect(self._show_counts)
        session.listed.connect(self._show_counts)
        self._on_case()

    def parts(self, session: CaseSession, queue: RunQueue, settings: Settings) -> WindowParts:
        """Gather what most controllers use."""
        return WindowParts(
            session=session,
            queue=queue,
            settings=settings,
            actions=self.commands,
            notifications=self.notifications,
            pages=self.pages,
            review=self.review,
            chooser=self.chooser,
            parent=self,
        )

    def _build(self) -> None:
        self.setAcceptDrops(True)
        fill_menus(self.menuBar(), self.commands)
        self.commands.on("quit", self.close)
        self.pages.add_page("review", self.review)
        self.pages.add_page("keys", self.keys)
        self.pages.currentChanged.connect(self._show_status)
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
        geometry = self._settings.value(GEOMETRY)
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))

    def _rail_actions(self) -> tuple[list[QAction], list[QAction]]:
        """Pages of the case above; below them, pages that are there without a case."""
        rows = [row for row in ACTIONS if row.group == "page"]
        above = [self.commands[row.id] for row in rows if row.menu != "help"]
        return above, [self.commands[row.id] for row in rows if row.menu == "help"]

    def _on_case(self) -> None:
        root = self._session.root
        recent = self._settings.value(RECENT_FOLDERS)
        self.bar.show_folder(root, recent)
        self.bar.setVisible(root is not None)
        self.welcome.set_recent(recent)
        self.setWindowTitle(f"{root.name} – Leuko" if root is not None else "Leuko")
        self.pages.show_page(self.review if root is not None else self.welcome)
        self._show_status()
        self._show_counts()

    def _show_status(self) -> None:
        """The welcome page has nothing to count."""
        self.status.setVisible(self.pages.currentWidget() is not self.welcome)

    def _show_counts(self) -> None:
        model = self._session.model
        counts = model.counts() if model is not None else None
        self.status.show_counts(counts, listing=self._session.is_listing)

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
        """Close unless something keeps the window open; the geometry is remembered."""
        if not self._may_close():
            event.ignore()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        self._settings.set(GEOMETRY, geometry)
        self.review.save()
        self._settings.save()
        event.accept()
        self.close_requested.emit()
