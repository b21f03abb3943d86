"""The main job: from a folder to predictions, heat maps and a summary."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile

from tests.trainer.jobs.program import OTHERS, draw_folder, parse_events, read_tree, run_trainer
from trainer.cases.store import CaseStore
from trainer.data.synthetic import draw_cell
from trainer.domain import Progress, never_stop
from trainer.errors import Cancelled, UserError
from trainer.inference import preprocess_pool
from trainer.inference.engine import Engine
from trainer.inference.feature_distance import NearestNeighbours, decode_embedding
from trainer.jobs.classify import job as classify
from trainer.jobs.common.opened_model import OpenedModel, open_model
from trainer.models.package.card import read_card
from trainer.models.package.layout import open_package
from trainer.protocol.client import WorkerProcess
from trainer.protocol.events import Result, execution_info_of
from trainer.protocol.requests import ClassifyRequest


def request(paths: list[Path], out: Path, package: Path, **more: Any) -> ClassifyRequest:
    values = {"paths": [str(p) for p in paths], "out": str(out), "model": str(package)}
    return ClassifyRequest(**values, data_dir=str(out.parent / "data"), device="cpu", **more)


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def classified(*given: Any, **more: Any) -> dict[str, Any]:
    said: list[Any] = []
    return classify.run(request(*given, **more), said.append, never_stop)


@pytest.mark.slow
def test_a_folder(drawn: Path, package: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = classified([drawn], out, package, heatmaps=True)
    rows, card = rows_of(out), read_card(package / "card.json")

    names = sorted(path.name for path in drawn.iterdir())
    assert [row["image"] for row in rows] == names
    assert result["failed"] == 0
    expected = ["image", "sha256", "label", "probability", *(f"p_{c}" for c in card.classes)]
    expected += ["decision", "distance", "model", "precision", "error"]
    assert list(rows[0])[: len(expected)] == expected
    for row in rows:
        outputs = [float(row[f"p_{c}"]) for c in card.classes]
        outputs += [float(row[f"other_{c}"]) for c in OTHERS]
        assert sum(outputs) == pytest.approx(1, abs=1e-5)
        assert row["label"] == card.classes[int(np.argmax(outputs[: len(card.classes)]))]
        assert row["decision"] in ("accept", "review", "unknown")
        assert row["precision"] == "f32"
        heatmap = cv2.imread(str(out / "heatmaps" / f"{row['image']}.jpg"))
        assert heatmap.shape == (192, 192, 3)

    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["images"] == sum(summary["decisions"].values()) == len(names)
    assert summary["model"]["id"] == card.id
    assert summary["seconds"] > 0
    assert "not a medical device" in summary["statement"]


def test_images_made_ready_in_processes_get_the_same_figures(
    drawn: Path, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classified([drawn], tmp_path / "here", package, heatmaps=True)
    monkeypatch.setattr(preprocess_pool, "_MAX_THREADED_CORES", 0)
    monkeypatch.setattr(preprocess_pool, "_MIN_POOLED_IMAGES", 0)
    classified([drawn], tmp_path / "there", package, heatmaps=True)
    assert rows_of(tmp_path / "there") == rows_of(tmp_path / "here")
    name = Path("heatmaps", f"{rows_of(tmp_path / 'here')[0]['image']}.jpg")
    assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_one_image_and_several_paths(drawn: Path, package: Path, tmp_path: Path) -> None:
    images = sorted(drawn.iterdir())
    classified([images[0]], tmp_path / "one", package)
    assert [row["image"] for row in rows_of(tmp_path / "one")] == [images[0].name]

    draw_folder(tmp_path / "in" / "a", 2)
    draw_folder(tmp_path / "in" / "b" / "c", 1)
    single = tmp_path / "in" / "b" / "c" / "000_basophil.jpg"
    classified([tmp_path / "in" / "a", single], tmp_path / "several", package)
    names = [row["image"] for row in rows_of(tmp_path / "several")]
    assert names == ["a/000_basophil.jpg", "a/001_erythroblast.jpg", "b/c/000_basophil.jpg"]


def test_a_part_belongs_to_the_case_and_gets_the_same_figures(
    package: Path, tmp_path: Path
) -> None:
    root, part = tmp_path / "case", tmp_path / "case" / "slide 2"
    draw_folder(root / "slide 1", 8)
    images = draw_folder(part, 3, size=160)
    classified([root], tmp_path / "whole", package)
    classified([part], tmp_path / "part", package, root=str(root))
    names = [f"slide 2/{image.name}" for image in images]
    assert [row["image"] for row in rows_of(tmp_path / "part")] == names
    assert rows_of(tmp_path / "part") == rows_of(tmp_path / "whole")[-3:]
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        (case,) = store.cases.list_all()
        assert case.root == root
        assert [run.images for run in store.runs.list_of_case(case.id)] == [11, 3]
    with pytest.raises(UserError, match="does not lie in"):
        classified([root], tmp_path / "no", package, root=str(part))
    with pytest.raises(UserError, match="among the images"):
        classified([part], root / "no", package, root=str(root))


def test_the_features_behind_each_prediction_are_kept(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    shutil.copytree(drawn, folder)
    (folder / "cut.jpg").write_bytes(b"")
    classified([folder], tmp_path / "out", package)
    classified([folder], tmp_path / "again", package)
    reference = NearestNeighbours.of(open_package(package).reference().pooled)
    limit = read_card(package / "card.json").thresholds.unknown_distance or 1.0
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        first, second = (run.id for run in store.runs.list_of_case(store.cases.list_all()[0].id))
        kept = {each.image: each.pooled for each in store.features.list_after(first)}
        assert kept == {each.image: each.pooled for each in store.features.list_after(second)}
        assert set(kept) == {path.name for path in drawn.iterdir()}
        assert store.features.get(first, "cut.jpg") is None
        # What the distance was computed from, but for the rounding.
        pooled = decode_embedding(list(kept.values()))
        stored = [store.predictions.get(first, image) for image in kept]
        found = reference.distance(pooled) / limit
        assert found == pytest.approx([each.distance for each in stored if each], abs=2e-3)
        assert store.audit.verify() == []


@pytest.mark.slow
def test_worker_and_command_line_give_the_same_files(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    words = ["--out", here / "out", "--model", package, "--data-dir", here / "data"]
    run_trainer("classify", drawn, "--heatmaps", "--device", "cpu", *words)
    with WorkerProcess() as worker:
        asked = request([drawn], there / "out", package, heatmaps=True)
        outcome = worker.run(asked, lambda _: None)
    assert outcome.kind == "done", outcome.message
    ours, theirs = read_tree(here / "out"), read_tree(there / "out")
    assert len(ours) == 21 + 2
    assert ours == theirs


def test_shards_make_up_the_whole(drawn: Path, package: Path, tmp_path: Path) -> None:
    classified([drawn], tmp_path / "whole", package)
    parts = []
    for part in (1, 2, 3):
        classified([drawn], tmp_path / f"part{part}", package, shard=f"{part}/3")
        parts.extend(rows_of(tmp_path / f"part{part}"))
    assert sorted(parts, key=lambda row: row["image"]) == rows_of(tmp_path / "whole")


def test_a_cell_does_not_depend_on_its_batch(drawn: Path, package: Path, tmp_path: Path) -> None:
    classified([drawn], tmp_path / "all", package, red_cell_diameter=40.0)
    last = sorted(drawn.iterdir())[-1]
    classified([last], tmp_path / "alone", package, red_cell_diameter=40.0)
    assert rows_of(tmp_path / "alone")[0] == rows_of(tmp_path / "all")[-1]


def test_cancel_keeps_what_was_committed_and_resume_goes_on(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    asked, asks = request([drawn], tmp_path / "out", package), iter([False] * 22 + [True] * 9)
    with pytest.raises(Cancelled):
        classify.run(asked, lambda _: None, lambda: next(asks))
    assert not (tmp_path / "out" / "predictions.csv").exists()
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        (run,) = store.runs.list_of_case(store.cases.list_all()[0].id)
        kept = store.predictions.count(run.id)
    assert 0 < kept < 21

    said: list[Any] = []
    resumed = asked.model_copy(update={"resume": True})
    assert classify.run(resumed, said.append, never_stop)["run"] == run.id
    assert any(f"{kept} are done" in getattr(each, "message", "") for each in said)
    classified([drawn], tmp_path / "unbroken", package)
    assert rows_of(tmp_path / "out") == rows_of(tmp_path / "unbroken")


def test_names_of_all_kinds(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Zellen ünd 🩸"
    image = draw_folder(folder, 1)[0].read_bytes()
    (folder / "000_basophil.jpg").unlink()
    names = ["=cmd.jpg", "-1+2.jpg", "@x.jpg", "مرحبا.jpg", "<script>.jpg", "a,b;'c.jpg"]
    names += [f"{'n' * 246}.jpg"]
    if sys.platform == "win32":
        names.remove("<script>.jpg")
    for name in names:
        (folder / name).write_bytes(image)
    classified([folder], tmp_path / "out", package, heatmaps=True)
    rows = {row["image"]: row for row in rows_of(tmp_path / "out")}
    assert {name.removeprefix("'") for name in rows} == set(names)
    for risky in ("=cmd.jpg", "-1+2.jpg", "@x.jpg"):
        assert f"'{risky}" in rows
    assert len(list((tmp_path / "out" / "heatmaps").iterdir())) == len(names)


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a name be any bytes")
def test_a_name_that_is_no_text_is_told_of(package: Path, tmp_path: Path) -> None:
    good, odd = draw_folder(tmp_path / "in", 2)
    odd.rename(tmp_path / "in" / b"caf\xe9.jpg".decode("utf-8", "surrogateescape"))
    said: list[Any] = []
    classify.run(request([tmp_path / "in"], tmp_path / "out", package), said.append, never_stop)
    assert [row["image"] for row in rows_of(tmp_path / "out")] == [good.name]
    assert any("caf" in getattr(each, "message", "") for each in said)


def test_bad_images_are_failed_rows(drawn: Path, package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    good = draw_folder(folder, 1)[0]
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "cut.jpg").write_bytes(good.read_bytes()[:900])
    (folder / "text.png").write_bytes(b"not an image at all")
    cv2.imwrite(str(folder / "grey.png"), np.full((64, 64), 90, np.uint8))
    said: list[Any] = []
    asked = request([folder], tmp_path / "out", package, heatmaps=True)
    result = classify.run(asked, said.append, never_stop)
    rows = {row["image"]: row for row in rows_of(tmp_path / "out")}
    assert result["failed"] == 3
    for name in ("empty.jpg", "cut.jpg", "text.png"):
        assert rows[name]["decision"] == "failed"
        assert rows[name]["error"]
        assert rows[name]["label"] == rows[name]["probability"] == ""
    assert "empty" in rows["empty.jpg"]["error"]
    assert rows["grey.png"]["decision"] == "unknown"
    assert "colour" in rows["grey.png"]["reason"]
    assert rows[good.name]["decision"] != "failed"


def test_planes_are_one_cell(package: Path, tmp_path: Path) -> None:
    from trainer.data.synthetic import draw_stack

    (tmp_path / "in").mkdir()
    stack = draw_stack("monocyte", np.random.default_rng(1), planes=3, size=192)
    tifffile.imwrite(tmp_path / "in" / "stack.tif", np.asarray(stack), photometric="rgb")
    classified([tmp_path / "in"], tmp_path / "out", package)
    (row,) = rows_of(tmp_path / "out")
    sharp = [cv2.Laplacian(plane, cv2.CV_64F).var() for plane in stack]
    assert int(row["plane"]) == int(np.argmax(sharp))
    assert row["notes"] == f"3 focal planes, plane {np.argmax(sharp) + 1} judged"


def test_a_mask_in_a_file_is_not_judged_and_different_cells_are_refused(
    package: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(1)
    cell, other = (draw_cell(kind, rng, size=192) for kind in ("basophil", "monocyte"))
    mask = np.where(cell[..., 1] < 120, 255, 0).astype(np.uint8)
    with tifffile.TiffWriter(folder / "masked.tif") as writer:
        writer.write(mask, photometric="minisblack", metadata=None)
        writer.write(cell, photometric="rgb", metadata=None)
    tifffile.imwrite(folder / "plain.tif", cell, photometric="rgb")
    tifffile.imwrite(folder / "two.tif", np.stack([cell, other]), photometric="rgb")
    classified([folder], tmp_path / "out", package)
    rows = {row["image"]: row for row in rows_of(tmp_path / "out")}
    assert rows["masked.tif"]["probability"] == rows["plain.tif"]["probability"]
    assert rows["masked.tif"]["notes"] == "page 1 left out: not in colour"
    assert rows["plain.tif"]["notes"] == ""
    assert rows["two.tif"]["decision"] == "failed"
    assert "2 scenes" in rows["two.tif"]["error"]


def test_nothing_is_written_among_the_images(drawn: Path, package: Path, tmp_path: Path) -> None:
    before = sorted(drawn.rglob("*"))
    with pytest.raises(UserError, match="among the images"):
        classified([drawn], drawn / "out", package)
    classified([drawn], tmp_path / "out", package)
    assert sorted(drawn.rglob("*")) == before


def test_says_what_it_does_not_know(drawn: Path, package: Path, tmp_path: Path) -> None:
    said: list[Any] = []
    classify.run(request([drawn], tmp_path / "out", package), said.append, never_stop)
    told = " ".join(getattr(each, "message", "") for each in said)
    assert "not calibrated" in told


@dataclass
class SmallGpu:
    """An engine whose device holds two batches, then no more."""

    inner: Engine
    fault: str
    device: str = "Imaginary 9000"
    left: int = 2

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def submit(self, cells: np.ndarray) -> Any:
        self.left -= 1
        if self.left < 0:
            raise RuntimeError(self.fault)
        return self.inner.submit(cells)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("CUDA out of memory", "The memory of Imaginary 9000 ran out"),
        ("CUDA error: unspecified launch failure", "Imaginary 9000 failed"),
    ],
)
def test_a_gpu_that_fails_is_left_for_the_cpu(
    fault: str,
    words: str,
    drawn: Path,
    package: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def on_gpu(*given: Any, **more: Any) -> OpenedModel:
        opened = open_model(*given, **more)
        classifier = replace(opened.classifier, engine=SmallGpu(opened.classifier.engine, fault))
        return replace(opened, classifier=classifier)

    classified([drawn], tmp_path / "cpu", package)
    monkeypatch.setattr(classify, "open_model", on_gpu)
    said: list[Any] = []
    asked = request([drawn], tmp_path / "gpu", package)
    classify.run(asked, said.append, never_stop)
    assert any(words in getattr(each, "message", "") for each in said)
    heard = [served for each in said if (served := execution_info_of(getattr(each, "data", {})))]
    assert [(served.device, served.precision) for served in heard] == [("CPU", "f32")] * 2
    assert heard[0].reason == "as asked for"
    assert words in heard[1].reason
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        assert store.runs.list_of_case(store.cases.list_all()[0].id)[-1].device == "CPU"
        assert store.audit.verify() == []
    assert rows_of(tmp_path / "gpu") == rows_of(tmp_path / "cpu")


def test_says_what_it_computes_on_before_it_begins(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    said: list[Any] = []
    asked = request([drawn], tmp_path / "out", package).model_copy(update={"device": "auto"})
    classify.run(asked, said.append, never_stop)
    first = next(each for each in said if isinstance(each, Result))
    served = execution_info_of(first.data)
    assert served is not None
    assert served.precision == "f32"
    assert served.reason
    assert first.data["text"] == f"{served.device}, f32: {served.reason}."
    assert [each for each in said if isinstance(each, Result) and execution_info_of(each.data)] == [
        first
    ]
    assert said.index(first) < next(at for at, e in enumerate(said) if isinstance(e, Progress))


@pytest.mark.slow
def test_command_line_exit_codes_and_json(drawn: Path, package: Path, tmp_path: Path) -> None:
    data = ("--data-dir", tmp_path / "data", "--model", package, "--device", "cpu")
    told = run_trainer("classify", drawn, "--out", tmp_path / "out", "--json", *data)
    events = parse_events(told.stdout)
    assert events[0]["event"] == "started"
    assert events[-1]["event"] == "done"
    assert [event["seq"] for event in events] == list(range(len(events)))

    # What it computes on is a note, and no part of what was asked for.
    told = run_trainer("classify", drawn, "--out", tmp_path / "out", *data[:-1], "auto")
    assert ", f32: " in told.stderr
    assert told.stdout.startswith("21 images")

    bad = draw_folder(tmp_path / "in", 1)[0]
    bad.write_bytes(b"")
    told = run_trainer("classify", tmp_path / "in", "--out", tmp_path / "b", *data, check=(3,))
    assert "1 failed" in told.stdout

    run_trainer("classify", "--out", tmp_path, check=(2,))
    run_trainer("classify", drawn, "--out", tmp_path / "c", "--shard", "5/2", check=(2,))
    told = run_trainer("classify", tmp_path / "gone", "--out", tmp_path / "c", *data, check=(1,))
    assert "gone" in told.stderr
    assert "Traceback" not in told.stderr
