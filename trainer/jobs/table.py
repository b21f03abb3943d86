"""Which function does which job; each is imported when its job is first asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from trainer.domain import ShouldStop
from trainer.protocol.events import Emit

# A job takes its own request record; the table cannot say so, hence Any.
JobFunction = Callable[[Any, Emit, ShouldStop], dict[str, object]]
JobTable = Mapping[str, str | JobFunction]

JOBS: JobTable = {
    "classify": "trainer.jobs.classify:run",
    "explain": "trainer.jobs.explain:run",
    "audit": "trainer.jobs.audit:run",
    "train": "trainer.jobs.train:run",
    "evaluate": "trainer.jobs.evaluate:run",
    "doubts": "trainer.jobs.doubts:run",
    "compare": "trainer.jobs.compare:run",
    "tune": "trainer.jobs.tune:run",
    "demo": "trainer.jobs.demo:run",
    "models": "trainer.jobs.models:run",
    "devices": "trainer.jobs.devices:run",
    "summary": "trainer.jobs.summary:run",
    "export": "trainer.jobs.export:run",
    "similar": "trainer.jobs.similar:run",
    "store": "trainer.jobs.store:run",
    "source": "trainer.jobs.source_profile:run",
    "ping": "trainer.jobs.ping:run",
}


def find_job(name: str, table: JobTable = JOBS) -> JobFunction:
    """The function of a job; KeyError if the table lacks it (requests are checked before)."""
    entry = table[name]
    if not isinstance(entry, str):
        return entry
    module, _, function = entry.partition(":")
    return cast(JobFunction, getattr(importlib.import_module(module), function))
