"""A run that was asked for, as text that outlives the program."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from leukogui.backend.run_queue import How, RunOrder


def order_to_text(order: RunOrder | None) -> str:
    """The order as JSON; empty for none."""
    if order is None:
        return ""
    paths = {"root": str(order.root), "out": str(order.out)}
    return json.dumps({**asdict(order), **paths})


def order_from_text(text: str) -> RunOrder | None:
    """What `order_to_text` made; None where it is none, or from another version."""
    try:
        kept = json.loads(text)
        root, out = Path(kept.pop("root")), Path(kept.pop("out"))
        paths, how = tuple(kept.pop("paths")), How(**kept.pop("how"))
        return RunOrder(**kept, root=root, out=out, paths=paths, how=how)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
