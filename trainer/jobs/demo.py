"""`demo`: write a folder of drawn sample cells."""

from __future__ import annotations

from pathlib import Path

from trainer.domain import ShouldStop
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import DemoRequest


def run(request: DemoRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Write the drawings; the result holds the folder and the images' names, in order.

    Raises:
        UserError: the folder holds something else, or cannot be written to.
        Cancelled: `should_stop` returned True.
    """
    from trainer.data.synthetic import write_demo  # not needed by a worker that never draws

    folder = Path(request.folder)
    written = write_demo(
        folder,
        per_kind=request.per_kind,
        seed=request.seed,
        unreadable=request.unreadable,
        on_progress=emit,
        should_stop=should_stop,
    )
    emit(Result({"text": f"{len(written)} drawn cells are in {folder}."}))
    return {
        "folder": str(folder),
        "images": [path.relative_to(folder).as_posix() for path in written],
    }
