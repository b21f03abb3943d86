"""What an audit finds, in German, as the audit really writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from leukogui.language.worker_messages import translate_message
from trainer.data.audit.analysis import AuditAnalysis, ShortcutProbe, SourceAssociation
from trainer.data.audit.association import associate
from trainer.data.audit.duplicates import Duplicates
from trainer.data.audit.file_traits import FileTraits
from trainer.data.audit.findings import Finding, findings_on_images
from trainer.data.audit.measurements import ImageMeasurements
from trainer.data.audit.outliers import find_outliers
from trainer.data.audit.probe import Probe
from trainer.data.audit.shortcut_findings import findings_on_shortcuts
from trainer.data.audit.sources import SourceClusters
from trainer.data.item import Item
from trainer.data.manifest import Manifest
from trainer.evaluation.intervals import Interval

ENGLISH = re.compile(r"\b(the|is|are|of|and|with|without|from|cells?|images?)\b")
NONE = Duplicates((), (), ())


def file(width: int = 64, height: int = 64, bits: int = 8) -> FileTraits:
    return FileTraits("PNG", width, height, bits, 1, 900, 0, 0, False, False, False)


def items(count: int, **fields: str) -> tuple[Item, ...]:
    labels = ("basophil", "monocyte")
    return tuple(Item(Path(f"{at}.png"), labels[at % 2], **fields) for at in range(count))


def analysis(
    rows: tuple[Item, ...],
    measured: tuple[ImageMeasurements, ...] = (),
    duplicates: Duplicates = NONE,
    links: tuple[SourceAssociation, ...] = (),
    probes: tuple[ShortcutProbe, ...] = (),
    clusters: SourceClusters | None = None,
    skipped: dict[str, str] | None = None,
) -> AuditAnalysis:
    measured = measured or (ImageMeasurements(file=file()),) * len(rows)
    manifest = Manifest(rows, ("basophil", "monocyte"), Path())
    outliers = find_outliers(measured)
    return AuditAnalysis(
        manifest, measured, (), outliers, duplicates, clusters, links, probes, skipped or {}
    )


def image_findings() -> Iterator[Finding]:
    plain = ImageMeasurements(file=file())
    odd = (
        ImageMeasurements(error="gone"),
        ImageMeasurements(file=file(8, 8), grey=True),
        ImageMeasurements(file=file(9000, 9000, bits=16)),
        ImageMeasurements(file=file(400, 64), notes=("named .jpg, but is PNG",)),
        ImageMeasurements(file=file(), flat=True),
        *(plain,) * 15,
    )
    yield from findings_on_images(analysis(items(20), odd))
    yield from findings_on_images(analysis(items(2), (odd[0], odd[0])))
    yield from findings_on_images(analysis(items(6, patient="P1")))
    yield from findings_on_images(analysis((*items(4, patient="P1"), *items(2))))
    split = (*items(2, patient="P1", split="train"), *items(2, patient="P1", split="test"))
    groups = ((0, 1), (0, 2), (1, 3))
    yield from findings_on_images(analysis(split, duplicates=Duplicates((groups[1],), (), groups)))
    same = Duplicates(((0, 2),), (), ((0, 2),))
    yield from findings_on_images(analysis(items(4, patient="P1"), duplicates=same))
    few = tuple(each for each in items(44) if each.label == "basophil" or each.path.stem < "10")
    yield from findings_on_images(analysis((*few[:1], *items(40)[::2])))


def shortcut_findings() -> Iterator[Finding]:
    labels = np.repeat([0, 1], 40)
    probe = Probe(("a", "b"), 0.9, 0.5, 0.5, 0.001, *(np.zeros(2, int),) * 4)
    weak = Probe(("a", "b"), 0.55, 0.5, 0.5, 0.001, *(np.zeros(2, int),) * 4)
    places, targets = ("border", "background", "file"), ("class", "source")
    intervals = {(t, p): Interval(0.9, 0.8, 0.95) for t in targets for p in places}
    for given in (True, False):
        for sources in (labels, np.tile([0, 1], 40)):
            link = SourceAssociation(
                given, ("A", "B"), sources, ("basophil", "monocyte"), associate(labels, sources)
            )
            probes = [ShortcutProbe(t, p, probe, 0.001) for t in targets for p in places]
            probes += [ShortcutProbe("class", p, weak, 0.001) for p in places]
            found = analysis(
                items(80),
                links=(link,),
                # The names of features stay: they are those of the report.
                clusters=None if given else SourceClusters(sources, 2, ("JPEG quality",)),
                probes=tuple(probes),
                skipped={"class from border": "too few images"},
            )
            yield from findings_on_shortcuts(found, intervals)


@pytest.mark.parametrize("kind", [image_findings, shortcut_findings])
def test_nothing_that_an_audit_finds_stays_english(german: object, kind: object) -> None:
    found = list(kind())  # type: ignore[operator]
    assert len({each.id for each in found}) >= 7
    for each in found:
        for text in (each.text, each.advice):
            said = translate_message(text)
            assert said != text
            assert not ENGLISH.findall(said), said


def test_parts_of_a_list_are_written_with_their_numbers(german: object) -> None:
    text = (
        "1,200 images differ from the usual: 1,100 without colour at all, 100 with more than 8 "
        "bits."
    )
    assert translate_message(text) == (
        "1.200 Bilder weichen vom Üblichen ab: 1.100 ganz ohne Farbe, 100 mit mehr als 8 Bit."
    )
