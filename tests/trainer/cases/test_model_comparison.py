from __future__ import annotations

import math

import pytest

from trainer.cases.model_comparison import compare_models, models_of, read_disagreement
from trainer.cases.reader_labels import LabelSource, list_label_sources, parse_label_source
from trainer.domain import CellId, Decision
from trainer.errors import Cancelled

FACTS = {"model_facts": {"classes": ["a", "b"], "other_classes": ["c"]}}


@pytest.fixture
def compared(store, case, begin, predict):
    """Two models over three cells; the first has seen one more, the second failed on one."""

    def run(model: str, *cells: tuple[str, str, tuple[float, ...]]) -> None:
        started = begin(store, case, model=model, model_sha256=model, settings=FACTS)
        store.predictions.add(
            started.id,
            [predict(name, label=label, probabilities=given) for name, label, given in cells],
        )

    run(
        "one",
        ("same", "a", (1.0, 0.0, 0.0)),
        ("unsure", "a", (0.6, 0.4, 0.0)),
        ("other", "b", (0.0, 1.0, 0.0)),
        ("alone", "a", (1.0, 0.0, 0.0)),
    )
    run(
        "two",
        ("same", "a", (1.0, 0.0, 0.0)),
        ("unsure", "a", (1.0, 0.0, 0.0)),
        ("other", "a", (1.0, 0.0, 0.0)),
    )
    return case


def test_the_most_disagreement_comes_first(store, compared):
    models = models_of(store.runs.list_of_case(compared.id))
    assert [model.name for model in models] == ["two", "one"]
    found = compare_models(store, models)
    assert [each.cell.image for each in found] == ["other", "unsure", "alone", "same"]
    assert found[0].disagreement == 1.0
    # Entropy of (0.8, 0.2) less half of that of (0.6, 0.4), in bits, and half of that.
    bits = [-sum(p * math.log2(p) for p in shares) for shares in ((0.8, 0.2), (0.6, 0.4))]
    assert found[1].disagreement == pytest.approx((bits[0] - bits[1] / 2) / 2)
    assert [each.label if each else None for each in found[2].predictions] == [None, "a"]
    assert read_disagreement(store, compared.id)[CellId("other")] == 1.0
    with pytest.raises(Cancelled):
        read_disagreement(store, compared.id, lambda: True)


def test_an_image_that_one_could_not_read_is_no_disagreement(store, compared, begin, predict):
    third = begin(store, compared, model="three", model_sha256="3")
    failed = predict("other", decision=Decision.FAILED, label="", error="Gone.")
    store.predictions.add(third.id, [failed])
    three, _, one = models_of(store.runs.list_of_case(compared.id))
    assert {each.disagreement for each in compare_models(store, [three, one])} == {0.0}


def test_one_model_alone_disagrees_with_nobody(store, case, run, predict):
    store.predictions.add(run.id, [predict("a")])
    assert read_disagreement(store, case.id) == {}


def test_the_names_of_sources_are_read_as_they_are_written(store, compared):
    sources = list_label_sources(store, compared.id)
    assert list(map(str, sources)) == ["model:two", "model:one"]
    for source in (*sources, LabelSource("A:B"), LabelSource("A", 2), LabelSource("model")):
        assert parse_label_source(str(source)) == source
