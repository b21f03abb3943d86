"""The heat maps of two classes side by side, in the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from leukogui.backend.cell_query import CellQuery, CellQueryRunner, build_heat_request
from leukogui.backend.worker import QtWorker
from leukogui.gallery.text import class_title, format_percent
from leukogui.language.worker_messages import translate_message
from leukogui.settings.table import HEAT_OPACITY
from leukogui.viewer.class_pair import choose_pair
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.map_pair import MapPairView
from leukogui.viewer.page import ViewerPage
from leukogui.window.parts import WindowParts
from trainer.imaging.heat_maps import pair_maps

if TYPE_CHECKING:
    from trainer.domain import CellId, Prediction


@dataclass(frozen=True)
class _Drawn:
    """What the panels show; anything else must be drawn again."""

    prediction: Prediction
    pair: tuple[int, int] | None
    heat: bool
    opacity: float
    light: DisplayAdjustment


class MapPairController(QObject):
    """Fills the view of two heat maps, and puts it in the place of the viewer's cell.

    Args:
        helper: worker for small requests: it measures where the heat lies.
    """

    def __init__(self, parts: WindowParts, viewer: ViewerPage, helper: QtWorker) -> None:
        super().__init__(parts.parent)
        self._session, self._settings, self._viewer = parts.session, parts.settings, viewer
        self._heat, self._outline = parts.actions["heat"], parts.actions["outline"]
        self._query: CellQuery | None = None
        self._image: tuple[Any, ...] = ()
        self._drawn: _Drawn | None = None
        self._revealed: CellId | None = None
        self.view = MapPairView(viewer)
        self.runner = CellQueryRunner(helper, build_heat_request, self)
        self._connect()

    def set_shown(self, on: bool) -> None:
        """Show the two maps, or the cell as before."""
        self._viewer.split_view.show_instead(self.view if on else None)
        self._viewer.side_panel.class_contrast.setEnabled(not on)  # the second class is above
        canvas = self._viewer.split_view.canvas
        self._viewer.setFocusProxy(canvas)
        canvas.setFocus()
        if on:
            self._heat.setChecked(True)
        else:
            self.runner.clear()
            self._query = None
        self.refresh()
        self._viewer.bar.show_zoom(canvas.viewport.zoom)

    def refresh(self) -> None:
        """Show the cell of the viewer, as far as it is known."""
        if self._viewer.split_view.is_replaced:
            self._show_image()
            self._show_maps()

    def close(self) -> None:
        """Stop every thread, and request nothing any more."""
        self.runner.close()
        self.view.close_threads()

    def _connect(self) -> None:
        viewer, view = self._viewer, self.view
        viewer.changed.connect(self.refresh)
        self._session.changed.connect(self.refresh)
        self._settings.changed.connect(lambda _: self.refresh())
        for action in (self._heat, self._outline):
            action.toggled.connect(self.refresh)
        view.chosen.connect(self.refresh)
        viewer.side_panel.prediction_panel.chosen.connect(self._choose_first)
        view.viewport_changed.connect(self._show_zoom)
        for canvas in view.canvases:
            canvas.step_requested.connect(viewer.step)
            canvas.plane_step_requested.connect(viewer.pane.step_plane)
        self.runner.found.connect(self._on_found)
        self.runner.failed.connect(self._on_failed)

    def _choose_first(self, output: int) -> None:
        """A bar of the probabilities was chosen: its class is the first."""
        if self._viewer.split_view.is_replaced:
            self.view.first.setCurrentIndex(output + 1)

    # What is shown

    def _show_image(self) -> None:
        pane = self._viewer.pane
        outline = pane.outline
        shown = (pane.image, pane.plane, len(outline), pane.canvas.message)
        if shown == self._image:
            return
        self._image, self._drawn = shown, None
        if pane.image is None or not pane.image.planes:
            self.view.show_placeholder(pane.canvas.message)
        else:
            self.view.show_image(pane.image, pane.plane, outline)

    def _show_maps(self) -> None:
        pane, outputs = self._viewer.pane, self._viewer.pane.outputs
        prediction = pane.prediction
        self.view.show_outputs(outputs, [self._title(name) for name in outputs])
        pair = self._choose_pair(prediction, outputs)
        if prediction is None or pane.image is None:
            self._forget()
            return
        opacity = self._settings.value(HEAT_OPACITY)
        light = self._viewer.adjustment
        drawn = _Drawn(prediction, pair, self._heat.isChecked(), opacity, light)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        maps = pair_maps(prediction, *pair) if pair is not None else None
        self.view.show_maps(maps if drawn.heat else None, prediction.window, opacity, light)
        self._reveal()
        if pair is None or maps is None:
            self._forget(self.tr("There are no heat maps of this cell that can be compared."))
        else:
            self._name(prediction, pair)
            self._request(pair)

    def _choose_pair(
        self, prediction: Prediction | None, outputs: tuple[str, ...]
    ) -> tuple[int, int] | None:
        if prediction is None:
            return None
        model = self._session.model
        review = model.review(self._viewer.cell) if model is not None else None
        verdict = review.label if review is not None else ""
        return choose_pair(prediction, outputs, verdict, *self.view.choice)

    def _forget(self, message: str = "") -> None:
        """Nothing is known of the maps."""
        self._query = None
        self.runner.clear()
        self.view.show_shares((), ())
        for panel in self.view.panels:
            panel.name("")
        self.view.show_message(message)

    def _name(self, prediction: Prediction, pair: tuple[int, int]) -> None:
        outputs = self._viewer.pane.outputs
        titles = [self._title(outputs[at]) for at in pair]
        captions = [
            f"{title}  {format_percent(prediction.probabilities[at])}"
            for title, at in zip(titles, pair, strict=True)
        ]
        against = self.tr("{first} against {second}").format(first=titles[0], second=titles[1])
        self.view.name_classes(pair, (*captions, against), titles)

    def _title(self, name: str) -> str:
        model = self._session.model
        return class_title(model.titles.get(name, name) if model is not None else name)

    def _reveal(self) -> None:
        """Frame a cell of a field, once: any other fills its image."""
        pane = self._viewer.pane
        cell, prediction = pane.cell, pane.prediction
        if cell is None or prediction is None or prediction.window is None or not cell.number:
            return
        if cell != self._revealed:
            self._revealed = cell
            self.view.reveal(prediction.window)

    def _show_zoom(self) -> None:
        if self._viewer.split_view.is_replaced:
            self._viewer.bar.show_zoom(self.view.canvas.viewport.zoom)

    # Where the heat lies

    def _request(self, pair: tuple[int, int]) -> None:
        root, cell = self._session.root, self._viewer.cell
        result = self._session.result(cell)
        if root is None or cell is None or result is None:
            return
        outputs = self._viewer.pane.outputs
        names = (outputs[pair[0]], outputs[pair[1]])
        query = CellQuery(root, cell, result.run, names)
        if query != self._query:
            self._query = query
            self.view.show_shares((), ())
            self.runner.request(query)

    def _on_found(self, query: CellQuery, found: Mapping[str, Any]) -> None:
        if query != self._query:
            return
        self.view.show_shares(found["maps"], [self._title(name) for name in query.classes])
        self.view.add_note(translate_message(found["note"]) if found["note"] else "")

    def _on_failed(self, query: CellQuery, message: str) -> None:
        if query == self._query:
            self.view.add_note(message)
