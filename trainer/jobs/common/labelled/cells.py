"""Labelled cells, from a folder or CSV to arrays; each image is read at its source's scale."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.cache.results import ResultCache, key_of
from trainer.data.item import Item, format_names, relative_name
from trainer.data.labels import choose_spellings, describe_merged, relabel
from trainer.data.manifest import Manifest, read_manifest
from trainer.data.masks import MASKS_HINT, describe_masks, find_masks
from trainer.domain import OnProgress, Progress, ShouldStop, SourceProfile
from trainer.errors import Cancelled, UserError
from trainer.imaging.crop import Crop
from trainer.imaging.model_input import ImageTask, Product
from trainer.imaging.preprocess import ViewParameters, preprocess
from trainer.imaging.scale.red_cell_size import build_profile
from trainer.imaging.view import View
from trainer.inference.openvino_engine import usable_cores
from trainer.inference.pipeline import limit_library_threads
from trainer.jobs.common.source_scale import SourceScale, measure_sample, sample_evenly
from trainer.jobs.common.unread_notes import warn_about_unread
from trainer.protocol.events import Emit, JobWarning
from trainer.training.dataset import CellDataset, build_dataset


def read_labelled_manifest(
    data: str | Path,
    emit: Emit,
    *,
    min_classes: int = 2,
    merge_labels: bool = False,
    any_suffix: bool = False,
) -> Manifest:
    """Read the manifest of a folder or CSV (see `read_manifest`); warn of what is odd in it.

    Raises:
        UserError: as `read_manifest`.
    """
    manifest = read_manifest(
        Path(data), min_classes=min_classes, merge_labels=merge_labels, any_suffix=any_suffix
    )
    for note in manifest.notes:
        emit(JobWarning(note))
    warn_about_unread(manifest.unread, emit)
    if loose := manifest.unlabelled:
        images, they = (
            ("1 image lies", "it was")
            if len(loose) == 1
            else (f"{len(loose)} images lie", "they were")
        )
        emit(
            JobWarning(
                f"{images} beside the folders of classes, and {they} passed over: "
                f"{format_names(loose)}.",
                "An image belongs to the class whose folder it lies in.",
            )
        )
    _warn_of_masks(manifest, emit)
    return manifest


def _warn_of_masks(manifest: Manifest, emit: Emit) -> None:
    masks = find_masks([item.path for item in manifest.items if item.box is None], manifest.root)
    if masks.paths:
        names = format_names([relative_name(path, manifest.root) for path in masks.paths])
        words = describe_masks(len(masks.paths), names, at_least=not masks.complete)
        emit(JobWarning(words, MASKS_HINT))


def match_labels(
    manifest: Manifest,
    outputs: Sequence[str],
    *,
    merge_labels: bool,
    emit: Emit,
    origin: str = "of the model",
) -> Manifest:
    """Write the labels as a model writes its classes, where they are the same but for spelling.

    Args:
        outputs: classes and other classes of the model, or of several.
        merge_labels: as for `read_manifest`.
        origin: of the outputs, for the message.

    Raises:
        UserError: labels differ from them in their spelling alone, and are not to be merged.
    """
    counts = dict.fromkeys(manifest.classes, 0) | Counter(item.label for item in manifest.items)
    spellings = choose_spellings(counts, outputs, merge=merge_labels, origin=origin)
    for note in describe_merged(spellings):
        emit(JobWarning(note))
    classes = tuple(dict.fromkeys(spellings[name] for name in manifest.classes))
    return replace(manifest, items=relabel(manifest.items, spellings), classes=classes)


# More unreadable images than this share mean that something is wrong with the data.
_MAX_UNREADABLE = 0.1

OnImage = Callable[[str, NDArray[np.uint8]], None]
"""Called with an image's SHA-256 and its pixels, uint8 (H, W, 3)."""


@dataclass(frozen=True, eq=False)
class LabelledView:
    """One image as the network gets it.

    Attributes:
        item: where it came from.
        view: uint8 (S, S, 3).
        crop: pixels and mask distance to vary; None in the test split.
    """

    item: Item
    view: NDArray[np.uint8]
    crop: Crop | None


@dataclass(frozen=True, eq=False)
class LabelledArrays:
    """Views with their right outputs: uint8 (N, S, S, 3) and intp (N,)."""

    items: tuple[Item, ...]
    views: NDArray[np.uint8]
    labels: NDArray[np.intp]


def measure_sources(
    items: Sequence[Item], on_progress: OnProgress, should_stop: ShouldStop
) -> dict[str, SourceProfile]:
    """The profile of every source, each from a sample of its own images."""
    return {
        source: replace(_measure_profile(list(paths), on_progress, should_stop), name=source)
        for source, paths in _sample_sources(items).items()
    }


def cached_source_profiles(
    items: Sequence[Item],
    hashes: Mapping[Path, str],
    cache: ResultCache,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> dict[str, SourceProfile]:
    """As `measure_sources`; what was measured on the same images before is not measured again.

    Args:
        hashes: SHA-256 of each file.
        cache: of profiles.
    """
    profiles: dict[str, SourceProfile] = {}
    for source, paths in _sample_sources(items).items():
        images = [hashes[path] for path in paths.values()]
        key = key_of({"what": "profile", "program": trainer.__version__, "images": images})
        if (known := cache.get([key]).get(key)) is None:
            measured = _measure_profile(list(paths), on_progress, should_stop)
            known = json.dumps(SourceScale(measured).to_json()).encode()
            cache.put({key: known})
        profiles[source] = replace(SourceScale.from_json(json.loads(known)).profile, name=source)
    return profiles


def _sample_sources(items: Sequence[Item]) -> dict[str, dict[str, Path]]:
    """For each source the images that it is measured on: absolute name -> path."""
    sampled: dict[str, dict[str, Path]] = {}
    for source in sorted({item.source for item in items}):
        paths = {str(item.path.absolute()): item.path for item in items if item.source == source}
        sampled[source] = {name: paths[name] for name in sample_evenly(list(paths))}
    return sampled


def _measure_profile(
    names: Sequence[str], on_progress: OnProgress, should_stop: ShouldStop
) -> SourceProfile:
    sightings = measure_sample(
        Path(), names, workers=usable_cores(), on_progress=on_progress, should_stop=should_stop
    )
    return build_profile(sightings)


def read_labelled_views(
    items: Sequence[Item],
    profiles: Mapping[str, SourceProfile],
    view: View,
    size: int,
    *,
    on_progress: OnProgress,
    should_stop: ShouldStop,
    on_image: OnImage | None = None,
) -> tuple[list[LabelledView], list[str]]:
    """Read images and render their views; return these, and read errors of the others.

    Args:
        on_image: called with every image that was read, on several threads.

    Raises:
        UserError: more than a tenth of them cannot be read.
        Cancelled: `should_stop` returned true.
    """
    views: list[LabelledView] = []
    read_errors: list[str] = []
    with (
        limit_library_threads(),
        ThreadPoolExecutor(usable_cores(), thread_name_prefix="cut") as pool,
    ):
        found = pool.map(
            lambda item: _read_view(item, profiles[item.source], view, size, on_image), items
        )
        for done, result in enumerate(found, 1):
            if should_stop():
                pool.shutdown(cancel_futures=True)
                raise Cancelled
            if isinstance(result, LabelledView):
                views.append(result)
            else:
                read_errors.append(result)
            on_progress(Progress("reading cells", done, len(items)))
    refuse_unreadable(read_errors, len(items))
    return views, read_errors


def refuse_unreadable(read_errors: Sequence[str], count: int) -> None:
    """Refuse data of which too much cannot be read.

    Args:
        read_errors: one for each unreadable image.
        count: of all images.

    Raises:
        UserError: more than a tenth of them cannot be read.
    """
    if len(read_errors) > _MAX_UNREADABLE * count:
        raise UserError(
            f"{len(read_errors)} of {count} images cannot be read: {format_names(read_errors, 3)}.",
            "Put the images right, or take them out of the data.",
        )


def _read_view(
    item: Item, profile: SourceProfile, view: View, size: int, on_image: OnImage | None
) -> LabelledView | str:
    """The labelled view; a read error where there is none."""
    keep = Product.IMAGE if item.split == "test" else Product.IMAGE | Product.CROP
    task = ImageTask(item.short_name, item.path, item.box)
    found = preprocess(task, ViewParameters(view, size, profile), keep)
    if found.view is None or found.image is None:
        return f"{item.short_name}: {found.error}"
    if on_image is not None:
        on_image(found.sha256, found.image)
    return LabelledView(item, found.view, found.crop)


def dataset_of(
    labelled_views: Sequence[LabelledView],
    split: str,
    outputs: Sequence[str],
    view: View,
    size: int,
) -> CellDataset:
    """Collect the crops of one split as cells that can be augmented.

    Raises:
        UserError: an output has no cell.
    """
    chosen = [
        (each.item, each.crop)
        for each in labelled_views
        if each.crop is not None and each.item.split == split and each.item.label in outputs
    ]
    return build_dataset(
        [crop for _, crop in chosen],
        [item.label for item, _ in chosen],
        [item.source for item, _ in chosen],
        outputs,
        view,
        size,
    )


def build_labelled_arrays(
    labelled_views: Sequence[LabelledView], split: str, outputs: Sequence[str]
) -> LabelledArrays:
    """Stack the views of one split; the label is -1 where the model does not know it.

    Raises:
        UserError: the split is empty.
    """
    chosen = [each for each in labelled_views if each.item.split == split]
    refuse_empty(len(chosen), split)
    items = tuple(each.item for each in chosen)
    return LabelledArrays(
        items, np.stack([each.view for each in chosen]), labels_of(items, outputs)
    )


def refuse_empty(count: int, split: str) -> None:
    """Refuse data without a readable image of a split.

    Raises:
        UserError: `count` is 0.
    """
    if not count:
        raise UserError(
            f"The data hold no readable image of the split “{split}”.",
            "A model needs cells to learn from, to be calibrated on and to be tested on.",
        )


def labels_of(items: Sequence[Item], outputs: Sequence[str]) -> NDArray[np.intp]:
    """Index of each item's output, (N,); -1 for a label that the model does not know."""
    index = {name: position for position, name in enumerate(outputs)}
    return np.array([index.get(item.label, -1) for item in items], dtype=np.intp)
