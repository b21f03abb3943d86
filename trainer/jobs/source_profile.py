"""`source`: show or set the source profile of a case: lab, stain, scale."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from trainer.cases.profiles import SourceInfo, read_source_info
from trainer.cases.records import clear_stated, merge_measured
from trainer.cases.store import CaseStore
from trainer.domain import (
    FROM_PIXEL_SIZE,
    RED_CELL_MICROMETRES,
    ImageContent,
    ShouldStop,
    SourceProfile,
)
from trainer.errors import UserError
from trainer.locations import STORE_NAME, data_folder
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import SourceRequest

_CONTENT_WORDS = {ImageContent.SINGLE: "one cell each", ImageContent.FIELDS: "fields"}


def run(request: SourceRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Set what a request gives of a case's source, and show the profile (see `SourceRequest`).

    Returns:
        `content`, what the images hold; `profile`, as stored; `measured`, what the last run that
        measured found, or None; `earlier`, the profiles of other cases whose source has a name.

    Raises:
        UserError: there is no such folder, or more than one scale was given.
        StoreError: the store cannot be read or written.
    """
    data = data_folder(request.data_dir)
    known = _store_profile(request, data) if _has_values(request) else _read_profile(request, data)
    emit(Result({"text": _format_profile(request.folder, known)}))
    return {
        "folder": request.folder,
        "content": known.content.value,
        "profile": _profile_values(known.profile),
        "measured": _profile_values(known.measured) if known.measured is not None else None,
        "earlier": [_profile_values(each) for each in known.earlier],
    }


def _has_values(request: SourceRequest) -> bool:
    scale = (request.red_cell_diameter, request.pixel_size)
    given = (request.name, request.stain, request.content, *scale)
    return request.measure or any(value is not None for value in given)


def _read_profile(request: SourceRequest, data: Path) -> SourceInfo:
    store = CaseStore.open_if_made(data / STORE_NAME)
    if store is None:
        return SourceInfo(SourceProfile())
    with store:
        return read_source_info(store, Path(request.folder))


def _store_profile(request: SourceRequest, data: Path) -> SourceInfo:
    folder = Path(request.folder)
    scales = (request.red_cell_diameter is not None, request.pixel_size is not None)
    if sum((*scales, request.measure)) > 1:
        raise UserError(
            "The size of the red cells was given in more than one way.",
            "Give their diameter, or the size of a pixel, or have them measured.",
        )
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.", "Give the folder of the images.")
    with CaseStore.open(data / STORE_NAME) as store:
        case = store.cases.find_or_create(folder)
        known = read_source_info(store, folder)
        wanted = _updated_profile(known, request)
        if wanted != known.profile:
            store.cases.set_profile(case.id, wanted)
        content = known.content if request.content is None else ImageContent(request.content)
        if content is not known.content:
            store.cases.set_content(case.id, content)
        return replace(known, profile=wanted, content=content)


def _updated_profile(known: SourceInfo, request: SourceRequest) -> SourceProfile:
    profile = known.profile
    if request.name is not None:
        profile = replace(profile, name=_single_line(request.name))
    if request.stain is not None:
        profile = replace(profile, stain=_single_line(request.stain))
    if request.measure and profile.stated_diameter is not None:
        return merge_measured(clear_stated(profile), known.measured)
    if request.red_cell_diameter is not None:
        return _with_diameter(profile, request.red_cell_diameter, "entered")
    if request.pixel_size is not None:
        return _with_diameter(profile, RED_CELL_MICROMETRES / request.pixel_size, FROM_PIXEL_SIZE)
    return profile


def _with_diameter(profile: SourceProfile, diameter: float, origin: str) -> SourceProfile:
    return replace(profile, red_cell_diameter=diameter, origin=origin, measured_cells=0)


def _single_line(text: str) -> str:
    """One line without spaces around it."""
    return " ".join(text.split())


def _profile_values(profile: SourceProfile) -> dict[str, Any]:
    background = profile.background
    return asdict(profile) | {"background": list(background) if background else None}


def _format_profile(folder: str, known: SourceInfo) -> str:
    """What the command line prints."""
    profile = known.profile
    lines = [
        f"Source of {folder}: {profile.name or 'not said'}.",
        f"  stain: {profile.stain or 'not said'}",
        f"  red cells: {_format_diameter(profile)}",
    ]
    if known.content is not ImageContent.AS_FOUND:
        lines.append(f"  images: {_CONTENT_WORDS[known.content]}")
    if known.measured is not None and known.measured != profile:
        lines.append(f"  the last run that measured: {_format_diameter(known.measured)}")
    return "\n".join(lines)


def _format_diameter(profile: SourceProfile) -> str:
    diameter = profile.red_cell_diameter
    if diameter is None:
        return "to be measured at the next run"
    how = {
        "entered": "as entered",
        FROM_PIXEL_SIZE: f"from {RED_CELL_MICROMETRES / diameter:.4g} µm a pixel",
        "measured": f"measured on {profile.measured_cells} cells",
    }
    return f"{diameter:.4g} px, {how.get(profile.origin, 'assumed: too few stand alone')}"
