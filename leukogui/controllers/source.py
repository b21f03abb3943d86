"""The source profile of the open case: shown on the button, changed in the panel, saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from leukogui.backend.model_list import ModelList
from leukogui.backend.worker import Job, QtWorker
from leukogui.case.source_text import describe_content
from leukogui.language.worker_messages import translate_message
from leukogui.panels.source import SourcePanel
from leukogui.panels.source_button import SourceButton
from leukogui.window.notifications import Remedy
from leukogui.window.parts import WindowParts
from trainer.domain import ImageContent, SourceProfile

if TYPE_CHECKING:
    from trainer.cases.profiles import SourceInfo
    from trainer.cases.store import CaseStore
    from trainer.protocol.events import WarningEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import SourceRequest


class SourceController(QObject):
    """Knows the source profile of the open case.

    It is read by the store's thread, and written by the job that the command line runs, too.

    Args:
        button: shows the source, and opens the panel.
        helper: worker for small requests.
    """

    changed = Signal()  # the profile is another one, or begins or ends to be saved
    _profile_read = Signal(object, object)  # root, SourceInfo

    def __init__(
        self, parts: WindowParts, button: SourceButton, helper: QtWorker, model_list: ModelList
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session = parts, parts.session
        self._button, self._helper = button, helper
        self._source: SourceInfo | None = None
        self._job: Job | None = None
        self.panel: SourcePanel | None = None
        parts.actions.on("source", self.show_panel)
        button.clicked.connect(parts.actions["source"].trigger)
        parts.session.opened.connect(self._on_case)
        parts.session.run_changed.connect(self._read_profile)
        parts.chooser.chosen.connect(self._show)
        parts.queue.ended.connect(self._read_profile)
        model_list.loaded.connect(self._show)
        self._profile_read.connect(self._on_read)
        parts.session.changed.connect(self._show_content)
        self._on_case()

    @property
    def is_saving(self) -> bool:
        """Whether something is just being saved, so that a run would not know of it."""
        return self._job is not None

    def profile_of(self, root: Path) -> SourceProfile:
        """What is known of a folder's source; nothing of one that is not open."""
        return self._profile if root == self._session.root else SourceProfile()

    def remedy_for(self, warning: WarningEvent, root: Path | None) -> Remedy | None:
        """What a notification of a run over a folder can offer: the panel, if it is about that."""
        of_source = warning.about in ("source", "scale")
        if not of_source or root is None or root != self._session.root:
            return None
        return (self.tr("Source of the images…"), self._parts.actions["source"].trigger)

    def show_panel(self) -> None:
        """Show what is known, below the button, to be changed."""
        if self._session.root is None:
            return
        if self.panel is None:
            self.panel = SourcePanel(self._parts.parent)
            self.panel.save_requested.connect(self._save)
            self.panel.content_chosen.connect(self._save_content)
        self._fill_panel()
        self.panel.show_below(self._button, Qt.Edge.LeftEdge)
        self.panel.name.setFocus()

    # Reading

    @property
    def _profile(self) -> SourceProfile:
        return self._source.profile if self._source is not None else SourceProfile()

    def _on_case(self) -> None:
        self._source = None
        self._parts.actions.enable(source=self._session.root is not None)
        if self.panel is not None:
            self.panel.hide()
        self._show()
        self._read_profile()

    def _read_profile(self) -> None:
        root = self._session.root
        if root is None:
            return

        def task(store: CaseStore | None) -> None:
            from trainer.cases.profiles import read_source_info

            if store is not None:
                self._profile_read.emit(root, read_source_info(store, root))

        self._session.submit_to_store(task)

    def _on_read(self, root: Path, known: SourceInfo) -> None:
        if root != self._session.root or known == self._source:
            return
        self._source = known
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._button.show_source(self._profile, self._sources())
        if self.panel is not None and self._source is not None:
            self.panel.set_choices(self._sources(), self._source.earlier)

    def _sources(self) -> Sequence[str] | None:
        card = self._parts.chooser.card
        return [each.name for each in card.sources] if card is not None else None

    def _fill_panel(self) -> None:
        if self.panel is not None:
            known = self._source
            self.panel.set_choices(self._sources(), known.earlier if known is not None else ())
            self.panel.show_profile(self._profile, known.measured if known is not None else None)
            self._show_content()

    def _show_content(self) -> None:
        model, panel = self._session.model, self.panel
        if model is not None and panel is not None:
            content = self._source.content if self._source is not None else ImageContent.AS_FOUND
            panel.show_content(content, describe_content(model.counts()))

    # Writing

    def _save(self) -> None:
        request = self._request()
        if request is None or self.panel is None or self._job is not None:
            return
        self._job = self._helper.run(request)
        self._job.ended.connect(self._on_saved)
        self.panel.set_saving(True)
        self.panel.show_problem("")
        self.changed.emit()

    def _save_content(self, content: ImageContent) -> None:
        """At once, by itself: what else was entered waits for its own button."""
        from trainer.protocol.requests import SourceRequest

        root = self._session.root
        if root is None or self._job is not None:
            self._show_content()
            return
        self._job = self._helper.run(SourceRequest(folder=str(root), content=content.value))
        self._job.ended.connect(self._on_content_saved)
        self.changed.emit()

    def _on_content_saved(self, outcome: Outcome) -> None:
        request, self._job = (self._job.request if self._job is not None else None), None
        if outcome.kind == "done":
            self._take_result(str(getattr(request, "folder", "")), outcome)
            self._session.reread_cells()
            text = self.tr("What an image holds counts for the next runs of this case.")
            run = (self.tr("Run on all cells"), self._parts.actions["run"].trigger)
            self._parts.notifications.show(text, action=run)
        elif outcome.message and self.panel is not None:
            self.panel.show_problem(translate_message(outcome.text))
        self._show_content()
        self.changed.emit()

    def _request(self) -> SourceRequest | None:
        from trainer.protocol.requests import SourceRequest

        root, panel = self._session.root, self.panel
        if root is None or panel is None:
            return None
        way = panel.scale_method if panel.scale_changed else None
        return SourceRequest(
            folder=str(root),
            name=panel.name.currentText(),
            stain=panel.stain.text(),
            red_cell_diameter=panel.diameter.value() if way == "enter" else None,
            pixel_size=panel.pixel_size.value() if way == "pixel" else None,
            measure=way == "measure",
        )

    def _on_saved(self, outcome: Outcome) -> None:
        request, self._job = (self._job.request if self._job is not None else None), None
        if self.panel is not None:
            self.panel.set_saving(False)
        if outcome.kind == "done":
            self._apply_saved(str(getattr(request, "folder", "")), outcome)
        elif outcome.message and self.panel is not None:
            self.panel.show_problem(translate_message(outcome.text))
        self.changed.emit()

    def _apply_saved(self, folder: str, outcome: Outcome) -> None:
        """What the job returned is known now; the panel has done its work."""
        self._take_result(folder, outcome)
        if self.panel is not None and Path(folder) == self._session.root:
            self.panel.hide()

    def _take_result(self, folder: str, outcome: Outcome) -> None:
        from trainer.cases.profiles import SourceInfo
        from trainer.cases.records import profile_of

        result: Mapping[str, Any] = outcome.result
        measured = profile_of(result["measured"]) if result["measured"] else None
        earlier = tuple(profile_of(each) for each in result["earlier"])
        content = ImageContent(result["content"])
        known = SourceInfo(profile_of(result["profile"]), measured, earlier, content)
        self._on_read(Path(folder), known)
