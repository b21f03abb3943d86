"""Charts of a report as inline SVG: bars with their intervals, and the histogram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from trainer.jobs.export_material import share_words
from trainer.models.class_colours import Mark, spoken

_WIDTH, _LINE = 720, 30
_NAMES, _NUMBERS = 170, 150
_BARS = _WIDTH - _NAMES - _NUMBERS
_PLOT, _FOOT = 160, 34
SHADES = {"accept": "#4d4d4d", "review": "#a6a6a6", "unknown": "#dcdcdc"}
WORDS = {"accept": "accepted", "review": "to review", "unknown": "unknown"}


def bars(shares: Mapping[str, Mapping[str, Any]], marks: Mapping[str, Mark]) -> str:
    """A bar with a whisker for each class; percent on a scale from 0 to 100."""
    said = "; ".join(f"{spoken(name)} {' '.join(share_words(s))}" for name, s in shares.items())
    lines = [_bar(at, name, share, marks[name]) for at, (name, share) in enumerate(shares.items())]
    height = len(shares) * _LINE + 24
    ticks = [_tick(percent, height - 24) for percent in (0, 25, 50, 75, 100)]
    return _svg(height, f"Percent of classified white cells: {said}", [*ticks, *lines])


def _bar(at: int, name: str, share: Mapping[str, Any], mark: Mark) -> str:
    top, middle = at * _LINE, at * _LINE + _LINE / 2
    value, between = share_words(share)
    parts = [
        f'<rect x="0" y="{top + 6}" width="18" height="18" rx="3" fill="{mark.colour}"/>',
        f'<text x="9" y="{middle + 4}" fill="{mark.ink}" text-anchor="middle" '
        f'font-weight="600">{escape(mark.letter)}</text>',
        f'<text x="26" y="{middle + 4}">{escape(spoken(name))}</text>',
        f'<text x="{_WIDTH}" y="{middle + 4}" text-anchor="end">'
        f"{escape(f'{value} % ({between})' if value else 'no cells')}</text>",
    ]
    if share["value"] is not None:
        ends = [_NAMES + _BARS * share[key] / 100 for key in ("low", "value", "high")]
        low, length, high = ends[0], ends[1] - _NAMES, ends[2]
        parts += [
            f'<rect x="{_NAMES}" y="{top + 8}" width="{length:.1f}" height="14" '
            f'fill="{mark.colour}"/>',
            f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8'
            f'M{high:.1f} {middle - 4}v8" stroke="#000" fill="none"/>',
        ]
    return "".join(parts)


def _tick(percent: int, bottom: int) -> str:
    x = _NAMES + _BARS * percent / 100
    return (
        f'<path d="M{x:.1f} 0V{bottom}" stroke="#e4e4e4"/>'
        f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#606060">'
        f"{percent} %</text>"
    )


def histogram(counts: Mapping[str, Sequence[int]], threshold: float) -> str:
    """Cells by probability, stacked by decision, with the threshold marked."""
    bins = len(next(iter(counts.values())))
    tallest = max(1, *(sum(column) for column in zip(*counts.values(), strict=True)))
    step = _WIDTH / bins
    parts = []
    for at in range(bins):
        top = float(_PLOT)
        for decision, shade in SHADES.items():
            height = _PLOT * counts[decision][at] / tallest
            top -= height
            if height:
                parts.append(
                    f'<rect x="{at * step + 1:.1f}" y="{top:.1f}" width="{step - 2:.1f}" '
                    f'height="{height:.1f}" fill="{shade}" stroke="#808080" stroke-width=".5"/>'
                )
    x = _WIDTH * threshold
    parts.append(f'<path d="M{x:.1f} 0V{_PLOT}" stroke="#000" stroke-dasharray="4 3"/>')
    parts.append(f'<path d="M0 {_PLOT}H{_WIDTH}" stroke="#808080"/>')
    for tenth in range(0, 11, 2):
        anchor = {0: "start", 10: "end"}.get(tenth, "middle")
        parts.append(
            f'<text x="{_WIDTH * tenth / 10:.0f}" y="{_PLOT + 16}" text-anchor="{anchor}" '
            f'fill="#606060">{tenth / 10:.1f}</text>'
        )
    sums = ", ".join(f"{sum(counts[key])} {word}" for key, word in WORDS.items())
    words = f"Histogram of probabilities: {sums}; threshold {threshold:g}; tallest bar {tallest}"
    return _svg(_PLOT + _FOOT, words, parts)


def _svg(height: int, words: str, parts: Sequence[str]) -> str:
    # No xmlns: the picture is part of the page, which shall hold no address at all.
    return (
        f'<svg viewBox="0 -4 {_WIDTH} {height + 4}" role="img" aria-label="{escape(words)}">'
        f"<title>{escape(words)}</title>{''.join(parts)}</svg>"
    )
