from __future__ import annotations

import hashlib
import shutil

import pytest

from trainer.cases import CaseStore, NewReview
from trainer.domain import SourceProfile
from trainer.errors import StoreError


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "sample 7 — Ä"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.jpg", "sub/b.jpg"):
        (folder / name).write_bytes(b"bytes of " + name.encode())
    return folder


@pytest.fixture
def predicted(store, images, begin, predict):
    case = store.cases.find_or_create(images)
    run = begin(store, case)
    for name in ("a.jpg", "sub/b.jpg"):
        sha256 = hashlib.sha256((images / name).read_bytes()).hexdigest()
        store.predictions.add(run.id, [predict(name, sha256=sha256)])
    return case


def test_a_folder_has_one_case(store, images):
    first = store.cases.find_or_create(images, name="Sample 7")
    assert store.cases.find_or_create(images / "sub" / "..", name="ignored") == first
    assert store.cases.list_all() == [first]
    assert (first.name, first.root) == ("Sample 7", images.resolve())


def test_a_profile_is_kept_and_comes_back(store_path, store, images):
    profile = SourceProfile("Lab", 45.6, "measured", 31, (245.0, 240.5, 250.0), "S60", "MGG")
    case = store.cases.find_or_create(images, profile=profile)
    assert store.cases.find_or_create(images).profile == profile
    store.cases.set_profile(case.id, SourceProfile("Lab", 47.0, "entered"))
    with CaseStore.open(store_path) as again:
        assert again.cases.find_or_create(images).profile == SourceProfile("Lab", 47.0, "entered")
    assert store.audit.verify() == []


def test_a_moved_folder_is_found_again(store, images, predicted, tmp_path):
    moved = images.rename(tmp_path / "moved")
    found = store.cases.find_or_create(moved)
    assert (found.id, found.root) == (predicted.id, moved.resolve())
    assert store.audit.verify() == []


def test_a_copy_beside_the_original_is_its_own_case(store, images, predicted, tmp_path):
    shutil.copytree(images, tmp_path / "copy")
    assert store.cases.find_or_create(tmp_path / "copy").id != predicted.id


def test_a_moved_folder_that_lost_an_image_is_found_again(
    store, images, predicted, begin, predict, tmp_path
):
    (images / "c.jpg").write_bytes(b"c")
    run = begin(store, predicted)
    store.predictions.add(run.id, [predict("c.jpg", sha256=hashlib.sha256(b"c").hexdigest())])
    moved = images.rename(tmp_path / "moved")
    (moved / "a.jpg").unlink()
    assert store.cases.find_or_create(moved).id == predicted.id


def test_two_folders_whose_names_differ_in_case_are_two_where_the_disk_says_so(store, tmp_path):
    first, second = tmp_path / "Sample", tmp_path / "sample"
    first.mkdir()
    second.mkdir(exist_ok=True)
    same = first.samefile(second)
    assert (store.cases.find_or_create(first).id == store.cases.find_or_create(second).id) == same


def test_a_folder_with_other_bytes_is_not_the_moved_one(store, images, predicted, tmp_path):
    moved = images.rename(tmp_path / "moved")
    (moved / "a.jpg").write_bytes(b"something else")
    assert store.cases.find_or_create(moved).id != predicted.id


def test_a_case_without_images_is_never_taken_for_another(store, images, tmp_path):
    empty = store.cases.find_or_create(images)
    shutil.rmtree(images)
    (tmp_path / "other").mkdir()
    assert store.cases.find_or_create(tmp_path / "other").id != empty.id


def test_relocating_by_hand_checks_the_images(store, images, predicted, tmp_path):
    shutil.copytree(images, tmp_path / "copy")
    assert (
        store.cases.relocate(predicted.id, tmp_path / "copy").root == (tmp_path / "copy").resolve()
    )
    (tmp_path / "wrong").mkdir()
    with pytest.raises(StoreError, match="not those of this case"):
        store.cases.relocate(predicted.id, tmp_path / "wrong")
    taken = store.cases.find_or_create(images)
    with pytest.raises(StoreError, match="already the folder of the case"):
        store.cases.relocate(predicted.id, images)
    assert taken.id != predicted.id
    assert store.audit.verify() == []


def test_reviews_alone_make_a_folder_known(store, images, tmp_path):
    case = store.cases.find_or_create(images)
    sha256 = hashlib.sha256((images / "a.jpg").read_bytes()).hexdigest()
    store.reviews.add(case.id, [NewReview("a.jpg", sha256, "monocyte")], reviewer="AB")
    assert store.cases.find_or_create(images.rename(tmp_path / "moved")).id == case.id


def test_a_case_that_does_not_exist_is_said_so(store):
    with pytest.raises(StoreError, match="no case number 3"):
        store.cases.set_profile(3, SourceProfile())
