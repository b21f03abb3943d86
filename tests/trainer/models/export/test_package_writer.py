"""Writing a package: whole, or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trainer.errors import PackageError, UserError
from trainer.models.network.imagenet import FOLDER_VARIABLE
from trainer.models.package.card import Card, read_card, write_card
from trainer.models.package.layout import open_package


@pytest.fixture(scope="module")
def contents(made: Path) -> Any:
    from trainer.models.export.package_writer import PackageContents
    from trainer.models.network.load import load_network
    from trainer.testing import draw_blots

    package = open_package(made)
    return PackageContents(load_network(package), draw_blots(64, 0), package.reference())


def card_like(folder: Path, **changes: Any) -> Card:
    card = read_card(folder / "card.json")
    return card.model_copy(update={"created": datetime.now(UTC), **changes})


def test_a_package_is_never_written_over_another(made: Path, contents: Any) -> None:
    from trainer.models.export.package_writer import write_package

    before = (made / "card.json").read_bytes()
    with pytest.raises(UserError, match="already a model “tiny”"):
        write_package(made, card_like(made), contents)
    assert (made / "card.json").read_bytes() == before


def test_a_network_of_other_classes_is_not_packed(
    made: Path, contents: Any, tmp_path: Path
) -> None:
    from trainer.models.export.package_writer import write_package

    card = card_like(made, other_classes=("eosinophil",))
    with pytest.raises(PackageError, match="not the one that the card of “tiny” describes"):
        write_package(tmp_path / "new", card, contents)
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_where_the_graph_does_not_agree(
    made: Path, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.models.export import acceptance
    from trainer.models.export.package_writer import write_package

    monkeypatch.setattr(acceptance, "MAX_DP", -1.0)
    with pytest.raises(PackageError, match="does not compute what the network computes"):
        write_package(tmp_path / "new", card_like(made), contents)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_full_disk_leaves_nothing_and_says_what_is_needed(
    made: Path, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.models.export import package_writer

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(package_writer, "write_card", full)
    with pytest.raises(UserError, match=r"disk is full: the model needs up to \d+ MB"):
        package_writer.write_package(tmp_path / "new", card_like(made), contents)
    assert not list(tmp_path.iterdir())


def test_too_little_room_is_noticed_before_anything_is_written(
    made: Path, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer import atomic_files
    from trainer.models.export import package_writer

    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(atomic_files.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UserError, match="1 MB are free"):
        package_writer.write_package(tmp_path / "new", card_like(made), contents)
    assert not list(tmp_path.iterdir())


def test_gates_and_versions_are_written_into_the_card(
    made: Path, contents: Any, tmp_path: Path
) -> None:
    from trainer.models.export.package_writer import FAST, write_package
    from trainer.models.export.runtime import native_precisions

    card = write_package(tmp_path / "new", card_like(made, id="new"), contents).card
    assert read_card(tmp_path / "new" / "card.json") == card
    assert {gate.precision for gate in card.precisions} == native_precisions() & set(FAST)
    assert {"keras", "openvino", "numpy", "python", "leukogui"} <= card.software.keys()


def test_a_card_comes_back_from_its_file(made: Path, tmp_path: Path) -> None:
    card = read_card(made / "card.json")
    write_card(card, tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == card
    assert b"\r" not in (tmp_path / "card.json").read_bytes()


REAL = Path(os.environ.get(FOLDER_VARIABLE, "")) / "mobilenet_v2_imagenet_notop.weights.h5"


@pytest.mark.skipif(not REAL.is_file(), reason="needs the ImageNet weights of MobileNetV2")
def test_real_weights_pass_the_gate_and_stay_small(tmp_path: Path) -> None:
    import keras

    from trainer.models.export.acceptance import check_parity
    from trainer.models.export.keras import save_network
    from trainer.models.export.openvino import export_graph, round_to_float16
    from trainer.models.network.build import build_network
    from trainer.testing import draw_blots

    keras.utils.set_random_seed(0)
    network = build_network("MobileNetV2", 9, 128, weights=REAL)
    round_to_float16(network)
    graph = export_graph(network, tmp_path)
    assert check_parity(network, graph, draw_blots(128, 1)).max_dp <= 1e-4
    save_network(network, tmp_path / "model.keras")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 11e6


def test_what_layers_share_is_numbered_and_bears_no_address(contents: Any, tmp_path: Path) -> None:
    import keras

    from trainer.models.export.keras import save_network

    save_network(contents.network, tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as file:
        config = json.loads(file.read("config.json"))
    policies = [layer["config"].get("dtype") for layer in config["config"]["layers"]]
    shared = [policy["shared_object_id"] for policy in policies if "shared_object_id" in policy]
    assert len(shared) > 1
    assert set(shared) == {1}
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert again.count_params() == contents.network.count_params()
