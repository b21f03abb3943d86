"""The device that computes here: on the badge, and in the panel with the self-test.

It is requested from a process of its own, a while after a case was opened: the search for a
GPU may load a whole framework, and neither the start nor the small requests shall wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer

from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import run_options_of
from leukogui.backend.worker import Job, QtWorker
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.panels.badges import DeviceBadge
from leukogui.panels.device import DevicePanel, Facts
from leukogui.settings.table import DEVICE, PRECISION
from leukogui.window.parts import WindowParts
from trainer.domain import ExecutionInfo

if TYPE_CHECKING:
    from trainer.protocol.events import ProgressEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import DevicesRequest


DELAY_MILLISECONDS = 1500


class DeviceController(QObject):
    """Knows what a run would be computed on.

    Args:
        badge: shows what computes.
        worker: gives each request a process of its own.
    """

    def __init__(
        self, parts: WindowParts, badge: DeviceBadge, worker: QtWorker, model_list: ModelList
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._badge, self._worker = parts, badge, worker
        self._request: DevicesRequest | None = None
        self._job: Job | None = None
        self._test: Job | None = None
        self._facts: Facts = ()
        self._is_closed = False
        self.panel: DevicePanel | None = None
        self._delay = QTimer(self, singleShot=True, interval=DELAY_MILLISECONDS)
        self._delay.timeout.connect(self._request_device)
        parts.actions.on("device", self.show_panel)
        badge.clicked.connect(parts.actions["device"].trigger)
        parts.session.opened.connect(self._on_change)
        parts.session.listed.connect(self._on_change)
        parts.chooser.chosen.connect(self._on_change)
        parts.queue.changed.connect(self._on_change)
        parts.settings.changed.connect(self._on_setting)
        model_list.loaded.connect(self._on_change)
        self._on_change()

    def show_panel(self) -> None:
        """Show what is known, below the badge; request it if nothing is."""
        if self.panel is None:
            self.panel = DevicePanel(self._parts.parent)
            self.panel.test_requested.connect(self._begin_test)
            self.panel.stop_requested.connect(self._stop_test)
        self._show_facts()
        self._show_possible()
        if not self._facts:
            self._request_device()
        self.panel.show_below(self._badge, Qt.Edge.RightEdge)
        self.panel.test.setFocus()

    def close(self) -> None:
        """Request nothing any more."""
        self._is_closed = True
        self._delay.stop()

    def _build_request(self, *, self_test: bool = False) -> DevicesRequest | None:
        from trainer.protocol.requests import DevicesRequest

        card = self._parts.chooser.card
        if card is None:
            return None
        how = run_options_of(self._parts.settings)
        return DevicesRequest(
            model=card.id, device=how.device, precision=how.precision, self_test=self_test
        )

    # The device

    def _on_setting(self, key: str) -> None:
        if key in (DEVICE.key, PRECISION.key):
            self._on_change()

    def _on_change(self, *_: object) -> None:
        """Another case, model or setting: request the device a while after the last change."""
        has_model = self._parts.chooser.card is not None
        if not has_model or self._request is None:
            self._badge.show_planned(None, has_model=has_model)
        self._show_facts()
        self._show_possible()
        idle = self._parts.queue.current is None
        has_case = self._parts.session.root is not None
        if has_model and idle and has_case and not self._is_closed:
            self._delay.start()

    def _request_device(self) -> None:
        request = self._build_request()
        if request is None or request == self._request:
            return
        self._request = request
        self._job = self._worker.run(request)
        self._job.ended.connect(self._on_device)

    def _on_device(self, outcome: Outcome) -> None:
        self._job = None
        if outcome.kind not in ("done", "failed"):
            self._request = None  # to be requested again
            return
        planned: ExecutionInfo | None = None
        if outcome.kind == "done":
            found = outcome.result
            planned = ExecutionInfo(*(str(found[key]) for key in ("device", "precision", "reason")))
            self._facts = self._describe_device(found)
        else:
            text = translate_message(outcome.text)
            self._facts = [(self.tr("Device"), text)]
        self._badge.show_planned(planned)
        self._show_facts()

    # The self-test

    def _begin_test(self) -> None:
        request = self._build_request(self_test=True)
        if request is None or self.panel is None or self._test is not None:
            return
        self.panel.show_verdict("")
        self.panel.set_testing(True)
        self._test = self._worker.run(request)
        self._test.progressed.connect(self._on_progress)
        self._test.ended.connect(self._on_tested)

    def _stop_test(self) -> None:
        if self._test is not None:
            self._test.cancel()

    def _on_progress(self, progress: ProgressEvent) -> None:
        if self.panel is not None and progress.total:
            self.panel.show_progress(progress.done, progress.total)

    def _on_tested(self, outcome: Outcome) -> None:
        self._test = None
        if self.panel is None:
            return
        self.panel.set_testing(False)
        if outcome.kind == "done":
            self._facts = self._describe_device(outcome.result)
            self._show_facts()
            self.panel.show_verdict(describe_self_test(outcome.result))
        elif outcome.kind == "cancelled":
            self.panel.show_verdict(self.tr("The test was stopped."))
        else:
            self.panel.show_verdict(translate_message(outcome.text))
        self._show_possible()

    # In words

    def _show_facts(self) -> None:
        if self.panel is not None:
            nothing = self.tr("It is being looked for…")
            if self._parts.chooser.card is None:
                nothing = self.tr("Choose a model to see what would compute it.")
            self.panel.show_facts(self._facts or [(self.tr("Device"), nothing)])

    def _show_possible(self) -> None:
        if self.panel is None:
            return
        idle = self._parts.queue.current is None
        words = "" if idle else self.tr("A run is going on; test when it is over.")
        self.panel.allow_test(idle and self._parts.chooser.card is not None, words)

    def _describe_device(self, found: Mapping[str, Any]) -> Facts:
        versions = ", ".join(f"{name} {value}" for name, value in found["versions"].items())
        facts = [
            (self.tr("Device"), str(found["title"])),
            (self.tr("Precision"), str(found["precision"])),
            (self.tr("Why"), translate_message(str(found["reason"]))),
            (self.tr("Found"), "\n".join(map(str, found["found"]))),
            (self.tr("Versions"), versions),
        ]
        return [(title, text) for title, text in facts if text]


def describe_self_test(found: Mapping[str, Any]) -> str:
    """What a self-test found, in words: whether the device is right, its speed and its parity.

    Args:
        found: the result of `trainer.jobs.devices`.
    """
    agrees = _tr("The device computes rightly.")
    differs = _tr("The device does not compute rightly: choose another in the settings.")
    measured = _tr(
        "{n} cells a second, the network alone. {same} of {all} drawn cells get the label "
        "that the CPU gives in f32; probabilities differ by {dp} at most."
    ).format(
        n=format_number(found["per_second"], ".3g"),
        same=found["same_label"],
        all=found["cells"],
        dp=format_number(found["max_dp"], ".2g"),
    )
    return f"{agrees if found['agrees'] else differs} {measured}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("DeviceController", text)
