"""Last page of the retrain wizard: what will be learned, what it takes here, its name, start."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWizard,
)

from leukogui.gallery.text import class_title
from leukogui.language.number_format import format_duration, format_number
from leukogui.language.worker_messages import translate_message
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.pages.teach.choice import RetrainChoice, free_name
from leukogui.pages.teach.job_page import JobPage, scrolled
from leukogui.theme.metrics import GRID, font

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


class ForecastPage(JobPage):
    """Says what will be learned, before it starts."""

    command_requested = Signal()

    def __init__(self, choice: RetrainChoice) -> None:
        super().__init__(
            self.tr("What it will learn"),
            self.tr("It learns in the background; you can go on reviewing, and stop it any time."),
            self.tr("Progress of the trial"),
        )
        self._choice = choice
        self._is_known = False
        self.taken: frozenset[str] = frozenset()
        self.setFinalPage(True)
        self.setButtonText(QWizard.WizardButton.FinishButton, self.tr("Start"))
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the new model"))
        self.name.textChanged.connect(self._on_name)
        self.problem = plain_label("bad")
        self.state.setFont(font(bold=True))
        self.learned = plain_label()
        self.learned.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.command = QPushButton(self.tr("Copy as command"))
        self.command.clicked.connect(self.command_requested)
        self._lay_out()

    def initializePage(self) -> None:  # noqa: N802 - Qt's name
        """Have it forecast."""
        self._is_known = False
        self.learned.setText("")
        self.name.setText(self._choice.name or free_name(self._choice.begins_at, self.taken))
        self._request(self.tr("A short trial on some of your cells…"))

    def cleanupPage(self) -> None:  # noqa: N802 - Qt's name
        """The person went back."""
        self._choice.name = ""
        super().cleanupPage()

    def isComplete(self) -> bool:  # noqa: N802 - Qt's name
        """Whether it can start."""
        return self._is_known and not self._problem_of(self.name.text())

    def show_adaptation(self, counts: Mapping[str, int]) -> None:
        """An adaptation takes seconds, and is judged cell by cell; nothing is tried before.

        Args:
            counts: cells of each class.
        """
        serving = self._choice.serving
        known = serving.outputs if serving is not None else ()
        lines = [self._count_line(counts)]
        if new := [name for name in self._choice.classes if name not in known]:
            lines.append(self.tr("New classes: {names}.").format(names=_names(new)))
        lines.append(
            self.tr("It still knows all classes of {model}.").format(
                model=serving.id if serving is not None else ""
            )
        )
        lines.append(
            self.tr("Each cell is judged by a head that did not learn from it; no cell is lost.")
        )
        self._show(self.tr("It takes seconds."), lines)

    def show_forecast(self, found: Mapping[str, Any], warnings: Sequence[str]) -> None:
        """Show what the job `forecast` returned."""
        takes = self.tr("At most about {time}, {memory} GB of memory, {disk} GB of disk.").format(
            time=format_duration(found["seconds"]),
            memory=format_number(found["memory"] / 1e9, ".1f"),
            disk=format_number(found["disk"] / 1e9, ".2f"),
        )
        classes = found["classes"]
        lines = [self._count_line({name: each.get("train", 0) for name, each in classes.items()})]
        kept = {name: each.get("test", 0) for name, each in classes.items()}
        judged = self.tr("Kept for judging, never learned from: {n} cells ({names}).")
        lines.append(judged.format(n=format_number(found["judged_on"]), names=_counted(kept)))
        texts = {
            "outside": self.tr("Counts as unknown: {names}."),
            "became_classes": self.tr("Was outside before, is a class now: {names}."),
            "lost": self.tr("The new model will no longer know: {names}."),
        }
        lines += [
            text.format(names=_names(found[key])) for key, text in texts.items() if found[key]
        ]
        if self._choice.tunes:
            lines.append(
                self.tr(
                    "A recipe comes of it, no model; at its end one click trains {name} with it."
                ).format(name=self.name.text())
            )
        lines += list(dict.fromkeys(map(translate_message, warnings)))
        self._show(takes, lines)

    def _count_line(self, counts: Mapping[str, int]) -> str:
        return self.tr("Learns from: {names}.").format(names=_counted(counts))

    def _show(self, takes: str, lines: Sequence[str]) -> None:
        self.bar.hide()
        self.state.setText(takes)
        self.learned.setText("\n\n".join(lines))
        self._is_known = True
        self.completeChanged.emit()

    def _on_name(self, text: str) -> None:
        self._choice.name = text.strip()
        self.problem.setText(self._problem_of(text))
        self.completeChanged.emit()

    def _problem_of(self, text: str) -> str:
        name = text.strip()
        if not _NAME.fullmatch(name):
            return self.tr("Letters, digits, points, hyphens and underscores, no spaces.")
        if name in self.taken:
            return self.tr("There is a model of this name already.")
        return ""

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self.tr("Name of the new model"), self.name)
        below = QHBoxLayout()
        below.addWidget(self.command)
        below.addStretch()
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(self.state)
        column.addWidget(self.bar)
        column.addWidget(scrolled(self.learned), 1)
        column.addLayout(below)


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(class_title, names))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{class_title(name)} {format_number(n)}" for name, n in counts.items())
