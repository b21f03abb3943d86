"""From what was seen of each image to everything that the audit knows of the set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.association import Association, associate, holm
from trainer.data.audit.duplicates import Duplicates, find_duplicates
from trainer.data.audit.measurements import Sight
from trainer.data.audit.outliers import Oddity, find_oddities
from trainer.data.audit.probe import Probe, probe
from trainer.data.audit.sources import FoundSources, find_sources
from trainer.data.audit.tables import CountTable, tables_of
from trainer.data.groups import join, joined
from trainer.data.manifest import Manifest
from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress

PLACES = ("border", "background", "file")
TARGETS = ("class", "source")


@dataclass(frozen=True, eq=False)
class Probed:
    """How well one thing is told from one place.

    Attributes:
        target: "class" or "source" (as the data name it).
        place: "border", "background" or "file".
        probe: what came out.
        p: corrected for the number of places (Holm).
    """

    target: str
    place: str
    probe: Probe
    p: float


@dataclass(frozen=True, eq=False)
class SourceLink:
    """How sources and classes go together.

    Attributes:
        given: whether the data name the sources; else they were found.
        names: of the sources.
        of_item: index of each item's source, (N,), -1 where not known.
        classes: those that have images of known source; rows of `link.table`.
        link: of class with source.
    """

    given: bool
    names: tuple[str, ...]
    of_item: NDArray[np.intp]
    classes: tuple[str, ...]
    link: Association


@dataclass(frozen=True, eq=False)
class Examination:
    """Everything that is known of a set of images; rows are those of the manifest's items."""

    manifest: Manifest
    sights: tuple[Sight, ...]
    tables: tuple[CountTable, ...]
    oddities: tuple[Oddity, ...]
    duplicates: Duplicates
    found: FoundSources | None
    links: tuple[SourceLink, ...]
    probed: tuple[Probed, ...]
    not_probed: dict[str, str] = field(default_factory=dict)

    @property
    def unreadable(self) -> tuple[int, ...]:
        """Rows of images that could not be read."""
        return tuple(row for row, sight in enumerate(self.sights) if sight.error)


def examine(
    manifest: Manifest,
    sights: Sequence[Sight],
    *,
    seed: int = 0,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Examination:
    """Everything that can be said from one sight of each item, in their order.

    Raises:
        Cancelled: `should_stop` said so.
    """
    twins = find_duplicates(sights, on_progress=on_progress, should_stop=should_stop)
    readable = np.array([row for row, s in enumerate(sights) if s.border is not None], np.intp)
    found = find_sources([sights[row] for row in readable]) if len(readable) else None
    links = [link for link in (_given(manifest), _found(manifest, readable, found)) if link]
    groups = _together(manifest, sights, twins)
    probed, not_probed = _probe_all(manifest, sights, groups, seed, on_progress, should_stop)
    return Examination(
        manifest,
        tuple(sights),
        tables_of(manifest, sights),
        find_oddities(sights),
        twins,
        found,
        tuple(links),
        tuple(probed),
        not_probed,
    )


def _given(manifest: Manifest) -> SourceLink | None:
    names = sorted({item.source for item in manifest.items if item.source})
    number = {name: index for index, name in enumerate(names)}
    of_item = np.array([number.get(item.source, -1) for item in manifest.items], np.intp)
    return _link(manifest, True, tuple(names), of_item) if len(names) > 1 else None


def _found(
    manifest: Manifest, readable: NDArray[np.intp], found: FoundSources | None
) -> SourceLink | None:
    if found is None or found.count < 2:
        return None
    of_item = np.full(len(manifest.items), -1, np.intp)
    of_item[readable] = found.number
    names = tuple(f"source {index + 1}" for index in range(found.count))
    return _link(manifest, False, names, of_item)


def _link(
    manifest: Manifest, given: bool, names: tuple[str, ...], of_item: NDArray[np.intp]
) -> SourceLink:
    known = np.flatnonzero(of_item >= 0)
    number = {name: index for index, name in enumerate(manifest.classes)}
    label = np.array([number[manifest.items[row].label] for row in known])
    classes = tuple(manifest.classes[index] for index in np.unique(label))
    return SourceLink(given, names, of_item, classes, associate(label, of_item[known]))


def _together(manifest: Manifest, sights: Sequence[Sight], twins: Duplicates) -> NDArray[np.intp]:
    """The group of each item: patient, sample, and everything that shows the same."""
    parts = [*joined(manifest.items, [sight.sha256 for sight in sights]), *twins.groups]
    links = [(part[0], row) for part in parts for row in part[1:]]
    group = np.zeros(len(sights), np.intp)
    for index, rows in enumerate(join(len(sights), links)):
        group[list(rows)] = index
    return group


def _probe_all(
    manifest: Manifest,
    sights: Sequence[Sight],
    groups: NDArray[np.intp],
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> tuple[list[Probed], dict[str, str]]:
    done: list[Probed] = []
    reasons: dict[str, str] = {}
    for step, target in enumerate(TARGETS):
        labels = [item.label if target == "class" else item.source for item in manifest.items]
        probes: dict[str, Probe] = {}
        for place in PLACES:
            result = _probe_place(sights, labels, groups, place, seed, should_stop)
            on_progress(Progress("probing", len(PLACES) * step + PLACES.index(place) + 1, 6))
            if isinstance(result, Probe):
                probes[place] = result
            else:
                reasons[f"{target} from {place}"] = result
        corrected = holm([each.p for each in probes.values()])
        done += [
            Probed(target, place, each, p)
            for (place, each), p in zip(probes.items(), corrected, strict=True)
        ]
    return done, reasons


def _probe_place(
    sights: Sequence[Sight],
    labels: Sequence[str],
    groups: NDArray[np.intp],
    place: str,
    seed: int,
    should_stop: ShouldStop,
) -> Probe | str:
    """The probe, with rows of the manifest, or why there is none."""
    numbers = [_numbers(sight, place) for sight in sights]
    rows = np.array([row for row, n in enumerate(numbers) if n is not None and labels[row]])
    if not len(rows):
        return "the data do not name it"
    values = np.array([numbers[row] for row in rows])
    if not np.ptp(values, axis=0).any():
        return "it is the same for all images"
    chosen = [labels[row] for row in rows]
    result = probe(values, chosen, groups[rows], seed=seed, should_stop=should_stop)
    if result is None:
        return "there are too few images, or too few patients, to tell"
    return result


def _numbers(sight: Sight, place: str) -> NDArray[np.float32] | None:
    if place == "file":
        return None if sight.file is None else sight.file.numbers()
    return sight.border if place == "border" else sight.background
