"""Findings on shortcuts: whether the class can be predicted from what is not the cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from trainer.data.audit.analysis import AuditAnalysis, ShortcutProbe, SourceAssociation
from trainer.data.audit.findings import Finding
from trainer.domain import Interval

ALPHA = 0.01
"""A probe is believed at this p, corrected for the three places: one clean set in a hundred
would be called significant by chance."""
ALARM_SKILL = 0.15
"""Share of what chance leaves open from which on a probe is an alarm.

Significance alone does not do: on 3,600 drawn cells without any shortcut the margin predicts the
class with a skill of 0.035 (p 0.005), for small cells leave room for more red cells beside
them; by chance, sets of 300 such cells come to 0.11. A network that lives on so little would
be seen to fail; from about 0.15 on, a shortcut can carry a figure.
"""
ALARM_V = 0.3
"""Cramer's V of class with source from which on it is an alarm: a medium effect (Cohen 1988).
Sources found in 12 sets of 300 drawn cells of two labs, each class from both, come to 0.13."""
ALPHA_V = 0.001
_MIN_CLASS_SHARE = 0.05  # of a class's images: a source with less hardly holds that class

_PLACE_DESCRIPTIONS = {
    "border": "the outer border of the image alone (8 % of each side)",
    "background": "the background alone, with the cell masked out",
    "file": "the file alone (size, format, compression, metadata)",
}
_NO_TRANSFER = "Figures measured on this set will not carry over to another lab."
_ADVICE = (
    "Add cells of the missing pairs of class and lab; train with the masked view and the recipe's "
    "augmentation, which exchange colours between labs; measure on cells of a lab that was left "
    "out of the training."
)
_FILE_ADVICE = (
    "Save all images in one format, size and quality before anything else, from the originals; "
    "then audit again. "
)

Intervals = Mapping[tuple[str, str], Interval]


def findings_on_shortcuts(analysis: AuditAnalysis, intervals: Intervals) -> list[Finding]:
    """List the findings of probes and source associations.

    Args:
        analysis: of the data set.
        intervals: of the balanced accuracy of each probe, by target and place.
    """
    return [
        *_association_findings(analysis),
        *(f for each in analysis.probes for f in _probe_findings(each, analysis, intervals)),
        *_skipped_probe_findings(analysis),
    ]


def is_alarm(shortcut_probe: ShortcutProbe) -> bool:
    """Whether a label is predicted well enough, and surely enough, to carry a figure."""
    return shortcut_probe.p <= ALPHA and shortcut_probe.probe.skill >= ALARM_SKILL


def is_strong(link: SourceAssociation) -> bool:
    """Whether class and source go together strongly enough for an alarm."""
    return link.association.v >= ALARM_V and link.association.p <= ALPHA_V


def _association_findings(analysis: AuditAnalysis) -> Iterator[Finding]:
    named = [link for link in analysis.source_associations if link.given]
    for link in named:
        if is_strong(link):
            words = f"The images come from {len(link.names)} sources."
            yield _build_association_alarm("class-with-source", words, link)
    for link in analysis.source_associations:
        # An alarm on named sources makes one on clusters superfluous.
        if link.given or any(is_strong(other) for other in named):
            continue
        words = _describe_clusters(link, analysis)
        if is_strong(link):
            yield _build_association_alarm("class-with-found-source", words, link)
        else:
            spread = f"Classes are spread over them (Cramer's V {link.association.v:.2f})."
            yield Finding(
                "found-sources",
                "note",
                f"{words} {spread}",
                "If they are labs or scanners, name them in a column source: training then "
                "exchanges colours between them.",
            )


def _build_association_alarm(id_: str, text: str, link: SourceAssociation) -> Finding:
    return Finding(
        id_,
        "alarm",
        f"{text} Class and source go together (Cramer's V {link.association.v:.2f}, 0 is none, 1 "
        "is "
        f"entirely): {_describe_missing_classes(link)}. A network may learn the lab in place of "
        "the "
        f"cell. {_NO_TRANSFER}",
        _ADVICE,
    )


def _describe_clusters(link: SourceAssociation, analysis: AuditAnalysis) -> str:
    found = analysis.clusters
    by = " and ".join(sorted(set(found.criteria))) if found is not None else ""
    return (
        f"The images fall into {len(link.names)} groups, as if from {len(link.names)} labs, though "
        f"the data do not say so (told apart by {by})."
    )


def _describe_missing_classes(link: SourceAssociation) -> str:
    """Name each source with the classes that are missing from it."""
    table = link.association.table
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    parts = []
    for column, name in enumerate(link.names):
        missing = [
            c
            for c, share in zip(link.classes, shares[:, column], strict=True)
            if share < _MIN_CLASS_SHARE
        ]
        if missing:
            parts.append(f"{name} shows no or hardly any {_format_list(missing)}")
    return "; ".join(parts) or "their shares differ from source to source"


def _probe_findings(
    each: ShortcutProbe, analysis: AuditAnalysis, intervals: Intervals
) -> Iterator[Finding]:
    if each.p > ALPHA:
        return
    figures = _format_probe(each, intervals[each.target, each.place])
    what = (
        f"{each.target.capitalize()} can be told from {_PLACE_DESCRIPTIONS[each.place]}: {figures}."
    )
    advice = (_FILE_ADVICE if each.place == "file" else "") + _ADVICE
    if each.target == "source":
        tied = any(is_strong(link) for link in analysis.source_associations)
        yield Finding(
            f"source-from-{each.place}",
            "note",
            what,
            "Together with classes that come from one source only, this is a shortcut."
            if tied
            else "No harm as long as each class comes from each source.",
        )
    elif is_alarm(each):
        yield Finding(f"class-from-{each.place}", "alarm", f"{what} {_NO_TRANSFER}", advice)
    else:
        yield Finding(
            f"class-from-{each.place}",
            "note",
            f"A trace of the class can be told from {_PLACE_DESCRIPTIONS[each.place]}: "
            f"{figures}. That "
            "is too little to carry a figure.",
            "No harm if the cells of each class come from several patients and days; audit again "
            "when cells were added.",
        )


def _format_probe(each: ShortcutProbe, interval: Interval) -> str:
    return (
        f"{100 * each.probe.accuracy:.0f} % against {100 * each.probe.chance:.0f} % by chance "
        f"(95 % interval {100 * interval.low:.0f}-{100 * interval.high:.0f} %, p = {each.p:.3f})"
    )


def _skipped_probe_findings(analysis: AuditAnalysis) -> Iterator[Finding]:
    """Where the class could not be probed at all, silence must not be taken for a good sign."""
    missing = [
        key.removeprefix("class from ")
        for key, why in analysis.skipped_probes.items()
        if key.startswith("class") and "too few" in why
    ]
    if missing:
        yield Finding(
            "not-probed",
            "note",
            f"Shortcuts could not be looked for in {_format_list(missing)}: there are too few "
            "images, or "
            "too few patients.",
            "Audit again with ten images or more of two classes at least, from five patients.",
        )


def _format_list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
