"""Pictures of a slide in the running program: the whole of it, and some of its cells.

python docs/slide_screenshots.py docs/images/window --theme light

The slide is drawn, and judged by the bundled model.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from screenshots import SIZE, Tour, pause, until

if TYPE_CHECKING:
    from leukogui.app import App

SIDE, COUNT = 6144, "100"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--scale", default="1")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = arguments.scale
    with tempfile.TemporaryDirectory() as data:
        os.environ["LEUKO_DATA_DIR"] = data
        return show(draw(Path(data)), arguments)


def draw(data: Path) -> Path:
    import numpy as np

    from trainer.data.synthetic.slide import write_slide

    folder = data / "drawn slide"
    folder.mkdir()
    rng = np.random.default_rng(3)
    write_slide(folder / "smear.tif", rng, size=(SIDE, SIDE), fields=5, share=0.4)
    return folder


def show(folder: Path, arguments: argparse.Namespace) -> int:
    from PySide6.QtCore import QTimer

    from leukogui.start.arguments import Arguments
    from leukogui.start.program import run

    ending = f"{arguments.theme}-{round(100 * float(arguments.scale))}.png"

    def tour(app: App) -> None:
        try:
            SlideTour(app, arguments.out, ending).take_slide(folder, arguments.theme)
        except BaseException:  # noqa: BLE001 - printed, then the end
            traceback.print_exc()
            os._exit(1)

    return run(Arguments(), lambda app: QTimer.singleShot(200, app, lambda: tour(app)))


class SlideTour(Tour):
    """Scans a slide, and takes a picture of it at two zooms."""

    def take_slide(self, folder: Path, theme: str) -> None:
        from leukogui.settings.table import SLIDE_COUNT, TOUR_ENDED

        window, commands = self._window, self._window.commands
        window.resize(*SIZE)
        commands[f"theme_{theme}"].trigger()
        self._app.settings.set(TOUR_ENDED, True)
        self._app.settings.set(SLIDE_COUNT, COUNT)
        self._app.case_controller.open_folder(folder)
        self._run()
        commands["heat"].setChecked(False)
        commands["outline"].setChecked(True)
        self._choose("seg_neutrophil")
        self._open_cell()
        viewer = self._app.viewer_controller.viewer
        until(lambda: viewer.pane.image is not None and viewer.pane.prediction is not None)
        canvas = viewer.pane.canvas
        canvas.fit()
        until(lambda: canvas.layer.is_complete)
        self._picture("slide")
        canvas.zoom_to(0.75)
        viewer.field.reveal()
        pause(1)
        until(lambda: canvas.layer.is_complete)
        self._picture("slide-cells")
        window.close()


if __name__ == "__main__":
    sys.exit(main())
