"""A worker whose `classify` loses its GPU when a file called `lose` lies among the images."""

from __future__ import annotations

from pathlib import Path

from trainer.domain import ExecutionInfo, Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.jobs.runner import JOBS
from trainer.jobs.worker import main
from trainer.protocol.events import Emit, JobWarning, execution_result
from trainer.protocol.requests import ClassifyRequest


def run(request: ClassifyRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    emit(
        execution_result(
            ExecutionInfo("Imaginary R&D", "f16", "GPU: Imaginary R&D, by torch"), visible=True
        )
    )
    emit(Progress("classifying", 1))
    while not (Path(request.paths[0]) / "lose").exists():
        if should_stop():
            raise Cancelled
    emit(JobWarning("Imaginary R&D failed; going on on the CPU."))
    emit(execution_result(ExecutionInfo("CPU", "f32", "Imaginary R&D failed; going on on the CPU")))
    while not should_stop():
        pass
    raise Cancelled


if __name__ == "__main__":
    raise SystemExit(main(table={**JOBS, "classify": run}))
