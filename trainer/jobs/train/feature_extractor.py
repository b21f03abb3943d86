"""The feature extractor of a training: a package's, or a cached one of published weights."""

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
from trainer.atomic_files import sha256_of
from trainer.cache.results import ResultCache, key_of
from trainer.domain import Progress, SourceProfile
from trainer.jobs.common.labelled.cells import read_labelled_views
from trainer.jobs.train.state import TrainingContext
from trainer.locations import cache_folder
from trainer.models.backend import load_keras
from trainer.models.export.feature_extractor import FeatureExtractor, extractor_of, open_extractor
from trainer.models.export.runtime import load_openvino
from trainer.models.package.card import Card
from trainer.models.package.layout import NETWORK, Package

# As many networks are cached as a comparison of all backbones takes.
MAX_CACHED_EXTRACTORS = 8
_CHECK_CELLS = 16

ProfileProvider = Callable[[], Mapping[str, SourceProfile]]


def extractor_for(context: TrainingContext, profiles: ProfileProvider) -> FeatureExtractor:
    """Return the network up to its pooled features; built by Keras only where it is not cached.

    Args:
        profiles: returns those of the sources; called when cells are needed to check a network
            that was built, so that they can be measured meanwhile.

    Raises:
        UserError: the weights are not there.
        PackageError: they are refused, or the graph made of them does not agree with Keras.
        Cancelled: on the way.
    """
    plan = context.plan
    if plan.parent:
        return cached_extractor(plan.parent, context.cache)
    weights = resolve_weights_file(context)
    key_parts = {
        "program": trainer.__version__,
        "openvino": str(load_openvino().__version__),
        "backbone": plan.backbone.name,
        "size": plan.size,
        "head": plan.head.model_dump(),
        "feature_map": plan.feature_map.model_dump(),
        "weights": sha256_of(weights) if weights else f"random {plan.request.seed}",
    }
    name = f"{plan.backbone.name.lower()}-{key_of(key_parts).hex()[:16]}"
    folder = cache_folder() / "stems" / name
    extractor = open_extractor(folder)
    if extractor is None:
        extractor = _build_extractor(context, profiles, weights, folder)
    os.utime(folder)
    _drop_oldest(folder.parent)
    return extractor


def cache_extractor_digest(cache: ResultCache, digest: str, card: Card) -> None:
    """Cache the digest of the weights below the head of a package's network."""
    cache.put({_extractor_key(card): digest.encode()})


def cached_extractor(package: Package, cache: ResultCache) -> FeatureExtractor:
    """Return the extractor of a package; its weights are not read where their digest is cached.

    Raises:
        PackageError: as `extractor_of`.
    """
    key = _extractor_key(package.card)
    digest = cache.get([key]).get(key, b"").decode()
    extractor = extractor_of(package, digest)
    if not digest:
        cache_extractor_digest(cache, extractor.digest, package.card)
    return extractor


def _extractor_key(card: Card) -> bytes:
    """By the hash of the file, which was checked as the package was opened."""
    return key_of({"what": "stem", "network": card.files[NETWORK]})


def resolve_weights_file(context: TrainingContext) -> Path | None:
    """Return the file of the weights to start from; None for random ones.

    Raises:
        UserError: ImageNet weights that are not here and may not be downloaded.
        Cancelled: while they were downloaded.
    """
    request = context.plan.request
    if request.weights == "none":
        return None
    if request.weights != "imagenet":
        return Path(request.weights)
    from trainer.models.network.imagenet import fetch_imagenet_weights

    return fetch_imagenet_weights(
        context.plan.backbone.name,
        consent=lambda _: request.download,
        on_progress=context.emit,
        should_stop=context.should_stop,
    )


def create_network(context: TrainingContext, weights: Path | None) -> Any:
    """Build a Keras network with a random head."""
    keras = load_keras()
    from trainer.models.network.build import build_network

    plan = context.plan
    keras.utils.set_random_seed(plan.request.seed)
    outputs = len(context.data.outputs)
    return build_network(
        plan.backbone.name, outputs, plan.size, plan.head, weights, plan.feature_map
    )


def _build_extractor(
    context: TrainingContext, profiles: ProfileProvider, weights: Path | None, folder: Path
) -> FeatureExtractor:
    context.emit(Progress("preparing the network", 0, 1))
    load_keras()
    from trainer.models.export.feature_extractor import write_extractor
    from trainer.models.export.openvino import round_to_float16

    plan = context.plan
    network = create_network(context, weights)
    round_to_float16(network)
    extractor = write_extractor(
        network,
        plan.backbone.name,
        plan.head,
        folder,
        lambda: _sample_views(context, profiles()),
        plan.feature_map,
    )
    context.emit(Progress("preparing the network", 1, 1))
    return extractor


def _sample_views(
    context: TrainingContext, profiles: Mapping[str, SourceProfile]
) -> NDArray[np.uint8]:
    """Read a few validation cells as the network gets them, uint8 (M, S, S, 3)."""
    plan = context.plan
    items = [replace(item, split="test") for item in context.data.manifest.split("val")]
    labelled_views, _ = read_labelled_views(
        items[:: max(1, len(items) // _CHECK_CELLS)],
        profiles,
        plan.view,
        plan.size,
        on_progress=context.emit,
        should_stop=context.should_stop,
    )
    return np.stack([each.view for each in labelled_views])


def _drop_oldest(folder: Path) -> None:
    """Delete all but the extractors used last; one in use elsewhere is built again there."""
    found = sorted(
        (entry for entry in folder.iterdir() if entry.is_dir()),
        key=lambda entry: entry.stat().st_mtime,
    )
    for entry in found[:-MAX_CACHED_EXTRACTORS]:
        shutil.rmtree(entry, ignore_errors=True)
