"""What a bundle does without Python, against what the checkout does."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path

import pytest

from tests.installer.conftest import Bundle, run_source

MEGABYTE = 1_000_000
# A bundle that grows past these has taken up something new: look what, before raising them.
LIMITS = {"reader": 660, "full": 1580}
TIMES = {"seconds", "versions", "images_per_second", "started", "finished", "time"}


@pytest.mark.parametrize(
    ("program", "word"), [("leuko-trainer", "self-test"), ("leukogui", "--self-test")]
)
def test_it_computes_what_was_recorded(bundle: Bundle, program: str, word: str) -> None:
    told = bundle.run(program, word)
    assert told.returncode == 0, told.stderr
    assert f"Edition: {bundle.edition}" in told.stdout
    assert "All labels and decisions are as recorded" in told.stdout
    sys.stdout.write(told.stdout)


def test_it_classifies_as_the_checkout_does(bundle: Bundle, cells: Path, tmp_path: Path) -> None:
    words = ("--device", "cpu", "--heatmaps", "--ignore-gates")
    data = ("--data-dir", tmp_path / "data")
    run_source("classify", cells, "--out", tmp_path / "source", *words, *data)
    told = bundle.run("leuko-trainer", "classify", cells, "--out", tmp_path / "bundle", *words)
    assert told.returncode == 0, told.stderr
    expected = read_results(tmp_path / "source")
    found = read_results(tmp_path / "bundle")
    assert len(expected) > 10
    assert found == expected


def read_results(folder: Path) -> dict[str, object]:
    """Every file by its name, to the byte; of the summary, all but times and versions."""
    files: dict[str, object] = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    files["summary.json"] = {key: each for key, each in summary.items() if key not in TIMES}
    return files


def test_the_reader_refuses_to_train_in_words(bundle: Bundle, cells: Path, tmp_path: Path) -> None:
    if bundle.edition != "reader":
        pytest.skip("the full edition trains")
    told = bundle.run("leuko-trainer", "train", cells / "labels.csv", "--backbone", "mobilenetv2")
    assert told.returncode == 1
    assert "Training a network is not possible in this edition" in told.stderr
    assert "Install the full edition" in told.stderr


def test_the_full_edition_trains(bundle: Bundle, tmp_path: Path) -> None:
    if bundle.edition == "reader":
        pytest.skip("the reader has nothing to train with")
    run_source("demo", tmp_path / "cells", "--per-kind", 6)
    told = bundle.run(
        *("leuko-trainer", "train", tmp_path / "cells/labels.csv", "--backbone", "mobilenetv2"),
        *("--weights", "none", "--preset", "finetune", "--steps", 4, "--out", tmp_path / "model"),
    )
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "model" / "graph.xml").is_file()


def test_a_head_is_adapted(bundle: Bundle, tmp_path: Path) -> None:
    run_source("demo", tmp_path / "cells", "--per-kind", 4, "--seed", 5)
    told = bundle.run(
        *("leuko-trainer", "adapt", tmp_path / "cells" / "labels.csv", "--name", "ours"),
        *("--out", tmp_path / "model"),
    )
    assert told.returncode == 0, told.stderr + told.stdout
    assert (tmp_path / "model" / "card.json").is_file()


def test_nothing_superfluous_is_in_it(bundle: Bundle) -> None:
    names = {path.name for path in (bundle.folder / "_internal").iterdir()}
    assert not names & {"jax", "jaxlib", "torch", "onnxruntime", "pytest", "mypy", "shared"}
    if bundle.edition == "reader":
        assert not names & {"tensorflow", "keras", "optuna", "pyarrow"}
    assert all(path.exists() for path in bundle.folder.rglob("*") if path.is_symlink())
    files = [path for path in bundle.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    megabytes = sum(path.stat().st_size for path in files) / MEGABYTE
    sys.stdout.write(f"{megabytes:.0f} MB in {len(files)} files\n")
    assert megabytes < LIMITS[bundle.edition]


def test_what_draws_the_pages_of_a_report_is_there(bundle: Bundle) -> None:
    """It is opened by name, and so by nothing that a search for needed libraries sees."""
    (library,) = (bundle.folder / "_internal" / "pypdfium2_raw").glob("*pdfium.*")
    assert ctypes.CDLL(str(library)).FPDF_InitLibrary


def test_licences_of_what_is_in_it_are_there(bundle: Bundle) -> None:
    text = (bundle.folder / "_internal" / "resources" / "licences.txt").read_text("utf-8")
    packages = ("numpy", "openvino", "pypdfium2", "PySide6_Essentials")
    for name in ("Leuko", "Python 3", *packages, "GNU LESSER"):
        assert name in text or name.upper() in text.upper()
    assert os.fspath(bundle.folder) not in text
