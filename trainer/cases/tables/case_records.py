"""Table of cases: each is found by its folder, also after the folder was moved."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unicodedata import normalize

from trainer.atomic_files import sha256_of
from trainer.cases.database.column_values import canonical_json, to_column
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.records import Case, merge_measured, profile_of
from trainer.domain import ImageContent, SourceProfile
from trainer.errors import StoreError

_COLUMNS = "id, name, root, profile, created, content"
_SELECT = f"SELECT {_COLUMNS} FROM cases "  # noqa: S608
_PROBE_IMAGES = 8


class Cases:
    """Table of cases. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def find_or_create(
        self, root: Path, *, name: str = "", profile: SourceProfile | None = None
    ) -> Case:
        """Return the case of a folder: the known one, one that moved here, or a new one.

        A case counts as moved here if its own folder is gone and most of a few images that it
        holds predictions or reviews of lie here, under the same relative paths with the same
        SHA-256.
        A profile is taken for a new case only; `set_profile` changes a known one's.
        """
        same = self.find(root)
        if same is not None:
            return same
        folder, known = root.resolve(), self.list_all()
        moved = _find_moved(self._db, known, folder)
        if moved is not None:
            return self.relocate(moved.id, folder)
        return _insert(
            self._db, folder, name or folder.name or str(folder), profile or SourceProfile()
        )

    def find(self, root: Path) -> Case | None:
        """Return the known case of a folder, or None; change nothing."""
        folder = root.resolve()
        return next((case for case in self.list_all() if _same_folder(case.root, folder)), None)

    def find_moved(self, root: Path) -> Case | None:
        """Return the case that lay elsewhere and moved to a folder, or None; change nothing.

        None too where the folder is a case's already.
        """
        if self.find(root) is not None:
            return None
        return _find_moved(self._db, self.list_all(), root.resolve())

    def relocate(self, case_id: int, root: Path) -> Case:
        """Set the folder of a case that moved; return the case.

        Raises:
            StoreError: the images there are not the case's, or that folder is another case's.
        """
        folder = root.resolve()
        if _images_match(self._db, case_id, folder) is False:
            raise StoreError(
                f"The images in {folder} are not those of this case.",
                "Choose the folder that holds the same files under the same names.",
            )
        taken = self._db.rows(
            "SELECT name FROM cases WHERE root = CAST(? AS TEXT) AND id <> ?",
            *(to_column(str(folder)), case_id),
        )
        if taken:
            raise StoreError(f"{folder} is already the folder of the case {taken[0][0]}.")
        _update(self._db, "case moved", case_id, "root", str(folder))
        return self.get(case_id)

    def set_profile(self, case_id: int, profile: SourceProfile) -> Case:
        """Set what is known of the case's source; return the case."""
        _update(self._db, "profile set", case_id, "profile", canonical_json(asdict(profile)))
        return self.get(case_id)

    def set_content(self, case_id: int, content: ImageContent) -> Case:
        """Set what the images of the case hold; return the case."""
        _update(self._db, "content set", case_id, "content", content.value)
        return self.get(case_id)

    def set_measured_profile(self, case: Case, measured: SourceProfile) -> None:
        """Store what was measured of a case, unless a person stated it, perhaps meanwhile."""
        if measured.stated_diameter is None:
            stored = self.find_or_create(case.root).profile
            self.set_profile(case.id, merge_measured(stored, measured))

    def get(self, case_id: int) -> Case:
        """Return the case of that number. Raises StoreError if there is none."""
        found = self._db.rows(_SELECT + "WHERE id = ?", case_id)
        if not found:
            raise StoreError(f"There is no case number {case_id} in the store.")
        return _case_of_row(found[0])

    def list_all(self) -> list[Case]:
        """Return every case, oldest first."""
        return [_case_of_row(row) for row in self._db.rows(_SELECT + "ORDER BY id")]


def _insert(db: StoreConnection, folder: Path, name: str, profile: SourceProfile) -> Case:
    root = to_column(str(folder))
    with db.entry("case created") as entry:
        # Another process may have made it in the meantime; `entry` now holds the lock.
        db.connection.execute(
            "INSERT INTO cases (name, root, profile, created) "
            "VALUES (CAST(? AS TEXT), CAST(? AS TEXT), ?, ?) ON CONFLICT (root) DO NOTHING",
            (to_column(name), root, canonical_json(asdict(profile)), entry.time),
        )
        query = "SELECT id FROM cases WHERE root = CAST(? AS TEXT)"
        case_id = int(db.connection.execute(query, (root,)).fetchone()[0])
        entry.body = _row_values(db, case_id)
    return Cases(db).get(case_id)


def _update(db: StoreConnection, kind: str, case_id: int, column: str, value: str) -> None:
    # A signed case can be found again where its folder moved to, and no more.
    with db.entry(kind, case_id=None if kind == "case moved" else case_id) as entry:
        changed = db.connection.execute(
            f"UPDATE cases SET {column} = CAST(? AS TEXT) WHERE id = ?",  # noqa: S608
            (to_column(value), case_id),
        ).rowcount
        if not changed:
            raise StoreError(f"There is no case number {case_id} in the store.")
        entry.body = _row_values(db, case_id)


def _row_values(db: StoreConnection, case_id: int) -> dict[str, object]:
    row = db.connection.execute(_SELECT + "WHERE id = ?", (case_id,)).fetchone()
    return dict(zip(_COLUMNS.split(", "), row, strict=True))


def _same_folder(known: Path, folder: Path) -> bool:
    """Return whether two paths name one folder, also on disks that ignore case or normal form."""
    if known == folder:
        return True
    first, second = (normalize("NFC", str(path)).casefold() for path in (known, folder))
    try:
        return first == second and known.samefile(folder)
    except OSError:
        return False


def _find_moved(db: StoreConnection, known: list[Case], folder: Path) -> Case | None:
    for case in reversed(known):
        if not case.root.exists() and _images_match(db, case.id, folder):
            return case
    return None


def _images_match(db: StoreConnection, case_id: int, folder: Path) -> bool | None:
    """Return whether most of a few of the case's images lie in `folder`; None if it has none."""
    known = db.rows(
        "SELECT image, sha256 FROM predictions WHERE sha256 <> '' AND run_id IN "
        "(SELECT id FROM runs WHERE case_id = ?) "
        "UNION SELECT image, sha256 FROM reviews WHERE sha256 <> '' AND case_id = ? LIMIT ?",
        *(case_id, case_id, _PROBE_IMAGES),
    )
    if not known:
        return None
    agreeing: int = sum(_sha256_or_empty(folder / image) == sha256 for image, sha256 in known)
    return 2 * agreeing > len(known)


def _sha256_or_empty(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError:
        return ""


def _case_of_row(row: tuple[Any, ...]) -> Case:
    number, name, root, profile, created, content = row
    source = profile_of(json.loads(profile))
    return Case(number, name, Path(root), source, created, ImageContent(content))
