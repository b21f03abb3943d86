"""One training: how far it is, its curves, what it reported, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from leukogui.gallery.text import class_title
from leukogui.language.worker_messages import translate_message
from leukogui.pages.teach.curves import Curve, CurveChart, RecallBars
from leukogui.pages.teach.text import describe_progress, describe_state
from leukogui.theme.metrics import GRID, font
from leukogui.theme.theme import Theme

if TYPE_CHECKING:
    from leukogui.backend.training_reader import ShownTraining
    from trainer.training_metrics import TrainingMetrics


class TrainingPanel(QWidget):
    """Shows one training, and requests what a person wants of it."""

    ordered = Signal(str)  # "pause", "keep" or "cancel"
    go_on_requested = Signal()
    delete_requested = Signal()
    log_requested = Signal()
    command_requested = Signal()
    models_requested = Signal()
    training_requested = Signal()  # with the recipe that was found

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.training: ShownTraining | None = None
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(font(bold=True))
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setWordWrap(True)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the training"))
        self.loss = CurveChart(theme, self.tr("Loss"))
        self.shares = CurveChart(theme, self.tr("Accuracy"), top=1.0, as_share=True)
        self.recall = RecallBars(theme)
        self.messages = QPlainTextEdit()
        self.messages.setReadOnly(True)
        self.messages.setTabChangesFocus(True)
        self.messages.setAccessibleName(self.tr("What the training reported"))
        self._build_buttons()
        self._lay_out()

    def show_training(self, training: ShownTraining) -> None:
        """Show it as it is now."""
        before, self.training = self.training, training
        if training is before:
            return
        self.title.setText(f"{training.title} · {describe_state(training.state)}")
        self.state.setText(describe_progress(training))
        self._show_bar(training)
        self._show_curves(training)
        text = "\n".join(map(translate_message, training.messages))
        if text != self.messages.toPlainText():
            self.messages.setPlainText(text)
        self._show_possible(training)

    def _show_bar(self, training: ShownTraining) -> None:
        progress = training.progress
        self.bar.setVisible(training.state in ("running", "stopping"))
        self.bar.setRange(0, progress.total or 0 if progress is not None else 0)
        self.bar.setValue(progress.done if progress is not None else 0)

    def _show_curves(self, training: ShownTraining) -> None:
        curve, checks = training.curve, training.checks
        self.charts.setVisible(bool(curve))
        self.recall_side.setVisible(bool(checks))
        progress = training.progress
        steps = progress.total or 0 if progress and progress.stage == "training" else 0
        on_val = self.tr("validation")
        loss = (
            Curve(self.tr("Loss: batch"), "quiet", _points(curve, _loss)),
            Curve(on_val, "accent", _points(checks, _val_loss)),
        )
        self.loss.show_curves(loss, steps)
        shares = (
            Curve(self.tr("Accuracy: batch"), "quiet", _points(curve, _accuracy)),
            Curve(on_val, "text", _points(checks, _val_accuracy)),
            Curve(self.tr("balanced"), "accent", _points(checks, _balanced_accuracy)),
        )
        self.shares.show_curves(shares, steps)
        recall = checks[-1].recall if checks else {}
        self.recall.show_rows([(class_title(name), share) for name, share in recall.items()])

    def _show_possible(self, training: ShownTraining) -> None:
        runs, waits = training.state == "running", training.state == "waiting"
        can_resume = training.can_go_on and training.request is not None
        self.judge.setVisible(bool(training.model) and training.state == "done")
        self.train.setVisible(training.recipe is not None and training.state == "done")
        self.pause.setVisible(runs or waits)
        self.keep.setVisible(runs)
        self.keep.setEnabled(training.has_best)
        self.cancel.setVisible(runs or waits or training.state in ("paused", "interrupted"))
        self.go_on.setVisible(can_resume)
        self.delete.setVisible(not training.is_active)

    def _build_buttons(self) -> None:
        self.pause = self._button(self.tr("Pause"), lambda: self.ordered.emit("pause"))
        self.go_on = self._button(self.tr("Go on"), self.go_on_requested.emit)
        self.keep = self._button(
            self.tr("Stop and keep the best"), lambda: self.ordered.emit("keep")
        )
        self.keep.setToolTip(
            self.tr("End now, with what did best so far on cells that it did not learn from")
        )
        self.cancel = self._button(self.tr("Cancel"), lambda: self.ordered.emit("cancel"))
        self.delete = self._button(self.tr("Take off the list"), self.delete_requested.emit)
        self.delete.setToolTip(self.tr("The model that came of it stays"))
        self.judge = self._button(self.tr("Judge it among the models"), self.models_requested.emit)
        self.judge.setToolTip(
            self.tr("The page of models compares it to the one that serves, and lets it serve")
        )
        self.train = self._button(self.tr("Train with this recipe"), self.training_requested.emit)
        self.train.setToolTip(
            self.tr("A training of the same cells and classes, in the queue; it makes a model")
        )
        self.log = self._button(self.tr("Show the log"), self.log_requested.emit)
        self.command = self._button(self.tr("Copy as command"), self.command_requested.emit)

    def _button(self, text: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda *_: do())
        return button

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        acts = (self.judge, self.train, self.pause, self.go_on, self.keep, self.cancel, self.delete)
        for button in acts:
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.log)
        buttons.addWidget(self.command)
        self.charts = QWidget()
        charts = QHBoxLayout(self.charts)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(2 * GRID)
        charts.addWidget(self.loss, 3)
        charts.addWidget(self.shares, 3)
        self.recall_side = QScrollArea()
        self.recall_side.setWidgetResizable(True)
        self.recall_side.setFrameShape(QScrollArea.Shape.NoFrame)
        self.recall_side.setWidget(self.recall)
        self.recall_side.setMinimumWidth(24 * GRID)
        charts.addWidget(self.recall_side, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.title)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addWidget(self.charts, 3)
        column.addWidget(self.messages, 1)
        column.addLayout(buttons)


def _points(
    metrics: tuple[TrainingMetrics, ...], value: Callable[[TrainingMetrics], float | None]
) -> tuple[tuple[int, float], ...]:
    found = ((each.step, value(each)) for each in metrics)
    return tuple((step, number) for step, number in found if number is not None)


def _loss(metrics: TrainingMetrics) -> float:
    return metrics.loss


def _accuracy(metrics: TrainingMetrics) -> float:
    return metrics.accuracy


def _val_loss(metrics: TrainingMetrics) -> float | None:
    return metrics.val_loss


def _val_accuracy(metrics: TrainingMetrics) -> float | None:
    return metrics.val_accuracy


def _balanced_accuracy(metrics: TrainingMetrics) -> float | None:
    return metrics.balanced_accuracy
