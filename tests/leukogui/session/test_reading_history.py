"""The history of a blind reading, found again in the labels that the store has of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leukogui.session.reading import ReadingHistory
from trainer.domain import CellId

ONE, TWO = CellId("1.png"), CellId("2.png")


def test_what_was_undone_can_be_redone_after_a_restart() -> None:
    actions = [{ONE: "a"}, {TWO: "b"}, {ONE: "c"}, {ONE: "a"}]  # the last undoes the third
    history = ReadingHistory.of_actions(actions)
    assert history.redo() == {ONE: "c"}
    assert history.undo() == {ONE: "a"}
    assert history.undo() == {TWO: ""}
    assert history.undo() == {ONE: ""}
    assert history.undo() == {}


def test_what_came_before_is_undone_after_what_came_since() -> None:
    history = ReadingHistory()
    history.add({TWO: ""}, {TWO: "b"})
    history.add_earlier(ReadingHistory.of_actions([{ONE: "a"}]))
    assert [history.undo(), history.undo(), history.undo()] == [{TWO: ""}, {ONE: ""}, {}]


STEPS = st.lists(
    st.one_of(
        st.sampled_from(["undo", "redo"]),
        st.tuples(st.sampled_from([ONE, TWO]), st.sampled_from(["", "a", "b"])),
    ),
    max_size=12,
)


@given(STEPS)
def test_a_restart_undoes_to_the_beginning_through_labels_that_were(steps: list) -> None:
    labels: dict[CellId, str] = {ONE: "", TWO: ""}
    history, stored, seen = ReadingHistory(), [], [dict(labels)]
    for step in steps:
        if step == "undo":
            new = history.undo()
        elif step == "redo":
            new = history.redo()
        else:
            new = dict([step]) if labels[step[0]] != step[1] else {}
            if new:
                history.add({step[0]: labels[step[0]]}, new)
        if new:
            labels |= new
            stored.append(new)
            seen.append(dict(labels))
    again = ReadingHistory.of_actions(stored)
    while before := again.undo():
        labels |= before
        assert labels in seen
    assert labels == {ONE: "", TWO: ""}
