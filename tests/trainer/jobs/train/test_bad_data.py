"""Bad data, given to every job that takes labelled cells: a clear error, nothing half-written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.labelled_cells import KINDS, write_cells
from tests.trainer.tiny_backbone import TINY
from trainer.domain import never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs import label_errors, tune
from trainer.jobs.audit import job as audit
from trainer.jobs.compare import job as compare
from trainer.jobs.evaluate import job as evaluate
from trainer.jobs.train import job as train
from trainer.protocol.events import JobWarning
from trainer.protocol.training_requests import (
    AuditRequest,
    CompareRequest,
    DoubtsRequest,
    EvaluateRequest,
    TrainRequest,
    TuneRequest,
)

KIND = "monocyte"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cells(tmp_path_factory.mktemp("labelled"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with random weights for the labels of the data."""
    from trainer.testing import random_package

    folder = tmp_path_factory.mktemp("models") / "fitting"
    return random_package(
        folder, classes=KINDS[:2], other_classes=KINDS[2:], input_size=64, backbone=TINY
    ).path


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEUKO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(tmp_path / "cache"))


NETWORK: dict[str, Any] = {"weights": "none", "preset": "head", "recipe": {"input_size": 64}}


def asked(job: str, data: Path, out: Path, model: Path | None = None) -> Any:
    """A small request for a job, and what does it."""
    given = {"data": str(data), "out": str(out)}
    found: tuple[Any, Any]
    match job:
        case "train":
            found = train, TrainRequest(**given, backbone=TINY, **NETWORK)
        case "tune":
            found = tune, TuneRequest(**given, backbone=TINY, trials=2, **NETWORK)
        case "compare":
            found = compare, CompareRequest(**given, backbones=["MobileNetV2"], **NETWORK)
        case "compare models":
            found = compare, CompareRequest(**given, models=[str(model)])
        case "evaluate":
            found = evaluate, EvaluateRequest(**given, model=str(model), thorough=False)
        case "doubts":
            found = label_errors, DoubtsRequest(**given, model=str(model))
        case _:
            found = audit, AuditRequest(**given)
    return found


def done(*given: Any) -> tuple[dict[str, Any], list[str]]:
    """What the job returned, and what was told meanwhile."""
    job, request = asked(*given)
    said: list[Any] = []
    result = job.run(request, said.append, never_stop)
    return result, [each.message for each in said if isinstance(each, JobWarning)]


def table(data: Path, folder: Path, change: Callable[[list[str]], list[str]]) -> Path:
    """The cells once more, their rows (file, label, split, source) changed."""
    header, *rows = [line.split(",") for line in data.read_text("utf-8").splitlines()]
    changed = [change([str(data.parent / row[0]), *row[1:]]) for row in rows]
    path = folder / "cells.csv"
    path.write_text("\n".join(",".join(row) for row in [header, *changed]), encoding="utf-8")
    return path


def empty_class(data: Path, folder: Path) -> Path:
    for kind in (KIND, "seg_neutrophil"):
        (folder / "cells" / kind).mkdir(parents=True)
        for path in data.parent.glob(f"*_{kind}_*"):
            shutil.copy(path, folder / "cells" / kind)
    (folder / "cells" / "basophil").mkdir()
    return folder / "cells"


def missing_columns(data: Path, folder: Path) -> Path:
    text = data.read_text("utf-8").replace("file,label", "image,kind", 1)
    (folder / "cells.csv").write_text(text, encoding="utf-8")
    return folder / "cells.csv"


ALL = ("train", "evaluate", "compare", "compare models", "tune", "audit")


@pytest.mark.parametrize("job", ALL)
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (empty_class, "no image in class “basophil”"),
        (missing_columns, "no column “file”, “label”"),
    ],
)
def test_what_is_no_data_set(
    job: str, make: Callable[[Path, Path], Path], words: str, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=words):
        done(job, make(data, tmp_path), tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*"))


def spelled(data: Path, folder: Path, *spellings: str) -> Path:
    """The cells of one kind under labels that differ only in their spelling, in turn."""
    names = iter(spellings * 100)
    return table(
        data, folder, lambda row: [row[0], next(names) if row[1] == KIND else row[1], *row[2:]]
    )


@pytest.mark.parametrize("job", [*ALL, "doubts"])
def test_labels_that_differ_only_in_their_spelling(
    job: str, data: Path, model: Path, tmp_path: Path
) -> None:
    path = spelled(data, tmp_path, KIND, f" {KIND.title()}", f"{KIND}\u00a0")
    with pytest.raises(
        UserError, match=r"differ only in case.* “Monocyte” .* “monocyte\[U\+00A0\]”"
    ):
        done(job, path, tmp_path / "out", model)
    assert not list((tmp_path / "out").rglob("*"))


@pytest.mark.parametrize("job", ["evaluate", "compare models"])
def test_labels_that_differ_from_the_model_only_in_their_spelling(
    job: str, data: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"“MONOCYTE” \(\d+ images\), “monocyte” \(of the model\)"):
        done(job, spelled(data, tmp_path, KIND.upper()), tmp_path / "out", model)


def test_merged_labels_give_the_same_figures(data: Path, model: Path, tmp_path: Path) -> None:
    told: list[Any] = []
    figures = []
    for path, merge in ((data, False), (spelled(data, tmp_path, "MONO-CYTE", KIND), True)):
        _, request = asked("evaluate", path, tmp_path / "out", model)
        request = request.model_copy(update={"merge_labels": merge})
        figures.append(evaluate.run(request, told.append, never_stop)["figures"])
    assert figures[0] == figures[1]
    assert "Labels were taken as one: “MONO-CYTE” as “monocyte”." in [
        each.message for each in told if isinstance(each, JobWarning)
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("warm_cache")
@pytest.mark.parametrize("job", ["train", "evaluate", "audit"])
def test_images_of_no_class_are_told(job: str, data: Path, model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cells"
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
        for path in data.parent.glob(f"*_{kind}_*"):
            shutil.copy(path, folder / kind)
    shutil.copy(path, folder / "loose.png")
    _, told = done(job, folder, tmp_path / "out", model)
    assert told[0].startswith("1 image lies beside the folders of classes, and it was passed over")


def one_patient(data: Path, folder: Path) -> Path:
    """Nothing but cells of one person, and no splits."""
    path = table(data, folder, lambda row: [row[0], row[1], "", row[3], "P1"])
    text = path.read_text("utf-8")
    path.write_text(text.replace("source", "source,patient", 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("job", ["train", "compare", "compare models", "tune"])
def test_cells_of_one_patient_cannot_be_split(
    job: str, data: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="too few images to be in 3 splits: the images of one"):
        done(job, one_patient(data, tmp_path), tmp_path / "out", model)
    assert not list((tmp_path / "out").rglob("*"))


def test_figures_of_one_patient(data: Path, model: Path, tmp_path: Path) -> None:
    result, told = done("evaluate", one_patient(data, tmp_path), tmp_path / "out", model)
    assert any("All cells are of one patient" in note for note in told)
    # Drawn by cells: one patient drawn again and again would give an interval of no width.
    found = result["figures"]["log_loss"]
    assert found["low"] < found["value"] < found["high"]


@pytest.mark.parametrize("job", ["train", "tune"])
def test_cells_to_measure_on_are_not_learned_from(job: str, data: Path, tmp_path: Path) -> None:
    """As `reviewed-cells --locked` lists them; no split is drawn of them."""
    text = data.read_text("utf-8")
    table = data.with_name("locked.csv")
    table.write_text(text.replace(",train,", ",test,").replace(",val,", ",test,"), "utf-8")
    with pytest.raises(UserError, match="All cells are test cells"):
        done(job, table, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.json"))


def test_an_audit_of_one_patient(data: Path, tmp_path: Path) -> None:
    result, _ = done("audit", one_patient(data, tmp_path), tmp_path / "out")
    assert "one-patient" in result["findings"]


def unreadable(data: Path, folder: Path) -> Path:
    """Every third image is none."""
    for index, path in enumerate(sorted(data.parent.glob("*.png"))):
        content = path.read_bytes()
        (folder / path.name).write_bytes(content if index % 3 else content[:80] + bytes([index]))
    shutil.copy(data, folder)
    return folder / data.name


@pytest.mark.slow
@pytest.mark.usefixtures("warm_cache")
@pytest.mark.parametrize("job", ["train", "compare", "compare models", "tune"])
def test_an_unreadable_third_is_refused(job: str, data: Path, model: Path, tmp_path: Path) -> None:
    (tmp_path / "cells").mkdir()
    with pytest.raises(UserError, match="images cannot be read"):
        done(job, unreadable(data, tmp_path / "cells"), tmp_path / "out", model)
    assert not list((tmp_path / "out").rglob("*.html"))


def test_an_unreadable_third_is_left_out_of_figures_and_told(
    data: Path, model: Path, tmp_path: Path
) -> None:
    (tmp_path / "cells").mkdir()
    table = unreadable(data, tmp_path / "cells")
    result, told = done("evaluate", table, tmp_path / "out", model)
    assert (result["cells"], result["failed"]) == (8, 4)
    assert sum("Left out: " in note for note in told) == 4
    record = json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert len(record["failed"]) == 4


@pytest.mark.slow
def test_a_few_unreadable_images_are_left_out_of_a_comparison_and_told(
    data: Path, model: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    path = table(data, tmp_path, lambda row: row)
    path.write_text(f"{path.read_text('utf-8')}\n{broken},{KIND},test,warm", encoding="utf-8")
    for _ in ("asked", "read again of what was kept"):
        done("compare models", path, tmp_path / "out", model)
        record = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
        assert record["test_cells"] == 12
        assert "Left out: 1 of the test images, which cannot be read." in record["notes"]


@pytest.mark.parametrize("job", ALL)
def test_a_full_disk(job: str, data: Path, model: Path, small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(52_000))
    out = small_disk / "out"
    with pytest.raises(UserError, match="disk is full"):
        done(job, data, out, model)
    left = {path.name for path in out.rglob("*") if path.is_file()}
    # A comparison can be gone on with: what it keeps is whole.
    assert left <= {"protocol.json", "manifest.csv", "fitting.npz"}


def strange_labels(data: Path, folder: Path) -> Path:
    return table(data, folder, lambda row: [row[0], f"kind of {row[1]}", *row[2:]])


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ("evaluate", "knows none of the labels: “kind of lymphocyte”"),
        ("compare models", "these cannot be compared"),
    ],
)
def test_labels_that_the_model_does_not_know(
    job: str, words: str, data: Path, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=words):
        done(job, strange_labels(data, tmp_path), tmp_path / "out", model)
    assert not list((tmp_path / "out").rglob("*"))


def other_network(folder: Path) -> Path:
    """Weights of a ResNet50, as Keras saves them."""
    from trainer.models.network.build import build_network
    from trainer.models.package.card import HeadSpec

    network = build_network("ResNet50", 3, 64, HeadSpec())
    network.save_weights(folder / "other.weights.h5")
    return folder / "other.weights.h5"


@pytest.mark.slow
@pytest.mark.parametrize("job", ["train", "tune", "compare"])
def test_weights_of_another_network(job: str, data: Path, tmp_path: Path) -> None:
    does, request = asked(job, data, tmp_path / "out")
    for weights, words in (
        (other_network(tmp_path), "other.weights.h5"),
        (tmp_path / "nowhere.h5", "no file of weights “.*nowhere.h5”"),
    ):
        wrong = request.model_copy(update={"weights": str(weights)})
        with pytest.raises(UserError, match=words):
            does.run(wrong, lambda _: None, never_stop)
        assert not list((tmp_path / "out").rglob("card.json"))
        shutil.rmtree(tmp_path / "out", ignore_errors=True)


@pytest.mark.parametrize("job", ["train", "tune"])
def test_a_missing_file_of_weights_is_said_at_once(job: str, data: Path, tmp_path: Path) -> None:
    does, request = asked(job, data, tmp_path / "out")
    said: list[Any] = []
    with pytest.raises(UserError, match="no file of weights"):
        wrong = request.model_copy(update={"weights": str(tmp_path / "nowhere.h5")})
        does.run(wrong, said.append, never_stop)
    assert not said
    assert not list((tmp_path / "out").rglob("*"))


@pytest.mark.slow
@pytest.mark.usefixtures("warm_cache")
@pytest.mark.parametrize("job", ["train", "tune"])
def test_training_cells_among_the_test_cells_are_left_out(
    job: str, data: Path, tmp_path: Path
) -> None:
    """Copies under other names."""
    copy = tmp_path / "other name.png"
    shutil.copy(data.parent / f"test_{KIND}_0.png", copy)
    path = table(data, tmp_path, lambda row: row)
    path.write_text(f"{path.read_text('utf-8')}\n{copy},{KIND},train,warm", encoding="utf-8")
    told: list[str] = []

    def stop_when_told(said: Any) -> None:
        told.extend([said.message] if isinstance(said, JobWarning) else [])

    does, request = asked(job, path, tmp_path / "out")
    with pytest.raises(Cancelled):
        does.run(request, stop_when_told, lambda: bool(told))
    assert told[0] == "Left out: 1 training image that lies in val or test, too: “other name.png”."
