"""Pooled features and views of labelled images: computed once by the fast engine, and cached."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.cache.results import ResultCache, key_of
from trainer.data.item import Item
from trainer.domain import Precision, Progress, ShouldStop, SourceProfile
from trainer.errors import Cancelled
from trainer.imaging.model_input import ImageTask, Product
from trainer.imaging.preprocess import ViewParameters, preprocess
from trainer.imaging.view import View
from trainer.inference.openvino_engine import OpenVinoEngine, usable_cores
from trainer.inference.pipeline import forward, limit_library_threads, ordered_map
from trainer.jobs.common.labelled.cells import refuse_unreadable
from trainer.jobs.common.labelled.near_duplicates import FingerprintCache
from trainer.models.export.feature_extractor import FeatureExtractor
from trainer.models.export.runtime import load_openvino, processor_name
from trainer.protocol.events import Emit
from trainer.training.augmentation import Augmentation, augment_single

# To be raised whenever reading, cropping or augmenting gives other pixels for the same image.
PIXELS_VERSION = 2

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class ViewCache:
    """Views of cells, found again by what decides their pixels.

    Attributes:
        cache: holds them.
        view: what of a cell the network gets.
        size: side of its input in pixels.
    """

    cache: ResultCache
    view: View
    size: int

    def key(self, sha256: str, profile: SourceProfile) -> bytes:
        """Return the key of one image's view.

        Args:
            sha256: of the image.
            profile: of its source.
        """
        return key_of(
            {
                "what": "view",
                "program": trainer.__version__,
                "pixels": PIXELS_VERSION,
                "image": sha256,
                "diameter": profile.red_cell_diameter,
                "view": asdict(self.view),
                "size": self.size,
            }
        )

    def put(self, views: Mapping[bytes, Pixels]) -> None:
        """Store views, uint8 (S, S, 3), without loss."""
        if views:
            self.cache.put({key: _encode_view(view) for key, view in views.items()})

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Pixels]:
        """Return the views that are there, by key."""
        found = {key: _decode_view(value) for key, value in self.cache.get(keys).items()}
        shape = (self.size, self.size, 3)
        return {k: view for k, view in found.items() if view is not None and view.shape == shape}


def _encode_view(view: Pixels) -> bytes:
    # The least compression: most of a view is one grey.
    return bytes(cv2.imencode(".png", view, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def _decode_view(encoded: bytes) -> Pixels | None:
    try:
        view = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if view is None else np.asarray(view, dtype=np.uint8)


log = logging.getLogger(__name__)

_WRITE_BATCH = 64

FeatureArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Features:
    """Pooled features of labelled images.

    Attributes:
        items: those that could be read, in order.
        pooled: float32 (V, N, K): of each cell as it is, then of V - 1 augmented views.
        read_errors: of the images that could not be read, in words.
    """

    items: tuple[Item, ...]
    pooled: FeatureArray
    read_errors: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _FeatureTask:
    """An image and the views of it whose features are missing: number -> key.

    Attributes:
        view_key: under which the view of the cell as it is is cached; None where it need not be.
    """

    item: Item
    sha256: str
    missing: Mapping[int, bytes]
    view_key: bytes | None


@dataclass(frozen=True, eq=False)
class _RenderedView:
    """A view for the engine; without one, why there is none."""

    task: _FeatureTask
    key: bytes
    view: NDArray[np.uint8] | None
    read_error: str = ""


class FeatureReader:
    """Computes features of images by one feature extractor, and caches them."""

    def __init__(
        self,
        extractor: FeatureExtractor,
        view: View,
        augmentation: Augmentation,
        cache: ResultCache,
        emit: Emit,
        should_stop: ShouldStop,
    ) -> None:
        """Args:
        extractor: the network up to its pooled features.
        view: what of a cell it gets.
        augmentation: how far augmented views go.
        cache: of features.
        emit: called with the progress.
        should_stop: called after every batch.

        `views` is the cache of views of the same kind.
        """
        self._extractor = extractor
        self._view = view
        self._augmentation = augmentation
        self._cache = cache
        self.views = ViewCache(cache, view, extractor.input_size)
        self._fingerprints = FingerprintCache(cache)
        self._emit = emit
        self._should_stop = should_stop

    def compute_features(
        self,
        items: Sequence[Item],
        hashes: Mapping[Path, str],
        profiles: Mapping[str, SourceProfile],
        augmented_views: int = 0,
        view_items: Collection[Item] = (),
    ) -> Features:
        """Compute the features of every image that can be read.

        Args:
            items: the images.
            hashes: SHA-256 of each.
            profiles: of their sources.
            augmented_views: number of augmented views of each, beside the cell as it is.
            view_items: those whose views are cached as well, where they have to be rendered anyway.

        Raises:
            UserError: more than a tenth of the images cannot be read.
            Cancelled: `should_stop` returned true; what was computed so far is cached.
        """
        keys = {
            item: [
                self.key(item.digest(hashes[item.path]), profiles[item.source], n)
                for n in range(augmented_views + 1)
            ]
            for item in items
        }
        found = self._cache.get({key for row in keys.values() for key in row})
        views = {
            item: self.views.key(item.digest(hashes[item.path]), profiles[item.source])
            for item in view_items
        }
        tasks = [
            _FeatureTask(item, item.digest(hashes[item.path]), missing, views.get(item))
            for item in dict.fromkeys(items)
            if (missing := {n: key for n, key in enumerate(keys[item]) if key not in found})
        ]
        log.info("features: %d of %d images are kept", len(keys) - len(tasks), len(keys))
        read_errors = self._compute(tasks, profiles, found) if tasks else {}
        refuse_unreadable(list(read_errors.values()), len(items))
        readable = tuple(item for item in items if item not in read_errors)
        rows = [[found[keys[item][n]] for item in readable] for n in range(augmented_views + 1)]
        pooled = np.frombuffer(b"".join(b"".join(row) for row in rows), np.float32)
        shape = (
            (augmented_views + 1, len(readable), -1) if readable else (augmented_views + 1, 0, 0)
        )
        return Features(readable, pooled.reshape(shape), tuple(read_errors.values()))

    def _compute(
        self,
        tasks: Sequence[_FeatureTask],
        profiles: Mapping[str, SourceProfile],
        found: dict[bytes, bytes],
    ) -> dict[Item, str]:
        """Add what is missing to `found`; return what could not be read, with the reason."""
        read_errors: dict[Item, str] = {}
        computed: dict[bytes, bytes] = {}
        done, total = 0, sum(len(task.missing) for task in tasks)
        workers = usable_cores()
        with limit_library_threads(), ThreadPoolExecutor(workers, thread_name_prefix="cut") as pool:
            views = ordered_map(
                lambda task: self._render_views(task, profiles[task.item.source]),
                tasks,
                pool,
                8 * workers,
            )
            for batch in forward(_flatten(views), self._engine, lambda rendered: rendered.view):
                read_errors |= {r.task.item: r.read_error for r in batch.items if r.view is None}
                pooled = batch.outputs.pooled if batch.outputs else None
                computed |= _features_by_key(batch.items, pooled)
                self.views.put(_views_to_cache(batch.items))
                if len(computed) >= _WRITE_BATCH:
                    self._store(computed, found)
                done += len(batch.items)
                self._emit(Progress("computing features", done, total))
                if self._should_stop():
                    self._store(computed, found)
                    raise Cancelled
        self._store(computed, found)
        self._fingerprints.save()
        return read_errors

    def _store(self, computed: dict[bytes, bytes], found: dict[bytes, bytes]) -> None:
        self._cache.put(computed)
        found.update(computed)
        computed.clear()

    def _render_views(self, task: _FeatureTask, profile: SourceProfile) -> list[_RenderedView]:
        item, size = task.item, self._extractor.input_size
        keep = Product.IMAGE | Product.CROP if any(task.missing) else Product.IMAGE
        parameters = ViewParameters(self._view, size, profile)
        found = preprocess(ImageTask(item.short_name, item.path, item.box), parameters, keep)
        if found.view is None or found.image is None:
            error = f"{item.short_name}: {found.error}"
            return [_RenderedView(task, key, None, error) for key in task.missing.values()]
        self._fingerprints.note(found.sha256, found.image)
        views = {0: found.view} if 0 in task.missing else {}
        if found.crop is not None:
            for number in task.missing.keys() - {0}:
                rng = np.random.default_rng([int(task.sha256[:8], 16), number])
                views[number] = augment_single(
                    found.crop, self._view, size, self._augmentation, rng
                )
        return [_RenderedView(task, task.missing[number], view) for number, view in views.items()]

    @cached_property
    def _engine(self) -> OpenVinoEngine:
        return OpenVinoEngine(self._extractor.graph)

    def key(
        self,
        sha256: str,
        profile: SourceProfile,
        number: int,
        precision: Precision = Precision.F32,
    ) -> bytes:
        """Return the key of the features of one view of an image, at a precision of the engine."""
        augmented_view = {"number": number, "how": asdict(self._augmentation)} if number else None
        return key_of(
            {
                "what": "pooled",
                "image": sha256,
                "diameter": profile.red_cell_diameter,
                "look": augmented_view,
                "engine": f"openvino {load_openvino().__version__} {precision.value}",
                **self._common_key_parts,
            }
        )

    @cached_property
    def _common_key_parts(self) -> dict[str, object]:
        """All that decides features beside the image: pixels, network and arithmetic."""
        return {
            "program": trainer.__version__,
            "pixels": PIXELS_VERSION,
            "view": asdict(self._view),
            "size": self._extractor.input_size,
            "stem": self._extractor.digest,
            "processor": processor_name(),
        }


def _flatten(views: Iterator[list[_RenderedView]]) -> Iterator[_RenderedView]:
    for row in views:
        yield from row


def _features_by_key(
    items: Sequence[_RenderedView], pooled: FeatureArray | None
) -> dict[bytes, bytes]:
    keys = [rendered.key for rendered in items if rendered.view is not None]
    if pooled is None:
        return {}
    return {key: row.tobytes() for key, row in zip(keys, pooled, strict=True)}


def _views_to_cache(items: Sequence[_RenderedView]) -> dict[bytes, NDArray[np.uint8]]:
    """Select, by key, the views of cells as they are that are to be cached."""
    return {
        rendered.task.view_key: rendered.view
        for rendered in items
        if rendered.task.view_key
        and rendered.view is not None
        and rendered.key == rendered.task.missing.get(0)
    }
