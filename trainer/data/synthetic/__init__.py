"""Sample cells: drawings of stained blood cells, for trying the program out and for tests.

They are drawings, not photographs of anybody's blood, and must never be taken for data."""

from __future__ import annotations

from trainer.data.synthetic.demo import write_demo
from trainer.data.synthetic.scene import KINDS, Drawn, draw_cell, draw_cell_with_truth, draw_stack
from trainer.data.synthetic.style import COOL, WARM, Style, random_style, vary

__all__ = [
    "COOL",
    "KINDS",
    "WARM",
    "Drawn",
    "Style",
    "draw_cell",
    "draw_cell_with_truth",
    "draw_stack",
    "random_style",
    "vary",
    "write_demo",
]
