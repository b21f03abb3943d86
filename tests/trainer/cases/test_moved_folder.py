"""Further folders that leave a case or lie elsewhere: what is known of their images, and when."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from trainer.cases import Case, CaseStore, NewReview, SignedCaseError
from trainer.cases.case_folders import add_folder, folders_of, remove_folder
from trainer.cases.case_signature import count_cells, sign_case
from trainer.cases.current_runs import current_predictions
from trainer.cases.moved_folder import move_folder
from trainer.cases.records import FieldSearch, SearchedField
from trainer.cases.tables.sign_offs import Requirement
from trainer.domain import Box, CellId, CellOrigin, LocatedCell
from trainer.errors import UserError

INSIDE, OUTER = CellId("0.jpg"), CellId("../slide B/1.jpg")
FIELD = "../slide B/field.jpg"
BOX = Box(1, 2, 10, 12)


@pytest.fixture
def further(case: Case, store: CaseStore) -> Path:
    """A further folder of a case with an image and a field; one image lies in the case's own."""
    folder = case.root.parent / "slide B"
    folder.mkdir()
    for path in (case.root / INSIDE.image, case.root / OUTER.image, case.root / FIELD):
        path.write_bytes(path.name.encode())
    add_folder(store, case, folder)
    return folder


def sha256(image: str) -> str:
    return hashlib.sha256(Path(image).name.encode()).hexdigest()


@pytest.fixture
def run(store, case, further, begin, predict):
    """A run over the case: a cell, a cell of the further folder, two of three of its field."""
    run = begin(store, case)
    located = [
        LocatedCell(CellId(FIELD), Box(20 * at, 2, 10, 12), origin=CellOrigin.FOUND)
        for at in range(3)
    ]
    store.cells.add_found(case.id, [FieldSearch(FIELD, sha256(FIELD), tuple(located))])
    store.cells.remove(case.id, [CellId(FIELD, 1)], reviewer="AB")
    of_field = [
        predict(
            FIELD,
            sha256=sha256(FIELD),
            number=number,
            box=located[number - 1].box,
            origin=CellOrigin.FOUND,
        )
        for number in (2, 3)
    ]
    single = [predict(cell.image, sha256=sha256(cell.image)) for cell in (INSIDE, OUTER)]
    field = SearchedField(FIELD, sha256(FIELD), 2, 100, 80)
    store.predictions.add(run.id, [*single, *of_field], fields=[field])
    reviews = [
        NewReview(cell.image, sha256(cell.image), label, number=cell.number)
        for cell, label in (
            (INSIDE, "monocyte"),
            (OUTER, "basophil"),
            (CellId(FIELD, 3), "eosinophil"),
        )
    ]
    store.reviews.add(case.id, reviews, reviewer="AB")
    store.readings.add(case.id, reviews[1:], reader="CD", series=1)
    return run


def labels(store: CaseStore, case: Case) -> dict[CellId, str]:
    return {cell: review.label for cell, review in store.reviews.latest(case.id).items()}


def seen(store: CaseStore, run) -> set[CellId]:
    return {each.cell_id for _, each in current_predictions(store, [run])}


def test_a_folder_that_leaves_counts_for_nothing_until_it_is_back(store, case, further, run):
    before = labels(store, case), seen(store, run), count_cells(store, case.id)
    assert len(before[0]) == 3 and len(before[1]) == 4
    remove_folder(store, case, "../slide B", reviewer="AB")
    assert folders_of(store, case.root) == ()
    assert labels(store, case) == {INSIDE: "monocyte"}
    assert seen(store, run) == {INSIDE}
    assert [each.image for each in store.verdicts.stream(case.id, run.id)] == [INSIDE.image]
    assert list(store.cells.stream(case.id)) == []
    assert store.readings.labels(case.id, "CD", 1) == {}
    assert count_cells(store, case.id).cells == 1
    assert store.acts.list_of_case(case.id)[-1].person == "AB"

    add_folder(store, case, further)
    assert (labels(store, case), seen(store, run), count_cells(store, case.id)) == before
    assert store.audit.verify() == []


def test_what_is_known_goes_with_a_folder_that_moved(store, case, further, run, tmp_path):
    shutil.move(further, tmp_path / "archive" / "B")
    moved = move_folder(store, case, "../slide B", tmp_path / "archive" / "B", "AB")
    assert (moved.folder, moved.images, moved.reviews) == ("../archive/B", 2, 2)
    assert folders_of(store, case.root) == ("../archive/B",)
    found = labels(store, case)
    assert found.pop(INSIDE) == "monocyte"
    assert found.pop(CellId("../archive/B/1.jpg")) == "basophil"
    (cell, label), *_ = found.items()
    assert (cell.image, label) == ("../archive/B/field.jpg", "eosinophil")
    boxes = {each.id: each.box for each in store.cells.stream(case.id)}
    assert boxes[cell] == Box(40, 2, 10, 12) and len(boxes) == 2
    assert seen(store, run) == {INSIDE, CellId("../archive/B/1.jpg"), *boxes}
    assert set(store.readings.labels(case.id, "CD", 1)) == {CellId("../archive/B/1.jpg"), cell}
    assert store.audit.verify() == []

    # And back, where the rows of before are.
    shutil.move(tmp_path / "archive" / "B", further)
    move_folder(store, case, "../archive/B", further)
    assert labels(store, case)[OUTER] == "basophil"
    assert len(seen(store, run)) == 4


def test_another_folder_is_not_taken_for_it(store, case, further, run, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "1.jpg").write_bytes(b"another cell")
    with pytest.raises(UserError, match="are not those of slide B"):
        move_folder(store, case, "../slide B", other)
    for act in (remove_folder, lambda *given: move_folder(*given, other)):
        with pytest.raises(UserError, match="no further folder"):
            act(store, case, "../slide C")
    assert folders_of(store, case.root) == ("../slide B",)


def test_a_signed_case_keeps_its_folders(store, case, further, run, tmp_path):
    sign_case(store, case.id, reviewer="AB", requirement=Requirement.NOTHING)
    shutil.copytree(further, tmp_path / "new")
    with pytest.raises(SignedCaseError):
        remove_folder(store, case, "../slide B")
    with pytest.raises(SignedCaseError):
        move_folder(store, case, "../slide B", tmp_path / "new")
    assert folders_of(store, case.root) == ("../slide B",)
    assert len(labels(store, case)) == 3
