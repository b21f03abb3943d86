from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from trainer.cases import CLEARED, CaseStore, FieldSearch, NewReview, Origin, SearchedField
from trainer.cases.current_runs import current_predictions, current_results
from trainer.domain import Box, CellId, CellOrigin, ImageContent, LocatedCell
from trainer.errors import StoreError

SHA = "1" * 64
CORNERS = ((1.5, 2.0), (7.0, 2.25), (7.0, 9.0))


def found(x: float, *, number: int = 0, origin=CellOrigin.FOUND, at_edge=False) -> LocatedCell:
    return LocatedCell(CellId("f.png", number), Box(x, 5, 20, 10), CORNERS, origin, at_edge)


def search(store, case, *cells: LocatedCell, sha256: str = SHA) -> tuple[int | None, ...]:
    (numbers,) = store.cells.add_found(case.id, [FieldSearch("f.png", sha256, cells)])
    return numbers


def present(store, case) -> list[int]:
    return [cell.id.number for cell in store.cells.list_of_image(case.id, "f.png")]


def review(store, case, number: int, label: str = "basophil", sha256: str = SHA) -> None:
    new = NewReview("f.png", sha256, label, number=number)
    store.reviews.add(case.id, [new], reviewer="AB")


def test_cells_come_back_as_they_were_found(store, case):
    assert search(store, case, found(0, at_edge=True), found(100)) == (1, 2)
    first, second = store.cells.list_of_image(case.id, "f.png")
    assert first == LocatedCell(
        CellId("f.png", 1), Box(0, 5, 20, 10), CORNERS, CellOrigin.FOUND, True
    )
    assert (second.id.letters, second.at_edge) == ("B", False)
    assert list(store.cells.stream(case.id)) == [first, second]
    assert store.cells.list_of_image(case.id, "other.png") == ()
    assert store.audit.verify() == []


def test_cells_found_again_keep_their_numbers_in_any_order(store, case):
    search(store, case, found(0), found(100), found(200))
    assert search(store, case, found(203), found(300), found(2), found(98)) == (3, 4, 1, 2)
    moved = store.cells.list_of_image(case.id, "f.png")
    assert [cell.box.x for cell in moved] == [2, 98, 203, 300]
    # 20 px wide: moved by 7, half of the union is shared no more.
    assert search(store, case, found(9), found(98), found(203), found(300)) == (5, 2, 3, 4)
    assert store.audit.verify() == []


def test_the_same_search_again_changes_nothing(store, case):
    search(store, case, found(0), found(100))
    before = list(store.cells.stream(case.id))
    assert search(store, case, found(0), found(100)) == (1, 2)
    assert list(store.cells.stream(case.id)) == before
    with closing(sqlite3.connect(store.path)) as raw:
        assert raw.execute("SELECT count(*) FROM cells").fetchone() == (2,)


def test_a_cell_not_found_again_is_lost_unless_a_person_reviewed_it(store, case):
    search(store, case, found(0), found(100), found(200))
    review(store, case, 2)
    review(store, case, 3)
    review(store, case, 3, CLEARED)
    search(store, case)
    assert present(store, case) == [2]
    known = store.cells.known(case.id)["f.png"]
    assert ([cell.id.number for cell in known.kept], known.removed) == ([2], ())
    # Lost ones that turn up again are the same.
    assert search(store, case, found(0), found(100, number=2), found(200)) == (1, 2, 3)


def test_a_removed_cell_stays_removed_and_is_brought_back_by_undo(store, case):
    search(store, case, found(0), found(100))
    change = store.cells.remove(case.id, [CellId("f.png", 1)], reviewer="AB")
    assert change.cells == (CellId("f.png", 1),)
    assert search(store, case, found(1), found(100)) == (None, 2)
    assert present(store, case) == [2]
    assert store.cells.gone(case.id) == {CellId("f.png", 1)}
    assert [cell.id.number for cell in store.cells.known(case.id)["f.png"].removed] == [1]
    undone = store.reviews.undo(case.id)
    assert (undone.kind, undone.cells) == ("undo", (CellId("f.png", 1),))
    assert present(store, case) == [1, 2]
    assert search(store, case, found(1), found(100)) == (1, 2)
    assert store.reviews.redo(case.id).cells == (CellId("f.png", 1),)
    assert present(store, case) == [2]
    assert store.audit.verify() == []


def test_only_a_cell_that_is_there_can_be_removed(store, case):
    search(store, case, found(0))
    for number in (0, 7):
        with pytest.raises(StoreError, match="to remove"):
            store.cells.remove(case.id, [CellId("f.png", number)])
    store.cells.remove(case.id, [CellId("f.png", 1)])
    with pytest.raises(StoreError, match="no cell A to remove"):
        store.cells.remove(case.id, [CellId("f.png", 1)])


def test_a_drawn_cell_stays_and_takes_the_place_of_a_found_one(store, case):
    search(store, case, found(0))
    change = store.cells.draw(case.id, "f.png", SHA, Box(100, 5, 20, 10), reviewer="AB")
    assert (change.kind, change.cells) == ("draw", (CellId("f.png", 2),))
    assert search(store, case, found(0), found(101)) == (1, None)
    drawn = found(100, number=2, origin=CellOrigin.DRAWN)
    assert search(store, case, found(0), drawn) == (1, 2)
    assert search(store, case) == ()
    assert present(store, case) == [2]
    assert store.cells.list_of_image(case.id, "f.png")[0].origin is CellOrigin.DRAWN
    assert store.audit.verify() == []


def test_a_number_is_never_given_twice(store, case):
    store.cells.draw(case.id, "f.png", SHA, Box(0, 0, 10, 10))
    store.reviews.undo(case.id)
    assert present(store, case) == []
    assert store.cells.gone(case.id) == {CellId("f.png", 1)}
    assert search(store, case, found(0)) == (2,)
    # A drawn cell that was undone while a run had it in hand.
    drawn = found(300, number=1, origin=CellOrigin.DRAWN)
    assert search(store, case, found(0), drawn) == (2, None)


def test_other_bytes_have_other_cells(store, case):
    search(store, case, found(0), found(100))
    review(store, case, 1)
    assert search(store, case, found(0), sha256="2" * 64) == (3,)
    assert present(store, case) == [3]
    both = store.cells.list_of_image(case.id, "f.png", SHA)
    assert [cell.id.number for cell in both] == [1, 2]


def test_undo_takes_back_the_newest_action_of_any_kind(store, case):
    search(store, case, found(0))
    review(store, case, 1)
    store.cells.draw(case.id, "f.png", SHA, Box(100, 5, 20, 10))
    review(store, case, 2)
    store.cells.remove(case.id, [CellId("f.png", 1)])
    undone = [store.reviews.undo(case.id) for _ in range(5)]
    numbers = [[cell.number for cell in each.cells] for each in undone[:-1]]
    assert numbers == [[1], [2], [2], [1]]
    assert undone[-1] is None
    assert present(store, case) == [1]
    redone = [store.reviews.redo(case.id) for _ in range(5)]
    assert [[cell.number for cell in each.cells] for each in redone[:-1]] == numbers[::-1]
    assert redone[-1] is None
    assert present(store, case) == [2]


def test_a_new_cell_ends_what_can_be_redone(store, case):
    review(store, case, 0)
    store.reviews.undo(case.id)
    store.cells.draw(case.id, "f.png", SHA, Box(100, 5, 20, 10))
    assert store.reviews.redo(case.id) is None


def predict_field(store, run, predict, numbers, **changes) -> None:
    cells = [
        predict(
            "f.png",
            sha256=SHA,
            number=number,
            box=Box(number, 2.5, 20, 10),
            outline=CORNERS,
            origin=CellOrigin.FOUND,
            **changes,
        )
        for number in numbers
    ]
    field = SearchedField("f.png", SHA, len(cells), 640, 480, ("16-bit",))
    store.predictions.add(run.id, cells, [], [field])


def test_the_cells_of_a_field_are_stored_together(store, run, predict):
    predict_field(store, run, predict, [2, 1], at_edge=True)
    store.predictions.add(run.id, [], [], [SearchedField("empty.png", "3" * 64, 0, 640, 480)])
    store.predictions.add(run.id, [predict("single.png")])
    assert [p.cell_id.letters for p in store.predictions.stream(run.id)] == ["A", "B", ""]
    first = store.predictions.get(run.id, "f.png", 1)
    assert (first.box, first.outline, first.at_edge) == (Box(1, 2.5, 20, 10), CORNERS, True)
    assert store.predictions.get(run.id, "f.png") is None
    (_, listed), *_ = store.predictions.list_after(run.id)
    assert (listed.number, listed.box, listed.outline) == (2, Box(2, 2.5, 20, 10), ())
    assert len(store.predictions.list_of_image(run.id, "f.png")) == 2
    assert store.predictions.committed_images(run.id).keys() == {
        *("f.png", "empty.png", "single.png")
    }
    assert store.predictions.count(run.id) == 3
    assert [field.image for field in store.fields.stream(run.id)] == ["empty.png", "f.png"]
    (_, first_field), (row, _) = store.fields.list_after(run.id)
    assert (first_field.image, store.fields.list_after(run.id, row)) == ("f.png", [])
    assert store.fields.get(run.id, "f.png").notes == ("16-bit",)
    assert store.audit.verify() == []
    with pytest.raises(StoreError, match=r"empty\.png was already stored"):
        store.predictions.add(run.id, [], [], [SearchedField("empty.png", "", 0, 1, 1)])
    with pytest.raises(StoreError, match=r"f\.png was already stored"):
        predict_field(store, run, predict, [3, 1])
    assert store.predictions.count(run.id) == 3


def test_of_each_image_the_newest_run_counts_with_all_its_cells(store, case, begin, predict):
    old, new = begin(store, case), begin(store, case)
    search(store, case, *(found(100 * at) for at in range(4)))
    predict_field(store, old, predict, [1, 2, 3])
    store.predictions.add(old.id, [predict("e.png"), predict("g.png")])
    store.predictions.add(old.id, [], [], [SearchedField("h.png", "", 0, 1, 1)])
    predict_field(store, new, predict, [1, 4])
    store.predictions.add(new.id, [predict("h.png")], [], [SearchedField("g.png", "", 0, 1, 1)])
    store.cells.remove(case.id, [CellId("f.png", 4)])
    results = [
        (run.id, each.image, getattr(each, "number", "field"))
        for run, each in current_results(store, [old, new])
    ]
    assert results == [
        (old.id, "e.png", 0),
        (new.id, "f.png", "field"),
        (new.id, "f.png", 1),
        (new.id, "g.png", "field"),
        (new.id, "h.png", 0),
    ]
    cells = [each.cell_id for _, each in current_predictions(store, [old, new])]
    assert cells == [CellId("e.png"), CellId("f.png", 1), CellId("h.png")]


def test_a_page_may_end_within_a_field(store, run, predict):
    predict_field(store, run, predict, range(1, 1101))
    numbers = [p.number for p in store.predictions.stream(run.id, heat=False)]
    assert numbers == list(range(1, 1101))


def test_features_belong_to_cells(store, run, predict):
    cells = [predict("f.png", number=number) for number in (1, 2)]
    store.predictions.add(run.id, cells, [b"aa", b"bb"])
    assert store.features.get(run.id, "f.png", 2) == b"bb"
    assert store.features.get(run.id, "f.png") is None
    assert [each.cell_id.number for each in store.features.list_after(run.id)] == [1, 2]


def test_verdicts_are_of_cells(store, case, run, predict):
    search(store, case, *(found(100 * at) for at in range(4)))
    predict_field(store, run, predict, [1, 2, 3])
    review(store, case, 2)
    review(store, case, 4)
    review(store, case, 0)  # of the image as one cell
    store.cells.remove(case.id, [CellId("f.png", 3)])
    verdicts = {v.number: v for v in store.verdicts.stream(case.id, run.id)}
    assert {number: (v.label, v.origin) for number, v in verdicts.items()} == {
        1: ("monocyte", Origin.DECISION),
        2: ("basophil", Origin.REVIEW),
        4: ("basophil", Origin.REVIEW),
    }
    assert store.verdicts.get(case.id, run.id, "f.png", 2) == verdicts[2]
    store.reviews.undo(case.id)
    assert [v.number for v in store.verdicts.stream(case.id, run.id)] == [1, 2, 3, 4]
    assert [r.label for r in store.reviews.history(case.id, "f.png", 2)] == ["basophil"]


def test_a_review_of_a_cell_does_not_count_for_the_image_as_one_cell(store, case, run, predict):
    search(store, case, found(0))
    review(store, case, 1)
    store.predictions.add(run.id, [predict("f.png", sha256=SHA)])
    (verdict,) = store.verdicts.stream(case.id, run.id)
    assert (verdict.number, verdict.label) == (0, "monocyte")


def test_a_case_keeps_what_its_images_hold(store, case, store_path):
    assert case.content is ImageContent.AS_FOUND
    assert store.cases.set_content(case.id, ImageContent.FIELDS).content is ImageContent.FIELDS
    assert store.audit.verify() == []
    with CaseStore.open(store_path, read_only=True) as other:
        assert other.cases.get(case.id).content is ImageContent.FIELDS


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE cells SET box = '[1]' WHERE id = 1", "cells of entry 3 were changed"),
        ("UPDATE cells SET state = 'removed' WHERE id = 2", "cells of entry 3 were changed"),
        ("UPDATE cells SET outline = x'' WHERE id = 1", "cells of entry 3 were changed"),
        ("DELETE FROM cells WHERE id = 3", "cells of entry 4 are missing"),
        ("UPDATE cells SET reviewer = 'CD' WHERE id = 3", "cells of entry 4 were changed"),
        ("UPDATE fields SET cells = 5", "fields of entry 5 were changed"),
        ("DELETE FROM fields", "fields of entry 5 are missing"),
        ("UPDATE predictions SET number = 9 WHERE id = 1", "predictions of entry 5 were changed"),
        ("UPDATE predictions SET at_edge = 1", "predictions of entry 5 were changed"),
        ("UPDATE predictions SET box = '[]'", "predictions of entry 5 were changed"),
        ("UPDATE reviews SET number = 2", "reviews of entry 6 were changed"),
        ("UPDATE cases SET content = 'fields'", "row 1 of cases was changed"),
    ],
)
def test_tampering_with_cells_shows(store, case, run, predict, store_path, statement, problem):
    search(store, case, found(0), found(100))
    store.cells.remove(case.id, [CellId("f.png", 2)], reviewer="AB")
    predict_field(store, run, predict, [1])
    review(store, case, 1)
    assert store.audit.verify() == []
    with closing(sqlite3.connect(store_path)) as raw:
        names = raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            raw.execute(f"DROP TRIGGER {name}")
        assert raw.execute(statement).rowcount > 0
        raw.commit()
    assert problem in store.audit.verify()
