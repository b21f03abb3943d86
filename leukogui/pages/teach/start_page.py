"""Third page of the retrain wizard: where it starts, how it learns, and which classes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWizardPage,
)

from leukogui.gallery.text import class_title
from leukogui.pages.sign_off.dialog import plain_label
from leukogui.pages.teach.choice import Preset, RetrainChoice, Start
from leukogui.theme.metrics import GRID
from trainer.edition import has_package

_LABEL = Qt.ItemDataRole.UserRole


class StartPage(QWizardPage):
    """Adapt the serving model, go on from it, or a network from ImageNet."""

    def __init__(self, choice: RetrainChoice, backbones: Iterable[str]) -> None:
        super().__init__()
        self._choice = choice
        self.setTitle(self.tr("Where shall it start?"))
        self.setSubTitle(
            self.tr("To adapt is safest and quickest; a new network needs the most cells.")
        )
        self.adapt = QRadioButton(self.tr("Adapt the serving model (seconds)"))
        self.from_model = QRadioButton(self.tr("Go on from the serving model (minutes to hours)"))
        self.new = QRadioButton(self.tr("A new network that knows only everyday pictures"))
        self.meant = plain_label("quiet")
        self.backbone = QComboBox()
        self.backbone.addItems(list(backbones))
        self.download = QCheckBox(
            self.tr("ImageNet weights may be downloaded, once, if they are not here")
        )
        self.weights = QLineEdit()
        self.weights.setPlaceholderText(self.tr("or a file of weights on this computer"))
        self.weights.setAccessibleName(self.tr("File of weights"))
        self.browse = QPushButton(self.tr("Choose…"))
        self.preset = QComboBox()
        self.seed = QSpinBox()
        self.seed.setRange(0, 1_000_000)
        self.seed.setToolTip(self.tr("Of all that is drawn by chance; the same gives the same"))
        self.tunes = QCheckBox(self.tr("Tune: find the best recipe first (hours)"))
        self.tunes.setToolTip(
            self.tr("Many short trainings on parts of your cells; cells kept for judging have none")
        )
        self.trials = QSpinBox()
        self.trials.setRange(2, 1000)
        self.trials.setValue(choice.trials)
        self.trials.setSuffix(self.tr(" recipes"))
        self.trials.setAccessibleName(self.tr("Recipes to try"))
        self.hours = QSpinBox()
        self.hours.setRange(0, 168)
        self.hours.setSpecialValueText(self.tr("no limit of time"))
        self.hours.setSuffix(self.tr(" hours at most"))
        self.hours.setAccessibleName(self.tr("Most hours that recipes are tried for"))
        self.classes = QListWidget()
        self.classes.setObjectName("classChoice")
        self.classes.setAccessibleName(self.tr("Classes to learn"))
        self._picker: QFileDialog | None = None
        presets: tuple[tuple[Preset, str], ...] = (
            ("head", self.tr("The head alone (quickest)")),
            ("finetune", self.tr("The last block, too")),
            ("full", self.tr("All layers (slowest)")),
        )
        for name, text in presets:
            self.preset.addItem(text, name)
        self._trains_networks = has_package("keras")
        self.preset.setCurrentIndex(1 if self._trains_networks else 0)
        self._lay_out()
        for button in (self.adapt, self.from_model, self.new):
            button.toggled.connect(self._show_possible)
        self.tunes.toggled.connect(self._show_possible)
        self.classes.itemChanged.connect(lambda _: self.completeChanged.emit())
        self.weights.textChanged.connect(lambda _: self.completeChanged.emit())
        self.browse.clicked.connect(self._browse)

    def show_classes(self, names: Iterable[str]) -> None:
        """List the labels of the cells; those that the serving model has outside are unchecked."""
        serving = self._choice.serving
        outside = serving.other_classes if serving is not None else ()
        self.classes.clear()
        for name in names:
            item = QListWidgetItem(class_title(name))
            item.setData(_LABEL, name)
            checked = name not in outside
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
            self.classes.addItem(item)

    def initializePage(self) -> None:  # noqa: N802 - Qt's name
        """Offer what is possible."""
        has_model = self._choice.serving is not None
        for button in (self.adapt, self.from_model):
            button.setEnabled(has_model)
        self.new.setEnabled(self._trains_networks)
        chosen = {"adapt": self.adapt, "from_model": self.from_model, "new": self.new}
        (chosen[self._choice.start] if has_model else self.new).setChecked(True)
        self._show_possible()

    def isComplete(self) -> bool:  # noqa: N802 - Qt's name
        """Whether two classes are left, and the weights are there."""
        learned, _ = self._labels()
        weights = self.weights.text().strip()
        has_weights = not weights or Path(weights).is_file() or not self.new.isChecked()
        return has_weights and (len(learned) >= 2 or self.adapt.isChecked())

    def validatePage(self) -> bool:  # noqa: N802 - Qt's name
        """Take the choices."""
        choice = self._choice
        choice.start = self._start()
        choice.preset = self.preset.currentData()
        choice.backbone = self.backbone.currentText()
        choice.weights = self.weights.text().strip() or "imagenet"
        choice.download = self.download.isChecked()
        choice.seed = self.seed.value()
        choice.tunes = self._tunes
        choice.trials, choice.hours = self.trials.value(), self.hours.value()
        choice.classes, choice.outside = self._labels()
        return True

    def _start(self) -> Start:
        if self.adapt.isChecked():
            return "adapt"
        return "from_model" if self.from_model.isChecked() else "new"

    @property
    def _tunes(self) -> bool:
        return self.tunes.isEnabled() and self.tunes.isChecked()

    def _labels(self) -> tuple[list[str], list[str]]:
        """Those to learn, and those that count as outside."""
        items = [self.classes.item(at) for at in range(self.classes.count())]
        checked = Qt.CheckState.Checked
        learned = [item.data(_LABEL) for item in items if item.checkState() == checked]
        return learned, [item.data(_LABEL) for item in items if item.checkState() != checked]

    def _show_possible(self) -> None:
        is_new, adapts = self.new.isChecked(), self.adapt.isChecked()
        for widget in (self.backbone, self.download, self.weights, self.browse):
            widget.setEnabled(is_new)
        self.preset.setEnabled(not adapts and self._trains_networks)
        self.seed.setEnabled(not adapts)
        self.tunes.setEnabled(not adapts and has_package("optuna"))
        self.trials.setEnabled(self._tunes)
        self.hours.setEnabled(self._tunes)
        serving = self._choice.serving
        name = serving.id if serving is not None else ""
        if adapts:
            text = self.tr(
                "The head of {model} moves a little towards your cells, and is held to what it "
                "was: it cannot forget much. From 5 cells of a class on."
            )
        elif is_new:
            text = self.tr(
                "It learns only what you show it, and needs hundreds of cells of each class."
            )
        else:
            text = self.tr(
                "{model} is trained further on your cells. It may forget what they do not show."
            )
        if self._tunes:
            tuned = self.tr(
                "Before that, recipes are tried on parts of your cells: how fast it learns, how "
                "deep, how far cells are varied. The best is offered for a training."
            )
            text = f"{text} {tuned}"
        self.meant.setText(text.format(model=name))
        self.completeChanged.emit()

    def _browse(self) -> None:
        picker = QFileDialog(self, self.tr("Weights"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilters([self.tr("Weights (*.h5 *.hdf5)"), self.tr("All files (*)")])
        picker.fileSelected.connect(self.weights.setText)
        picker.finished.connect(picker.deleteLater)
        self._picker = picker
        picker.open()

    def _lay_out(self) -> None:
        weights = QHBoxLayout()
        weights.addWidget(self.weights, 1)
        weights.addWidget(self.browse)
        form = QFormLayout()
        form.setVerticalSpacing(GRID)
        form.addRow(self.tr("Network"), self.backbone)
        form.addRow("", self.download)
        form.addRow(self.tr("Weights"), weights)
        form.addRow(self.tr("What learns"), self.preset)
        form.addRow(self.tr("Seed"), self.seed)
        effort = QHBoxLayout()
        effort.addWidget(self.trials, 1)
        effort.addWidget(self.hours, 1)
        form.addRow(self.tr("Tuning"), self.tunes)
        form.addRow("", effort)
        left = QVBoxLayout()
        left.setSpacing(GRID)
        for button in (self.adapt, self.from_model, self.new):
            left.addWidget(button)
        left.addWidget(self.meant)
        if not self._trains_networks:
            reader = plain_label("quiet")
            reader.setText(
                self.tr(
                    "This is the reader edition: only a head can be trained. The full one does all."
                )
            )
            left.addWidget(reader)
        left.addLayout(form)
        left.addStretch()
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addWidget(QLabel(self.tr("Classes to learn")))
        right.addWidget(self.classes, 1)
        outside = plain_label("quiet")
        outside.setText(self.tr("Without a tick: cells that are to count as unknown."))
        right.addWidget(outside)
        row = QHBoxLayout(self)
        row.setSpacing(3 * GRID)
        row.addLayout(left, 3)
        row.addLayout(right, 2)
