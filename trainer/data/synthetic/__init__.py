"""Sample cells: drawings of stained blood cells, for trying the program out and for tests.

They are drawings, not photographs of anybody's blood, and must never be taken for data. What is
drawn is optical density, put together layer by layer. Lengths are in red-cell diameters unless
a name says pixels; amounts of stain are relative to the pigments of a `Style`.
"""

from __future__ import annotations

from trainer.data.synthetic.demo import write_demo
from trainer.data.synthetic.scene import (
    KINDS,
    SyntheticCell,
    draw_cell,
    draw_cell_with_truth,
    draw_stack,
)
from trainer.data.synthetic.smear import (
    NUCLEATED,
    Debris,
    SyntheticField,
    SyntheticFieldCell,
    draw_field,
)
from trainer.data.synthetic.style import COOL, WARM, Style, random_style, vary

__all__ = [
    "COOL",
    "KINDS",
    "NUCLEATED",
    "WARM",
    "Debris",
    "Style",
    "SyntheticCell",
    "SyntheticField",
    "SyntheticFieldCell",
    "draw_cell",
    "draw_cell_with_truth",
    "draw_field",
    "draw_stack",
    "random_style",
    "vary",
    "write_demo",
]
