"""From a Keras network to an OpenVINO graph that computes the same, on any backend.

The graph is taken from OpenVINO's TensorFlow front end as it stands. The usual converter
would go on to fold batch norm into the kernels; these then no longer fit float16, and
the files double. OpenVINO folds them anyway when it compiles, at no cost per image.

A graph in a package has named outputs, and float16 weights where nothing is lost. A
network that runs on another backend is exported in a process of its own, on TensorFlow.
Frameworks are imported where they are used: a new head is packed without Keras.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.locations import program_command
from trainer.models.export.runtime import OUTPUT_NAMES, load_openvino
from trainer.models.package.layout import GRAPH

if TYPE_CHECKING:
    import keras

_SMALL = 64
# Names that OpenVINO gives: a kind of operation, not always the node's own, and a number.
_AUTOMATIC_NAME = re.compile(r"(unnamed/)?[A-Z][A-Za-z0-9]*_\d+")


def save_graph(graph: Any, path: Path) -> Path:
    """Write a graph whose results are, in order, `logits`, `pooled` and `features`.

    Returns:
        `path`, of the `.xml`; the weights lie beside it in a `.bin`.
    """
    openvino = load_openvino()
    for name, output in zip(OUTPUT_NAMES, graph.outputs, strict=True):
        output.get_tensor().set_names({name})
    graph.inputs[0].get_tensor().set_names({"image"})
    _number_unnamed(graph)
    _store_as_float16(graph, openvino)
    openvino.save_model(graph, path, compress_to_fp16=False)
    return path


def _number_unnamed(graph: Any) -> None:
    """Number them by their order: OpenVINO's numbers count across all graphs of a process."""
    for index, node in enumerate(graph.get_ordered_ops()):
        if _AUTOMATIC_NAME.fullmatch(node.get_friendly_name()):
            node.set_friendly_name(f"unnamed/{node.get_type_name()}_{index}")


def _store_as_float16(graph: Any, openvino: Any) -> None:
    """Store constants as float16 followed by a conversion, where nothing is lost."""
    import openvino.opset13 as operations

    for node in graph.get_ops():
        if node.get_type_name() != "Constant" or node.get_element_type() != openvino.Type.f32:
            continue
        values = node.data
        if values.size < _SMALL:
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if np.array_equal(half.astype(np.float32), values):
            # Named, because OpenVINO would number them anew in every process.
            name = node.get_friendly_name()
            stored = operations.constant(half, name=f"{name}/float16")
            widened = operations.convert(stored, "f32", name=f"{name}/widened")
            for target in node.output(0).get_target_inputs():
                target.replace_source_output(widened.output(0))


def write_graph(network: keras.Model, folder: Path) -> Path:
    """Write `graph.xml` and `graph.bin`; see `export_graph`."""
    openvino = load_openvino()
    converted = _convert(network)
    results = _results_by_output(converted, network)
    graph = openvino.Model(results, converted.get_parameters(), network.name)
    return save_graph(graph, folder / GRAPH)


def _convert(network: keras.Model) -> Any:
    """Trace the network with its weights as constants, and convert that."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf
    from openvino.frontend import FrontEndManager

    height, width = network.input_shape[1:3]
    signature = [tf.TensorSpec([None, height, width, 3], tf.float32, name="image")]
    trainable = _values(network.trainable_variables)
    others = _values(network.non_trainable_variables)

    def forward(image: Any) -> Any:
        outputs, _ = network.stateless_call(trainable, others, image, training=False)
        return tuple(outputs[name] for name in OUTPUT_NAMES)

    traced = tf.function(forward, input_signature=signature, autograph=False)
    definition = traced.get_concrete_function().graph.as_graph_def()
    front_end = FrontEndManager().load_by_framework("tf")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        frozen = Path(folder) / "network.pb"
        frozen.write_bytes(definition.SerializeToString())
        return front_end.convert(front_end.load(str(frozen)))


def _values(variables: list[Any]) -> list[NDArray[np.generic]]:
    import keras

    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def _results_by_output(converted: Any, network: keras.Model) -> list[Any]:
    """The results that belong to our outputs, in order.

    Activations with a gradient of their own (swish) leave results behind that are no
    outputs; those are dropped. TensorFlow names ours Identity, Identity_1, Identity_2.
    """
    names = {"Identity:0": 0, "Identity_1:0": 1, "Identity_2:0": 2}
    found: dict[int, Any] = {}
    for result in converted.get_results():
        for name in result.get_output_tensor(0).get_names() & names.keys():
            found[names[name]] = result
    if len(found) != len(names):
        raise RuntimeError(f"the converted graph of {network.name} lacks an output: {found}")
    return [found[index] for index in range(len(names))]


COMMAND = "export-graph"
"""Word by which the program is started to export one network."""
_LAST_LINES = 3


def export_in_subprocess(network: Any, folder: Path) -> None:
    """Write `graph.xml` and `graph.bin` of a Keras network, whatever its backend.

    Raises:
        UserError: TensorFlow is not there, or failed; with the end of its error output.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        file = Path(temporary) / "network.keras"
        network.save(file)
        outcome = subprocess.run(
            program_command(COMMAND, str(file), str(folder)),
            env={**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    if outcome.returncode:
        last_lines = " ".join(outcome.stderr.strip().splitlines()[-_LAST_LINES:])
        raise UserError(
            "The network could not be exported: that needs TensorFlow, which failed.",
            f"Install tensorflow-cpu beside the backend in use. It said: {last_lines}",
        )


def serve(network: str, folder: str) -> int:
    """The child: load the `.keras` file that the parent wrote, and export it; returns 0."""
    import keras

    write_graph(keras.models.load_model(network, compile=False), Path(folder))
    return 0


def export_graph(network: keras.Model, folder: Path) -> Path:
    """Write `graph.xml` and `graph.bin`, with a batch of any size.

    Outputs are named and ordered `logits`, `pooled`, `features`. Every array of weights
    that float16 holds without loss is stored as float16; the others stay float32.

    The conversion starts from TensorFlow; where Keras runs on another backend, it is done
    in a process of its own, which takes some seconds longer.

    Returns:
        The path of `graph.xml`.

    Raises:
        UserError: another backend is in use, and TensorFlow is not there.
    """

    import keras

    if keras.backend.backend() == "tensorflow":
        return write_graph(network, folder)
    export_in_subprocess(network, folder)
    return folder / GRAPH


def round_to_float16(network: keras.Model) -> None:
    """Round the kernels of a network to float16, so that its files are half the size.

    To be done after training and before anything is measured: from then on the network
    *is* the rounded one. Biases and batch norm, small but delicate, are left alone.

    Raises:
        UserError: a weight is beyond the range of float16.
    """

    import keras

    for variable in network.weights:
        value = keras.ops.convert_to_numpy(variable)
        if value.ndim >= 2 and value.dtype == np.float32:
            if not (largest := float(np.abs(value).max(initial=0))) <= float(
                np.finfo(np.float16).max
            ):
                raise UserError(
                    f"A weight of the network is {largest:.3g}, which its files cannot hold "
                    f"({variable.path}).",
                    "Try a lower learning rate, or begin from other weights.",
                )
            variable.assign(value.astype(np.float16).astype(np.float32))
