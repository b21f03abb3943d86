"""A worker whose `similar` and `summary` hear nothing until a file called `go` is in the folder."""

from __future__ import annotations

from pathlib import Path

from trainer.domain import Progress, ShouldStop
from trainer.errors import UserError
from trainer.jobs.worker import main
from trainer.protocol.cell_requests import SimilarRequest
from trainer.protocol.events import Emit
from trainer.protocol.requests import SummaryRequest


def run(
    request: SimilarRequest | SummaryRequest, emit: Emit, should_stop: ShouldStop
) -> dict[str, object]:
    emit(Progress("looking", 1))
    while not (Path(request.folder) / "go").exists():
        pass
    raise UserError("It was asked again.")


if __name__ == "__main__":
    raise SystemExit(main(table={"similar": run, "summary": run}))
