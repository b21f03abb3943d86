"""Runs one after another: the one that goes on, and those that wait."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, Signal

from leukogui.backend.worker import Job, WorkerBridge
from leukogui.settings.store import Settings
from leukogui.settings.table import DEVICE, HEAT_FILES, PRECISION

if TYPE_CHECKING:
    from trainer.domain import ExecutionInfo
    from trainer.protocol.messages import ClassifyRequest, ProgressEvent, ResultEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.requests import Device


Fineness = Literal["exact", "fast"]


@dataclass(frozen=True)
class How:
    """How a person wants runs to be made.

    Attributes:
        device: "auto", "cpu" or "gpu".
        precision: "exact" or "fast".
        heatmaps: whether heat maps are drawn to files.
    """

    device: Device = "auto"
    precision: Fineness = "exact"
    heatmaps: bool = False


@dataclass(frozen=True)
class RunOrder:
    """A run that was asked for.

    Attributes:
        root: the case's folder.
        paths: what to judge: the root, or images in it.
        model: id of the model; empty for the serving one.
        out: folder of the result files.
        how: device, precision, files.
        source: name of the lab or scanner, if it is known.
        red_cell_diameter: in pixels, if a person gave it; else it is measured.
    """

    root: Path
    paths: tuple[str, ...]
    model: str
    out: Path
    how: How = How()
    resume: bool = False
    source: str = ""
    red_cell_diameter: float | None = None

    def request(self) -> ClassifyRequest:
        """As the worker wants it."""
        from trainer.protocol.messages import ClassifyRequest

        root = str(self.root)
        return ClassifyRequest(
            paths=self.paths,
            out=str(self.out),
            root=None if self.paths == (root,) else root,
            model=self.model,
            heatmaps=self.how.heatmaps,
            device=self.how.device,
            precision=self.how.precision,
            resume=self.resume,
            red_cell_diameter=self.red_cell_diameter,
            source=self.source,
        )


def how_of(settings: Settings) -> How:
    """How runs are to be made, as the settings say."""
    device, precision = settings.value(DEVICE), settings.value(PRECISION)
    return How(cast("Device", device), cast("Fineness", precision), settings.value(HEAT_FILES))


def order_for(
    root: Path,
    results: Path,
    model: str,
    names: tuple[str, ...] = (),
    how: How = How(),
    now: datetime | None = None,
) -> RunOrder:
    """A run over a folder, or over some images of it.

    Args:
        root: the case's folder.
        results: folder that holds the results of all runs, one folder each.
        names: images relative to the root; none means all.
    """
    paths = tuple(str(root / name) for name in names) or (str(root),)
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S-%f")
    return RunOrder(root, paths, model, results / f"{_file_name(root.name)}-{stamp}", how)


class RunQueue(QObject):
    """Does one run at a time, in the order in which they were asked for."""

    changed = Signal()  # what goes on or waits is another
    began = Signal(object)  # RunOrder
    progressed = Signal(object)  # ProgressEvent
    served = Signal(object, object)  # RunOrder, Served: what it computes on, as it changes
    warned = Signal(object)  # WarningEvent
    ended = Signal(object, object)  # RunOrder, Outcome

    def __init__(self, bridge: WorkerBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._waiting: list[RunOrder] = []
        self._order: RunOrder | None = None
        self._job: Job | None = None
        self.progress: ProgressEvent | None = None
        self.serving: ExecutionInfo | None = None
        self.stopped: RunOrder | None = None

    @property
    def current(self) -> RunOrder | None:
        """The run that goes on."""
        return self._order

    @property
    def waiting(self) -> tuple[RunOrder, ...]:
        """Those that wait, next first."""
        return tuple(self._waiting)

    @property
    def is_stopping(self) -> bool:
        """Whether the run that goes on was asked to stop."""
        return self._job is not None and self._job.cancelled

    def add(self, order: RunOrder) -> None:
        """Run it when its turn comes."""
        self._waiting.append(order)
        if self._order is None:
            self._next()
        else:
            self.changed.emit()

    def drop(self, order: RunOrder) -> None:
        """Take a waiting run out of the queue."""
        if order in self._waiting:
            self._waiting.remove(order)
            self.changed.emit()

    def cancel(self) -> None:
        """Stop the run that goes on; what it committed stays, for `resume`."""
        if self._job is not None:
            self._job.cancel()
            self.changed.emit()

    def cancel_all(self) -> None:
        """Stop it and drop what waits."""
        self._waiting.clear()
        self.cancel()

    def resume(self) -> None:
        """Go on with the run that was stopped or failed last."""
        if self.stopped is not None:
            order, self.stopped = replace(self.stopped, resume=True), None
            self._waiting.insert(0, order)
            if self._order is None:
                self._next()

    def take_stopped(self, order: RunOrder) -> None:
        """Know a run that was stopped before, so that `resume` goes on with it."""
        self.stopped = order
        self.changed.emit()

    def _next(self) -> None:
        if not self._waiting:
            self.changed.emit()
            return
        self._order = self._waiting.pop(0)
        self.progress = self.serving = None
        self._job = self._bridge.run(self._order.request())
        self._job.progressed.connect(self._on_progress)
        self._job.resulted.connect(self._on_result)
        self._job.warned.connect(self.warned)
        self._job.ended.connect(self._on_ended)
        self.began.emit(self._order)
        self.changed.emit()

    def _on_progress(self, progress: ProgressEvent) -> None:
        self.progress = progress
        self.progressed.emit(progress)

    def _on_result(self, result: ResultEvent) -> None:
        from trainer.protocol.messages import execution_info_of

        served = execution_info_of(result.data)
        if served is not None:
            self.serving = served
            self.served.emit(self._order, served)

    def _on_ended(self, outcome: Outcome) -> None:
        order, self._order, self._job = self._order, None, None
        self.progress = self.serving = None
        assert order is not None
        if outcome.kind != "done":
            self.stopped = order
        elif self.stopped is not None and self.stopped.root == order.root:
            self.stopped = None
        self.ended.emit(order, outcome)
        self._next()


def _file_name(name: str) -> str:
    """A folder's name as part of another, safe on every system."""
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    return kept[:60] or "case"
