"""Which two classes are compared by their heat maps."""

from __future__ import annotations

from dataclasses import replace

from leukogui.viewer.class_pair import choose_pair
from trainer.domain import Decision, Precision, Prediction

NAMES = ("basophil", "monocyte", "lymphocyte")
CELL = Prediction(
    "a.png",
    "",
    Decision.ACCEPT,
    "model",
    Precision.F32,
    label="monocyte",
    probability=0.6,
    probabilities=(0.1, 0.6, 0.3),
)


def test_verdict_and_runner_up_until_a_person_chooses() -> None:
    assert choose_pair(CELL, NAMES, "", -1, -1) == (1, 2)
    assert choose_pair(CELL, NAMES, "basophil", -1, -1) == (0, 1)  # as reviewed
    assert choose_pair(CELL, NAMES, "smudge", -1, -1) == (1, 2)  # no class of the model
    assert choose_pair(CELL, NAMES, "", 2, -1) == (2, 1)
    assert choose_pair(CELL, NAMES, "", -1, 0) == (1, 0)
    assert choose_pair(CELL, NAMES, "", 0, 0) == (0, 1)  # not from itself


def test_an_unknown_cell_by_what_it_looks_like() -> None:
    unknown = replace(CELL, label="", looks_like="lymphocyte")
    assert choose_pair(unknown, NAMES, "", -1, -1) == (2, 1)


def test_there_is_no_pair_while_the_outputs_are_not_known() -> None:
    assert choose_pair(CELL, (), "", -1, -1) is None
    assert choose_pair(CELL, NAMES[:1], "", -1, -1) is None
    assert choose_pair(replace(CELL, probabilities=()), NAMES, "", -1, -1) is None
