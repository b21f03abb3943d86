"""The source profile of a case: how large its red cells are, measured once for all images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.cases.records import clear_stated, merge_measured, profile_of
from trainer.domain import OnProgress, Progress, ShouldStop, SourceProfile, is_calibrated_for
from trainer.errors import Cancelled, ImageError
from trainer.imaging import read_image
from trainer.imaging.scale.red_cell_size import (
    RedCellMeasurement,
    build_profiles,
    may_be_wide,
    measure_image,
    measure_wide_image,
)
from trainer.imaging.slides.scale import measure_slide
from trainer.imaging.slides.slide import find_slide
from trainer.inference.pipeline import limit_library_threads
from trainer.models.package.card import Card
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import ClassifyRequest, ExplainRequest

SAMPLE_SIZE = 120
# Red cells are looked for at 256 px a side; nothing is gained by decoding more.
_SIDE = 256
_WIDE_SIDE = 1024  # the same for images that show much more than one cell
_HINT_NAME_SOURCE = (
    "If yours is one of them, name it in the source profile; else review a part of the cells "
    "before you rely on them."
)
_HINT_REVIEW = "Review a part of the cells before you rely on them."


@dataclass(frozen=True)
class SourceScale:
    """The source profiles of a case.

    Attributes:
        profile: of the case as a whole.
        by_size: of groups of images that share one pixel size, by (width, height).
    """

    profile: SourceProfile
    by_size: Mapping[tuple[int, int], SourceProfile] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """JSON values from which `from_json` builds the same scale."""
        groups = [[list(size), _profile_values(profile)] for size, profile in self.by_size.items()]
        return {"profile": _profile_values(self.profile), "profiles_by_size": groups}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> SourceScale:
        """Build a scale from what `to_json` returned, as read back from the store."""
        groups = {(w, h): profile_of(values) for (w, h), values in record["profiles_by_size"]}
        return cls(profile_of(record["profile"]), groups)


def _profile_values(profile: SourceProfile) -> dict[str, object]:
    background = profile.background
    return asdict(profile) | {"background": list(background) if background else None}


def measure_scale(
    root: Path,
    names: Sequence[str],
    *,
    stated: SourceProfile,
    workers: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> SourceScale:
    """Take the scale of a case as a person gave it, else measure a sample of its images.

    Args:
        root: the case's folder.
        names: all of its images, also those of other shards, so that all shards agree.
        stated: what a person gave of the source; with a red-cell diameter, nothing is measured.
        workers: threads.
        on_progress: called after every image.
        should_stop: called after every image.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    if stated.stated_diameter is not None:
        return SourceScale(stated)
    measurements = measure_sample(
        root, names, workers=workers, on_progress=on_progress, should_stop=should_stop
    )
    measured = build_profiles(measurements)
    profiles = {size: merge_measured(stated, profile) for size, profile in measured.items()}
    groups = {size: profile for size, profile in profiles.items() if size is not None}
    return SourceScale(profiles[None], groups)


def stated_profile(
    request: ClassifyRequest | ExplainRequest, stored: SourceProfile
) -> SourceProfile:
    """Build the profile that a person gave: in the request, else in the stored profile.

    A diameter that is not stated is None, so that it is measured.
    """
    name = request.source or stored.name
    entered, stated = request.red_cell_diameter, stored.stated_diameter
    if entered is not None and entered != stated:
        return replace(
            stored, name=name, red_cell_diameter=entered, origin="entered", measured_cells=0
        )
    return replace(stored if stated is not None else clear_stated(stored), name=name)


def warn_about_source(card: Card, scale: SourceScale, emit: Emit) -> None:
    """Warn where the model's probabilities do not hold, and where the scale is a guess."""
    known = [each.name for each in card.sources]
    if words := describe_missing_calibration(scale.profile.name, known):
        emit(JobWarning(words, _HINT_NAME_SOURCE if known else _HINT_REVIEW, about="source"))
    if scale.profile.origin == "assumed":
        emit(
            JobWarning(
                "Too few red cells stand alone to measure their size; it was assumed.",
                "If you know it, say it in the source profile.",
                about="scale",
            )
        )


def describe_missing_calibration(source: str, known: Sequence[str]) -> str:
    """Describe that a model is not calibrated for a source; empty where it is.

    Args:
        source: name of the lab or scanner; empty where it is not given.
        known: names of the sources in the model's card.
    """
    if is_calibrated_for(source, known):
        return ""
    names = ", ".join(sorted(set(known), key=str.casefold)) or "no source"
    return (
        f"The model was not calibrated for images of {source or 'a source that is not named'}; "
        f"its probabilities hold for {names} only."
    )


def measure_sample(
    root: Path,
    names: Sequence[str],
    *,
    workers: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> list[RedCellMeasurement]:
    """Measure a sample of the images; unreadable ones are passed over."""
    measurements: list[RedCellMeasurement] = []
    sample = sample_evenly(names)
    with limit_library_threads(), ThreadPoolExecutor(workers, thread_name_prefix="measure") as pool:
        results = pool.map(lambda name: _measure_file(root / name), sample)
        for done, found in enumerate(results, 1):
            if should_stop():
                pool.shutdown(cancel_futures=True)
                raise Cancelled
            measurements += found
            on_progress(Progress("measuring red cells", done, len(sample)))
    return measurements


def sample_evenly(names: Sequence[str], count: int = SAMPLE_SIZE) -> list[str]:
    """At most `count` names, evenly spread over the list; always the same ones."""
    if len(names) <= count:
        return list(names)
    indices = np.linspace(0, len(names) - 1, count).round().astype(int)
    return [names[index] for index in indices]


def _measure_file(path: Path) -> list[RedCellMeasurement]:
    """None where it cannot be read: the run itself reports every such image."""
    try:
        slide = find_slide(path)
        if slide is not None:
            return measure_slide(slide)
        image = read_image(path, min_scale=0.0, min_side=_SIDE)
        measurement = measure_image(image.pixels, scale=image.scale)
        if not may_be_wide(measurement):
            return [measurement]
        image = read_image(path, min_scale=0.0, min_side=_WIDE_SIDE)
    except ImageError:
        return []
    return [measure_wide_image(image.pixels, measurement, scale=image.scale)]
