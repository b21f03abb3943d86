"""Which cells of a case to label first, by made-up features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.jobs.classified_fields import FieldCase, build_field_case
from tests.trainer.jobs.program import run_trainer
from trainer.domain import Precision, never_stop
from trainer.errors import Cancelled, UserError
from trainer.inference.feature_distance import encode_embedding
from trainer.jobs import suggest
from trainer.jobs.suggest import choose_nearest
from trainer.protocol.adaptation_requests import SuggestRequest

GROUPS = ((0, 7), (1, 3), (2, 1))
"""Direction of the features, and number of cells, of each group of like cells."""


@pytest.fixture
def made(tmp_path: Path) -> FieldCase:
    """A run over cells of the two fields, whose features lie in three groups."""
    made = build_field_case(tmp_path)
    with made.open() as store:
        case = made.case(store)
        before = store.runs.list_of_case(case.id)[-1]
        run = store.runs.start(
            case.id,
            model="other",
            model_sha256="b" * 64,
            precision=Precision.F32,
            device="CPU",
            settings=before.settings,
            images=["a.png"],
        )
        old = store.predictions.get(before.id, "a.png", 1)
        assert old is not None
        predictions, features = [], []
        for direction, count in GROUPS:
            for index in range(count):
                predictions.append(replace(old, number=len(predictions) + 1))
                vector = np.zeros(8, np.float32)
                vector[direction], vector[7] = 10, index - count // 2
                features.append(encode_embedding(vector))
        store.predictions.add(run.id, predictions, features)
        store.runs.finish(run.id)
    return made


def suggested(made: FieldCase, **more: Any) -> list[tuple[int, int]]:
    """Number and size of the group of each cell."""
    request = SuggestRequest(folder=str(made.root), data_dir=str(made.data), **more)
    result = suggest.run(request, lambda _: None, never_stop)
    cells = result["cells"]
    assert isinstance(cells, list)
    assert {cell["image"] for cell in cells} <= {"a.png"}
    return [(cell["number"], cell["like"]) for cell in cells]


def test_one_cell_of_each_group(made: FieldCase) -> None:
    """The one in its middle, the largest group first."""
    assert suggested(made, count=3) == [(4, 7), (9, 3), (11, 1)]


def test_reviewed_cells_are_not_named_again(made: FieldCase) -> None:
    made.review("a.png", 4, "monocyte")
    first, *others = suggested(made, count=3)
    assert first in [(3, 6), (5, 6)]
    assert others == [(9, 3), (11, 1)]


def test_fewer_cells_than_wanted(made: FieldCase) -> None:
    assert [number for number, _ in suggested(made)] == list(range(1, 12))
    for number in range(1, 12):
        made.review("a.png", number, "monocyte")
    assert suggested(made) == []


def test_the_same_each_time(made: FieldCase) -> None:
    assert suggested(made, count=5) == suggested(made, count=5)


def test_cells_that_are_all_the_same(made: FieldCase) -> None:
    """More groups than different cells: still so many cells, none twice."""
    with made.open() as store:
        run = store.runs.list_of_case(made.case(store).id)[-1]
        old = store.predictions.get(run.id, "a.png", 1)
        assert old is not None
        more = [replace(old, number=number) for number in range(20, 40)]
        same = encode_embedding(np.ones(8, np.float32))
        store.predictions.add(run.id, more, [same] * len(more))
    found = suggested(made, count=20)
    assert len({number for number, _ in found}) == 20
    assert sum(size for _, size in found) == 31


def test_more_cells_than_are_compared(made: FieldCase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggest, "_MOST_CELLS", 4)
    assert [number for number, _ in suggested(made, count=5)] == [1, 4, 7, 10]


def test_no_row_twice() -> None:
    pooled = np.array([[0.0], [1.0], [5.0]], np.float32)
    centres = np.array([[0.1], [0.2], [0.3]], np.float32)
    assert choose_nearest(pooled, centres) == [0, 1, 2]


def test_no_features(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="were not stored"):
        suggested(build_field_case(tmp_path))


def test_not_classified(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="was not classified yet"):
        suggested(build_field_case(tmp_path, classified=False))


def test_stopping(made: FieldCase) -> None:
    request = SuggestRequest(folder=str(made.root), data_dir=str(made.data))
    with pytest.raises(Cancelled):
        suggest.run(request, lambda _: None, lambda: True)


@pytest.mark.slow
def test_words_of_the_command_line(made: FieldCase) -> None:
    told = run_trainer("suggest", made.root, "--count", 3, "--data-dir", made.data).stdout
    assert "3 of 11 cells to label first" in told
    assert "a.png D" in told
