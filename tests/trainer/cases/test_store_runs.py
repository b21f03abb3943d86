from __future__ import annotations

import math
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trainer.cases import CaseStore, RunState
from trainer.domain import CellState, Decision, Precision, Prediction, Window
from trainer.errors import StoreError
from trainer.locations import store_file

ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=20)
NUMBER = st.floats(allow_nan=False)
PREDICTIONS = st.builds(
    Prediction,
    image=ANY_TEXT.filter(bool),
    sha256=st.text("0123456789abcdef", max_size=64),
    decision=st.sampled_from(Decision),
    model=st.text("ab-", max_size=5),
    precision=st.sampled_from(Precision),
    label=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9),
    probability=st.floats(0, 1),
    probabilities=st.lists(NUMBER, max_size=9).map(tuple),
    distance=st.none() | NUMBER,
    reason=ANY_TEXT,
    looks_like=st.sampled_from(["", "lymphocyte"]),
    cell=st.sampled_from(CellState),
    window=st.none() | st.builds(Window, *[st.floats(-1e6, 1e6)] * 3),
    plane=st.integers(0, 40),
    heat=st.binary(max_size=64),
    heat_shape=st.tuples(*[st.integers(0, 9)] * 3),
    error=ANY_TEXT,
    notes=st.lists(ANY_TEXT, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None)
@example(
    batch=[
        Prediction(
            "a\udcff.jpg",
            "",
            Decision.REVIEW,
            "m",
            Precision.F32,
            probability=-0.0,
            distance=math.inf,
            error="cannot read a\udcff.jpg",
        )
    ]
)
@given(batch=st.lists(PREDICTIONS, unique_by=lambda p: p.image, max_size=6))
def test_a_prediction_comes_back_as_it_was(batch):
    with tempfile.TemporaryDirectory() as folder, CaseStore.open(Path(folder, "s.sqlite")) as store:
        run = store.runs.start(
            store.cases.find_or_create(Path(folder)).id,
            model="m",
            model_sha256="0",
            precision=Precision.F32,
            device="CPU",
            settings={},
            images=[],
        )
        store.predictions.add(run.id, batch)
        expected = sorted(batch, key=lambda p: p.image.encode("utf-8", "surrogatepass"))
        assert list(store.predictions.stream(run.id)) == expected
        assert all(store.predictions.get(run.id, each.image) == each for each in batch)
        assert store.audit.verify() == []


def test_heat_can_be_left_out(store, run, predict):
    store.predictions.add(run.id, [predict("a.jpg")])
    (light,) = store.predictions.stream(run.id, heat=False)
    assert light == predict("a.jpg", heat=b"")


def test_images_come_in_order_and_page_by_page(store, run, predict):
    names = [f"{i % 7}/{i:05}.jpg" for i in range(1500)]
    store.predictions.add(run.id, [predict(name) for name in names])
    assert [p.image for p in store.predictions.stream(run.id)] == sorted(names)
    assert store.predictions.count(run.id) == 1500


def test_reading_many_needs_the_memory_of_few(store, run, predict):
    heat = bytes(4000)
    for start in range(0, 6000, 500):
        batch = [predict(f"{i:05}.jpg", heat=heat) for i in range(start, start + 500)]
        store.predictions.add(run.id, batch)
    tracemalloc.start()
    assert sum(len(p.heat) for p in store.predictions.stream(run.id)) == 24_000_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_an_image_is_stored_once_and_a_refused_batch_leaves_nothing(store, run, predict):
    store.predictions.add(run.id, [predict("a.jpg")])
    with pytest.raises(StoreError, match=r"a\.jpg was already stored"):
        store.predictions.add(run.id, [predict("b.jpg"), predict("a.jpg")])
    with pytest.raises(StoreError, match=r"c\.jpg was already stored"):
        store.predictions.add(run.id, [predict("c.jpg"), predict("c.jpg")])
    assert store.predictions.committed_images(run.id) == {"a.jpg": predict("a.jpg").sha256}
    assert store.audit.verify() == []


def test_what_is_not_a_number_is_refused(store, run, predict):
    with pytest.raises(ValueError, match="Invalid prediction"):
        store.predictions.add(run.id, [predict("a.jpg", probability=float("nan"))])
    assert store.predictions.committed_images(run.id) == {}


def test_predictions_of_two_runs_do_not_mix(store, case, begin, predict):
    first, second = begin(store, case), begin(store, case)
    store.predictions.add(first.id, [predict("a.jpg")])
    store.predictions.add(second.id, [predict("a.jpg", label="basophil"), predict("b.jpg")])
    assert store.predictions.committed_images(first.id).keys() == {"a.jpg"}
    assert [p.label for p in store.predictions.stream(second.id)] == ["basophil", "monocyte"]


def test_a_run_is_followed_row_by_row_while_another_writes(store, case, begin, predict):
    first, second = begin(store, case), begin(store, case)
    seen = {first.id: [], second.id: []}
    marks = {first.id: 0, second.id: 0}
    for start in range(0, 60, 6):
        for run in (first, second):
            batch = [
                predict(f"{99 - i:02}.jpg", label=str(run.id)) for i in range(start, start + 6)
            ]
            store.predictions.add(run.id, batch)
        for run in (first, second):
            while page := store.predictions.list_after(run.id, marks[run.id], limit=4):
                assert len(page) <= 4
                marks[run.id] = page[-1][0]
                seen[run.id] += [prediction for _, prediction in page]
    for run in (first, second):
        names = [f"{99 - i:02}.jpg" for i in range(60)]
        expected = [predict(name, heat=b"", label=str(run.id)) for name in names]
        assert seen[run.id] == expected
        assert store.predictions.list_after(run.id, marks[run.id]) == []


def test_following_costs_only_what_is_new(store, case, begin, predict):
    """Counts SQLite's own instructions: neither old rows nor other runs' are read."""
    mine, other = begin(store, case), begin(store, case)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def cost(row: int) -> int:
        nonlocal steps
        steps = 0
        store.predictions.list_after(mine.id, row)
        return steps

    store.predictions.add(mine.id, [predict(f"{i:05}.jpg") for i in range(8)])
    last = store.predictions.list_after(mine.id)[-1][0]
    store._db.connection.set_progress_handler(count, 1)
    little = cost(last)
    for run in (mine, other):
        store.predictions.add(run.id, [predict(f"{i:05}.jpg") for i in range(100, 4100)])
    newest = store.predictions.list_after(mine.id, limit=10_000)[-1][0]
    assert newest > last
    assert 0 < cost(newest) <= little + 10


def test_a_run_is_taken_up_again_only_with_the_same_work(store, case, begin):
    run = begin(store, case)
    same = {
        "model": run.model,
        "model_sha256": run.model_sha256,
        "precision": Precision.F32,
        "settings": {"view": "cell", "heatmaps": True},
    }
    assert store.runs.find_unfinished(case.id, **same) == run
    # What the run found out itself, such as a scale, is not asked for.
    assert store.runs.find_unfinished(case.id, **(same | {"settings": {"view": "cell"}})) == run
    for other in (
        {"model": "vgg16"},
        {"model_sha256": "b" * 64},
        {"precision": Precision.BF16},
        {"settings": {"view": "whole", "heatmaps": True}},
        {"settings": {"view": "cell", "heatmaps": True, "shard": "1/2"}},
        {"settings": {"shard": None}},
    ):
        assert store.runs.find_unfinished(case.id, **(same | other)) is None
    assert store.runs.find_unfinished(case.id + 1, **same) is None
    cancelled = store.runs.finish(run.id, RunState.CANCELLED)
    assert cancelled.finished is not None
    assert store.runs.find_unfinished(case.id, **same) == cancelled
    resumed = store.runs.resume(run.id, device="GPU")
    assert (resumed.state, resumed.device, resumed.finished) == (RunState.RUNNING, "GPU", None)
    store.runs.finish(run.id)
    assert store.runs.find_unfinished(case.id, **same) is None
    assert [each.state for each in store.runs.list_of_case(case.id)] == [RunState.FINISHED]
    assert store.audit.verify() == []


def test_a_run_that_does_not_exist_is_said_so(store):
    for act in (store.runs.get, store.runs.finish):
        with pytest.raises(StoreError, match="no run number 7"):
            act(7)


def test_ten_thousand_predictions_are_stored_within_two_seconds(store, run, predict):
    heat = bytes(5 * 4 * 4 * 2)
    batches = [
        [predict(f"{i:05}.jpg", heat=heat) for i in range(start, min(start + 32, 10_000))]
        for start in range(0, 10_000, 32)
    ]
    # Processor time: other programs on the machine must not fail the test.
    began = time.process_time()
    for batch in batches:
        store.predictions.add(run.id, batch)
    assert time.process_time() - began < 2.0
    assert store.predictions.count(run.id) == 10_000


def test_the_store_is_light_to_import():
    heavy = "{'numpy', 'scipy', 'sklearn', 'cv2', 'keras', 'tensorflow', 'openvino', 'pydantic'}"
    program = f"import sys, trainer.cases; print(sorted({heavy} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert out.stdout.strip() == b"[]"


def test_the_store_lies_in_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("LEUKO_DATA_DIR", str(tmp_path))
    with CaseStore.open(store_file()):
        assert (tmp_path / "cases.sqlite").is_file()


def test_a_batch_costs_the_same_however_many_are_stored(store, run, predict):
    """Counts SQLite's own instructions, so that a busy machine cannot fail the test."""
    steps = 0

    def count_hundred() -> int:
        nonlocal steps
        steps += 100
        return 0

    def cost(start: int) -> int:
        nonlocal steps
        steps = 0
        store.predictions.add(run.id, [predict(f"{i:05}.jpg") for i in range(start, start + 32)])
        return steps

    store._db.connection.set_progress_handler(count_hundred, 100)
    empty = cost(0)
    store.predictions.add(run.id, [predict(f"{i:05}.jpg") for i in range(32, 5000)])
    assert 0 < cost(5000) < 1.5 * empty
