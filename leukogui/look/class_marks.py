"""A class's colour and letter, as in every report; see `trainer.models.class_colours`."""

from __future__ import annotations

from trainer.models.class_colours import NEUTRAL, OKABE_ITO, Mark, ink_on, marks_of, spoken

__all__ = ["NEUTRAL", "OKABE_ITO", "Mark", "ink_on", "marks_of", "spoken"]
