"""The bar above every page: folder, model, source, Run; progress of a run; the device."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from leukogui.backend.run_queue import RunQueue
from leukogui.language.number_format import format_number, format_time_left
from leukogui.language.worker_messages import capitalized
from leukogui.panels.badges import DeviceBadge, SignedBadge
from leukogui.panels.model_chooser import ModelChooser
from leukogui.panels.source_button import SourceButton
from leukogui.theme.icons import Icons
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.elided_text import ElidedButton, ElidedLabel
from leukogui.window.action_set import Actions

if TYPE_CHECKING:
    from trainer.protocol.events import ProgressEvent


_MAX_NAME_LENGTH = 24  # of a folder, in characters, beside the progress of its run


class CommandBar(QWidget):
    """Case, model, Run."""

    folder_chosen = Signal(str)

    def __init__(
        self,
        actions: Actions,
        chooser: ModelChooser,
        queue: RunQueue,
        icons: Icons,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("commandBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions, self._queue = actions, queue
        self.chooser = chooser
        self.folder = _menu_button(self.tr("Open a folder…"))
        icons.put(self.folder, "folder")
        icons.put(chooser, "model")
        self.source = SourceButton()
        icons.put(self.source, "source")
        self.run = QPushButton(self.tr("Run"))
        self.run.setProperty("main", True)
        self.run.clicked.connect(actions["run"].trigger)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(6 * GRID)
        self.bar.setMaximumWidth(20 * GRID)
        self.bar.setAccessibleName(self.tr("Progress of the run"))
        self._root: Path | None = None
        self.progress_text = ElidedLabel(compact=True)
        self.progress_text.setFont(font(FontSize.SMALL))
        self.stop = QToolButton()
        self.stop.setDefaultAction(actions["cancel"])
        self.stop.setAccessibleName(self.tr("Stop the run"))
        self.waiting = _menu_button("")
        icons.put(self.waiting, "queue")
        self.signed = SignedBadge()
        icons.put(self.signed, "sign")
        self.device = DeviceBadge()
        icons.put(self.device, "device")
        self._lay_out()
        actions["run"].changed.connect(self._show_run)
        queue.changed.connect(self._show_queue)
        queue.progressed.connect(self._show_progress)
        self.show_folder(None, ())
        self._show_queue()

    def show_folder(self, root: Path | None, recent: tuple[str, ...]) -> None:
        """Show which folder is open, with the recent ones in the menu."""
        self._root = root
        name = root.name or str(root) if root is not None else self.tr("No folder")
        self.folder.setText(name.replace("&", "&&"))
        self.folder.setToolTip(str(root or ""))
        self.folder.setAccessibleName(self.tr("Folder: {name}").format(name=name))
        menu = self.folder.menu()
        assert isinstance(menu, QMenu)
        menu.clear()
        menu.addAction(self._actions["open_folder"])
        menu.addSeparator()
        if self._queue.progress is not None:  # it may be of this folder now, or no longer
            self._show_progress(self._queue.progress)
        for folder in recent:
            action = menu.addAction(folder.replace("&", "&&"))
            action.triggered.connect(lambda *_, folder=folder: self.folder_chosen.emit(folder))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(GRID // 2)
        row.addWidget(self.folder)
        row.addWidget(_chevron())
        row.addWidget(self.chooser)
        row.addWidget(self.source)
        row.addSpacing(GRID)
        row.addWidget(self.run)
        row.addSpacing(2 * GRID)
        row.addWidget(self.bar, 1)
        row.addWidget(self.progress_text)
        row.addWidget(self.stop)
        row.addWidget(self.waiting)
        row.addStretch(1)
        row.addWidget(self.signed)
        row.addWidget(self.device)
        before = (self.folder, self.chooser, self.source, self.run)
        order = (*before, self.stop, self.waiting, self.signed, self.device)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _show_run(self) -> None:
        self.run.setEnabled(self._actions["run"].isEnabled())
        self.run.setToolTip(self._actions["run"].toolTip())

    def _show_queue(self) -> None:
        going = self._queue.current is not None
        for widget in (self.bar, self.progress_text, self.stop):
            widget.setVisible(going)
        if going and self._queue.progress is None:
            self.bar.setRange(0, 0)
            self._show_progress_text(self.tr("Starting…"))
        if self._queue.is_stopping:
            self._show_progress_text(self.tr("Stopping…"))
        count = len(self._queue.waiting)
        self.waiting.setVisible(bool(count))
        self.waiting.setText(self.tr("{n} waiting").format(n=count))
        menu = self.waiting.menu()
        assert isinstance(menu, QMenu)
        menu.clear()
        for spec in self._queue.waiting:
            text = self.tr("Take {folder} out of the queue").format(folder=spec.root)
            action = menu.addAction(text.replace("&", "&&"))
            action.triggered.connect(lambda *_, spec=spec: self._queue.drop(spec))

    def _show_progress(self, progress: ProgressEvent) -> None:
        self.bar.setRange(0, progress.total or 0)
        self.bar.setValue(progress.done)
        if not self._queue.is_stopping:
            self._show_progress_text(format_progress(progress))

    def _show_progress_text(self, what: str) -> None:
        """Show the progress of the run; of another folder than the open one, with its name."""
        going = self._queue.current
        if going is not None and going.root != self._root:
            folder = going.root.name or str(going.root)
            if len(folder) > _MAX_NAME_LENGTH:
                folder = f"{folder[: _MAX_NAME_LENGTH - 1]}…"
            what = self.tr("{folder}: {what}").format(folder=folder, what=what)
        self.progress_text.setText(what)


def format_progress(progress: ProgressEvent) -> str:
    """Stage, count, rate and time left, as far as they are known."""
    parts = [f"{capitalized(progress.stage)}  {format_number(progress.done)}"]
    if progress.total is not None:
        parts[0] += f" / {format_number(progress.total)}"
    if progress.per_second:
        rate = QCoreApplication.translate("CommandBar", "{n} img/s")
        parts.append(rate.format(n=format_number(progress.per_second, ".3g")))
    if progress.seconds_left is not None and progress.done != progress.total:
        parts.append(format_time_left(progress.seconds_left))
    return "   ".join(parts)


def _menu_button(text: str) -> QToolButton:
    button = ElidedButton()
    button.setText(text)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(QMenu(button))
    return button


def _chevron() -> QLabel:
    label = QLabel("›")
    label.setProperty("tone", "quiet")
    label.setFont(font(FontSize.LARGE))
    return label
