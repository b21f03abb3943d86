"""A model adapted by the reviewed cells of a case, or by labelled data.

Longer than other files: its tests share one case that is slow to classify.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.trainer.jobs.adapt.reviewed_case import LAB, MODEL, adapted, review
from tests.trainer.jobs.labelled_cells import write_table
from tests.trainer.jobs.program import draw_folder, run_trainer
from trainer.atomic_files import sha256_of
from trainer.cases.records import EXCLUDED, UNKNOWN, NewReview
from trainer.cases.store import CaseStore
from trainer.errors import Cancelled, PackageError, UserError
from trainer.inference.feature_distance import encode_embedding
from trainer.jobs.adapt import job as adapt
from trainer.locations import STORE_NAME
from trainer.models.export.runtime import run_graph
from trainer.models.package.archive import pack, unpack
from trainer.models.package.layout import Package, open_package
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.training.held_head import CorrectedCells, OldHead, fit_held_head, within_class_spread


@pytest.fixture(autouse=True)
def _cache(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(place / "cache"))


def refusal(place: Path, data: str | Path = "case", **more: Any) -> UserError:
    """What is said; nothing may have been written."""
    before = sorted((place / "data" / "models").iterdir())
    with pytest.raises(UserError) as caught:
        adapted(place, "refused", data, **more)
    assert sorted((place / "data" / "models").iterdir()) == before
    return caught.value


def test_head_is_that_of_the_objective(place: Path, first: Package) -> None:
    """From the card, the reference and the stored features alone."""
    before, made = open_package(place / "data" / "models" / MODEL), first.corrected_cells()
    assert made is not None
    assert len(made.labels) == 14
    reference, card = before.reference(), before.card
    spread = within_class_spread(reference.pooled, reference.labels)
    old = OldHead(before.head(), card.temperature, len(card.classes), spread)
    names = [*card.classes, UNKNOWN]
    labels = np.array([names.index(label) for label in made.labels])
    expected = fit_held_head(old, CorrectedCells(made.pooled, labels))
    assert np.array_equal(first.head().kernel, expected.kernel)
    assert np.array_equal(first.head().bias, expected.bias)
    assert not np.array_equal(expected.kernel, before.head().kernel)


def test_graph_computes_the_new_head(place: Path, first: Package) -> None:
    views = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3)).astype(np.uint8)
    outputs = run_graph(first.graph, views)
    expected = first.head().logits(outputs["pooled"])
    assert np.abs(outputs["logits"] - expected).max() < 1e-3


def test_what_stays(place: Path, first: Package) -> None:
    before = open_package(place / "data" / "models" / MODEL)
    for name in ("temperature", "thresholds", "distance", "classes", "other_classes", "sources"):
        assert getattr(first.card, name) == getattr(before.card, name)
    assert np.array_equal(first.reference().pooled, before.reference().pooled)
    assert np.array_equal(first.reference().labels, before.reference().labels)


def test_card_says_where_it_is_from(first: Package) -> None:
    made = first.card.adaptation
    assert made is not None
    assert (made.model, first.card.parent) == (MODEL, MODEL)
    assert made.reviewers == ("Dr. A",)
    assert made.joined == ()
    kinds = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
    assert made.cells == {LAB: {**dict.fromkeys(kinds, 2), UNKNOWN: 4}}
    assert first.card.command == "leuko-trainer adapt case"
    assert first.card.metrics["accepted"]["left out"].n == 10
    text = (first.path / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"The head of `{MODEL}`, moved by 14 cells that Dr. A labelled." in text
    figures = json.loads((first.path / "metrics.json").read_text(encoding="utf-8"))
    assert figures["adaptation"]["all"]["cells"] == 14
    manifest = (first.path / "manifest.csv").read_text(encoding="utf-8")
    assert "corrected/000_basophil.jpg,basophil,train,,my lab,," in manifest


def test_card_says_what_was_found_on_the_new_source(place: Path, accepting: Path) -> None:
    """By a model that accepts every cell; each is judged by a head fitted without it."""
    result, _ = adapted(place, "accepted", from_model=str(accepting))
    card = open_package(Path(result["folder"])).card
    (found,) = card.elsewhere
    assert found.metrics["accepted_precision"].n == 14
    assert found.text.startswith(f"On {LAB}, ")
    assert found.text.endswith("each judged by a head fitted without it.")
    assert card.confusion == {}


def test_archive_keeps_the_cells(first: Package, tmp_path: Path) -> None:
    pack(first, tmp_path / "first.zip")
    unpack(tmp_path / "first.zip", tmp_path / "first")
    again = open_package(tmp_path / "first").corrected_cells()
    made = first.corrected_cells()
    assert again is not None
    assert made is not None
    assert np.array_equal(again.pooled, made.pooled)
    (tmp_path / "first" / "adaptation.npz").unlink()
    with pytest.raises(PackageError, match=r"lacks its file adaptation\.npz"):
        open_package(tmp_path / "first")


def test_again_with_the_same_cells(place: Path, first: Package) -> None:
    """Begun at the adapted model: the same head, for it begins at the trained one."""
    result, _ = adapted(place, "again", from_model="first")
    again = open_package(Path(result["folder"]))
    assert result["began_at"] == MODEL
    assert np.array_equal(again.head().kernel, first.head().kernel)
    assert again.card.adaptation == first.card.adaptation
    for name in ("graph.bin", "reference.npz", "adaptation.npz"):
        assert again.card.files[name] == first.card.files[name]


def test_further_cells_join_the_earlier_ones(place: Path, first: Package, tmp_path: Path) -> None:
    """Data of another lab: all cells so far, from the trained model on; the newer label counts."""
    names = ["014_basophil.jpg", "015_erythroblast.jpg", "000_basophil.jpg"]
    table = data_of(place, tmp_path, names, ["basophil", "erythroblast", "monocyte"])
    result, warnings = adapted(place, "further", table, from_model="first", source="other lab")
    made = open_package(Path(result["folder"])).card.adaptation
    assert made is not None
    assert made.cell_count == 16
    assert made.cells["other lab"] == {"basophil": 1, "erythroblast": 1, "monocyte": 1}
    assert made.cells[LAB]["basophil"] == 1
    assert made.reviewers == ("Dr. A", "cells.csv")
    # Against the adapted model by the cells that it did not learn from: two of the three.
    assert result["judged"]["further"]["cells"] == 2
    direct, _ = adapted(place, "direct", table, source="other lab")
    assert "further" not in direct["judged"]
    assert direct["cells"] == {"other lab": made.cells["other lab"]}
    assert warnings == []


def data_of(place: Path, folder: Path, names: Sequence[str], labels: Sequence[str]) -> Path:
    for name in names:
        shutil.copyfile(place / "case" / name, folder / name)
    return write_table(folder, ("file", "label"), zip(names, labels, strict=True))


def test_new_class_needs_consent(place: Path, tmp_path: Path) -> None:
    names = ["000_basophil.jpg", "001_erythroblast.jpg", "005_eosinophil.jpg"]
    table = data_of(place, tmp_path, names, ["basophil", "erythroblast", "plasma cell"])
    error = refusal(place, table)
    assert "“plasma cell”" in error.message
    assert "--new-class 'plasma cell'" in error.hint
    result, _ = adapted(place, "plasma", table, new_classes=["plasma cell"])
    made = open_package(Path(result["folder"]))
    before = open_package(place / "data" / "models" / MODEL)
    assert made.card.classes == (*before.card.classes, "plasma cell")
    assert made.card.other_classes == before.card.other_classes
    assert made.head().kernel[:, 5].any()
    assert np.array_equal(made.head().kernel[:, 6:], before.head().kernel[:, 5:])
    reference = made.reference()
    assert [made.card.outputs[each] for each in reference.labels[-1:]] == ["plasma cell"]
    assert len(reference.labels) == len(before.reference().labels) + 1


def test_kind_outside_becomes_a_class(place: Path, tmp_path: Path) -> None:
    """With consent; without, its cells count as outside."""
    names = ["000_basophil.jpg", "001_erythroblast.jpg", "006_lymphocyte.jpg"]
    table = data_of(place, tmp_path, names, ["basophil", "erythroblast", "lymphocyte"])
    result, _ = adapted(place, "outside", table)
    assert result["judged"]["by_class"]["outside"]["cells"] == 1
    result, _ = adapted(place, "inside", table, new_classes=["lymphocyte"])
    made = open_package(Path(result["folder"])).card
    assert made.classes[-1] == "lymphocyte"
    assert made.other_classes == ("eosinophil",)


def test_cells_of_some_labels_are_left_out(place: Path, tmp_path: Path) -> None:
    """So a label that the model lacks does not keep the others from being learned."""
    names = ["000_basophil.jpg", "001_erythroblast.jpg", "005_eosinophil.jpg"]
    table = data_of(place, tmp_path, names, ["basophil", "erythroblast", "plasma cell"])
    result, _ = adapted(place, "left-out", table, leave_out=["plasma cell"])
    assert result["cells"] == {"unnamed": {"basophil": 1, "erythroblast": 1}}
    every = ["basophil", "erythroblast", "plasma cell"]
    assert "No cell is left" in refusal(place, table, leave_out=every).message


def test_nothing_was_reviewed(place: Path, tmp_path: Path) -> None:
    draw_folder(place / "untouched", 3)
    with CaseStore.open(place / "data" / STORE_NAME) as store:
        store.cases.find_or_create(place / "untouched")
    error = refusal(place, "untouched")
    assert error.message == f"No cell of {place / 'untouched'} was reviewed yet."
    assert "There are no images in folders of classes" in refusal(place, place / "out").message


def test_excluded_cells_are_no_corrections(place: Path) -> None:
    draw_folder(place / "excluded", 2)
    review(place, {"000_basophil.jpg": EXCLUDED}, "excluded")
    assert "was reviewed yet" in refusal(place, "excluded").message


def test_one_class_only(place: Path, tmp_path: Path) -> None:
    names = ["000_basophil.jpg", "007_basophil.jpg"]
    table = data_of(place, tmp_path, names, ["basophil", "basophil"])
    assert "All 2 corrected cells are of one class: “basophil”" in refusal(place, table).message


def test_kinds_outside_are_one_class(place: Path, tmp_path: Path) -> None:
    names = ["005_eosinophil.jpg", "006_lymphocyte.jpg"]
    table = data_of(place, tmp_path, names, ["eosinophil", "lymphocyte"])
    assert "of one class" in refusal(place, table).message


def test_one_cell_with_two_labels(place: Path, tmp_path: Path) -> None:
    shutil.copyfile(place / "case" / "000_basophil.jpg", tmp_path / "copy.jpg")
    table = data_of(place, tmp_path, ["000_basophil.jpg"], ["basophil"])
    with table.open("a", encoding="utf-8") as file:
        file.write("copy.jpg,monocyte\n")
    assert "are the same cell, once labelled" in refusal(place, table).message


def test_test_cells_stay_unseen(place: Path, tmp_path: Path) -> None:
    names = ["000_basophil.jpg", "001_erythroblast.jpg", "002_monocyte.jpg"]
    for name in names:
        shutil.copyfile(place / "case" / name, tmp_path / name)
    labels, splits = ("basophil", "erythroblast", "monocyte"), ("train", "val", "test")
    rows = zip(names, labels, splits, strict=True)
    table = write_table(tmp_path, ("file", "label", "split"), rows)
    result, warnings = adapted(place, "splits", table)
    assert result["cells"] == {"unnamed": {"basophil": 1, "erythroblast": 1}}
    assert "Left out: 1 test cell." in warnings


def damaged(place: Path, name: str) -> Path:
    folder = place / name
    shutil.copytree(place / "data" / "models" / MODEL, folder)
    return folder


def test_package_without_temperature(place: Path) -> None:
    folder = damaged(place, "no temperature")
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    del card["temperature"]
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    assert "does not say its temperature" in refusal(place, from_model=str(folder)).message


def test_package_without_reference(place: Path) -> None:
    folder = damaged(place, "no reference")
    (folder / "reference.npz").unlink()
    assert "lacks its file reference.npz" in refusal(place, from_model=str(folder)).message


def with_stored(place: Path, copy: Path, features: NDArray[np.float32]) -> None:
    """A copy of the case in which one more cell was reviewed, with the features given."""
    for name in ("case", "data"):
        shutil.copytree(place / name, copy / name)
    short = copy / "case" / "more.jpg"
    short.write_bytes((copy / "case" / "000_basophil.jpg").read_bytes() + b" ")
    with CaseStore.open(copy / "data" / STORE_NAME) as store:
        case = store.cases.relocate(store.cases.find_or_create(place / "case").id, copy / "case")
        old = store.predictions.get(1, "000_basophil.jpg")
        assert old is not None
        sha256 = sha256_of(short)
        new = replace(old, image="more.jpg", sha256=sha256)
        store.predictions.add(1, [new], [encode_embedding(features)])
        review = NewReview("more.jpg", sha256, "basophil")
        store.reviews.add(case.id, [review], reviewer="Dr. A")


def test_stored_features_of_another_length(place: Path, tmp_path: Path) -> None:
    """They name the same model, but cannot be its."""
    with_stored(place, tmp_path / "copy", np.ones(7, np.float32))
    assert "are 7 numbers, where the model random has" in refusal(tmp_path / "copy").message


def test_stored_features_that_do_not_hold(place: Path, tmp_path: Path) -> None:
    """Of the right length, but not what the network computes: all are computed again."""
    with_stored(place, tmp_path / "copy", np.full(1280, 9, np.float32))
    result, warnings = adapted(tmp_path / "copy", "stale")
    assert any("They are computed again." in each for each in warnings)
    cells = open_package(Path(result["folder"])).corrected_cells()
    assert cells is not None
    assert len(cells.labels) == 15
    row = cells.images.tolist().index("more.jpg")
    same = cells.images.tolist().index("000_basophil.jpg")
    assert np.array_equal(cells.pooled[row], cells.pooled[same])


def test_images_gone_but_features_stored(place: Path, first: Package, tmp_path: Path) -> None:
    """The head does not change; one image is enough to check the new graph. Without any: no."""
    copy = tmp_path / "copy"
    for name in ("case", "data"):
        shutil.copytree(place / name, copy / name)
    with CaseStore.open(copy / "data" / STORE_NAME) as store:
        store.cases.relocate(store.cases.find_or_create(place / "case").id, copy / "case")
    for path in sorted((copy / "case").iterdir())[1:]:
        path.unlink()
    result, _ = adapted(copy, "gone")
    assert np.array_equal(open_package(Path(result["folder"])).head().kernel, first.head().kernel)
    (copy / "case" / "000_basophil.jpg").unlink()
    assert "No image of a corrected cell can be read" in refusal(copy).message


def test_stopping_writes_nothing(place: Path) -> None:
    request = AdaptRequest(
        data=str(place / "case"), name="no", from_model=MODEL, data_dir=str(place / "data")
    )
    with pytest.raises(Cancelled):
        adapt.run(request, lambda _: None, lambda: True)
    assert not (place / "data" / "models" / "no").exists()


def test_model_among_the_images(place: Path) -> None:
    out = place / "case" / "model"
    assert "would lie among the images" in refusal(place, out=str(out)).message
    assert not out.exists()


def test_name_that_no_model_can_have(place: Path) -> None:
    with pytest.raises(UserError, match="cannot be called “Our Lab”"):
        adapted(place, "Our Lab")


def test_name_that_is_taken(place: Path, first: Package) -> None:
    with pytest.raises(UserError, match="There is already something in"):
        adapted(place, "first")


@pytest.mark.slow
def test_no_keras(place: Path) -> None:
    """The edition of the program without frameworks can do it, by its command line."""
    names = ("keras", "tensorflow", "torch", "jax", "sklearn")
    words = ["adapt", str(place / "case"), "--from", MODEL, "--name", "light"]
    code = (
        "import sys\nfrom trainer.__main__ import main\n"
        f"code = main({[*words, '--data-dir', str(place / 'data'), '--json']!r})\n"
        f"assert not set({names}) & set(sys.modules), sorted(set({names}) & set(sys.modules))\n"
        "sys.exit(code)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert json.loads(told.stdout.splitlines()[-1])["result"]["model"] == "light"


@pytest.mark.slow
def test_words_of_the_command_line(place: Path) -> None:
    words = ("adapt", place / "case", "--from", MODEL, "--name", "words")
    told = run_trainer(*words, "--data-dir", place / "data").stdout
    assert f"It is {MODEL}, adapted by 14 corrected cells of “{LAB}”." in told
    needs = rf"{LAB} is no source of the card yet\. It takes \d+ more accepted cells without"
    assert re.search(needs, told)
    assert "leuko-trainer models promote words" in told
