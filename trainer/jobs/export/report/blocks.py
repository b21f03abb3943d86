"""What a report is made of, whatever it is written as."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from matplotlib.axes import Axes

from trainer.models.class_colours import Mark

TextKind = Literal["", "quiet", "warn", "use", "draft"]


@dataclass(frozen=True)
class Heading:
    """A heading of level 2 or 3, perhaps with the mark of a class."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 2
    mark: Mark | None = None


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `style` is as in the style sheet."""

    kind: ClassVar[str] = "paragraph"
    text: str
    style: TextKind = ""


@dataclass(frozen=True)
class Cards:
    """Counts at the head: a number and what it is of."""

    kind: ClassVar[str] = "cards"
    counts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """A line of a table: plain texts, perhaps with the mark of a class before the first."""

    cells: Sequence[str]
    mark: Mark | None = None


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes:
        head: titles of the columns; empty for a list of facts without titles.
        numbers: columns set to the right.
        widths: of the columns in relation to each other; empty: all alike.
    """

    kind: ClassVar[str] = "grid"
    head: Sequence[str]
    rows: Sequence[Row]
    numbers: Collection[int] = ()
    widths: Sequence[float] = ()


@dataclass(frozen=True)
class Chart:
    """A chart that Matplotlib draws.

    Attributes:
        draw: draws it into axes.
        height: in pixels at `charts.SVG_WIDTH`.
        title: in place of the picture, for who cannot see it.
        description: how it is read.
    """

    kind: ClassVar[str] = "chart"
    draw: Callable[[Axes], None]
    height: int
    title: str
    description: str = ""


@dataclass(frozen=True)
class CellFigure:
    """Pictures of a cell side by side, and the lines below.

    Attributes:
        pictures: JPEG, each with the words for who cannot see it.
    """

    pictures: Sequence[tuple[bytes, str]]
    caption: Sequence[str]


@dataclass(frozen=True)
class CellFigures:
    """Cells of one class."""

    kind: ClassVar[str] = "cells"
    figures: Sequence[CellFigure]


@dataclass(frozen=True)
class Key:
    """What the colours of a chart stand for: a text, then #rrggbb and word of each."""

    kind: ClassVar[str] = "key"
    text: str
    colours: Sequence[tuple[str, str]]


Block = Heading | Paragraph | Cards | Grid | Chart | CellFigures | Key


@dataclass(frozen=True)
class Letterhead:
    """The head of the lab.

    Attributes:
        lines: its name and address.
        logo: PNG; empty for none.
    """

    lines: Sequence[str] = ()
    logo: bytes = b""


@dataclass(frozen=True)
class Report:
    """The report of a case.

    Attributes:
        title: name of the case.
        subtitle: what the report is of.
        draft: written across a report that is not signed; empty for a signed one.
        footer: on every page.
        language: "en" or "de".
    """

    title: str
    subtitle: str
    letterhead: Letterhead
    draft: str
    footer: str
    language: str
    blocks: Sequence[Block]
