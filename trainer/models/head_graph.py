"""The head cut out of an exported graph, to ask a head of features that are known already.

It is made of the nodes and constants of the file itself; only what computes the pooled
features is replaced by an input. At any precision it says to the bit what the whole graph
says, if it is given the pooled features that the whole graph computes at that precision:
these leave the graph as they enter the head, and go through the same operations in batches
of the same size. A test holds it so, for heads without batch norm: next to an input, OpenVINO
computes that at f32 whatever it is told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision
from trainer.models.openvino_runtime import GRAPH_BATCH, load_openvino, padded


class HeadGraph:
    """The head of one exported graph."""

    def __init__(self, graph: Path) -> None:
        """Args:
        graph: the `.xml` that `trainer.models.reheading.write_graph` has written.
        """
        self._core = load_openvino().Core()
        # A mapped file could not be renamed or deleted on Windows while the graph lives.
        self._core.set_property({"ENABLE_MMAP": False})
        self._model = _cut_out(self._core.read_model(graph))

    def logits(self, pooled: NDArray[np.float32], precision: Precision) -> NDArray[np.float32]:
        """What the head says on the CPU, (N, C).

        Args:
            pooled: (N, K), as the graph computes them at this precision.
            precision: in which the head is computed.
        """
        self._model.reshape([GRAPH_BATCH, pooled.shape[1]])
        how = {"INFERENCE_PRECISION_HINT": precision.value}
        request = self._core.compile_model(self._model, "CPU", how).create_infer_request()
        found = []
        for start in range(0, len(pooled), GRAPH_BATCH):
            request.infer({0: padded(pooled[start : start + GRAPH_BATCH], GRAPH_BATCH)})
            found.append(np.array(request.get_output_tensor(0).data, dtype=np.float32))
        return np.concatenate(found)[: len(pooled)]


def _cut_out(graph: Any) -> Any:
    """From the pooled features to the logits."""
    openvino = load_openvino()
    import openvino.opset13 as op

    pooled, logits = (graph.output(name).get_node().input_value(0) for name in ("pooled", "logits"))
    given = op.parameter(pooled.get_partial_shape(), np.float32, name="pooled/given")
    for target in pooled.get_target_inputs():
        if target.get_node().get_type_name() != "Result":
            target.replace_source_output(given.output(0))
    return openvino.Model([op.result(logits, name="result/logits")], [given], "head")
