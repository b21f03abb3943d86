"""The job that writes a folder of drawn sample cells."""

from __future__ import annotations

from pathlib import Path

from trainer.domain import ShouldStop
from trainer.errors import Cancelled
from trainer.jobs.events import Emit
from trainer.jobs.requests import DemoRequest


def run(request: DemoRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Write the drawings; the result holds the folder and the images' names, in order."""
    from trainer.data.samples import write_demo  # not needed by a worker that never draws

    if should_stop():
        raise Cancelled
    folder = Path(request.folder)
    written = write_demo(folder, per_kind=request.per_kind, seed=request.seed)
    return {
        "folder": str(folder),
        "images": [path.relative_to(folder).as_posix() for path in written],
    }
