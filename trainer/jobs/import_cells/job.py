"""Take annotated cells into a case: read them, match them, draw and review them."""

from __future__ import annotations

from pathlib import Path

from trainer.cases.store import CaseStore
from trainer.domain import ShouldStop
from trainer.errors import UserError
from trainer.jobs.import_cells.annotated_images import read_images, spell_labels
from trainer.jobs.import_cells.plan import classes_of_case, plan_import, store_plan
from trainer.locations import STORE_NAME, data_folder
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import ImportCellsRequest


def run(request: ImportCellsRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Draw annotated cells in the images of a case, and review them (see the request).

    A cell that overlaps one of the case is that one, and is only reviewed. Drawing is one
    action, and so is reviewing: undone once each.

    Returns:
        `images`, how many the annotations are of; `drawn`, `known` and `reviewed`, how many
        cells; `changed`, the names of the images that got new cells.

    Raises:
        UserError: broken annotations, or not one image of them lies in the folder.
        StoreError: the store cannot be written.
        Cancelled: `should_stop` returned true; nothing was stored then.
    """
    root = Path(request.folder)
    if not root.is_dir():
        raise UserError(f"There is no folder “{root}”.", "Give the folder of the case.")
    images = read_images(request, emit, should_stop)
    with CaseStore.open(data_folder(request.data_dir) / STORE_NAME) as store:
        case = store.cases.find_or_create(root)
        known = classes_of_case(store, case)
        images = spell_labels(images, known, request.merge_labels, emit)
        plan = plan_import(images, store, case)
        reviewed = store_plan(plan, store, case, request.reviewer or Path(request.files[0]).name)
    counts = {
        "images": len(images),
        "drawn": len(plan.drawn),
        "known": len(plan.known),
        "reviewed": reviewed,
    }
    emit(Result({"text": _describe(counts)}))
    changed = list(dict.fromkeys(cell.id.image for cell, *_ in plan.drawn))
    return {**counts, "changed": changed}


def _describe(counts: dict[str, int]) -> str:
    cells = counts["drawn"] + counts["known"]
    text = (
        f"{cells} cells in {counts['images']} images: {counts['drawn']} drawn, "
        f"{counts['known']} were there already; {counts['reviewed']} reviewed."
    )
    return f"{text} Run classify to have the drawn ones classified." if counts["drawn"] else text
