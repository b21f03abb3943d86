"""Heat maps of single images, and looking after models, from the command line."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.trainer.jobs.program import parse_events, run_trainer
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.inference.ablation import Part
from trainer.jobs import explain
from trainer.models.package.card import read_card
from trainer.protocol.requests import ExplainRequest


@pytest.mark.parametrize("method", ["contribution", "gradcam", "gradcam++", "occlusion"])
def test_explain(method: str, drawn: Path, package: Path, tmp_path: Path) -> None:
    image = sorted(drawn.iterdir())[3]
    given = ("--model", package, "--device", "cpu", "--method", method, "--class", "monocyte")
    told = run_trainer("explain", image, *given, "--out", tmp_path, "--json")
    (file,) = tmp_path.iterdir()
    assert file.name == f"{image.name}.{method}.monocyte.png"
    drawn_over, before = cv2.imread(str(file)), cv2.imread(str(image))
    assert drawn_over.shape == before.shape
    assert np.abs(drawn_over.astype(int) - before).max() > 20
    served, result = (e["data"] for e in parse_events(told.stdout) if e["event"] == "result")
    assert (served["device"], served["precision"]) == ("CPU", "f32")
    assert result["class"] == "monocyte"
    assert 0 <= result["probability"] <= 1


def test_explain_what_a_prediction_rests_on(drawn: Path, package: Path, tmp_path: Path) -> None:
    images = [str(path) for path in sorted(drawn.iterdir())[3:5]]
    request = ExplainRequest(
        images=images, out=str(tmp_path), model=str(package), device="cpu", ablation=True
    )
    explain.run(request, lambda _: None, never_stop)
    with (tmp_path / "ablation.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    record = json.loads((tmp_path / "ablation.json").read_text(encoding="utf-8"))
    page = (tmp_path / "ablation.html").read_text(encoding="utf-8")
    assert [row["image"] for row in rows] == [Path(image).name for image in images]
    for row, cell in zip(rows, record["cells"], strict=True):
        assert [each["part"] for each in cell["parts"]] == [part.value for part in Part]
        for each in cell["parts"]:
            assert float(row[f"lost_{each['part']}"]) == each["lost"]
            assert row[f"class_without_{each['part']}"] == each["class"]
        assert float(row["heat_nucleus"]) == cell["heat"]["nucleus"]
        assert row["image"] in page
    assert page.count('class="bar"') == len(Part) * len(images)
    assert "the prediction" in page.lower()


def test_explain_says_what_it_cannot(drawn: Path, package: Path, tmp_path: Path) -> None:
    image = sorted(drawn.iterdir())[0]
    given = ("--model", package, "--device", "cpu", "--out", tmp_path / "out")
    told = run_trainer("explain", image, *given, "--class", "plasma", check=(1,))
    assert "no class plasma" in told.stderr
    assert "monocyte" in told.stderr
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no")
    told = run_trainer("explain", image, bad, *given, check=(3,))
    assert "bad.jpg" in told.stderr


def test_explain_writes_maps_as_numbers(drawn: Path, package: Path, tmp_path: Path) -> None:
    image, card = sorted(drawn.iterdir())[3], read_card(package / "card.json")
    for against in (None, "basophil"):
        given = ExplainRequest(
            images=(str(image),),
            model=str(package),
            class_name="monocyte",
            against=against,
            format="npy",
            out=str(tmp_path),
            device="cpu",
        )
        explain.run(given, lambda _: None, never_stop)
    one, two = (
        tmp_path / f"{image.name}.contribution.{name}.npy"
        for name in ("monocyte", "monocyte.basophil")
    )
    assert sorted(tmp_path.iterdir()) == sorted(
        path.with_suffix(suffix) for path in (one, two) for suffix in (".npy", ".json")
    )
    values = np.load(one, allow_pickle=False)
    assert values.dtype == np.float32
    assert values.shape == (card.input_size, card.input_size)
    assert values.min() < 0 < values.max()
    record = json.loads(one.with_suffix(".json").read_text("utf-8"))
    assert (record["image"], record["class"], record["method"]) == (
        image.name,
        "monocyte",
        "contribution",
    )
    height, width = cv2.imread(str(image)).shape[:2]
    view, places = record["window"], record["places"]
    assert 0 < view["x"] + view["side"] / 2 < width
    assert 0 < view["y"] + view["side"] / 2 < height
    # Where the middle of a place lies in the view, the map has its value.
    step = places["window"]["side"] / len(places["values"])
    column = (places["window"]["x"] + 0.5 * step - view["x"]) / view["side"] * card.input_size
    row = (places["window"]["y"] + 0.5 * step - view["y"]) / view["side"] * card.input_size
    assert values[int(row), int(column)] == pytest.approx(places["values"][0][0], rel=0.1)
    assert json.loads(two.with_suffix(".json").read_text("utf-8"))["against"] == "basophil"


def test_only_contributions_tell_one_class_from_another(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    given = ("--model", package, "--device", "cpu", "--method", "gradcam", "--against", "monocyte")
    image = sorted(drawn.iterdir())[0]
    told = run_trainer("explain", image, *given, "--out", tmp_path / "out", check=(1,))
    assert "does not tell one class from another" in told.stderr


def test_explain_keeps_images_of_one_name_apart(drawn: Path, package: Path, tmp_path: Path) -> None:
    for place in ("a", "b"):
        (tmp_path / "in" / place).mkdir(parents=True)
        shutil.copy(sorted(drawn.iterdir())[0], tmp_path / "in" / place / "cell.jpg")
    given = ("--model", package, "--device", "cpu", "--class", "monocyte")
    run_trainer("explain", tmp_path / "in", *given, "--out", tmp_path / "out")
    made = [p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.png")]
    name = "cell.jpg.contribution.monocyte.png"
    assert sorted(made) == [f"a/{name}", f"b/{name}"]
    (tmp_path / "empty").mkdir()
    told = run_trainer("explain", tmp_path / "empty", *given, "--out", tmp_path / "x", check=(1,))
    assert "No image was found" in told.stderr
    assert not (tmp_path / "x").exists()


def test_a_class_is_never_a_path(drawn: Path, package: Path, tmp_path: Path) -> None:
    model, out = tmp_path / "model", tmp_path / "a" / "b" / "out"
    shutil.copytree(package, model)
    card = json.loads((model / "card.json").read_text("utf-8"))
    classes = [f"../../outside {'x' * 300}", "blast:?", "Blast:?"]
    card["classes"] = (classes + card["classes"])[: len(card["classes"])]
    (model / "card.json").write_text(json.dumps(card), encoding="utf-8")
    image = shutil.copy(sorted(drawn.iterdir())[0], tmp_path / f"{'i' * 190}.jpg")
    for name in classes:
        given = ExplainRequest(
            images=(str(image),), model=str(model), class_name=name, out=str(out), device="cpu"
        )
        explain.run(given, lambda _: None, never_stop)
    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.png")]
    assert {str(path.parent) for path in made} == {"a/b/out"}
    assert len({path.name.casefold() for path in made}) == len(classes)
    assert sum("%2E.%2F..%2Foutside" in path.name for path in made) == 1


@pytest.mark.slow
def test_models_through_their_life(package: Path, drawn: Path, tmp_path: Path) -> None:
    data = ("--data-dir", tmp_path / "data")
    name = read_card(package / "card.json").id
    run_trainer("models", "import", package, *data)
    assert name in run_trainer("models", "list", *data).stdout
    assert "seg_neutrophil" in run_trainer("models", "show", name, *data).stdout
    assert "as its card says" in run_trainer("models", "verify", name, *data).stdout
    run_trainer("models", "promote", name, *data)
    assert f"* {name}" in run_trainer("models", "list", *data).stdout
    told = run_trainer("models", "delete", name, *data, check=(1,))
    assert "serving" in told.stderr

    run_trainer("classify", drawn, "--out", tmp_path / "out", "--device", "cpu", *data)
    assert f",{name},f32," in (tmp_path / "out" / "predictions.csv").read_text(encoding="utf-8")

    archive = tmp_path / "model.zip"
    run_trainer("models", "export", name, archive, *data)
    run_trainer("models", "import", archive, "--data-dir", tmp_path / "other")
    told = run_trainer(
        "classify", drawn, "--out", tmp_path / "x", "--model", "nobody", *data, check=(1,)
    )
    assert "nobody" in told.stderr
    assert name in told.stderr


def test_models_wants_a_name(tmp_path: Path) -> None:
    from trainer.jobs import models
    from trainer.protocol.requests import ModelsRequest

    with pytest.raises(UserError, match="needs the name"):
        asked = ModelsRequest(action="promote", data_dir=str(tmp_path))
        models.run(asked, lambda _: None, never_stop)
    with pytest.raises(UserError, match="takes one model"):
        asked = ModelsRequest(action="delete", model="a", path="b", data_dir=str(tmp_path))
        models.run(asked, lambda _: None, never_stop)


def test_models_keeps_who_did_what_and_why(package: Path, tmp_path: Path) -> None:
    from trainer.jobs import models
    from trainer.protocol.events import JobWarning, Result
    from trainer.protocol.requests import ModelsRequest

    name = read_card(package / "card.json").id
    shutil.copytree(package, tmp_path / "models" / name)

    def act(action: str, **values: str) -> str:
        texts: list[str] = []

        def emit(item: object) -> None:
            if isinstance(item, Result):
                texts.append(str(item.data["text"]))
            elif isinstance(item, JobWarning):
                texts.append(item.message)

        values = {"model": name, "data_dir": str(tmp_path), "person": "Ada"} | values
        models.run(ModelsRequest(action=action, **values), emit, never_stop)
        return "\n".join(texts)

    assert "called “Lab 3”" in act("rename", title="Lab 3")
    act("archive")
    assert f"  {name} (Lab 3)  " in act("list")
    assert "own, archived" in act("list")
    act("restore")
    act("promote", reason="our own stain")
    assert f"* {name} (Lab 3)" in act("list")
    assert "serves again" in act("rollback")
    shown = act("lineage")
    assert "promote by Ada: our own stain" in shown
    assert "named “Lab 3” by Ada" in shown
    assert "changed afterwards" not in shown
    trail = tmp_path / "models" / "trail.jsonl"
    trail.write_text(trail.read_text("utf-8").replace("Ada", "Eve"), encoding="utf-8")
    assert "Entry 1 of the trail of the models was changed afterwards" in act("lineage")
    assert "was deleted" in act("delete")
