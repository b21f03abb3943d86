"""From the measurements of each image to the audit's results on the whole set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.association import Association, associate
from trainer.data.audit.duplicates import Duplicates, find_duplicates
from trainer.data.audit.measurements import ImageMeasurements
from trainer.data.audit.outliers import Outlier, find_outliers
from trainer.data.audit.probe import Probe, probe
from trainer.data.audit.sources import SourceClusters, cluster_sources
from trainer.data.audit.tables import CountTable, count_tables
from trainer.data.groups import connected_components, group_indices
from trainer.data.manifest import Manifest
from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.statistics import holm

PLACES = ("border", "background", "file")
TARGETS = ("class", "source")


@dataclass(frozen=True, eq=False)
class ShortcutProbe:
    """How well a target is predicted from one place of the images.

    Attributes:
        target: "class" or "source" (where the data name it).
        place: "border", "background" or "file".
        probe: its result.
        p: corrected for the number of places (Holm).
    """

    target: str
    place: str
    probe: Probe
    p: float


@dataclass(frozen=True, eq=False)
class SourceAssociation:
    """The association of sources with classes.

    Attributes:
        given: whether the data name the sources; else they are clusters.
        names: of the sources.
        of_item: index of each item's source, (N,), -1 where not known.
        classes: those that have images of known source; rows of `association.table`.
        association: of class with source.
    """

    given: bool
    names: tuple[str, ...]
    of_item: NDArray[np.intp]
    classes: tuple[str, ...]
    association: Association


@dataclass(frozen=True, eq=False)
class AuditAnalysis:
    """The results of an audit; rows are those of the manifest's items.

    Attributes:
        manifest: the items.
        measurements: of each item.
        tables: counts of images by class.
        outliers: what is odd about single images.
        duplicates: images that show the same.
        clusters: sources found by appearance; None where no image was readable.
        source_associations: of named sources, then of clusters, as far as there are any.
        probes: of each target from each place.
        skipped_probes: why a probe was left out, by "<target> from <place>".
    """

    manifest: Manifest
    measurements: tuple[ImageMeasurements, ...]
    tables: tuple[CountTable, ...]
    outliers: tuple[Outlier, ...]
    duplicates: Duplicates
    clusters: SourceClusters | None
    source_associations: tuple[SourceAssociation, ...]
    probes: tuple[ShortcutProbe, ...]
    skipped_probes: dict[str, str] = field(default_factory=dict)

    @property
    def unreadable(self) -> tuple[int, ...]:
        """Rows of images that could not be read."""
        return tuple(row for row, each in enumerate(self.measurements) if each.error)


def analyse(
    manifest: Manifest,
    measurements: Sequence[ImageMeasurements],
    *,
    seed: int = 0,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> AuditAnalysis:
    """Analyse a data set from the measurements of its items, in their order.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    duplicates = find_duplicates(measurements, on_progress=on_progress, should_stop=should_stop)
    readable = np.array(
        [row for row, s in enumerate(measurements) if s.margin is not None], np.intp
    )
    found = cluster_sources([measurements[row] for row in readable]) if len(readable) else None
    links = [
        link
        for link in (
            _associate_named_sources(manifest),
            _associate_clusters(manifest, readable, found),
        )
        if link
    ]
    groups = _group_items(manifest, measurements, duplicates)
    probed, not_probed = _probe_all(manifest, measurements, groups, seed, on_progress, should_stop)
    return AuditAnalysis(
        manifest,
        tuple(measurements),
        count_tables(manifest, measurements),
        find_outliers(measurements),
        duplicates,
        found,
        tuple(links),
        tuple(probed),
        not_probed,
    )


def _associate_named_sources(manifest: Manifest) -> SourceAssociation | None:
    names = sorted({item.source for item in manifest.items if item.source})
    number = {name: index for index, name in enumerate(names)}
    of_item = np.array([number.get(item.source, -1) for item in manifest.items], np.intp)
    return _associate_sources(manifest, True, tuple(names), of_item) if len(names) > 1 else None


def _associate_clusters(
    manifest: Manifest, readable_rows: NDArray[np.intp], clusters: SourceClusters | None
) -> SourceAssociation | None:
    if clusters is None or clusters.count < 2:
        return None
    of_item = np.full(len(manifest.items), -1, np.intp)
    of_item[readable_rows] = clusters.labels
    names = tuple(f"source {index + 1}" for index in range(clusters.count))
    return _associate_sources(manifest, False, names, of_item)


def _associate_sources(
    manifest: Manifest, given: bool, names: tuple[str, ...], of_item: NDArray[np.intp]
) -> SourceAssociation:
    known = np.flatnonzero(of_item >= 0)
    number = {name: index for index, name in enumerate(manifest.classes)}
    label = np.array([number[manifest.items[row].label] for row in known])
    classes = tuple(manifest.classes[index] for index in np.unique(label))
    return SourceAssociation(given, names, of_item, classes, associate(label, of_item[known]))


def _group_items(
    manifest: Manifest, measurements: Sequence[ImageMeasurements], duplicates: Duplicates
) -> NDArray[np.intp]:
    """The group of each item: patient, sample, and everything that shows the same."""
    parts = [
        *group_indices(manifest.items, [each.sha256 for each in measurements]),
        *duplicates.groups,
    ]
    links = [(part[0], row) for part in parts for row in part[1:]]
    group = np.zeros(len(measurements), np.intp)
    for index, rows in enumerate(connected_components(len(measurements), links)):
        group[list(rows)] = index
    return group


def _probe_all(
    manifest: Manifest,
    measurements: Sequence[ImageMeasurements],
    groups: NDArray[np.intp],
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> tuple[list[ShortcutProbe], dict[str, str]]:
    done: list[ShortcutProbe] = []
    reasons: dict[str, str] = {}
    for step, target in enumerate(TARGETS):
        labels = [item.label if target == "class" else item.source for item in manifest.items]
        probes: dict[str, Probe] = {}
        for place in PLACES:
            result = _probe_place(measurements, labels, groups, place, seed, should_stop)
            on_progress(Progress("probing", len(PLACES) * step + PLACES.index(place) + 1, 6))
            if isinstance(result, Probe):
                probes[place] = result
            else:
                reasons[f"{target} from {place}"] = result
        corrected = holm([each.p for each in probes.values()])
        done += [
            ShortcutProbe(target, place, each, p)
            for (place, each), p in zip(probes.items(), corrected, strict=True)
        ]
    return done, reasons


def _probe_place(
    measurements: Sequence[ImageMeasurements],
    labels: Sequence[str],
    groups: NDArray[np.intp],
    place: str,
    seed: int,
    should_stop: ShouldStop,
) -> Probe | str:
    """The probe, with rows of the manifest, or why there is none."""
    numbers = [_feature_vector(each, place) for each in measurements]
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


def _feature_vector(measurements: ImageMeasurements, place: str) -> NDArray[np.float32] | None:
    if place == "file":
        return None if measurements.file is None else measurements.file.feature_vector()
    return measurements.margin if place == "border" else measurements.background
