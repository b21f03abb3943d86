"""A CSV of items: missing values, spellings of other systems, and whatever the bytes."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paths import SHARED
from trainer.data.labels import is_missing_value
from trainer.data.manifest import read_manifest
from trainer.data.table import Table, read_table
from trainer.errors import UserError
from trainer.jobs.common.report.csv_table import safe_cell

CASES = SHARED / "cases" / "csv"


def write(folder: Path, text: str, *files: str, encoding: str = "utf-8") -> Path:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    path = folder / "cells.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "word",
    [
        "NA",
        "na",
        "N/A",
        "n/a",
        "NaN",
        "nan",
        "None",
        "NULL",
        "-",
        "–",
        " ",
        '"NA"',
        "#N/A",
        "#NV",
        "N\u200bA",
    ],
)
def test_a_missing_value_is_not_known(tmp_path: Path, word: str) -> None:
    text = f"file,label,split,patient,source,sample\na.png,x,{word},{word},{word},{word}\n"
    (item,) = read_table(write(tmp_path, text, "a.png")).items
    assert (item.split, item.patient, item.source, item.sample) == ("", "", "", "")
    with pytest.raises(UserError, match=r"Line 2 of “cells.csv” has an empty label"):
        read_table(write(tmp_path, f"file,label\na.png,{word}\n"))


def test_patients_that_r_did_not_know_are_no_patient(tmp_path: Path) -> None:
    text = '"file","label","patient"\n"a.png","x",NA\n"b.png","y",NA\n"c.png","y","P1"\n'
    table = read_table(write(tmp_path, text, "a.png", "b.png", "c.png"))
    assert [item.patient for item in table.items] == ["", "", "P1"]


def test_words_for_not_known_are_no_patient_but_a_class_can_be_called_so(tmp_path: Path) -> None:
    text = "file,label,patient\na.png,unknown,unknown\nb.png,Name,Nanette\n"
    first, second = read_table(write(tmp_path, text, "a.png", "b.png")).items
    assert (first.label, first.patient) == ("unknown", "")
    assert (second.label, second.patient) == ("Name", "Nanette")
    assert not is_missing_value("unknown")


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_table", ["NFC", "NFD"])
def test_letters_may_be_composed_or_not(tmp_path: Path, on_disk: str, in_table: str) -> None:
    name, label = "Größe/Zellé_1.png", "Lymphozyt groß é"
    text = unicodedata.normalize(in_table, f"file,label,patient\n{name},{label},Müller\n")
    path = write(tmp_path, text, unicodedata.normalize(on_disk, name))
    (item,) = read_table(path).items
    assert item.path.is_file()
    assert (item.label, item.patient) == (unicodedata.normalize("NFC", label), "Müller")
    assert item.path == tmp_path / unicodedata.normalize(on_disk, name)


def test_one_file_in_two_spellings_is_named_twice(tmp_path: Path) -> None:
    names = [unicodedata.normalize(form, "é.png") for form in ("NFC", "NFD")]
    text = "file,label\n" + "".join(f"{name},x\n" for name in names)
    with pytest.raises(UserError, match="twice"):
        read_table(write(tmp_path, text, names[0]))


def test_a_table_of_windows(tmp_path: Path) -> None:
    text = "sep=;\r\nfile;label;patient\r\nfotos\\Zelle_ß.png;Große Zelle;Müller\r\n"
    table = read_table(write(tmp_path, text, "fotos/Zelle_ß.png", encoding="cp1252"))
    (item,) = table.items
    assert item.path == tmp_path / "fotos/Zelle_ß.png"
    assert (item.label, item.patient) == ("Große Zelle", "Müller")
    assert "Windows-1252" in table.notes[0]


def test_spaces_at_the_ends_of_a_name_that_is_so_on_disk(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "file,label\n a.png , x \n a.png,x\n", " a.png", "a.png"))
    assert [item.path.name for item in table.items] == ["a.png", " a.png"]
    assert [item.label for item in table.items] == ["x", "x"]


def test_no_break_spaces_of_a_label_are_kept_to_be_seen(tmp_path: Path) -> None:
    (item,) = read_table(write(tmp_path, "file,label\na.png,x\u00a0\n", "a.png")).items
    assert item.label == "x\u00a0"


def test_a_name_too_long_for_the_disk_cannot_be_found(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be found"):
        read_table(write(tmp_path, f"file,label\n{'a' * 5000}.png,x\n"))


def test_what_was_kept_from_being_computed_is_read_as_it_was(tmp_path: Path) -> None:
    cells = ["=1.png", "-blast", "@P1"]
    text = "file,label,patient\n" + ",".join(map(safe_cell, cells)) + "\n'b.png,'x,'y\n"
    first, second = read_table(write(tmp_path, text, "=1.png", "'b.png")).items
    assert (first.path.name, first.label, first.patient) == tuple(cells)
    assert (second.path.name, second.label, second.patient) == ("'b.png", "'x", "'y")


LINES = st.lists(
    st.sampled_from(
        ["a.png", "b.png", ",", ";", '"', "\n", "x", "NA", " ", "-", "é", "train", "\0"]
    )
)


@settings(max_examples=60)
@given(columns=st.sampled_from(["file,label", "file;label;split", "\n"]), scraps=LINES)
def test_any_text_gives_items_or_an_error_in_words(columns: str, scraps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = write(Path(name), columns + "\n" + "".join(scraps), "a.png", "b.png")
        try:
            table = read_table(path)
        except UserError as error:
            assert error.message
            return
        assert isinstance(table, Table)
        filled = [line for line in "".join(scraps).split("\n") if line.strip(' ,;"')]
        assert len(table.items) == len(filled)


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared folder is not here")
def test_what_labs_sent() -> None:
    with pytest.raises(UserError, match=r"Line 7 of “stray_one.csv” has a quote"):
        read_table(CASES / "stray_one.csv")
    with pytest.raises(UserError, match=r"“basophil\[U\+00A0\]”.*“Monocyte”.*“seg_neutrophil”"):
        read_manifest(CASES / "case_labels.csv")
    manifest = read_manifest(CASES / "case_labels.csv", merge_labels=True)
    assert manifest.counts() == {"": {"basophil": 12, "monocyte": 12, "seg_neutrophil": 12}}
