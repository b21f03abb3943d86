"""The source profile of a case: how large its red cells are, measured once for all images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.domain import OnProgress, Progress, ShouldStop, SourceProfile
from trainer.errors import Cancelled, ImageError
from trainer.imaging import read
from trainer.imaging.red_cells import Sighting, profile_sources, sight
from trainer.inference.flow import one_thread_each
from trainer.jobs.events import Emit, Notice
from trainer.models.card import Card

SAMPLE = 120
# Red cells are looked for at 256 px a side; nothing is gained by decoding more.
_SIDE = 256


@dataclass(frozen=True)
class Scale:
    """The source profiles of a case.

    Attributes:
        profile: of the case as a whole.
        by_size: of groups of images that share one pixel size, by (width, height).
    """

    profile: SourceProfile
    by_size: Mapping[tuple[int, int], SourceProfile] = field(default_factory=dict)

    def kept(self) -> dict[str, object]:
        """JSON values from which `restored` makes the same scale again."""
        groups = [[list(size), _plain(profile)] for size, profile in self.by_size.items()]
        return {"profile": _plain(self.profile), "profiles_by_size": groups}

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Scale:
        """What `kept` returned, as read back from the store."""
        groups = {(w, h): _profile(values) for (w, h), values in kept["profiles_by_size"]}
        return cls(_profile(kept["profile"]), groups)


def _plain(profile: SourceProfile) -> dict[str, object]:
    background = profile.background
    return asdict(profile) | {"background": list(background) if background else None}


def _profile(values: Mapping[str, Any]) -> SourceProfile:
    background = values["background"]
    return SourceProfile(**{**values, "background": tuple(background) if background else None})


def measure_scale(
    root: Path,
    names: Sequence[str],
    *,
    entered: float | None,
    source: str,
    workers: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> Scale:
    """The scale of a case: as entered, else measured on a sample of its images.

    Args:
        root: the case's folder.
        names: all of its images, also those of other shards, so that all shards agree.
        entered: red-cell diameter in pixels that a person gave, or None.
        source: name of the lab or scanner; may be empty.
        workers: threads.
        on_progress: told after every image.
        should_stop: asked after every image.

    Raises:
        Cancelled: `should_stop` said so.
    """
    if entered is not None:
        return Scale(SourceProfile(name=source, red_cell_diameter=entered, origin="entered"))
    sightings = sight_sample(
        root, names, workers=workers, on_progress=on_progress, should_stop=should_stop
    )
    profiles = {
        size: replace(profile, name=source) for size, profile in profile_sources(sightings).items()
    }
    groups = {size: profile for size, profile in profiles.items() if size is not None}
    return Scale(profiles[None], groups)


def say_of_source(card: Card, scale: Scale, source: str, emit: Emit) -> None:
    """Say where the model's probabilities do not hold, and where the scale is a guess."""
    known = {each.name.lower() for each in card.sources}
    if source.lower() not in known:
        emit(
            Notice(
                f"The model was not calibrated for images of {source or 'this source'}; its "
                f"probabilities hold for {', '.join(sorted(known)) or 'no source'} only.",
                "If yours is one of them, name it with --source; else review a part of the "
                "cells before you rely on them."
                if known
                else "Review a part of the cells before you rely on them.",
            )
        )
    if scale.profile.origin == "assumed":
        emit(
            Notice(
                "Too few red cells stand alone to measure their size; it was assumed.",
                "Give it with --red-cell-diameter if you know it.",
            )
        )


def sight_sample(
    root: Path,
    names: Sequence[str],
    *,
    workers: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> list[Sighting]:
    """What a sample of the images shows of its source; unreadable ones are passed over."""
    found: list[Sighting] = []
    chosen = sample_of(names)
    with one_thread_each(), ThreadPoolExecutor(workers, thread_name_prefix="measure") as pool:
        sighted = pool.map(lambda name: _sight(root / name), chosen)
        for done, sighting in enumerate(sighted, 1):
            if should_stop():
                pool.shutdown(cancel_futures=True)
                raise Cancelled
            if sighting is not None:
                found.append(sighting)
            on_progress(Progress("measuring red cells", done, len(chosen)))
    return found


def sample_of(names: Sequence[str], count: int = SAMPLE) -> list[str]:
    """At most `count` names, evenly spread over the list; always the same ones."""
    if len(names) <= count:
        return list(names)
    places = np.linspace(0, len(names) - 1, count).round().astype(int)
    return [names[place] for place in places]


def _sight(path: Path) -> Sighting | None:
    """None where it cannot be read: the run itself says so of every such image."""
    try:
        image = read(path, min_scale=0.0, min_side=_SIDE)
    except ImageError:
        return None
    return sight(image.pixels, scale=image.scale)
