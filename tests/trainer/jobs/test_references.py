"""The lab's reference cells: added, found after the folder is gone, replaced, removed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.cases import CaseStore
from trainer.cases.case_signature import sign_case
from trainer.cases.tables.references import NewReference
from trainer.cases.tables.sign_offs import Requirement
from trainer.commands.parser import build_parser, request_of
from trainer.domain import CellId, Decision, Precision, Prediction, Window, never_stop
from trainer.errors import StoreError, UserError
from trainer.imaging import read_image
from trainer.jobs import references

NAMES = ("a.png", "=1 <script>🩸.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two classified images of 60 × 40 px; the network was shown 20 px of each."""
    root = tmp_path / "smear 🩸"
    root.mkdir()
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        case = store.cases.find_or_create(root)
        settings: dict = {"model": "net", "model_sha256": "a" * 64, "precision": Precision.F32}
        run = store.runs.start(case.id, **settings, device="CPU", settings={}, images=NAMES)
        for number, name in enumerate(NAMES):
            pixels = np.random.default_rng(number).integers(0, 255, (40, 60, 3), np.uint8)
            (root / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
            sha256 = read_image(root / name).sha256
            cell = Prediction(name, sha256, Decision.ACCEPT, "net", Precision.F32, "monocyte", 0.9)
            store.predictions.add(run.id, [replace(cell, window=Window(4 + number, 10, 20))])
    return root


def do(folder: Path, *options: object) -> dict:
    where = ("--data-dir", str(folder.parent / "data"))
    values = ["references", *map(str, options), *where]
    return references.run(request_of(build_parser().parse_args(values)), print, never_stop)


def add(folder: Path, name: str, label: str, reviewer: str = "AB") -> dict:
    cell = ("--folder", folder, "--image", name, "--label", label, "--reviewer", reviewer)
    return do(folder, "add", *cell)


def test_a_reference_outlives_the_folder_of_its_case(folder: Path) -> None:
    original = read_image(folder / NAMES[0]).pixels
    assert add(folder, NAMES[0], "monocyte")["added"] == 1
    made = add(folder, NAMES[1], "basophil", "Cé <b>")
    assert made["counts"] == {"monocyte": 1, "basophil": 1}
    assert not list(folder.glob("*reference*")) and len(list(folder.iterdir())) == 2
    shutil.rmtree(folder)
    found = do(folder, "list")["references"]
    assert [each["image"] for each in found] == list(NAMES)
    assert (found[1]["reader"], found[1]["case"]) == ("Cé <b>", folder.name)
    # The window of 20 px with a quarter of it on each side, cut off at the left edge.
    assert np.array_equal(read_image(Path(found[0]["picture"])).pixels, original[5:35, :29])
    with CaseStore.open(folder.parent / "data" / "cases.sqlite") as store:
        first = store.references.list()[0]
        assert first.window == Window(4, 5, 20) and first.is_intact
        assert store.audit.verify() == []
        acts = store.acts.list_of_cell(1, CellId(NAMES[1]))
        assert [(each.kind, each.person) for each in acts][-1] == ("reference added", "Cé <b>")
        assert len(acts) == 2


def test_the_same_cell_is_there_once_and_a_removed_one_takes_its_picture_along(
    folder: Path,
) -> None:
    add(folder, NAMES[0], "monocyte")
    assert add(folder, NAMES[0], "monocyte")["added"] == 0
    made = add(folder, NAMES[0], "promonocyte")
    assert made["counts"] == {"promonocyte": 1}
    picture = Path(made["references"][0]["picture"])
    assert picture.is_file()
    number = made["references"][0]["id"]
    assert do(folder, "remove", "--remove", number, "--reviewer", "AB")["removed"] == 1
    assert do(folder, "remove", "--remove", number, "--reviewer", "AB")["removed"] == 0
    assert not picture.exists() and do(folder, "list")["references"] == []
    assert add(folder, NAMES[0], "monocyte")["counts"] == {"monocyte": 1}


def test_a_signed_case_gives_references_and_stays_signed(folder: Path) -> None:
    with CaseStore.open(folder.parent / "data" / "cases.sqlite") as store:
        sign_case(store, 1, reviewer="AB", requirement=Requirement.NOTHING)
    assert add(folder, NAMES[0], "monocyte")["added"] == 1


def test_what_cannot_be_added_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no case yet"):
        add(tmp_path / "elsewhere", "a.png", "monocyte")
    with pytest.raises(UserError, match="has a class"):
        add(folder, NAMES[0], "")
    with pytest.raises(UserError, match="Nobody's name"):
        add(folder, NAMES[0], "monocyte", " ")
    (folder / NAMES[0]).unlink()
    with pytest.raises(UserError):
        add(folder, NAMES[0], "monocyte")
    assert do(folder, "list")["references"] == []
    with (
        CaseStore.open(tmp_path / "data" / "cases.sqlite") as store,
        pytest.raises(ValueError, match="Expected a label"),
    ):
        new = NewReference(CellId("a"), "monocyte", b"", Window(0, 0, 1))
        store.references.add(1, new, reader="AB")


def test_a_changed_picture_and_a_changed_entry_are_noticed(folder: Path) -> None:
    picture = Path(add(folder, NAMES[0], "monocyte")["references"][0]["picture"])
    path = folder.parent / "data" / "cases.sqlite"
    picture.write_bytes(b"other")
    with CaseStore.open(path) as store:
        assert not store.references.list()[0].is_intact
    with sqlite3.connect(path) as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        kept = raw.execute("SELECT body FROM audit WHERE kind = 'reference added'").fetchone()[0]
        other = json.dumps({**json.loads(kept), "label": "basophil"})
        raw.execute("UPDATE audit SET body = ? WHERE kind = 'reference added'", (other,))
    raw.close()
    with CaseStore.open(path, read_only=True) as store:
        assert any("was changed" in each for each in store.audit.verify())
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE audit SET body = '[' WHERE kind = 'reference added'")
    raw.close()
    with CaseStore.open(path, read_only=True) as store, pytest.raises(StoreError, match="Entry"):
        store.references.list()
