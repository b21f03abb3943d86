"""Folds: stratified, deterministic, and never through a patient, a sample or a pair of twins."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.data.folds import assign_folds
from trainer.data.item import Item
from trainer.data.manifest import Manifest, file_hashes, read_manifest, write_manifest
from trainer.data.split import split_manifest
from trainer.errors import UserError

CLASSES = ("basophil", "monocyte", "myeloblast")


def singles(each: int) -> tuple[Manifest, list[str]]:
    items = [Item(Path(f"{index}.png"), CLASSES[index % 3]) for index in range(3 * each)]
    return Manifest(tuple(items), CLASSES, Path()), [f"sha{index}" for index in range(3 * each)]


@given(
    st.lists(
        st.tuples(st.sampled_from(CLASSES), st.integers(0, 9), st.integers(0, 50)),
        min_size=30,
        max_size=120,
    ),
    st.integers(2, 4),
)
def test_no_group_straddles_folds(cells: list[tuple[str, int, int]], folds: int) -> None:
    items = [
        Item(Path(f"{index}.png"), label, patient=f"p{patient}" if patient else "")
        for index, (label, patient, _) in enumerate(cells)
    ]
    hashes = [f"sha{content}" for *_, content in cells]
    try:
        fold = assign_folds(Manifest(tuple(items), CLASSES, Path()), folds=folds, hashes=hashes)
    except UserError:
        return  # a class in fewer groups than folds: tested below
    assert set(fold) == set(range(folds))
    for key in [*hashes, *(item.patient for item in items if item.patient)]:
        members = [i for i, item in enumerate(items) if key in (hashes[i], item.patient)]
        assert len({int(fold[i]) for i in members}) == 1


def test_classes_are_spread_evenly_and_alike_in_any_order() -> None:
    manifest, hashes = singles(23)
    fold = assign_folds(manifest, hashes=hashes)
    for label in CLASSES:
        counts = Counter(
            int(f) for f, item in zip(fold, manifest.items, strict=True) if item.label == label
        )
        assert set(counts.values()) <= {4, 5}
    turned = replace(manifest, items=manifest.items[::-1])
    assert np.array_equal(assign_folds(turned, hashes=hashes[::-1])[::-1], fold)
    assert not np.array_equal(assign_folds(manifest, seed=1, hashes=hashes), fold)


def test_a_class_in_too_few_groups_is_refused_by_name() -> None:
    manifest, hashes = singles(4)
    with pytest.raises(UserError, match=r"basophil.*5 folds") as told:
        assign_folds(manifest, hashes=hashes)
    assert "smaller number of folds" in told.value.hint
    with pytest.raises(ValueError, match="Invalid folds"):
        assign_folds(manifest, folds=1, hashes=hashes)


def test_planes_of_a_cell_stay_together(tmp_path: Path) -> None:
    """A sample is named within its patient: two patients' cells called 1 are two cells."""
    lines = ["file,label,sample"]
    for index in range(60):
        (tmp_path / f"{index}.png").write_bytes(b"image %d" % index)
        lines.append(f"{index}.png,{CLASSES[index // 3 % 3]},cell {index // 3}")
    table = tmp_path / "cells.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    manifest = read_manifest(table)
    split = split_manifest(manifest, file_hashes(manifest))
    places = {(item.sample, item.split) for item in split.items}
    assert len(places) == 20
    fold = assign_folds(manifest)
    assert len({(i.sample, int(f)) for i, f in zip(manifest.items, fold, strict=True)}) == 20

    write_manifest(split, tmp_path / "back.csv")
    assert read_manifest(tmp_path / "back.csv").items == split.items


def test_samples_of_one_name_from_two_patients_are_two() -> None:
    items = [Item(Path(f"{n}.png"), CLASSES[n % 3], patient=f"p{n}", sample="1") for n in range(60)]
    manifest = Manifest(tuple(items), CLASSES, Path())
    fold = assign_folds(manifest, hashes=[str(n) for n in range(60)])
    assert Counter(fold.tolist()) == dict.fromkeys(range(5), 12)
