"""The lab's reference cells: added by a person, shown beside the cell that is compared."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.controllers.correction import CorrectionController
from leukogui.controllers.review_classes import ReviewClassController
from leukogui.gallery.text import class_title, short_name
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.viewer.page import ViewerPage
from leukogui.viewer.reference_panel import (
    ClassChoice,
    ComparableCell,
    ReferencePanel,
    show_picture,
)
from leukogui.window.parts import WindowParts
from trainer.domain import CellId
from trainer.models.class_colours import NEUTRAL, Mark

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore
    from trainer.cases.tables.references import Reference
    from trainer.protocol.outcome import Outcome

_MOST_OF_CASE = 24


class ReferenceController(QObject):
    """Connects the reference library with the viewer.

    Args:
        helper: worker for small requests.
        correction: knows which cells are meant.
        classes: what cells can be called.
    """

    read = Signal(object)  # the References, oldest first: they are shown now
    _found = Signal(object)

    def __init__(
        self,
        parts: WindowParts,
        viewer: ViewerPage,
        thumbnails: ThumbnailLoader,
        helper: QtWorker,
        correction: CorrectionController,
        classes: ReviewClassController,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._viewer = parts, parts.session, viewer
        self._helper, self._correction, self._classes = helper, correction, classes
        self._references: tuple[Reference, ...] = ()
        self._chosen = ""  # class that a person chose, until two cells are no more compared
        self._shown: tuple[object, ...] = ()
        self._message = ""
        self.panel = ReferencePanel(thumbnails, viewer)
        self.panel.hide()
        viewer.split_view.add_panel(self.panel)
        self.panel.class_chosen.connect(self._choose_class)
        self.panel.chosen.connect(self._show_beside)
        self.panel.remove_requested.connect(self.remove)
        self._found.connect(self._on_found)
        viewer.changed.connect(self._refresh)
        classes.changed.connect(self._show)
        parts.session.changed.connect(self._refresh)
        self.reread()

    def show_panel(self, on: bool) -> None:
        """Show the references while two cells are compared."""
        self._chosen = self._chosen if on else ""
        self.panel.setVisible(on)
        if on:
            self.reread()

    def step(self) -> None:
        """Show the next reference cell of the class beside the cell."""
        self.panel.step()

    def reread(self) -> None:
        """Read the library again."""

        def task(store: CaseStore | None) -> None:
            self._found.emit(tuple(store.references.list()) if store is not None else ())

        self._session.submit_to_store(task)

    def add(self) -> None:
        """Add the meant cells to the library, each with the class that counts."""
        from trainer.protocol.case_requests import MOST_CELLS, ReferencesRequest

        root, cells = self._session.root, self._correction.meant_cells()
        labelled = [(cell, label) for cell in cells if (label := self._label_of(cell))]
        if root is None or not labelled or len(labelled) < len(cells):
            self._notify(self.tr("Only a cell with a class becomes a reference: review it first."))
            return
        if len(labelled) > MOST_CELLS:
            most = format_number(MOST_CELLS)
            self._notify(self.tr("At most {n} cells become references at once.").format(n=most))
            return
        request = ReferencesRequest(
            action="add",
            folder=str(root),
            cells=tuple((cell.image, cell.number, label) for cell, label in labelled),
            reviewer=reviewer_name(self._parts.settings),
        )
        last = labelled[-1][1]
        self._helper.run(request).ended.connect(partial(self._on_added, last))

    def remove(self, reference: Reference) -> None:
        """Take a cell out of the library."""
        from trainer.protocol.case_requests import ReferencesRequest

        name = reviewer_name(self._parts.settings)
        request = ReferencesRequest(action="remove", remove=reference.id, reviewer=name)
        self._helper.run(request).ended.connect(self._on_removed)

    # What comes back

    def _on_added(self, label: str, outcome: Outcome) -> None:
        if outcome.kind != "done":
            self._show_failure(outcome)
            return
        facts: Any = outcome.result
        title = self._title(label)
        if facts["added"]:
            text = self.tr("Added to the references; {kind} has {n} now.")
        else:
            text = self.tr("It is among the references already; {kind} has {n}.")
        self._notify(text.format(kind=title, n=format_number(facts["counts"].get(label, 0))))
        self.reread()

    def _on_removed(self, outcome: Outcome) -> None:
        if outcome.kind != "done":
            self._show_failure(outcome)
            return
        self._notify(self.tr("Removed from the references."))
        self._viewer.set_comparing(self._viewer.is_comparing)
        self.reread()

    def _show_failure(self, outcome: Outcome) -> None:
        if outcome.text:
            hint = translate_message(outcome.hint)
            text = translate_message(outcome.message)
            self._parts.notifications.show(text, hint, stays=True)

    def _on_found(self, references: tuple[Reference, ...]) -> None:
        self._references = references
        self._show()
        self.read.emit(references)

    # What is shown

    def _choose_class(self, label: str) -> None:
        self._chosen = label
        self._show()

    def _refresh(self) -> None:
        """Another cell, or another class of it; a picture that others displaced is read again."""
        if self.panel.isVisible() and self._state() != self._shown:
            self._show()
        pane = self._viewer.other
        if pane.title and pane.image is None:
            viewer = self._viewer
            viewer.loader.request([viewer.pane.path, viewer.other.path])

    def _state(self) -> tuple[object, ...]:
        model = self._session.model
        reviews = len(model.reviews) if model is not None else 0
        return (self._viewer.cell, self._wanted_label(), reviews, model)

    def _wanted_label(self) -> str:
        cell = self._viewer.cell
        result = self._session.result(cell)
        likely = result.label or result.looks_like if result is not None else ""
        return self._chosen or (self._label_of(cell) if cell is not None else "") or likely

    def _label_of(self, cell: CellId) -> str:
        """The class that counts for a cell; empty where it has none."""
        model = self._session.model
        row = model.row(cell) if model is not None else None
        if model is None or row is None:
            return ""
        group = model.groups[row]
        return model.classes[group] if group < len(model.classes) else ""

    def _show(self) -> None:
        if not self.panel.isVisible():
            return
        self._shown = self._state()
        label = self._wanted_label()
        self.panel.show_classes(self._choices(label), label)
        cells = [*self._of_library(label), *self._of_case(label)]
        nothing = self.tr(
            "No reference cell of this class yet. “Add to references” (Shift+R) keeps a cell here."
        )
        self.panel.show_cells(cells, "" if cells or not label else nothing)

    def _choices(self, label: str) -> list[ClassChoice]:
        """The lab's classes, then others of which there are references, or that the cell has."""
        counts = Counter(each.label for each in self._references)
        marks = {each.id: each.mark for each in self._classes.classes}
        labels = [each for each in dict.fromkeys((*marks, *sorted(counts), label)) if each]
        other = Mark("?", NEUTRAL, "#000000")
        return [
            ClassChoice(each, self._title(each), marks.get(each, other), counts[each])
            for each in labels
        ]

    def _title(self, label: str) -> str:
        name = self._classes.name(label)
        return class_title(label) if name == label else name

    def _of_library(self, label: str) -> list[ComparableCell]:
        return [
            ComparableCell(ThumbnailKey(each.picture), self._describe(each), each)
            for each in reversed(self._references)
            if each.label == label
        ]

    def _of_case(self, label: str) -> list[ComparableCell]:
        """Cells of the case that a person gave the class, but the one that is looked at."""
        model = self._session.model
        if model is None:
            return []
        same = [cell for cell, review in model.reviews.items() if review.label == label]
        cells = [each for each in same if each != self._viewer.cell and model.row(each) is not None]
        text = self.tr("{name}, of this case")
        return [
            ComparableCell(
                ThumbnailKey(model.root / each.image, model.box(each)),
                text.format(name=short_name(each)),
                cell=each,
            )
            for each in cells[:_MOST_OF_CASE]
        ]

    def _describe(self, reference: Reference) -> str:
        text = self.tr("Reference: {kind}, {name} of {case}, {reader}, {date}").format(
            kind=self._title(reference.label),
            name=short_name(reference.cell),
            case=reference.case_name,
            reader=reference.reader,
            date=reference.time[:10],
        )
        return f"{text}, {reference.source}" if reference.source else text

    def _show_beside(self, chosen: ComparableCell) -> None:
        viewer = self._viewer
        if chosen.cell is not None:
            viewer.pinned = chosen.cell
        elif chosen.reference is not None:
            path, window = chosen.key.path, chosen.reference.window
            show_picture(viewer, path, chosen.description, window)
            return
        viewer.set_comparing(True)

    def _notify(self, message: str) -> None:
        self._parts.notifications.dismiss(self._message)
        self._message = message
        self._parts.notifications.show(message)
