"""What a card records of an adaptation: from which model, with which cells, by whom."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]


class Adaptation(BaseModel):
    """How a model was adapted to a lab by cells whose label a person gave.

    Attributes:
        model: id of the fully trained model that it began at.
        sha256: of that model's `card.json`.
        cells: source -> label -> number of cells, all that were ever given.
        reviewers: who gave the labels, by name.
        judgement: "better", "worse" or "not distinguishable" from the model that it began at,
            each cell judged by a head fitted without it; empty where that was not possible.
        joined: the sources of these cells that have enough of them to be held out, and so stand
            among the sources of the card.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    sha256: str = ""
    cells: dict[str, dict[str, Count]] = Field(default_factory=dict)
    reviewers: tuple[str, ...] = ()
    judgement: str = ""
    joined: tuple[str, ...] = ()

    @property
    def cell_count(self) -> int:
        """How many cells were given in all."""
        return sum(sum(labels.values()) for labels in self.cells.values())
