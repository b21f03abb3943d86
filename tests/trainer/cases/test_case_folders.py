"""Further folders of a case: kept relative to it, refused where they would not be apart."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trainer.atomic_files import sha256_of
from trainer.cases import CaseStore, NewReview, SignedCaseError
from trainer.cases.case_folders import add_folder, folders_of, read_folders
from trainer.cases.tables.sign_offs import Requirement
from trainer.errors import UserError


@pytest.fixture
def further(case) -> Path:
    """A folder beside the case's."""
    folder = case.root.parent / "slide B"
    folder.mkdir()
    return folder


def test_a_folder_is_kept_relative_to_the_case(store, case, further, store_path):
    assert folders_of(store, case.root) == ()
    assert add_folder(store, case, further, reviewer="AB") == "../slide B"
    elsewhere = case.root.parent / "x" / "slide C"
    elsewhere.mkdir(parents=True)
    add_folder(store, case, elsewhere)
    assert folders_of(store, case.root) == ("../slide B", "../x/slide C")
    assert read_folders(store_path, case.root) == folders_of(store, case.root)
    assert (case.root / "../slide B").samefile(further)
    assert store.audit.verify() == []


def test_what_is_not_apart_is_refused(store, case, further):
    add_folder(store, case, further)
    (further / "inner").mkdir()
    for each in (further, further / "inner", case.root):
        with pytest.raises(UserError, match="belongs to the case already"):
            add_folder(store, case, each)
    with pytest.raises(UserError, match="which belongs to the case"):
        add_folder(store, case, case.root.parent)
    assert folders_of(store, case.root) == ("../slide B",)


def test_a_signed_case_takes_none(store, case, further):
    from trainer.cases.case_signature import sign_case

    store.reviews.add(case.id, [NewReview("1.png", "", "monocyte")], reviewer="AB")
    sign_case(store, case.id, reviewer="AB", requirement=Requirement.NOTHING)
    with pytest.raises(SignedCaseError):
        add_folder(store, case, further)


def test_folders_that_moved_together_are_found_again(store, case, further, tmp_path):
    names = []
    for number, folder in enumerate((case.root, further, further)):
        path = folder / f"{number}.png"
        path.write_bytes(b"%d" % number)
        names.append((os.path.relpath(path, case.root), sha256_of(path)))
    add_folder(store, case, further)
    reviews = [NewReview(Path(name).as_posix(), digest, "monocyte") for name, digest in names]
    store.reviews.add(case.id, reviews, reviewer="AB")
    shutil.move(case.root, tmp_path / "new" / "images")
    shutil.move(further, tmp_path / "new" / "slide B")
    found = store.cases.find_or_create(tmp_path / "new" / "images")
    assert found.id == case.id
    assert folders_of(store, found.root) == ("../slide B",)


def test_a_store_that_is_not_there_has_no_case(tmp_path):
    assert read_folders(tmp_path / "none.sqlite", tmp_path) == ()
    with CaseStore.open(tmp_path / "new.sqlite"):
        pass
    assert read_folders(tmp_path / "new.sqlite", tmp_path) == ()


def test_a_store_that_a_full_disk_kept_from_being_made_has_no_case(tmp_path):
    empty, begun = tmp_path / "empty.sqlite", tmp_path / "begun.sqlite"
    empty.touch()
    with closing(sqlite3.connect(begun)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert begun.stat().st_size > 0
    for path in (empty, begun):
        assert read_folders(path, tmp_path) == ()
