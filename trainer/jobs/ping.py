"""`ping`: return what was sent, to show that a worker runs."""

from __future__ import annotations

from trainer.domain import ShouldStop
from trainer.protocol.events import Emit
from trainer.protocol.requests import PingRequest


def run(request: PingRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Return `echo`."""
    return {"echo": request.echo}
