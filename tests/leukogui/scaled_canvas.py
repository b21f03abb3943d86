"""Shows noise at 100 %, in a process of its own: a screen's scaling is chosen at its start."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication

from leukogui.viewer.canvas import ImageCanvas
from leukogui.viewer.display_options import DisplayOptions
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.viewport import origin

SECONDS = 60


def main() -> int:
    """0 if every pixel of the image is one pixel of the screen."""
    app = QApplication([])
    noise = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    canvas = ImageCanvas()
    canvas.resize(500, 400)
    canvas.show()
    canvas.show_image(
        OpenedImage(Path("noise"), width=400, height=300, planes=(noise,)), 0, DisplayOptions()
    )
    canvas.zoom_to(1.0)
    since = QElapsedTimer()
    since.start()
    while not canvas.layer.is_complete and since.elapsed() < 1000 * SECONDS:
        app.processEvents()
    shown = canvas.grab().toImage()
    left, top = origin(canvas.viewport, canvas.widget_size)
    canvas.layer.close()
    wrong = sum(
        shown.pixelColor(left + x, top + y).getRgb()[:3] != tuple(noise[y, x])
        for x in range(0, 400, 9)
        for y in range(0, 300, 9)
    )
    return min(wrong, 100)


if __name__ == "__main__":
    sys.exit(main())
