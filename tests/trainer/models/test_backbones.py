"""Every row of the table: runs by itself for a new one."""

from __future__ import annotations

import importlib
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.keras_backends import backend_environment
from trainer.domain import Precision
from trainer.errors import PackageError, UserError
from trainer.models.backbones import BACKBONES, Backbone, find_backbone

MODULES = {"ResNet50": "resnet", "DenseNet201": "densenet", "EfficientNetB3": "efficientnet"}
ALL = pytest.mark.parametrize("row", BACKBONES.values(), ids=BACKBONES)
ALL_BUILT = pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=name, marks=() if name == "MobileNetV2" else pytest.mark.slow)
        for name, row in BACKBONES.items()
    ],
)


def small(row: Backbone) -> int:
    return max(64, -(-row.smallest // 32) * 32)


def published(row: Backbone) -> Any:
    snake = {"MobileNetV2": "mobilenet_v2", "VGG16": "vgg16", "Xception": "xception"}
    name = MODULES.get(row.name) or snake.get(row.name, row.name.lower())
    return importlib.import_module(f"keras.applications.{name}")


def test_a_name_is_found_whatever_its_capitals() -> None:
    assert find_backbone(" mobilenetV2 ").name == "MobileNetV2"


def test_an_unknown_name_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(UserError, match=r"“resnet”.*ResNet50.*EfficientNetB3"):
        find_backbone("resnet")


@ALL
def test_preprocessing_is_that_of_keras_applications(row: Backbone) -> None:
    import keras

    from trainer.models.network.build import build_preprocessing

    image = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3)).astype(np.float32)
    ours = keras.ops.convert_to_numpy(build_preprocessing(image, row.preprocessing))
    theirs = published(row).preprocess_input(image.copy())
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-5)


def test_efficientnet_normalises_its_input_as_with_imagenet_weights() -> None:
    import keras

    from trainer.models.network.build import build_network
    from trainer.models.network.layers import IMAGENET_MEAN, IMAGENET_STD

    network = build_network("EfficientNetB3", 2, 64)
    norm = next(x for x in network.layers if isinstance(x, keras.layers.Normalization))
    image = np.random.default_rng(0).uniform(0, 1, (1, 64, 64, 3)).astype(np.float32)
    expected = (image - np.array(IMAGENET_MEAN)) / np.array(IMAGENET_STD)
    found = keras.ops.convert_to_numpy(norm(image))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_an_input_too_small_is_refused() -> None:
    from trainer.models.network.build import build_network

    with pytest.raises(UserError, match="at least 71 pixels; 64"):
        build_network("Xception", 5, 64)


@ALL_BUILT
def test_weights_of_the_bare_backbone_are_loaded_layer_by_layer(
    row: Backbone, tmp_path: Path
) -> None:
    import keras

    from trainer.models.network.build import build_network

    size = small(row)
    keras.utils.set_random_seed(7)
    bare = getattr(keras.applications, row.name)(
        include_top=False, weights=None, input_shape=(size, size, 3)
    )
    assert bare.count_params() == row.parameters
    file = tmp_path / "bare.weights.h5"
    bare.save_weights(file)
    network = build_network(row.name, 3, size, weights=file)
    image = np.random.default_rng(1).uniform(0, 255, (1, size, size, 3)).astype(np.float32)
    features = keras.ops.convert_to_numpy(network(image, training=False)["features"])
    assert features.shape[-1] == row.channels
    if row.preprocessing == "inside":
        from trainer.models.network.layers import set_input_statistics

        set_input_statistics(bare)
    expected = keras.ops.convert_to_numpy(
        bare(published(row).preprocess_input(image.copy()), training=False)
    )
    scale = np.abs(expected).max()
    np.testing.assert_allclose(features, expected, rtol=0, atol=1e-4 * scale)


@ALL_BUILT
def test_the_graph_says_what_the_network_says(row: Backbone, tmp_path: Path) -> None:
    import keras

    from trainer.models.export.acceptance import check_parity
    from trainer.models.export.openvino import export_graph
    from trainer.models.export.runtime import load_openvino, run_graph
    from trainer.models.network.build import OUTPUTS, build_network
    from trainer.testing import draw_blots, scale_activations

    size = small(row)
    keras.utils.set_random_seed(3)
    network = build_network(row.name, 7, size)
    images = draw_blots(size, 3)
    scale_activations(network, images)
    graph = export_graph(network, tmp_path)
    assert check_parity(network, graph, images).disagreements == 0

    expected = network(images, training=False)
    found = run_graph(graph, images, batch=3)
    for name in OUTPUTS:
        value = keras.ops.convert_to_numpy(expected[name])
        np.testing.assert_allclose(found[name], value, rtol=0, atol=2e-3 * np.abs(value).max())

    model = load_openvino().Core().read_model(graph)
    assert [output.get_any_name() for output in model.outputs] == list(OUTPUTS)
    assert model.inputs[0].get_any_name() == "image"
    assert model.inputs[0].partial_shape[0].is_dynamic
    model.reshape([2, size, size, 3])
    assert list(model.outputs[1].shape) == [2, row.channels]
    learned = sum(int(np.prod(weight.shape)) for weight in network.weights)
    assert (tmp_path / "graph.bin").stat().st_size < 2.6 * learned


def test_weights_that_float16_cannot_hold_stay_exact(tmp_path: Path) -> None:
    import keras

    from trainer.models.export.acceptance import check_parity
    from trainer.models.export.openvino import export_graph
    from trainer.models.network.build import build_network

    keras.utils.set_random_seed(3)
    network = build_network("MobileNetV2", 2, 64)
    images = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3)).astype(np.float32)
    graph = export_graph(network, tmp_path)
    learned = sum(int(np.prod(weight.shape)) for weight in network.weights)
    assert (tmp_path / "graph.bin").stat().st_size > 3.8 * learned
    assert check_parity(network, graph, images).max_dp <= 1e-4


def test_a_graph_of_another_network_is_refused(tmp_path: Path) -> None:
    import keras

    from trainer.models.export.acceptance import check_parity
    from trainer.models.export.openvino import export_graph
    from trainer.models.network.build import build_network
    from trainer.testing import draw_blots, scale_activations

    images = draw_blots(64, 0)
    keras.utils.set_random_seed(1)
    network = build_network("MobileNetV2", 3, 64)
    scale_activations(network, images)
    graph = export_graph(network, tmp_path)
    last = network.get_layer("logits")
    last.bias.assign([*last.get_weights()[1][:2], 0.5])
    with pytest.raises(PackageError, match="does not compute what the network computes"):
        check_parity(network, graph, images)


def test_exporting_opens_no_connection_and_asks_for_no_consent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.models.export.openvino import export_graph
    from trainer.models.network.build import build_network

    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *given: called.append(given))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **_: called.append(given))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "graph"
    folder.mkdir()
    export_graph(build_network("MobileNetV2", 2, 64), folder)
    assert not called
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


@pytest.mark.slow
def test_a_process_of_its_own_exports_the_same(tmp_path: Path) -> None:
    from trainer.models.export.openvino import export_graph, export_in_subprocess
    from trainer.models.network.build import build_network

    network = build_network("MobileNetV2", 2, 64)
    (tmp_path / "here").mkdir()
    (tmp_path / "there ü").mkdir()
    export_graph(network, tmp_path / "here")
    export_in_subprocess(network, tmp_path / "there ü")
    one, two = (tmp_path / name / "graph.bin" for name in ("here", "there ü"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.slow
def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    from trainer.models.export.openvino import export_in_subprocess
    from trainer.models.network.build import build_network

    (tmp_path / "a file").touch()
    with pytest.raises(UserError, match="could not be exported"):
        export_in_subprocess(build_network("MobileNetV2", 2, 32), tmp_path / "a file")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_writes_packages_too(backend: str, tmp_path: Path) -> None:
    import subprocess
    import sys

    pytest.importorskip(backend)
    code = (
        "import sys, keras\n"
        "from pathlib import Path\n"
        "from trainer.models.network.load import load_network\n"
        "from trainer.testing import random_package\n"
        "package = random_package(Path(sys.argv[1]))\n"
        "load_network(package)\n"
        "assert package.card.software['backend'] == keras.backend.backend() == sys.argv[2]\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "tiny"), backend]
    subprocess.run(command, check=True, env=backend_environment(backend))


def test_openvino_comes_without_its_telemetry(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "from trainer.models.export.runtime import load_openvino\n"
        "load_openvino()\n"
        "import sys\n"
        "import openvino.tools.ovc.telemetry_utils as t\n"
        "assert 'stub' in t.tm.__name__, t.tm\n"
        "assert 'openvino_telemetry.main' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_a_precision_is_admitted_only_if_it_says_the_same(made: Path) -> None:
    from trainer.models.export.acceptance import measure_precisions
    from trainer.models.export.runtime import native_precisions
    from trainer.testing import draw_blots

    images = draw_blots(64, 5)
    graph = made / "graph.xml"
    gates = measure_precisions(graph, (Precision.F32, Precision.BF16), images, np.zeros(8, int))
    assert gates[0].admitted
    assert gates[0].max_dp == 0
    assert gates[0].ece_difference == 0
    assert len(gates) == 1 + (Precision.BF16 in native_precisions())
    for gate in gates[1:]:
        assert gate.n == 8
        assert gate.admitted == (not gate.reason)


def test_the_calibration_error_of_a_known_case() -> None:
    from trainer.models.probabilities import calibration_error

    assert calibration_error([True, True, True, False], [0.9] * 4) == pytest.approx(0.15)
