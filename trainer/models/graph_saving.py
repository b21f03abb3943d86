"""An OpenVINO graph as packages keep it: named outputs, float16 weights where nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from trainer.models.openvino_runtime import OUTPUT_NAMES, load_openvino

_SMALL = 64
# Names that OpenVINO gives: a kind of operation, not always the node's own, and a number.
_NUMBERED = re.compile(r"(unnamed/)?[A-Z][A-Za-z0-9]*_\d+")


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
    """OpenVINO numbers them by a counter of the process; by their place, equal graphs are equal."""
    for place, node in enumerate(graph.get_ordered_ops()):
        if _NUMBERED.fullmatch(node.get_friendly_name()):
            node.set_friendly_name(f"unnamed/{node.get_type_name()}_{place}")


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
