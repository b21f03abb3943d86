"""A run specification as text that outlives the program."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from leukogui.backend.run_queue import RunOptions, RunSpec


def run_spec_to_json(spec: RunSpec | None) -> str:
    """The specification as JSON; empty for none."""
    if spec is None:
        return ""
    paths = {"root": str(spec.root), "out": str(spec.out)}
    return json.dumps({**asdict(spec), **paths})


def run_spec_from_json(text: str) -> RunSpec | None:
    """What `run_spec_to_json` made; None where it is none, or from another version."""
    try:
        fields = json.loads(text)
        root, out = Path(fields.pop("root")), Path(fields.pop("out"))
        paths, how = tuple(fields.pop("paths")), RunOptions(**fields.pop("how"))
        region = tuple(fields.pop("region", None) or ()) or None
        return RunSpec(**fields, root=root, out=out, paths=paths, how=how, region=region)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
