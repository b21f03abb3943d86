"""Which cells are most like one: from stored features alone, in any process the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.jobs.classified_folder import MODEL, classify_folder, install_model
from tests.trainer.jobs.program import draw_folder, parse_events, run_trainer
from trainer.atomic_files import sha256_of
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Decision, Precision, Prediction, never_stop
from trainer.errors import Cancelled, UserError
from trainer.inference.feature_distance import NearestNeighbours, decode_embedding, encode_embedding
from trainer.jobs.common.training_images import record_training_images
from trainer.jobs.similar import job as similar
from trainer.jobs.similar.index import CaseFeatures
from trainer.models.package.layout import open_package
from trainer.protocol.cell_requests import SimilarRequest
from trainer.protocol.client import WorkerProcess


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Each test as in a process of its own; called, as in another one again."""

    def begin_anew() -> None:
        monkeypatch.setattr(similar, "_CACHE", similar._Cache())

    begin_anew()
    return begin_anew


@pytest.fixture
def data(package: Path, tmp_path: Path) -> Path:
    return install_model(package, tmp_path / "data")


@pytest.fixture
def folder(drawn: Path, tmp_path: Path) -> Path:
    """21 drawn cells and one that is cut short."""
    folder = tmp_path / "case"
    shutil.copytree(drawn, folder)
    (folder / "cut.jpg").write_bytes(b"")
    return folder


def ask(folder: Path, data: Path, image: str, **more: Any) -> dict[str, Any]:
    request = SimilarRequest(folder=str(folder), image=image, data_dir=str(data), **more)
    return similar.run(request, lambda _: None, never_stop)


def features(data: Path) -> dict[str, np.ndarray]:
    """Of each image, as the newest run stored them."""
    found = {}
    with CaseStore.open(data / "cases.sqlite") as store:
        for run in store.runs.list_of_case(1):
            found |= {
                each.image: decode_embedding([each.pooled])[0]
                for each in store.features.list_after(run.id)
            }
    return found


def expected(data: Path, package: Path, image: str, count: int) -> tuple[list[str], list[str]]:
    """Nearest cells of the case and of the training, compared one by one."""
    known = features(data)
    others = [name for name in known if name != image]
    reference = open_package(package).reference()
    cells = NearestNeighbours.of(np.stack([known[name] for name in others]))
    order = cells.nearest(known[image][None], count)[0]
    training = NearestNeighbours.of(reference.pooled).nearest(known[image][None], count)[0]
    return [others[at] for at in order], [str(reference.images[at]) for at in training]


def test_the_nearest_of_both_kinds(folder: Path, data: Path, package: Path) -> None:
    classify_folder(folder, data)
    image = "003_myeloblast.jpg"
    found = ask(folder, data, image, count=5)
    cells, training = expected(data, package, image, 5)
    assert [cell["image"] for cell in found["cells"]] == cells
    assert [cell["name"] for cell in found["training"]] == training
    assert (found["image"], found["run"], found["note"], found["cells_note"]) == (image, 1, "", "")
    assert "not on this computer" in found["training_note"]
    limit = open_package(package).card.thresholds.unknown_distance
    reference = NearestNeighbours.of(open_package(package).reference().pooled)
    nearest = reference.distances(features(data)[image][None]).min() / limit
    assert found["training"][0]["distance"] == pytest.approx(nearest, abs=1e-5)
    for kind in ("cells", "training"):
        distances = [cell["distance"] for cell in found[kind]]
        assert distances == sorted(distances)
    with CaseStore.open(data / "cases.sqlite") as store:
        for cell in found["cells"]:
            prediction = store.predictions.get(1, cell["image"])
            assert (cell["label"], cell["decision"]) == (prediction.label, prediction.decision)
    assert ask(folder, data, str(folder / image), count=5) == found
    json.dumps(found)


def test_new_predictions_come_in_and_newer_ones_count(
    folder: Path, data: Path, package: Path, forget: Callable[[], None]
) -> None:
    names = sorted(path.name for path in folder.iterdir())
    classify_folder(folder, data, *names[:6])
    assert len(ask(folder, data, names[0], count=50)["cells"]) == 5
    classify_folder(folder, data, *names[4:])
    kept = ask(folder, data, names[0], count=50)
    images = [cell["image"] for cell in kept["cells"]]
    assert len(images) == len(set(images)) == 20
    assert images == expected(data, package, names[0], 50)[0]
    # Of an image that both judged, the newer run is shown.
    assert {cell["image"]: cell["run"] for cell in kept["cells"]}[names[4]] == 2
    forget()
    assert ask(folder, data, names[0], count=50) == kept
    # Asked for the older run, the cell is that of the older run.
    assert ask(folder, data, names[4], run=1)["run"] == 1
    assert ask(folder, data, names[4])["run"] == 2
    with pytest.raises(UserError, match="not classified"):
        ask(folder, data, names[10], run=1)


def test_pictures_are_found_only_with_the_same_bytes(
    folder: Path, data: Path, package: Path, tmp_path: Path
) -> None:
    classify_folder(folder, data)
    root = tmp_path / "training"
    root.mkdir()
    names = [str(name) for name in open_package(package).reference().images]
    for name in names:
        (root / name).write_text(name, encoding="utf-8")
    record_training_images(data, sha256_of(package / "card.json"), root, names)
    found = ask(folder, data, "000_basophil.jpg", count=8)
    assert found["training_note"] == ""
    assert {cell["file"] for cell in found["training"]} == {str(root / name) for name in names}
    changed, gone = (cell["name"] for cell in found["training"][:2])
    (root / changed).write_text("another", encoding="utf-8")
    (root / gone).unlink()
    files = [cell["file"] for cell in ask(folder, data, "000_basophil.jpg", count=8)["training"]]
    assert files[:2] == ["", ""]
    assert all(files[2:])
    shutil.rmtree(root)
    assert "not on this" in ask(folder, data, "000_basophil.jpg")["training_note"]


def test_sources_come_from_the_manifest(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = data / "models" / MODEL
    rows = "".join(f'"random {at}",monocyte,train,,lab {at}\n' for at in range(8))
    text = f"file,label,split,patient,source\n{rows}"
    (model / "manifest.csv").write_text(text, encoding="utf-8")
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    card["files"]["manifest.csv"] = sha256_of(model / "manifest.csv")
    (model / "card.json").write_text(json.dumps(card), encoding="utf-8")
    classify_folder(folder, data)
    for cell in ask(folder, data, "000_basophil.jpg")["training"]:
        assert cell["source"] == cell["name"].replace("random", "lab")


def test_what_is_not_there_is_said(folder: Path, data: Path) -> None:
    classify_folder(folder, data)
    image = "000_basophil.jpg"
    assert "could not be read" in ask(folder, data, "cut.jpg")["note"]
    with pytest.raises(UserError, match=r"none\.jpg was not classified"):
        ask(folder, data, "none.jpg")
    with pytest.raises(UserError, match="does not lie in"):
        ask(folder, data, str(folder.parent / "x.jpg"))
    with pytest.raises(UserError, match="not classified yet"):
        ask(folder.parent, data, image)
    with CaseStore.open(data / "cases.sqlite") as store:
        old = store.predictions.get(1, image)
        store.predictions.add(1, [replace(old, image="older.jpg")])
    found = ask(folder, data, "older.jpg")
    assert "run the model again to see similar cells" in found["note"]
    assert found["training"] == found["cells"] == []


def test_a_model_that_is_damaged_or_gone_costs_its_cells_only(
    folder: Path, data: Path, forget: Callable[[], None]
) -> None:
    classify_folder(folder, data)
    whole = ask(folder, data, "000_basophil.jpg")
    for words, spoil in (
        ("changed or damaged", lambda model: (model / "reference.npz").write_bytes(b"no")),
        ("lacks its file reference.npz", lambda model: (model / "reference.npz").unlink()),
        ("not among the models", shutil.rmtree),
    ):
        spoil(data / "models" / MODEL)
        forget()
        found = ask(folder, data, "000_basophil.jpg")
        assert words in found["training_note"]
        assert found["training"] == []
        assert found["cells"] == whole["cells"]


def test_features_of_another_length_are_refused(folder: Path, data: Path) -> None:
    classify_folder(folder, data)
    with CaseStore.open(data / "cases.sqlite") as store:
        old = store.predictions.get(1, "000_basophil.jpg")
        short = encode_embedding(np.ones(7, np.float32))
        store.predictions.add(1, [replace(old, image="short.jpg")], [short])
    for image in ("short.jpg", "000_basophil.jpg"):
        with pytest.raises(UserError, match="7 numbers, where"):
            ask(folder, data, image)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[], tuple[CaseStore, list[Any]]]:
    """Two runs over overlapping images, with features that differ between them."""
    rng = np.random.default_rng(3)
    store = CaseStore.open(tmp_path / "cases.sqlite")
    case, runs = store.cases.find_or_create(tmp_path), []
    for first, last in ((0, 1800), (1500, 2600)):
        run = store.runs.start(
            case.id,
            model="m",
            model_sha256="0",
            precision=Precision.F32,
            device="CPU",
            settings={},
            images=[],
        )
        batch = [
            Prediction(f"{at:05}.jpg", "", Decision.ACCEPT, "m", Precision.F32)
            for at in range(first, last)
        ]
        pooled = [encode_embedding(rng.random(16, np.float32)) for _ in batch]
        store.predictions.add(run.id, batch, pooled)
        runs.append(run)
    yield store, runs
    store.close()


@pytest.mark.parametrize(("most", "kept"), [(0, 0), (1000, 1000), (2000, 1800), (9999, 2900)])
def test_memory_is_bounded_and_changes_nothing(stored, most: int, kept: int) -> None:
    store, runs = stored
    pages = [store.features.list_after(run.id, limit=9999) for run in runs]
    counting = {each.image: each for page in pages for each in page}
    names = list(counting)
    cells = NearestNeighbours.of(decode_embedding([counting[name].pooled for name in names]))
    limited = CaseFeatures(16, most * 4 * 16)
    limited.refresh(store, runs, never_stop)
    assert limited.cell_count == kept
    for image in ("00000.jpg", "01600.jpg", "02599.jpg"):
        own = decode_embedding([counting[image].pooled])[0]
        found = limited.nearest(store, {CellId(image)}, own, 30, never_stop)
        order = cells.nearest(own[None], 31)[0]
        assert [each.cell.image for each in found] == [
            names[at] for at in order if names[at] != image
        ]
        assert {each.run for each in found} <= {run.id for run in runs}


def test_it_stops_when_asked(stored) -> None:
    store, runs = stored
    with pytest.raises(Cancelled):
        CaseFeatures(16).refresh(store, runs, lambda: True)


def test_a_second_request_takes_milliseconds(folder: Path, data: Path) -> None:
    classify_folder(folder, data)
    ask(folder, data, "000_basophil.jpg")
    # Processor time: other programs on the machine must not fail the test.
    began = time.process_time()
    for _ in range(10):
        ask(folder, data, "003_myeloblast.jpg")
    assert time.process_time() - began < 10 * 0.05


@pytest.mark.slow
def test_worker_and_command_line_answer_alike_without_a_network(folder: Path, data: Path) -> None:
    classify_folder(folder, data)
    image = "003_myeloblast.jpg"
    here = ask(folder, data, image)
    told = run_trainer("similar", folder, image, "--json", "--data-dir", data)
    assert parse_events(told.stdout)[-1]["result"] == here
    told = run_trainer("similar", folder, folder / image, "--data-dir", data)
    assert here["cells"][0]["image"] in told.stdout
    run_trainer("similar", folder, "none.jpg", "--data-dir", data, check=(1,))
    with WorkerProcess() as worker:
        request = SimilarRequest(folder=str(folder), image=image, data_dir=str(data))
        assert [worker.run(request).result for _ in range(2)] == [here, here]
    code = (
        "import sys; from trainer.__main__ import main; main(sys.argv[1:]); "
        "print(sorted({'tensorflow', 'keras', 'openvino'} & set(sys.modules)))"
    )
    words = [sys.executable, "-c", code, "similar", folder, image, "--data-dir", data]
    told = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "[]"


def test_cells_are_found_in_a_folder_within_the_case(folder: Path, data: Path) -> None:
    draw_folder(folder / "slide 2", 2)
    classify_folder(folder, data)
    found = ask(folder, data, "slide 2/000_basophil.jpg", count=50)
    assert "slide 2/001_erythroblast.jpg" in [cell["image"] for cell in found["cells"]]
