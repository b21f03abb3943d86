"""The registry on real folders, with archives that mean harm."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer import atomic_files
from trainer.errors import PackageError, UserError
from trainer.models.package.card import read_card, write_card
from trainer.models.package.layout import CARD, FILES
from trainer.models.package.registry import Registry
from trainer.models.package.trail import SERVING, TRAIL


@pytest.fixture
def registry(made: Path, tmp_path: Path) -> Registry:
    """One bundled model, "tiny"; the user has none yet."""
    bundled = tmp_path / "bundled"
    shutil.copytree(made, bundled / "tiny")
    return Registry(tmp_path / "user", bundled)


def renamed(made: Path, folder: Path, model: str) -> Path:
    """The same package under another id."""
    shutil.copytree(made, folder)
    write_card(read_card(folder / CARD).model_copy(update={"id": model}), folder / CARD)
    return folder


def names(registry: Registry) -> list[str]:
    return [card.id for card in registry.list()]


def leftovers(registry: Registry) -> list[str]:
    return [path.name for path in registry.user.iterdir()] if registry.user.exists() else []


def test_an_empty_registry_says_what_to_do(tmp_path: Path) -> None:
    empty = Registry(tmp_path / "none", tmp_path / "neither")
    assert empty.list() == []
    with pytest.raises(UserError, match=r"no model yet\. Train one, or import one"):
        empty.find()
    with pytest.raises(UserError, match=r"no model “x”\. There are none yet"):
        empty.find("x")


def test_the_bundled_model_serves_until_another_is_promoted(
    registry: Registry, made: Path, tmp_path: Path
) -> None:
    assert registry.default().card.id == "tiny"
    registry.import_archive(renamed(made, tmp_path / "mine", "mine"))
    assert registry.find().card.id == "tiny"
    registry.promote("mine")
    assert registry.find().card.id == "mine"
    assert [entry.name for entry in registry.entries() if entry.serving] == ["mine"]


def test_promotions_are_undone_one_by_one(registry: Registry, made: Path, tmp_path: Path) -> None:
    registry.import_archive(renamed(made, tmp_path / "one", "one"))
    registry.import_archive(renamed(made, tmp_path / "two", "two"))
    registry.promote("one")
    registry.promote("two")
    assert [step.model for step in registry.history()] == ["one", "two"]
    assert registry.rollback().card.id == "one"
    assert registry.rollback().card.id == "tiny"
    with pytest.raises(UserError, match="nothing to go back to"):
        registry.rollback()


def test_an_unknown_name_is_never_the_default(registry: Registry) -> None:
    for call in (registry.find, registry.promote, registry.delete, registry.verify):
        with pytest.raises(UserError, match=r"no model “tinny”.*There are: tiny"):
            call("tinny")
    assert not (registry.user / TRAIL).exists()


def test_a_model_is_found_by_its_folder(registry: Registry, package: Path) -> None:
    assert registry.find(package).path == package
    assert registry.find(str(package)).card.id == "tiny"


def test_a_damaged_model_is_listed_but_not_used(registry: Registry) -> None:
    with (registry.bundled / "tiny" / "graph.bin").open("ab") as stream:
        stream.write(b"\0")
    assert names(registry) == ["tiny"]
    with pytest.raises(PackageError, match=r"graph\.bin .* was changed"):
        registry.find("tiny")
    (registry.bundled / "tiny" / CARD).write_text("{", encoding="utf-8")
    assert names(registry) == []
    assert "not valid" in registry.entries()[0].problem


def test_a_promoted_model_that_is_gone_is_an_error(
    registry: Registry, made: Path, tmp_path: Path
) -> None:
    registry.import_archive(renamed(made, tmp_path / "mine", "mine"))
    registry.promote("mine")
    shutil.rmtree(registry.user / "mine")
    with pytest.raises(UserError, match="no model “mine”"):
        registry.find()


def test_a_damaged_record_of_promotions_is_an_error(registry: Registry) -> None:
    registry.user.mkdir()
    (registry.user / SERVING).write_text('[{"model": 1}]', encoding="utf-8")
    with pytest.raises(UserError, match="record of the serving model"):
        registry.find()
    (registry.user / TRAIL).write_text('{"kind": "promote"}\n', encoding="utf-8")
    with pytest.raises(UserError, match="record of the serving model"):
        registry.find()


def test_deleting(registry: Registry, made: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ships with the program"):
        registry.delete("tiny")
    registry.import_archive(renamed(made, tmp_path / "mine", "mine"))
    registry.promote("mine")
    with pytest.raises(UserError, match="is the serving model"):
        registry.delete("mine")
    registry.rollback()
    registry.delete("mine")
    assert names(registry) == ["tiny"]
    assert leftovers(registry) == [TRAIL]


@pytest.mark.parametrize("how", ["zip", "folder"])
def test_a_model_goes_to_another_computer(
    registry: Registry, made: Path, tmp_path: Path, how: str
) -> None:
    other = Registry(tmp_path / "Labor Süd 🔬", tmp_path / "nothing")
    source = registry.export_archive("tiny", tmp_path / "x.zip") if how == "zip" else made
    package = other.import_archive(source)
    assert package.path == other.user / "tiny"
    assert sorted(leftovers(other)) == ["tiny", TRAIL]
    for name in (CARD, *FILES):
        assert (package.path / name).read_bytes() == (made / name).read_bytes()
    with pytest.raises(UserError, match="already a model “tiny”"):
        other.import_archive(source)
    assert sorted(leftovers(other)) == ["tiny", TRAIL]


def test_equal_models_give_equal_archives(registry: Registry, tmp_path: Path) -> None:
    one = registry.export_archive("tiny", tmp_path / "one.zip")
    two = registry.export_archive("tiny", tmp_path)
    assert two.name == "tiny.zip"
    assert one.read_bytes() == two.read_bytes()


def test_a_bundled_name_cannot_be_taken(registry: Registry, made: Path) -> None:
    with pytest.raises(UserError, match="already a model “tiny”"):
        registry.import_archive(made)


@pytest.fixture
def archive(registry: Registry, tmp_path: Path) -> Path:
    """A good archive, to be spoiled, for a registry without the model."""
    path = registry.export_archive("tiny", tmp_path / "model.zip")
    shutil.rmtree(registry.bundled)
    return path


def refused(registry: Registry, archive: Path, message: str) -> None:
    with pytest.raises(PackageError, match=message):
        registry.import_archive(archive)
    assert leftovers(registry) == []


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "tiny/../../evil.txt",
        "/etc/evil.txt",
        "C:/evil.txt",
        "C:evil.txt",
        "\\\\server\\share\\evil.txt",
        "..\\evil.txt",
        "tiny\\..\\..\\evil.txt",
    ],
)
def test_an_archive_that_would_write_elsewhere_is_refused(
    registry: Registry, archive: Path, name: str, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive, "a") as spoiled:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        spoiled.writestr(entry, b"evil")
    refused(registry, archive, "write outside of its folder")
    assert not list(tmp_path.rglob("evil*"))


def test_an_archive_with_a_link_is_refused(registry: Registry, archive: Path) -> None:
    with zipfile.ZipFile(archive) as good:
        held = {entry.filename: good.read(entry) for entry in good.infolist()}
    with zipfile.ZipFile(archive, "w") as spoiled:
        for name, data in held.items():
            entry = zipfile.ZipInfo(name)
            linked = name.endswith("history.csv")
            if linked:
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            spoiled.writestr(entry, b"/etc/passwd" if linked else data)
    refused(registry, archive, "is a link to another place")


def test_a_folder_with_a_link_is_refused(registry: Registry, package: Path, tmp_path: Path) -> None:
    shutil.rmtree(registry.bundled)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (package / "history.csv").unlink()
    (package / "history.csv").symlink_to(tmp_path / "secret")
    refused(registry, package, "is a link to another place")


def test_an_archive_that_unpacks_to_far_more_is_refused(registry: Registry, tmp_path: Path) -> None:
    shutil.rmtree(registry.bundled)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny/card.json", "{}")
        archive.writestr("tiny/graph.bin", bytes(40_000_000))
    assert bomb.stat().st_size < 50_000
    refused(registry, bomb, r"would unpack from 0\.0 to 40 MB")


def test_an_archive_that_understates_its_size_is_refused(registry: Registry, archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as good:
        size = good.getinfo("tiny/graph.bin").file_size
    for place in range(len(data) - 4):
        if data[place : place + 4] == size.to_bytes(4, "little"):
            data[place : place + 4] = (size // 2).to_bytes(4, "little")
    archive.write_bytes(data)
    refused(registry, archive, "damaged|holds more than it says|was changed")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tiny/run.py", "holds “tiny/run.py”, which no model has"),
        ("tiny/deep/card.json", "which no model has"),
        ("other/card.json", "twice"),
        ("card.json", "twice"),
    ],
)
def test_an_archive_with_more_than_a_model_is_refused(
    registry: Registry, archive: Path, name: str, message: str
) -> None:
    with zipfile.ZipFile(archive, "a") as spoiled:
        spoiled.writestr(name, b"x")
    refused(registry, archive, message)


def test_what_a_mac_adds_to_an_archive_is_passed_over(registry: Registry, archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as touched:
        touched.writestr("__MACOSX/tiny/._card.json", b"x")
        touched.writestr("tiny/.DS_Store", b"x")
    assert registry.import_archive(archive).card.id == "tiny"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_archive_is_refused(registry: Registry, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    refused(registry, tmp_path / "x.zip", "damaged or not a zip archive")


def test_a_broken_archive_is_refused(registry: Registry, archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 0xFF
    archive.write_bytes(data)
    refused(registry, archive, "damaged or not a zip archive")


def test_a_missing_archive_is_named(registry: Registry, tmp_path: Path) -> None:
    refused(registry, tmp_path / "gone.zip", "no file or folder")
    refused(registry, tmp_path / "gone", "no file or folder")


def test_a_folder_without_a_card_is_refused_by_its_own_name(
    registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / "pictures").mkdir()
    refused(registry, tmp_path / "pictures", "“pictures” is not a model package")


def test_a_forged_archive_is_refused(registry: Registry, package: Path) -> None:
    shutil.rmtree(registry.bundled)
    (package / "metrics.json").write_text("{}", encoding="utf-8")
    refused(registry, package, r"metrics\.json .* was changed")


def test_a_full_disk_is_said_before_importing(
    registry: Registry, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(archive.parent)._replace(free=1000)
    monkeypatch.setattr(atomic_files.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UserError, match=r"disk is full: the model needs up to \d+ MB"):
        registry.import_archive(archive)
    assert leftovers(registry) == []


def test_a_folder_that_cannot_be_written_to_is_said(
    registry: Registry, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(UserError, match="cannot be written to, or a file in it is in use"):
        registry.import_archive(archive)
    assert leftovers(registry) == []


# Model files of other programs.


def lambda_model(path: Path) -> None:
    import keras

    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Lambda(lambda x: x * 2, name="evil")(inputs)).save(path)


def plain_model(path: Path) -> None:
    import keras

    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save(path)


def plain_weights(path: Path) -> None:
    import keras

    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save_weights(path)


def pickled(path: Path) -> None:
    path.write_bytes(b"\x80\x04K\x01.")


def torch_model(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x04K\x01.")


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("evil.keras", lambda_model, "holds a Lambda layer"),
        ("evil.h5", lambda_model, "holds a Lambda layer"),
        ("plain.keras", plain_model, "Keras model without a card"),
        ("plain.h5", plain_model, "model without a card"),
        ("plain.weights.h5", plain_weights, "holds weights only"),
        ("model.pkl", pickled, "pickled objects"),
        ("model.joblib", pickled, "pickled objects"),
        ("model.pt", torch_model, "pickled objects"),
    ],
)
def test_other_model_files_are_refused_with_the_reason(
    registry: Registry, tmp_path: Path, name: str, make: Callable[[Path], None], message: str
) -> None:
    make(tmp_path / name)
    refused(registry, tmp_path / name, message)


def test_a_text_file_is_no_model(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    refused(registry, tmp_path / "notes.txt", "not a model that this program knows")


def test_the_registry_reaches_no_framework() -> None:
    import subprocess
    import sys

    code = (
        "import sys, trainer.models.package.registry, trainer.models.network.imagenet\n"
        "heavy = {'keras', 'tensorflow', 'openvino', 'h5py', 'jax', 'torch'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
