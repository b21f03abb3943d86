"""Export a network as an OpenVINO graph, whatever backend Keras runs on."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from trainer.models.conversion import write_graph
from trainer.models.export_process import export_in_process
from trainer.models.package import GRAPH


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
    if keras.backend.backend() == "tensorflow":
        return write_graph(network, folder)
    export_in_process(network, folder)
    return folder / GRAPH


def round_to_float16(network: keras.Model) -> None:
    """Round the kernels of a network to float16, so that its files are half the size.

    To be done after training and before anything is measured: from then on the network
    *is* the rounded one. Biases and batch norm, small but delicate, are left alone.
    """
    for variable in network.weights:
        value = keras.ops.convert_to_numpy(variable)
        if value.ndim >= 2 and value.dtype == np.float32:
            variable.assign(value.astype(np.float16).astype(np.float32))
