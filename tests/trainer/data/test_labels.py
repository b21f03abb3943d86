"""Labels that are one class in several spellings: named, or taken as one."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from trainer.data.labels import choose_spellings, describe_merged, display_label, spelling_key
from trainer.data.manifest import read_manifest
from trainer.errors import UserError

SPELLINGS = [
    "Seg Neutrophil",
    "seg_neutrophil",
    "SEG-NEUTROPHIL",
    "seg  neutrophil",
    "segneutrophil",
    "seg\u00a0neutrophil",
    "seg\u2009neutrophil",
    "seg\u2011neutrophil",
    "seg\u2013neutrophil",
    "seg\u2212neutrophil",
    "seg\u200bneutrophil",
    "seg\u00adneutrophil",
    "\ufeffseg_neutrophil",
    "seg_neutrophil\u200e",
    "seg_neutrophil\ufe0f",
    "seg_neutrophil ",
]


@pytest.mark.parametrize("label", SPELLINGS)
def test_spellings_of_one_class(label: str) -> None:
    assert spelling_key(label) == "segneutrophil"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stage 1-2", "stage 12"),
        ("CD34+", "CD34-"),
        ("monocyte", "monocytes"),
        ("a", "ä"),
        ("_", "-"),
        ("band", "bånd"),
    ],
)
def test_different_classes(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


def test_letters_of_two_code_points_and_cases_of_other_scripts() -> None:
    for label in ("Größe", "ÉOSINOPHILE", "ΛΕΜΦΟΚΥΤΤΑΡΟ", "Лимфоцит"):
        spelled = unicodedata.normalize("NFD", label)
        assert spelling_key(spelled.lower()) == spelling_key(label.upper()) == spelling_key(label)


def test_what_nobody_sees_is_written_out() -> None:
    assert display_label("basophil\u00a0x\u200b y") == "basophil[U+00A0]x[U+200B] y"


def test_similar_labels_are_named_with_their_images() -> None:
    with pytest.raises(UserError) as caught:
        choose_spellings({"monocyte": 12, "Monocyte": 1, "basophil": 5, "basophil\u00a0": 2})
    text = str(caught.value)
    assert "“Monocyte” (1 image), “monocyte” (12 images)" in text
    assert "“basophil[U+00A0]” (2 images)" in text
    assert "--merge-labels" in text


def test_merged_labels_take_the_spelling_of_most_images_or_of_the_model() -> None:
    counts = {"monocyte": 2, "Monocyte": 7, "MONOCYTE": 1, "basophil": 3}
    spellings = choose_spellings(counts, merge=True)
    assert spellings == {**dict.fromkeys(list(counts)[:3], "Monocyte"), "basophil": "basophil"}
    (note,) = describe_merged(spellings)
    assert note.startswith("Labels were taken as one: “MONOCYTE” as “Monocyte”")
    known = choose_spellings(counts, ["mono-cyte", "basophil"], merge=True)
    assert set(known.values()) == {"mono-cyte", "basophil"}


def test_where_each_has_as_many_images_the_plainest_spelling_counts() -> None:
    names = ["Seg Neutrophil", "SEG_NEUTROPHIL", "seg neutrophil", "seg_neutrophil\u200b"]
    for plainest in ("seg_neutrophil", "segneutrophil"):
        spellings = choose_spellings(dict.fromkeys([*names, plainest], 4), merge=True)
        assert set(spellings.values()) == {plainest}


def test_a_label_of_the_model_in_another_spelling_is_named() -> None:
    with pytest.raises(UserError, match=r"“Monocyte” \(3 images\), “monocyte” \(of the model\)"):
        choose_spellings({"Monocyte": 3}, ["monocyte"])
    assert choose_spellings({"monocyte": 3}, ["monocyte", "Monocyte"]) == {"monocyte": "monocyte"}


def test_composed_letters_and_outer_spaces_are_one_without_a_word() -> None:
    old = unicodedata.normalize("NFD", "Größe")
    assert choose_spellings({"Größe": 1}, [old]) == {"Größe": old}
    assert choose_spellings({" blast": 1, "other ": 2}) == {" blast": "blast", "other ": "other"}
    with pytest.raises(UserError):
        choose_spellings({"blast ": 1, "blast": 2})


def put(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


def test_class_folders(tmp_path: Path) -> None:
    put(tmp_path, "Blast/1.png", "blast_/2.png", "blast_/3.png", "monocyte/4.png")
    with pytest.raises(UserError, match="“Blast”"):
        read_manifest(tmp_path)
    manifest = read_manifest(tmp_path, merge_labels=True)
    assert manifest.classes == ("blast_", "monocyte")
    assert [item.label for item in manifest.items] == ["blast_"] * 3 + ["monocyte"]
    assert manifest.notes == ("Labels were taken as one: “Blast” as “blast_”.",)


def test_class_folders_in_both_forms_of_unicode(tmp_path: Path) -> None:
    for split, form in (("train", "NFC"), ("val", "NFD")):
        put(tmp_path / split, unicodedata.normalize(form, "größe/1.png"), "b/2.png")
    manifest = read_manifest(tmp_path)
    assert manifest.classes == ("b", "größe")
    assert manifest.counts() == {split: {"b": 1, "größe": 1} for split in ("train", "val")}
    assert all(item.path.is_file() for item in manifest.items)


@pytest.mark.parametrize("name", ["NA", "nan", "None", "-"])
def test_a_class_folder_whose_name_means_not_known(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/1.png", "b/2.png", "c/3.png")
    with pytest.raises(UserError, match=f"“{name}” would be a class"):
        read_manifest(tmp_path)


def test_merging_may_leave_one_class(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", "A/2.png")
    with pytest.raises(UserError, match="only one class"):
        read_manifest(tmp_path, merge_labels=True)
