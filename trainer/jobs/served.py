"""How a job says which device and precision serve it: at its start, and when it changes."""

from __future__ import annotations

from collections.abc import Mapping

from trainer.domain import Served
from trainer.jobs.events import Result

_KEYS = ("device", "precision", "reason")


def said_of(served: Served, *, aloud: bool = False) -> Result:
    """The part of the outcome that says it; `aloud` to a person at a terminal, too."""
    data: dict[str, object] = {key: getattr(served, key) for key in _KEYS}
    text = f"{served.device}, {served.precision}: {served.reason}."
    return Result(data | ({"text": text} if aloud else {}))


def heard_of(data: Mapping[str, object]) -> Served | None:
    """What a part of the outcome says of it; None for any other part."""
    values = [data.get(key) for key in _KEYS]
    return None if None in values else Served(*map(str, values))
