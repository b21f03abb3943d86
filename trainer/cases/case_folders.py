"""Further folders of a case: images that lie beside its own folder and belong to it.

An image of such a folder has a name with `..`, relative to the case's folder like every other, so
`root / name` is its path, and a case whose folders are moved together is found again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainer.cases.records import Case
from trainer.cases.store import CaseStore
from trainer.errors import UserError


def folders_of(store: CaseStore, root: Path) -> tuple[str, ...]:
    """Return the further folders of the case of a folder, relative to it; none for no case."""
    case = store.cases.find(root)
    return store.details.get(case.id).folders if case is not None else ()


def read_folders(path: Path, root: Path) -> tuple[str, ...]:
    """As `folders_of`, from the file of a store, which need not be made already.

    Raises:
        StoreError: the store cannot be read.
    """
    store = CaseStore.open_if_made(path)
    if store is None:
        return ()
    with store:
        return folders_of(store, root)


def add_folder(store: CaseStore, case: Case, folder: Path, *, reviewer: str = "") -> str:
    """Add a folder to a case; return it as it is kept, relative to the case's.

    Raises:
        UserError: it belongs to the case already, holds the case's folder, or lies on another
            drive.
        SignedCaseError: the case was signed.
    """
    details = store.details.get(case.id)
    relative = name_folder(case, details.folders, folder)
    folders = (*details.folders, relative)
    store.details.set(case.id, replace(details, folders=folders), reviewer=reviewer)
    return relative


def remove_folder(store: CaseStore, case: Case, folder: str, *, reviewer: str = "") -> None:
    """Take a further folder out of a case.

    Its results and reviews stay in the store, count for nothing, and come back when it is added
    again; what was drawn, undone or signed before stays in the audit trail.

    Args:
        folder: as `folders_of` gives it, or its path.

    Raises:
        UserError: it is no further folder of the case.
        SignedCaseError: the case was signed.
    """
    details = store.details.get(case.id)
    wanted = os.path.realpath(case.root / folder)
    kept = tuple(
        each
        for each in details.folders
        if each != folder and os.path.realpath(case.root / each) != wanted
    )
    if kept == details.folders:
        raise UserError(
            f"{folder} is no further folder of the case.",
            "The details of the case list its folders.",
        )
    store.details.set(case.id, replace(details, folders=kept), reviewer=reviewer)


def name_folder(case: Case, others: Sequence[str], folder: Path) -> str:
    """Return the name of a further folder, relative to the case's.

    Args:
        others: the further folders that it must lie beside.

    Raises:
        UserError: as `add_folder`.
    """
    own, new = Path(os.path.realpath(case.root)), Path(os.path.realpath(folder))
    known = [own, *(Path(os.path.realpath(own / each)) for each in others)]
    for each in known:
        if new.is_relative_to(each):
            raise UserError(f"{new} belongs to the case already.", "Choose another folder.")
        if each.is_relative_to(new):
            raise UserError(
                f"{new} holds {each}, which belongs to the case.",
                "Choose a folder beside it, or open the outer folder as a case of its own.",
            )
    try:
        return Path(os.path.relpath(new, own)).as_posix()
    except ValueError as error:
        raise UserError(
            f"{new} lies on another drive than the case.", "Bring the folders to one drive."
        ) from error
