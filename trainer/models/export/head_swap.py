"""Head swap: another head on a feature extractor, its network's files written without Keras.

The extractor's graph was accepted against Keras when it was made; only the layers after the
pooled features are replaced, which numpy computes as well. So the new graph is checked against
numpy, and its pooled features against those that the head was fitted on.

The features of the cells that measure a package are computed once, whatever heads follow: the
whole graph is run on some of these cells, and its head alone (`HeadGraph`), at every precision,
on the features of all of them.

`HeadGraph` is made of the nodes and constants of the file itself; only what computes the pooled
features is replaced by an input. At any precision its logits are to the bit those of the whole
graph, for the pooled features that the whole graph computes at that precision: these leave the
graph as they enter the head, and go through the same operations in batches of the same size. A
test ensures it, for heads without batch norm: next to an input, OpenVINO computes batch norm
at f32 whatever the precision.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision
from trainer.errors import PackageError
from trainer.models.export.acceptance import check_logits
from trainer.models.export.feature_extractor import FeatureExtractor, layer_groups
from trainer.models.export.openvino import save_graph
from trainer.models.export.runtime import (
    GRAPH_BATCH,
    OUTPUT_NAMES,
    load_openvino,
    pad_batch,
    run_graph,
)
from trainer.models.head import Head
from trainer.models.package.card import Card, HeadSpec
from trainer.models.package.layout import GRAPH, HEAD, NETWORK, NetworkExport
from trainer.models.safe_files.keras import CONFIG, WEIGHTS, read_keras_file, read_weights

if TYPE_CHECKING:
    import keras


class HeadGraph:
    """The head of one exported graph, for pooled features that are known already."""

    def __init__(self, graph: Path) -> None:
        """Args:
        graph: the `.xml` that `write_graph_with_head` has written.
        """
        self._core = load_openvino().Core()
        # A mapped file could not be renamed or deleted on Windows while the graph lives.
        self._core.set_property({"ENABLE_MMAP": False})
        self._model = _extract_head(self._core.read_model(graph))

    def logits(self, pooled: NDArray[np.float32], precision: Precision) -> NDArray[np.float32]:
        """Compute the logits of the head on the CPU, (N, C).

        Args:
            pooled: (N, K), as the graph computes them at this precision.
            precision: in which the head is computed.
        """
        self._model.reshape([GRAPH_BATCH, pooled.shape[1]])
        config = {"INFERENCE_PRECISION_HINT": precision.value}
        request = self._core.compile_model(self._model, "CPU", config).create_infer_request()
        batches = []
        for start in range(0, len(pooled), GRAPH_BATCH):
            request.infer({0: pad_batch(pooled[start : start + GRAPH_BATCH], GRAPH_BATCH)})
            batches.append(np.array(request.get_output_tensor(0).data, dtype=np.float32))
        return np.concatenate(batches)[: len(pooled)]


def _extract_head(graph: Any) -> Any:
    """The part of a graph from the pooled features to the logits."""
    openvino = load_openvino()
    import openvino.opset13 as op

    pooled, logits = (graph.output(name).get_node().input_value(0) for name in ("pooled", "logits"))
    pooled_input = op.parameter(pooled.get_partial_shape(), np.float32, name="pooled/given")
    for target in pooled.get_target_inputs():
        if target.get_node().get_type_name() != "Result":
            target.replace_source_output(pooled_input.output(0))
    return openvino.Model([op.result(logits, name="result/logits")], [pooled_input], "head")


# Graphs are compiled with the batch and the threads that suit, which moves a float32 a little.
_TOLERANCE = 1e-3
_EPSILON = 1e-3  # of Keras' batch norm


class StaleFeaturesError(PackageError):
    """The features that a head was fitted on are not those that the graph computes."""


@dataclass(frozen=True, eq=False)
class HeadSwap:
    """A feature extractor and its new head.

    Attributes:
        pooled: by precision, float32 (N, K): features of held-out cells, as the extractor
            computes them. Those at f32 are always there; the head's fit used them.
        cell_rows: (M,), which of these cells are those of `PackageContents.cells`.
    """

    extractor: FeatureExtractor
    head: Head
    pooled: Mapping[Precision, NDArray[np.float32]]
    cell_rows: NDArray[np.intp]

    @property
    def bytes_needed(self) -> int:
        """An upper bound of what `write` writes."""
        files = (
            self.extractor.network,
            self.extractor.graph,
            self.extractor.graph.with_suffix(".bin"),
        )
        return 2 * sum(file.stat().st_size for file in files)

    @property
    def software(self) -> Mapping[str, str]:
        """Versions of what made the network."""
        return self.extractor.software

    def write(self, folder: Path, card: Card, cells: NDArray[np.generic]) -> NetworkExport:
        """Write `model.keras`, `graph.xml`, `graph.bin` and `head.npz`.

        Args:
            cells: held-out cells as the network takes them, (M, H, W, 3).

        Raises:
            StaleFeaturesError: the features on which the head was fitted do not hold.
            PackageError: the extractor is not what the card says, or the graph does not compute
                what the head computes.
        """
        _check_architecture(self.extractor, self.head, card)
        # Compressing the network's file uses one core and no more.
        with ThreadPoolExecutor(1, thread_name_prefix="network") as aside:
            file = (self.extractor, self.head, card.head.dropout, folder / NETWORK)
            network = aside.submit(write_network_with_head, *file)
            logits = self._write_graph(folder, cells)
            network.result()
        self.head.save(folder / HEAD)
        return NetworkExport(self.extractor.grid, logits)

    def _write_graph(
        self, folder: Path, cells: NDArray[np.generic]
    ) -> dict[Precision, NDArray[np.float32]]:
        """Write the graph and check it; returns its logits of held-out cells, by precision."""
        graph = write_graph_with_head(self.extractor, self.head, folder)
        outputs = run_graph(graph, cells)
        exact = self.pooled[Precision.F32]
        if not _is_close(outputs["pooled"], exact[self.cell_rows]):
            raise StaleFeaturesError(
                "The features kept of these cells are not what the network computes now."
            )
        check_logits(self.head.logits(outputs["pooled"]), outputs["logits"])
        head_graph = HeadGraph(graph)
        logits = {name: head_graph.logits(pooled, name) for name, pooled in self.pooled.items()}
        check_logits(self.head.logits(exact), logits[Precision.F32])
        return logits


def write_graph_with_head(extractor: FeatureExtractor, head: Head, folder: Path) -> Path:
    """Write the extractor's graph with another head; returns the path of `graph.xml`."""
    openvino = load_openvino()
    core = openvino.Core()
    core.set_property({"ENABLE_MMAP": False})
    graph = core.read_model(extractor.graph)
    pooled, features = (graph.output(name).get_node().input_value(0) for name in OUTPUT_NAMES[1:])
    import openvino.opset13 as op

    outputs = (_build_head_nodes(head, pooled), pooled, features)
    results = [op.result(o, name=f"result/{n}") for n, o in zip(OUTPUT_NAMES, outputs, strict=True)]
    return save_graph(
        openvino.Model(results, graph.get_parameters(), graph.get_friendly_name()),
        folder / GRAPH,
    )


def write_network_with_head(
    extractor: FeatureExtractor, head: Head, dropout: float, path: Path
) -> None:
    """Write the extractor's `.keras` file with another head.

    Raises:
        PackageError: the extractor's file is unsafe or damaged.
    """
    stored = read_keras_file(extractor.network)
    config = stored.config
    groups = layer_groups(config)
    for layer in config["config"]["layers"]:
        if layer["name"] == "logits":
            layer["config"]["units"] = head.outputs
        elif layer["name"] == "head_dropout":
            layer["config"]["rate"] = dropout
    weights = io.BytesIO(stored.weights.read())
    with h5py.File(weights, "r+") as file:
        for name, arrays in _keras_arrays(head).items():
            for index, array in enumerate(arrays):
                _replace_dataset(file, f"layers/{groups[name]}/vars/{index}", array)
    replaced = {CONFIG: json.dumps(config).encode(), WEIGHTS: weights.getvalue()}
    with (
        zipfile.ZipFile(extractor.network) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for entry in source.infolist():
            data = replaced.get(entry.filename, b"") or source.read(entry)
            target.writestr(entry, data, zipfile.ZIP_DEFLATED, 1)


def round_head(head: Head) -> Head:
    """Round the kernels of a head to float16, where float16 reaches as far."""
    names = ("kernel", "hidden_kernel")
    kernels = {name: value for name in names if (value := getattr(head, name)) is not None}
    halves: dict[str, Any] = {}
    for name, kernel in kernels.items():
        with np.errstate(over="ignore"):
            half = kernel.astype(np.float16).astype(np.float32)
        halves[name] = half if np.isfinite(half).all() else kernel
    return replace(head, **halves)


def _check_architecture(extractor: FeatureExtractor, head: Head, card: Card) -> None:
    same = (extractor.backbone, extractor.input_size, extractor.feature_map) == (
        card.backbone,
        card.input_size,
        card.feature_map,
    )
    hidden = 0 if head.hidden_kernel is None else head.hidden_kernel.shape[1]
    layers = (extractor.head.hidden, extractor.head.batch_norm)
    if not same or layers != (hidden, head.scale is not None) or layers[0] != card.head.hidden:
        raise PackageError(
            f"The network is not the one that the card of “{card.id}” describes: it is a"
            f" {extractor.backbone} for {extractor.input_size} pixels with a head of {layers[0]}."
        )


def _build_head_nodes(head: Head, pooled: Any) -> Any:
    """The head as operations of OpenVINO, all named, and the output of the last."""
    import openvino.opset13 as op

    def array(name: str) -> Any:
        return op.constant(getattr(head, name), name=f"head/{name}")

    x = pooled
    if head.scale is not None:
        scaled = op.multiply(x, array("scale"), name="head/scaled")
        x = op.add(scaled, array("shift"), name="head/normalised").output(0)
    if head.hidden_kernel is not None:
        product = op.matmul(x, array("hidden_kernel"), False, False, name="head/hidden_product")
        inner = op.add(product, array("hidden_bias"), name="head/hidden_sum")
        x = op.relu(inner, name="head/hidden").output(0)
    product = op.matmul(x, array("kernel"), False, False, name="head/product")
    return op.add(product, array("bias"), name="head/logits").output(0)


def _keras_arrays(head: Head) -> dict[str, list[NDArray[np.float32]]]:
    """Layer -> its arrays, in the order in which Keras stores them."""
    arrays = {"logits": [head.kernel, head.bias]}
    if head.hidden_kernel is not None and head.hidden_bias is not None:
        arrays["head_hidden"] = [head.hidden_kernel, head.hidden_bias]
    if head.scale is not None and head.shift is not None:
        variance = np.full_like(head.scale, 1 - _EPSILON)
        arrays["head_norm"] = [head.scale, head.shift, np.zeros_like(head.scale), variance]
    return arrays


def _replace_dataset(file: Any, path: str, array: NDArray[np.float32]) -> None:
    if file[path].shape == array.shape:
        file[path][...] = array
        return
    del file[path]
    file[path] = array


def _is_close(actual: NDArray[np.float32], expected: NDArray[np.float32]) -> bool:
    if actual.shape != expected.shape:
        return False
    size = max(float(np.abs(expected).max()), 1e-12)
    return bool(np.abs(actual - expected).max() <= _TOLERANCE * size)


def load_with_head(extractor: FeatureExtractor, head: Head, spec: HeadSpec) -> keras.Model:
    """Load the network of a feature extractor with another head.

    Args:
        spec: the layers of `head`, with the dropout for its training.

    Raises:
        PackageError: the extractor's file is unsafe or damaged.
    """
    from trainer.models.network.build import build_network
    from trainer.models.network.load import load_weights

    network = build_network(
        extractor.backbone,
        head.outputs,
        extractor.input_size,
        spec,
        feature_map=extractor.feature_map,
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / NETWORK
        write_network_with_head(extractor, head, spec.dropout, file)
        load_weights(network, read_weights(file))
    return network
