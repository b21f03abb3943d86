"""`classify`: run a model over images, in five steps, each a function of those before."""

from __future__ import annotations

import time
from pathlib import Path

from trainer.atomic_files import ensure_writable
from trainer.cases.store import CaseStore
from trainer.domain import ShouldStop
from trainer.jobs.classify.classification import classify_images
from trainer.jobs.classify.results import write_results
from trainer.jobs.classify.run_context import start_or_resume_run
from trainer.jobs.classify.selection import select_images
from trainer.jobs.common.opened_model import open_model
from trainer.locations import store_file
from trainer.protocol.events import Emit
from trainer.protocol.requests import ClassifyRequest


def run(request: ClassifyRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Classify images (see `ClassifyRequest`).

    Returns:
        Counts and the paths of the files written; `failed` is the number of failed images.

    Raises:
        UserError: nothing to do, no such model or device, or a folder that is gone or full.
        Cancelled: `should_stop` returned True; what was committed stays, for `resume`.
    """
    start = time.perf_counter()
    images = select_images(request, emit)
    opened = open_model(
        request.model,
        data_dir=request.data_dir,
        device=request.device,
        precision=request.precision,
        emit=emit,
    )
    ensure_writable(Path(request.out))
    with CaseStore.open(store_file(request.data_dir)) as store:
        context = start_or_resume_run(store, request, opened, images, emit, should_stop)
        opened = classify_images(store, context, opened, images, request, emit, should_stop)
        return write_results(store, context, opened, images, request, start, emit, should_stop)
