"""`classify`: run a model over images, in five steps, each a function of those before.

The steps after the second are imported while the model is compiled, outside of Python's lock:
for a single image, imports are most of the time."""

from __future__ import annotations

import time
from pathlib import Path

from trainer.atomic_files import ensure_writable, remove_partial_files
from trainer.domain import ShouldStop
from trainer.jobs.classify.selection import select_images
from trainer.jobs.common.opened_model import open_model
from trainer.locations import STORE_NAME, data_folder
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
    data = data_folder(request.data_dir)
    opened = open_model(
        request.model,
        data=data,
        device=request.device,
        precision=request.precision,
        emit=emit,
        meanwhile=_import_later_steps,
    )
    from trainer.cases.store import CaseStore
    from trainer.jobs.classify.classification import classify_images
    from trainer.jobs.classify.results import write_results
    from trainer.jobs.classify.run_context import start_or_resume_run

    ensure_writable(Path(request.out))
    if request.resume:
        remove_partial_files(Path(request.out))
    with CaseStore.open(data / STORE_NAME) as store:
        context = start_or_resume_run(store, request, opened, images, emit, should_stop)
        opened = classify_images(store, context, opened, images, request, emit, should_stop)
        return write_results(store, context, opened, images, request, start, emit, should_stop)


def _import_later_steps() -> None:
    import scipy.special  # noqa: F401 - the intervals of the summary

    import trainer.jobs.classify.classification
    import trainer.jobs.classify.results  # noqa: F401
