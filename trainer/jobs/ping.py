"""The job that answers."""

from __future__ import annotations

from trainer.domain import ShouldStop
from trainer.protocol.events import Emit
from trainer.protocol.requests import PingRequest


def run(request: PingRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Give `echo` back."""
    return {"echo": request.echo}
