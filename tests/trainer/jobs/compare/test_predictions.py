"""What a model said is told in the order of the data's classes, whatever its own order is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.trainer.inference.test_alert import card
from tests.trainer.jobs.common.test_alert_levels import scored_cells
from tests.trainer.jobs.labelled_cells import cell_drawer
from trainer.data.manifest import Manifest, read_manifest
from trainer.data.synthetic import COOL, WARM
from trainer.domain import AlertLevel, never_stop, no_progress
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.jobs.common.alert_levels import measure_alert_levels
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions, predict_labelled_cells
from trainer.jobs.common.opened_model import open_model
from trainer.jobs.compare.predictions import SplitPredictions, predict_splits
from trainer.models.package.layout import open_package
from trainer.models.safe_files.npz import read_arrays, write_arrays

PER_CLASS = 2


@pytest.fixture(scope="module")
def manifest(random_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Cells of every output of the model; whether they look like it is nothing to the tests."""
    folder = tmp_path_factory.mktemp("answered")
    draw = cell_drawer(folder, seed=4, size=128)
    for split in ("train", "val", "test"):
        for name in open_package(random_model).card.outputs:
            (folder / split / name).mkdir(parents=True)
            for index in range(PER_CLASS):
                draw(f"{split}/{name}/{index}.png", "monocyte", (WARM, COOL)[index % 2])
    return read_manifest(folder)


def asked(manifest: Manifest, model: Path, kept: Path) -> SplitPredictions:
    return predict_splits(
        str(model),
        manifest,
        kept,
        frozenset(),
        data_dir=str(kept.parent),
        emit=no_progress,
        should_stop=never_stop,
    )


def seen(manifest: Manifest, model: Path, data: Path) -> LabelledPredictions:
    opened = open_model(str(model), data=data, device="cpu", precision="exact", emit=no_progress)
    held = manifest.split("val") + manifest.split("test")
    return predict_labelled_cells(
        Manifest(held, manifest.classes, manifest.root),
        opened,
        seed=0,
        on_progress=no_progress,
        should_stop=never_stop,
    )


@pytest.mark.slow
def test_answers_stand_in_the_order_of_the_data(
    manifest: Manifest, random_model: Path, tmp_path: Path
) -> None:
    outputs = open_package(random_model).card.outputs
    assert manifest.classes != outputs
    assert set(manifest.classes) == set(outputs)
    answers = asked(manifest, random_model, tmp_path / "kept.npz")
    items = manifest.split("test")
    assert [manifest.classes[at] for at in answers.test.labels] == [i.label for i in items]
    found = seen(manifest, random_model, tmp_path)
    said = {
        item.path: dict(zip(outputs, prediction.probabilities, strict=True))
        for item, prediction in zip(found.items, found.predictions, strict=True)
    }
    expected = [[said[item.path][name] for name in manifest.classes] for item in items]
    np.testing.assert_allclose(answers.test.probabilities, expected, atol=1e-6)


def test_the_alert_is_measured_whatever_the_order() -> None:
    scored, sources = scored_cells()
    accepted = scored.probabilities.max(axis=1) > 0.6
    sources = [source or "south" for source in sources]
    known = scored.part(scored.labels >= 0)
    accepted = accepted[scored.labels >= 0]
    names = tuple(map(str, range(len(accepted))))
    here = dict(zip(names, sources, strict=False))
    model = card()
    classes = tuple(sorted(model.outputs))
    assert classes != model.outputs
    columns = [model.outputs.index(name) for name in classes]
    turned = ScoredCells(
        np.argsort(columns)[known.labels], known.probabilities[:, columns], known.distance
    )
    predictions = SplitPredictions(turned, turned, names, accepted)
    found = predictions.measure_alert(model, classes, here, AlertLevel.BALANCED, ())
    direct = measure_alert_levels(
        model, known, accepted, [here[name] for name in names], level=AlertLevel.BALANCED
    )
    assert found is not None
    assert direct is not None
    assert found.to_json() == direct.to_json()
    assert found.chosen_effect.held


def test_what_was_kept_without_the_order_is_asked_again(
    manifest: Manifest, random_model: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.npz"
    first = asked(manifest, random_model, kept)
    arrays = read_arrays(kept)
    del arrays["accepted"]
    write_arrays(kept, arrays)
    again = asked(manifest, random_model, kept)
    np.testing.assert_array_equal(first.test.probabilities, again.test.probabilities)
    assert "outputs" in read_arrays(kept)
