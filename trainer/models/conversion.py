"""From a Keras network on TensorFlow to an OpenVINO graph that computes the same.

The graph is taken from OpenVINO's TensorFlow front end as it stands. The usual converter
would go on to fold batch norm into the kernels; these then no longer fit float16, and
the files double. OpenVINO folds them anyway when it compiles, at no cost per image.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.models.graph_saving import save_graph
from trainer.models.openvino_runtime import OUTPUT_NAMES, load_openvino
from trainer.models.package import GRAPH


def write_graph(network: keras.Model, folder: Path) -> Path:
    """Write `graph.xml` and `graph.bin`; see `trainer.models.export.export_graph`."""
    openvino = load_openvino()
    converted = _convert(network)
    results = _by_output(converted, network)
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
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def _by_output(converted: Any, network: keras.Model) -> list[Any]:
    """The results that belong to our outputs, in order.

    Activations with a gradient of their own (swish) leave results behind that nobody
    asked for; those are dropped. TensorFlow names ours Identity, Identity_1, Identity_2.
    """
    names = {"Identity:0": 0, "Identity_1:0": 1, "Identity_2:0": 2}
    found: dict[int, Any] = {}
    for result in converted.get_results():
        for name in result.get_output_tensor(0).get_names() & names.keys():
            found[names[name]] = result
    if len(found) != len(names):
        raise RuntimeError(f"the converted graph of {network.name} lacks an output: {found}")
    return [found[index] for index in range(len(names))]
