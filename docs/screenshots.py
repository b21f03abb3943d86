"""Pictures of the running program: it opens the drawn cells, runs the bundled model, and looks.

python docs/screenshots.py docs/images/window
python docs/screenshots.py docs/images/window --themes light --scales 1
xvfb-run -s "-screen 0 2600x1700x24" python docs/screenshots.py docs/images/window --platform xcb

Welcome, gallery, what a prediction rests on, viewer with the heat map over the cell and with those
of two classes, summary,
drawn fields in gallery, viewer and summary, an adaptation to another lab, and the models with a
judgement, each in light and dark, at 100 % and at 200 %: `gallery-dark-200.png`. Each theme and
scale is a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from reader_screenshots import take_readers, take_references
from screenshot_data import (
    OWN_MODEL,
    copy_bundled_model,
    draw_classes,
    draw_fields,
    draw_labelled_cells,
    draw_pale_lab,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from leukogui.app import App

SIZE = (1280, 800)
CLASS = "myeloblast"
REVIEWED = 8  # cells of each class of the pale lab
PATIENCE = 300.0
SETTLE_SECONDS = 2.0  # seconds in which thumbnails and notifications come and go


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--scales", nargs="+", type=float, default=[1.0, 2.0])
    parser.add_argument("--platform", default="offscreen", help="of Qt: offscreen or xcb")
    parser.add_argument("--take", nargs=2, metavar=("THEME", "SCALE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.take:
        return take(arguments.out, *arguments.take)
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        for theme in arguments.themes:
            for scale in arguments.scales:
                options = ("--take", theme, str(scale))
                command = [sys.executable, __file__, str(arguments.out), *options]
                environment = {
                    **os.environ,
                    "LEUKO_DATA_DIR": data,
                    "QT_QPA_PLATFORM": arguments.platform,
                    "QT_SCALE_FACTOR": str(scale),
                }
                subprocess.run(command, check=True, env=environment)
    return 0


def take(out: Path, theme: str, scale: str) -> int:
    """One window, from its welcome page to its summary."""
    from PySide6.QtCore import QTimer

    from leukogui.start.arguments import Arguments
    from leukogui.start.program import run

    ending = f"{theme}-{round(100 * float(scale))}.png"

    def tour(app: App) -> None:
        try:
            Tour(app, out, ending).take(theme)
        except BaseException:  # noqa: BLE001 - printed, then the end
            traceback.print_exc()
            os._exit(1)

    return run(Arguments(), lambda app: QTimer.singleShot(200, app, lambda: tour(app)))


class Tour:
    """Goes through the pages and takes a picture of each."""

    def __init__(self, app: App, out: Path, ending: str) -> None:
        self._app, self._window = app, app.window
        self._out, self._ending = out, ending

    def take(self, theme: str) -> None:
        from leukogui.settings.table import TOUR_ENDED

        window, commands = self._window, self._window.commands
        window.resize(*SIZE)
        commands[f"theme_{theme}"].trigger()
        window.welcome.set_recent(())  # of no interest: it is a folder that will be gone
        self._picture("welcome")
        self._app.settings.set(TOUR_ENDED, True)  # it has a picture of its own
        commands["try_demo"].trigger()
        self._run()
        commands["heat"].setChecked(True)
        commands["outline"].setChecked(False)
        self._choose(CLASS)
        self._picture("gallery")
        self._take_tour()
        self._take_ablation()
        self._open_cell()
        pane = self._app.viewer_controller.viewer.pane
        until(lambda: pane.image is not None and pane.prediction is not None)
        self._picture("viewer")
        self._take_map_pair()
        take_references(self._app, self._picture, until)
        commands["summary"].trigger()
        assert window.pages.currentWidget() is window.pages.page("summary")
        self._picture("summary")
        take_readers(self._app, self._picture, until)
        self._take_fields()
        self._take_adaptation()
        self._take_models()
        if self._ending == "light-100.png":  # a training takes minutes
            self._take_teaching()
        window.close()

    def _take_tour(self) -> None:
        """The second step of the tour of the window."""
        self._window.commands["tour"].trigger()
        card = self._app.case_controller.tour.card
        assert card is not None
        card.next.click()
        self._picture("tour")
        card.end.click()

    def _take_ablation(self) -> None:
        """What the prediction of the current cell rests on, unfolded in the inspector."""
        section = self._app.ablation_controller.section
        section.unfold()
        until(lambda: bool(section.bars.rows))
        pause(SETTLE_SECONDS)
        self._window.review.inspector.ensureWidgetVisible(section)
        self._picture("ablation")
        section.fold()

    def _take_map_pair(self) -> None:
        """The heat maps of two classes of the same cell, and their difference."""
        commands = self._window.commands
        commands["map_pair"].trigger()
        view = self._app.viewer_controller.map_pair_controller.view
        until(lambda: bool(view.panels[2].shares.text()))
        self._picture("map-pair")
        commands["map_pair"].trigger()

    def _take_fields(self) -> None:
        """The same of a folder of fields."""
        commands, viewer = self._window.commands, self._app.viewer_controller.viewer
        self._app.case_controller.open_folder(draw_fields(Path(os.environ["LEUKO_DATA_DIR"])))
        self._run()
        self._choose("seg_neutrophil")
        commands["heat"].setChecked(False)
        commands["outline"].setChecked(True)
        self._picture("field-gallery")
        self._open_cell()
        until(lambda: viewer.pane.image is not None and viewer.pane.prediction is not None)
        self._picture("field")
        commands["summary"].trigger()
        self._picture("field-summary")

    def _take_adaptation(self) -> None:
        """Cells of a lab that the model does not know, reviewed and tried."""
        from trainer.domain import CellId

        self._app.case_controller.open_folder(draw_pale_lab(Path(os.environ["LEUKO_DATA_DIR"])))
        self._run()
        model = self._app.session.model
        assert model is not None
        labels = {CellId(name): name[4:-4] for name in model.names if int(name[:3]) < REVIEWED}
        self._app.reviews.review(labels)
        controller = self._app.adaptation_controller
        until(controller.line.isVisible)
        self._picture("adaptation-line")
        controller.line.show_button.click()
        assert controller.window is not None
        controller.window.button("start").click()
        until(lambda: controller.candidate is not None)
        self._picture("adaptation", controller.window)
        controller.window.button("discard").click()

    def _take_models(self) -> None:
        """The models with one of the lab's own, measured and judged on drawn cells."""
        data = Path(os.environ["LEUKO_DATA_DIR"])
        copy_bundled_model(data)
        self._window.commands["models"].trigger()
        pause(SETTLE_SECONDS)
        page = self._app.model_page_controller.page
        page.table.choose(OWN_MODEL)
        self._picture("models")
        page.detail.setCurrentWidget(page.detail.lineage)
        self._picture("models-lineage")
        page.evaluate.click()
        window = self._app.evaluation_controller.window
        window.setup.choose_data(str(draw_labelled_cells(data)))
        window.start.click()
        until(lambda: window.start.text() != window.tr("Stop"))
        window.tabs.setCurrentIndex(1)
        matrix = window.confusion.table
        matrix.setCurrentCell(matrix.rowCount() - 1, 0)
        self._picture("evaluation-confusion", window)
        window.tabs.setCurrentWidget(window.judgement)
        self._picture("evaluation-judgement", window)
        window.close()

    def _take_teaching(self) -> None:
        """The wizard from cells to forecast, and the page while a model learns."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QWizard

        self._window.commands["teach"].trigger()
        controller = self._app.training_controller
        controller.page.new.click()
        wizard = controller.retrain.wizard
        assert wizard is not None
        next_button = wizard.button(QWizard.WizardButton.NextButton)
        wizard.cells.of_folder.setChecked(True)
        wizard.cells.path.setText(str(draw_classes(Path(os.environ["LEUKO_DATA_DIR"]))))
        next_button.click()
        until(lambda: wizard.audit.result is not None)
        self._picture("teach-audit", wizard)
        wizard.audit.acknowledged.setChecked(True)
        next_button.click()
        wizard.start.classes.item(0).setCheckState(Qt.CheckState.Checked)
        self._picture("teach-start", wizard)
        next_button.click()
        wizard.forecast.name.setText("our-lab")
        until(lambda: bool(wizard.forecast.learned.text()))
        self._picture("teach-forecast", wizard)
        wizard.button(QWizard.WizardButton.FinishButton).click()
        trainings = controller.trainings
        until(lambda: bool(trainings.all) and len(trainings.all[0].checks) > 2)
        self._picture("teach")
        trainings.order(trainings.all[0], "cancel")
        until(lambda: trainings.all[0].state == "cancelled")

    def _run(self) -> None:
        """Run the bundled model, unless an earlier window did."""
        session, commands = self._app.session, self._window.commands
        until(lambda: session.model is not None and not session.is_listing)
        pause(SETTLE_SECONDS)
        model = session.model
        assert model is not None
        if model.counts().pending:
            until(commands["run"].isEnabled)
            commands["run"].trigger()
        until(lambda: len(model) > 0 and model.counts().pending == 0)
        until(lambda: self._app.queue.current is None)

    def _choose(self, label: str) -> None:
        """Make the first accepted cell of a class the current one."""
        model, review = self._app.session.model, self._window.review
        assert model is not None
        cells = {
            model.cell(row)
            for row, result in enumerate(model.results)
            if result is not None and result.decision == "accept" and result.label == label
        }
        pause(SETTLE_SECONDS)
        review.gallery.setCurrentIndex(review.cells.index(review.cells.positions_of(cells)[0]))

    def _open_cell(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(self._window.review.gallery, Qt.Key.Key_V)

    def _picture(self, name: str, of: QWidget | None = None) -> None:
        pause(SETTLE_SECONDS)
        for notification in self._window.notifications.shown:
            notification.dismiss()
        pause(SETTLE_SECONDS)
        path = self._out / f"{name}-{self._ending}"
        if not (of or self._window).grab().save(str(path)):
            raise OSError(f"{path} was not written")
        print(path, flush=True)


def until(condition: Callable[[], bool]) -> None:
    """Let the window live until something is so."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > PATIENCE:
            raise TimeoutError("the window did not come so far")
        pause(0.05)


def pause(seconds: float) -> None:
    from PySide6.QtTest import QTest

    QTest.qWait(round(1000 * seconds))


if __name__ == "__main__":
    sys.exit(main())
