"""Cases and the folders they lie in: found or made by folder, found again after a move."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unicodedata import normalize

from trainer.cases.encoding import canonical_json, to_column
from trainer.cases.records import Case, profile_of
from trainer.cases.transactions import Ledger
from trainer.domain import SourceProfile
from trainer.errors import StoreError

_COLUMNS = "id, name, root, profile, created"
_SELECT = f"SELECT {_COLUMNS} FROM cases "  # noqa: S608
_PROBES = 8


def find_or_create(
    ledger: Ledger, root: Path, *, name: str = "", profile: SourceProfile | None = None
) -> Case:
    """The case of a folder: the known one, a known one that moved here, or a new one.

    A case counts as moved here if its own folder is gone and most of a few images that it
    holds predictions or reviews of lie here, under the same relative paths with the same
    SHA-256.
    A profile is taken for a new case only; `set_profile` changes a known one's.
    """
    same = find(ledger, root)
    if same is not None:
        return same
    folder, known = root.resolve(), every(ledger)
    moved = _moved_here(ledger, known, folder)
    if moved is not None:
        return relocate(ledger, moved.id, folder)
    return _create(ledger, folder, name or folder.name or str(folder), profile or SourceProfile())


def find(ledger: Ledger, root: Path) -> Case | None:
    """The case of a folder, or None; nothing is made and nothing is moved."""
    folder = root.resolve()
    return next((case for case in every(ledger) if _same_folder(case.root, folder)), None)


def relocate(ledger: Ledger, case_id: int, root: Path) -> Case:
    """Say where a case's folder is now.

    Raises:
        StoreError: the images there are not the case's, or that folder is another case's.
    """
    folder = root.resolve()
    if _agreement(ledger, case_id, folder) is False:
        raise StoreError(
            f"The images in {folder} are not those of this case.",
            "Choose the folder that holds the same files under the same names.",
        )
    taken = ledger.rows(
        "SELECT name FROM cases WHERE root = CAST(? AS TEXT) AND id <> ?",
        *(to_column(str(folder)), case_id),
    )
    if taken:
        raise StoreError(f"{folder} is already the folder of the case {taken[0][0]}.")
    _change(ledger, "case moved", case_id, "root", str(folder))
    return get(ledger, case_id)


def set_profile(ledger: Ledger, case_id: int, profile: SourceProfile) -> Case:
    """Keep what is known of the case's source."""
    _change(ledger, "profile set", case_id, "profile", canonical_json(asdict(profile)))
    return get(ledger, case_id)


def get(ledger: Ledger, case_id: int) -> Case:
    """The case of that number. Raises StoreError if there is none."""
    found = ledger.rows(_SELECT + "WHERE id = ?", case_id)
    if not found:
        raise StoreError(f"There is no case number {case_id} in the store.")
    return _case(found[0])


def every(ledger: Ledger) -> list[Case]:
    """Every case, oldest first."""
    return [_case(row) for row in ledger.rows(_SELECT + "ORDER BY id")]


def _create(ledger: Ledger, folder: Path, name: str, profile: SourceProfile) -> Case:
    root = to_column(str(folder))
    with ledger.entry("case created") as entry:
        # Another process may have made it since we looked; `entry` now holds the lock.
        ledger.connection.execute(
            "INSERT INTO cases (name, root, profile, created) "
            "VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, ?) ON CONFLICT (root) DO NOTHING",
            (to_column(name), root, canonical_json(asdict(profile)), entry.time),
        )
        query = "SELECT id FROM cases WHERE root = CAST(? AS TEXT)"
        case_id = int(ledger.connection.execute(query, (root,)).fetchone()[0])
        entry.body = _facts(ledger, case_id)
    return get(ledger, case_id)


def _change(ledger: Ledger, kind: str, case_id: int, column: str, value: str) -> None:
    with ledger.entry(kind) as entry:
        changed = ledger.connection.execute(
            f"UPDATE cases SET {column} = CAST(? AS TEXT) WHERE id = ?",  # noqa: S608
            (to_column(value), case_id),
        ).rowcount
        if not changed:
            raise StoreError(f"There is no case number {case_id} in the store.")
        entry.body = _facts(ledger, case_id)


def _facts(ledger: Ledger, case_id: int) -> dict[str, object]:
    row = ledger.connection.execute(_SELECT + "WHERE id = ?", (case_id,)).fetchone()
    return dict(zip(_COLUMNS.split(", "), row, strict=True))


def _same_folder(known: Path, folder: Path) -> bool:
    """Whether two paths name one folder, on disks that ignore case or accents' forms too."""
    if known == folder:
        return True
    first, second = (normalize("NFC", str(path)).casefold() for path in (known, folder))
    try:
        return first == second and known.samefile(folder)
    except OSError:
        return False


def _moved_here(ledger: Ledger, known: list[Case], folder: Path) -> Case | None:
    for case in reversed(known):
        if not case.root.exists() and _agreement(ledger, case.id, folder):
            return case
    return None


def _agreement(ledger: Ledger, case_id: int, folder: Path) -> bool | None:
    """Whether most of a few of the case's images lie in `folder`; None if it knows none."""
    known = ledger.rows(
        "SELECT image, sha256 FROM predictions WHERE sha256 <> '' AND run_id IN "
        "(SELECT id FROM runs WHERE case_id = ?) "
        "UNION SELECT image, sha256 FROM reviews WHERE sha256 <> '' AND case_id = ? LIMIT ?",
        *(case_id, case_id, _PROBES),
    )
    if not known:
        return None
    agreeing: int = sum(_sha256(folder / image) == sha256 for image, sha256 in known)
    return 2 * agreeing > len(known)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _case(row: tuple[Any, ...]) -> Case:
    number, name, root, profile, created = row
    return Case(number, name, Path(root), profile_of(json.loads(profile)), created)
