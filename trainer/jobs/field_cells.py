"""`cells`: the cells of fields, listed, drawn and removed by a person; and undone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trainer.cases.records import Case, Change
from trainer.cases.store import CaseStore
from trainer.domain import Box, CellId, LocatedCell, ShouldStop
from trainer.errors import UserError
from trainer.imaging import Image
from trainer.imaging.drawn_cell import outline_marked_cell
from trainer.imaging.preprocess import read_field
from trainer.imaging.scale.red_cell_size import build_profile, measure_image
from trainer.imaging.slides.scale import measure_slide
from trainer.imaging.slides.slide import find_slide
from trainer.jobs.common.case.reader import name_in_case
from trainer.jobs.common.source_scale import SourceScale
from trainer.locations import STORE_NAME, data_folder
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import CellsRequest


def run(request: CellsRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """List the cells of a case's fields, or change them (see `CellsRequest`).

    Returns:
        `kind` of the change: "list", "draw", "remove", "undo" or "redo"; `cells`, (image, number)
        of each cell that it is about.

    Raises:
        UserError: the folder or the image is not there, or has no such cell.
        StoreError: the store cannot be read or written.
    """
    root = Path(request.folder)
    if not root.is_dir():
        raise UserError(f"There is no folder “{root}”.", "Give the folder of the case.")
    path = data_folder(request.data_dir) / STORE_NAME
    if request.action == "list":
        name = name_in_case(request.image, root) if request.image else ""
        cells = _list_cells(path, root, name)
        emit(Result({"text": _format_cells(cells)}))
        return _result("list", (cell.id for cell in cells))
    with CaseStore.open(path) as store:
        case = store.cases.find_or_create(root)
        change = _change(store, case, request)
    emit(Result({"text": _format_change(request.action, change)}))
    return _result(request.action, change.cells if change is not None else ())


def _change(store: CaseStore, case: Case, request: CellsRequest) -> Change | None:
    match request.action:
        case "draw":
            return _draw(store, case, request)
        case "remove":
            root = Path(request.folder)
            cells = [CellId(name_in_case(image, root), number) for image, number in request.cells]
            return store.cells.remove(case.id, cells, reviewer=request.reviewer)
        case "undo":
            return store.reviews.undo(case.id)
    return store.reviews.redo(case.id)


def _draw(store: CaseStore, case: Case, request: CellsRequest) -> Change:
    if request.box is None or not request.image:
        raise UserError("There is no cell to draw.", "Give an image, and a point or a box in it.")
    root = Path(request.folder)
    name = name_in_case(request.image, root)
    image = read_field(root / name)
    diameter = _red_cell_diameter(store, case, image, root / name)
    cell = outline_marked_cell(image, Box(*request.box), diameter)
    return store.cells.draw(
        case.id,
        name,
        image.sha256,
        cell.box,
        cell.outline,
        at_edge=cell.at_edge,
        reviewer=request.reviewer,
    )


def _red_cell_diameter(store: CaseStore, case: Case, image: Image, path: Path) -> float:
    """As a person stated it, else as the newest run measured it, else as this image shows it."""
    if case.profile.stated_diameter is not None:
        return case.profile.stated_diameter
    for run in reversed(store.runs.list_of_case(case.id)):
        if "profile" in run.settings and "profiles_by_size" in run.settings:
            scale = SourceScale.from_json(run.settings)
            profile = scale.by_size.get((image.width, image.height), scale.profile)
            if profile.red_cell_diameter:
                return profile.red_cell_diameter
    slide = find_slide(path)
    if slide is not None:
        measured = build_profile(measure_slide(slide))
    else:
        measured = build_profile([measure_image(image.pixels, scale=image.scale)])
    return measured.red_cell_diameter or min(image.width, image.height) / 5


def _list_cells(path: Path, root: Path, image: str) -> list[LocatedCell]:
    store = CaseStore.open_if_made(path)
    if store is None:
        return []
    with store:
        case = store.cases.find(root)
        if case is None:
            return []
        found = store.cells.list_of_image(case.id, image) if image else store.cells.stream(case.id)
        return list(found)


def _format_cells(cells: list[LocatedCell]) -> str:
    lines = [
        f"{each.id.image} {each.id.letters}: {each.box.width:.0f} × {each.box.height:.0f} px at "
        f"{each.box.x:.0f}, {each.box.y:.0f}, {each.origin}"
        + (", cut by the edge" if each.at_edge else "")
        for each in cells
    ]
    return "\n".join([*lines, f"{len(cells)} cells of fields."])


def _format_change(action: str, change: Change | None) -> str:
    if change is None:
        return f"There is nothing to {action}."
    names = ", ".join(f"{cell.image} {cell.letters}".rstrip() for cell in change.cells)
    words = {"draw": "Drawn", "remove": "Removed", "undo": "Undone", "redo": "Done again"}
    return f"{words[action]}: {names}."


def _result(kind: str, cells: Iterable[CellId]) -> dict[str, object]:
    return {"kind": kind, "cells": [[cell.image, cell.number] for cell in cells]}
