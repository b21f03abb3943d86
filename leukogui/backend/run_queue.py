"""Runs one after another: the one that goes on, and those that wait."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QObject, Signal

from leukogui.backend.worker import Job, QtWorker
from leukogui.settings.store import Settings
from leukogui.settings.table import (
    ALERT,
    COUNT_EDGE_CELLS,
    DEVICE,
    HEAT_FILES,
    PRECISION,
    SLIDE_COUNT,
)

if TYPE_CHECKING:
    from trainer.domain import ExecutionInfo
    from trainer.protocol.events import DeviceEvent, ProgressEvent
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.records import Alert, Device
    from trainer.protocol.requests import ClassifyRequest


PrecisionMode = Literal["exact", "fast"]


@dataclass(frozen=True)
class RunOptions:
    """How a person wants runs to be made.

    Attributes:
        device: "auto", "cpu" or "gpu".
        precision: "exact" or "fast".
        heatmaps: whether heat maps are drawn to files.
        count_edge_cells: whether cells that the edge of a field cuts are in the differential.
        alert: how readily possible blasts go to review.
        slide_count: white cells at which the scan of a slide ends; None: all of its layer.
    """

    device: Device = "auto"
    precision: PrecisionMode = "exact"
    heatmaps: bool = False
    count_edge_cells: bool = False
    alert: Alert = "balanced"
    slide_count: int | None = None


@dataclass(frozen=True)
class RunSpec:
    """A run that was requested.

    Attributes:
        root: the case's folder.
        paths: what to classify: the root, or images in it.
        model: id of the model; empty for the active one.
        out: folder of the result files.
        how: device, precision, files.
        source: name of the lab or scanner, if it is known.
        red_cell_diameter: in pixels, if a person gave it; else it is measured.
        any_suffix: images are read whatever their names.
        region: of slides, the part that is scanned, in pixels; None: where cells lie in one layer.
        quiet: nobody requested it: it follows from something else, and is no news.
    """

    root: Path
    paths: tuple[str, ...]
    model: str
    out: Path
    how: RunOptions = RunOptions()
    resume: bool = False
    source: str = ""
    red_cell_diameter: float | None = None
    any_suffix: bool = False
    region: tuple[float, float, float, float] | None = None
    quiet: bool = False

    def request(self) -> ClassifyRequest:
        """As the worker wants it."""
        from trainer.protocol.requests import ClassifyRequest

        root = str(self.root)
        return ClassifyRequest(
            paths=self.paths,
            out=str(self.out),
            root=None if self.paths == (root,) else root,
            model=self.model,
            heatmaps=self.how.heatmaps,
            count_edge_cells=self.how.count_edge_cells,
            count=self.how.slide_count,
            region=self.region,
            alert=self.how.alert,
            device=self.how.device,
            precision=self.how.precision,
            resume=self.resume,
            red_cell_diameter=self.red_cell_diameter,
            source=self.source,
            any_suffix=self.any_suffix,
        )


def run_options_of(settings: Settings) -> RunOptions:
    """How the settings want runs to be made."""
    device, precision = settings.value(DEVICE), settings.value(PRECISION)
    count = settings.value(SLIDE_COUNT)
    return RunOptions(
        cast("Device", device),
        cast("PrecisionMode", precision),
        settings.value(HEAT_FILES),
        settings.value(COUNT_EDGE_CELLS),
        cast("Alert", settings.value(ALERT)),
        None if count == "all" else int(count),
    )


def build_run_spec(
    root: Path,
    results: Path,
    model: str,
    names: tuple[str, ...] = (),
    how: RunOptions = RunOptions(),
    now: datetime | None = None,
) -> RunSpec:
    """A run over a folder, or over some images of it.

    Args:
        root: the case's folder.
        results: folder that holds the results of all runs, one folder each.
        names: images relative to the root; none means all.
    """
    paths = tuple(str(root / name) for name in names) or (str(root),)
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S-%f")
    return RunSpec(root, paths, model, results / f"{_safe_folder_name(root.name)}-{stamp}", how)


class RunQueue(QObject):
    """Does one run at a time, in the order of their requests."""

    changed = Signal()  # what goes on or waits is another
    began = Signal(object)  # RunSpec
    progressed = Signal(object)  # ProgressEvent
    execution_changed = Signal(object, object)  # RunSpec, ExecutionInfo: what it computes on
    warned = Signal(object)  # WarningEvent
    ended = Signal(object, object)  # RunSpec, Outcome

    def __init__(self, worker: QtWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._waiting: list[RunSpec] = []
        self._current: RunSpec | None = None
        self._job: Job | None = None
        self.progress: ProgressEvent | None = None
        self.execution: ExecutionInfo | None = None
        self.stopped: RunSpec | None = None

    @property
    def current(self) -> RunSpec | None:
        """The run that goes on."""
        return self._current

    @property
    def waiting(self) -> tuple[RunSpec, ...]:
        """Those that wait, next first."""
        return tuple(self._waiting)

    @property
    def is_stopping(self) -> bool:
        """Whether the run that goes on was requested to stop."""
        return self._job is not None and self._job.cancelled

    def add(self, spec: RunSpec) -> None:
        """Run it when its turn comes."""
        self._waiting.append(spec)
        if self._current is None:
            self._next()
        else:
            self.changed.emit()

    def drop(self, spec: RunSpec) -> None:
        """Take a waiting run out of the queue."""
        if spec in self._waiting:
            self._waiting.remove(spec)
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
            spec, self.stopped = replace(self.stopped, resume=True), None
            self._waiting.insert(0, spec)
            if self._current is None:
                self._next()

    def restore_stopped(self, spec: RunSpec) -> None:
        """Know a run that was stopped before, so that `resume` goes on with it."""
        self.stopped = spec
        self.changed.emit()

    def _next(self) -> None:
        if not self._waiting:
            self.changed.emit()
            return
        self._current = self._waiting.pop(0)
        self.progress = self.execution = None
        self._job = self._worker.run(self._current.request())
        self._job.progressed.connect(self._on_progress)
        self._job.device_changed.connect(self._on_device_changed)
        self._job.warned.connect(self.warned)
        self._job.ended.connect(self._on_ended)
        self.began.emit(self._current)
        self.changed.emit()

    def _on_progress(self, progress: ProgressEvent) -> None:
        self.progress = progress
        self.progressed.emit(progress)

    def _on_device_changed(self, event: DeviceEvent) -> None:
        self.execution = event.execution
        self.execution_changed.emit(self._current, self.execution)

    def _on_ended(self, outcome: Outcome) -> None:
        spec, self._current, self._job = self._current, None, None
        self.progress = self.execution = None
        assert spec is not None
        if spec.quiet:
            pass  # what was stopped before stays to be resumed
        elif outcome.kind != "done":
            self.stopped = spec
        elif self.stopped is not None and self.stopped.root == spec.root:
            self.stopped = None
        self.ended.emit(spec, outcome)
        self._next()


def _safe_folder_name(name: str) -> str:
    """A folder's name as part of another, safe on every system."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    return safe[:60] or "case"
