"""Make a stem of a Keras network, once for all heads that will be fitted on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import BYTES_PER_WEIGHT, beside, writing
from trainer.models.card import HeadSpec
from trainer.models.gates import check_parity
from trainer.models.geometry import grid_of
from trainer.models.network_parts import export_parts
from trainer.models.package import NETWORK
from trainer.models.stem import Stem, digest_of_weights, open_stem, write_about


def make_stem(
    network: keras.Model,
    backbone: str,
    head: HeadSpec,
    place: Path,
    cells: Callable[[], NDArray[np.generic]],
) -> Stem:
    """Write the stem of a network of `build_network` into `place`; all of it or nothing.

    Args:
        network: its kernels rounded to float16, see `round_to_float16`.
        place: the folder; a whole stem that lies there already is left, all else replaced.
        cells: gives some cells, (N, H, W, 3) RGB 0-255, on which graph and network must agree;
            asked once the graph is there.

    Raises:
        PackageError: they do not agree.
        UserError: the disk is full.
    """
    needed = BYTES_PER_WEIGHT * network.count_params()
    with writing(place.parent, needed), beside(place) as temporary:
        graph = export_parts(network, temporary)
        check_parity(network, graph, cells())
        stem = Stem(
            temporary,
            backbone,
            int(network.input_shape[1]),
            head,
            digest_of_weights(temporary / NETWORK),
            grid_of(network),
            {"keras": str(keras.__version__), "backend": str(keras.backend.backend())},
        )
        write_about(stem)
        _put(temporary, place)
    return replace(stem, folder=place)


def _put(temporary: Path, place: Path) -> None:
    """Give a stem its place, unless another process was quicker."""
    if open_stem(place) is not None:
        return
    shutil.rmtree(place, ignore_errors=True)
    try:
        temporary.rename(place)
    except OSError:
        if open_stem(place) is None:
            raise
