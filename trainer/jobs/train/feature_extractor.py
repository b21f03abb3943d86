"""The stem that a training starts from: a package's, or one kept of published weights."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.cache.results import ResultCache, key_of
from trainer.domain import Progress, SourceProfile
from trainer.jobs.common.labelled_cells import read_labelled_views
from trainer.jobs.train.state import Work
from trainer.locations import cache_folder
from trainer.models.backend import load_keras
from trainer.models.export.feature_extractor import FeatureExtractor, extractor_of, open_extractor
from trainer.models.export.runtime import load_openvino
from trainer.models.package.card import Card
from trainer.models.package.layout import NETWORK, Package, sha256_of

# As many networks are kept as a comparison of all backbones takes.
MOST_STEMS = 8
_CHECKED_CELLS = 16

Profiles = Callable[[], Mapping[str, SourceProfile]]


def stem_for(work: Work, profiles: Profiles) -> FeatureExtractor:
    """The network up to its pooled features; Keras is needed only where it is not kept yet.

    Args:
        profiles: gives those of the sources; asked when cells are wanted to check a network
            that was made, so that they can be measured meanwhile.

    Raises:
        UserError: the weights are not there.
        PackageError: they are refused, or the graph made of them does not agree with Keras.
        Cancelled: on the way.
    """
    plan, request = work.plan, work.request
    if plan.parent:
        return known_stem(plan.parent, work.kept)
    weights = weights_file(work)
    made_of = {
        "program": trainer.__version__,
        "openvino": str(load_openvino().__version__),
        "backbone": plan.backbone,
        "size": plan.size,
        "head": plan.head.model_dump(),
        "weights": sha256_of(weights) if weights else f"random {request.seed}",
    }
    place = cache_folder() / "stems" / f"{plan.backbone.lower()}-{key_of(made_of).hex()[:16]}"
    stem = open_extractor(place)
    if stem is None:
        stem = _made(work, profiles, weights, place)
    os.utime(place)
    _drop_oldest(place.parent)
    return stem


def note_stem(kept: ResultCache, digest: str, card: Card) -> None:
    """Keep that the network of a package has these weights below its head."""
    kept.put({_stem_key(card): digest.encode()})


def known_stem(package: Package, kept: ResultCache) -> FeatureExtractor:
    """A package as a stem; its weights are not read where they were before.

    Raises:
        PackageError: as `extractor_of`.
    """
    key = _stem_key(package.card)
    known = kept.get([key]).get(key, b"").decode()
    stem = extractor_of(package, known)
    if not known:
        note_stem(kept, stem.digest, package.card)
    return stem


def _stem_key(card: Card) -> bytes:
    """By the hash of the file, which was checked as the package was opened."""
    return key_of({"what": "stem", "network": card.files[NETWORK]})


def weights_file(work: Work) -> Path | None:
    """The file of weights that was asked for; None for random ones.

    Raises:
        UserError: ImageNet weights that are not here and may not be downloaded.
        Cancelled: while they were downloaded.
    """
    request = work.request
    if request.weights == "none":
        return None
    if request.weights != "imagenet":
        return Path(request.weights)
    from trainer.models.network.imagenet import fetch_imagenet_weights

    return fetch_imagenet_weights(
        work.plan.backbone,
        consent=lambda _: request.download,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )


def new_network(work: Work, weights: Path | None) -> Any:
    """A Keras network with a random head."""
    keras = load_keras()
    from trainer.models.network.build import build_network

    plan = work.plan
    keras.utils.set_random_seed(work.request.seed)
    return build_network(plan.backbone, len(plan.outputs), plan.size, plan.head, weights)


def _made(work: Work, profiles: Profiles, weights: Path | None, place: Path) -> FeatureExtractor:
    work.emit(Progress("preparing the network", 0, 1))
    load_keras()
    from trainer.models.export.feature_extractor import write_extractor
    from trainer.models.export.openvino import round_to_float16

    plan = work.plan
    network = new_network(work, weights)
    round_to_float16(network)
    stem = write_extractor(
        network, plan.backbone, plan.head, place, lambda: _some_views(work, profiles())
    )
    work.emit(Progress("preparing the network", 1, 1))
    return stem


def _some_views(work: Work, profiles: Mapping[str, SourceProfile]) -> NDArray[np.uint8]:
    """A few validation cells as the network is shown them."""
    plan = work.plan
    items = [replace(item, split="test") for item in plan.manifest.split("val")]
    shots, _ = read_labelled_views(
        items[:: max(1, len(items) // _CHECKED_CELLS)],
        profiles,
        plan.view,
        plan.size,
        on_progress=work.emit,
        should_stop=work.should_stop,
    )
    return np.stack([shot.view for shot in shots])


def _drop_oldest(folder: Path) -> None:
    """Keep the stems used last; one in use elsewhere is made anew there at the worst."""
    found = sorted(
        (entry for entry in folder.iterdir() if entry.is_dir()),
        key=lambda entry: entry.stat().st_mtime,
    )
    for entry in found[:-MOST_STEMS]:
        shutil.rmtree(entry, ignore_errors=True)
