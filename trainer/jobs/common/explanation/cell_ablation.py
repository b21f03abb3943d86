"""What the prediction of one cell rests on, as the window, `ablate` and `explain` give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.cases.review_classes import name_in_sentence
from trainer.domain import Window
from trainer.imaging.cell_parts import PartMasks, render_part_masks
from trainer.imaging.model_input import ModelInput, Product
from trainer.inference.ablation import (
    Ablation,
    HeatShares,
    Part,
    PartLoss,
    ablate,
    heat_shares,
    measure_losses,
)
from trainer.inference.classifier import Classifier
from trainer.models.package.card import Card
from trainer.models.probabilities import softmax

NEEDED = Product.CELL | Product.IMAGE
"""What a model input must hold for this."""

PART_NAMES = {
    Part.NUCLEUS: "texture of the nucleus",
    Part.CYTOPLASM: "cytoplasm",
    Part.COLOUR: "colour",
    Part.DETAIL: "fine detail",
    Part.OUTLINE: "outline",
}
_WITHOUT = {
    Part.NUCLEUS: "with an even nucleus",
    Part.CYTOPLASM: "without its cytoplasm",
    Part.COLOUR: "without colour",
    Part.DETAIL: "without fine detail",
    Part.OUTLINE: "in a round outline",
}
NO_OUTLINE = "No cell was outlined: only colour and fine detail could be taken away."
NO_NUCLEUS = "No nucleus stands out: nucleus and cytoplasm could not be taken away."
WHOLE_VIEW = "The model sees the whole image: only colour and fine detail can be taken away."

_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class CellAblation:
    """What the prediction of one cell rests on.

    Attributes:
        outputs: names of the outputs of the model.
        ablation: what it loses without each part.
        heat: where the prediction's heat lies; None without a map or an outline.
        nucleus_share: of the cell's area, 0-1; None where no nucleus stands out.
        note: in words, why not all parts are there; else empty.
    """

    outputs: tuple[str, ...]
    ablation: Ablation
    heat: HeatShares | None
    nucleus_share: float | None
    note: str

    @property
    def label(self) -> str:
        """The class that it is about."""
        return self.outputs[self.ablation.output]

    def to_json(self) -> dict[str, object]:
        """The record of this, with names in place of indices."""
        return {
            "class": self.label,
            "probability": round(self.ablation.probability, 6),
            "parts": [self._part_record(each) for each in self.ablation.losses],
            "heat": None if self.heat is None else _rounded(asdict(self.heat)),
            "nucleus_share": None if self.nucleus_share is None else round(self.nucleus_share, 4),
            "note": self.note,
        }

    def describe(self) -> str:
        """Describe which parts the prediction hangs on, and what it would be without them."""
        changed = [
            f"{_WITHOUT[each.part]} the prediction would be "
            f"{name_in_sentence(self.outputs[each.output])} ({each.probability:.2f})"
            for each in self.ablation.losses
            if each.output != self.ablation.output
        ]
        if not changed:
            prediction = name_in_sentence(self.label)
            return f"The prediction stays {prediction}, whichever of these is taken away."
        text = "; ".join(changed)
        return f"{text[0].upper()}{text[1:]}."

    def _part_record(self, loss: PartLoss) -> dict[str, object]:
        return {
            "part": loss.part.value,
            "lost": round(loss.lost, 4),
            "class": self.outputs[loss.output],
            "probability": round(loss.probability, 6),
        }


def ablate_cell(
    classifier: Classifier,
    card: Card,
    model_input: ModelInput,
    output: int | None = None,
    heat: NDArray[np.floating] | None = None,
    heat_window: Window | None = None,
) -> CellAblation:
    """Take the parts of a cell away and have the network classify what is left.

    Args:
        model_input: with a view, and what `NEEDED` names.
        output: index of the prediction; None: the likeliest.
        heat: map of the prediction (h, w), and the square that it covers, in pixels of the
            original image; None: nothing is measured of it.
    """
    view = model_input.view
    assert view is not None
    masks = render_masks(model_input, card)
    parts = masks if card.view.kind == "cell" else None
    ablated = ablate(view, parts, card.view.grey)
    found = measure_losses(view, ablated, _log_probabilities(classifier), output)
    shares = None
    if masks is not None and heat is not None and heat_window is not None:
        assert model_input.window is not None
        shares = heat_shares(heat, heat_window, model_input.window, masks)
    return CellAblation(
        card.outputs,
        found,
        shares,
        _nucleus_share(masks),
        _note(masks, card),
    )


def render_masks(model_input: ModelInput, card: Card) -> PartMasks | None:
    """Render the parts of a cell over its view; None where no cell was outlined.

    Args:
        model_input: with what `NEEDED` names.
    """
    image, cell, window = model_input.image, model_input.cell, model_input.window
    assert image is not None and cell is not None and window is not None
    decoded = window.scaled(model_input.scale)
    return render_part_masks(image, cell, decoded, card.input_size, card.view.feather)


def _log_probabilities(
    classifier: Classifier,
) -> Callable[[NDArray[np.uint8]], NDArray[np.float64]]:
    def predict(cells: NDArray[np.uint8]) -> NDArray[np.float64]:
        size = classifier.engine.batch
        logits = [
            classifier.engine.submit(cells[start : start + size]).result().logits
            for start in range(0, len(cells), size)
        ]
        probabilities = softmax(np.concatenate(logits), classifier.temperature)
        return np.asarray(np.log(np.maximum(probabilities, _TINY)))

    return predict


def _nucleus_share(masks: PartMasks | None) -> float | None:
    if masks is None or not masks.has_nucleus:
        return None
    return float(masks.nucleus.sum() / masks.cell.sum())


def _note(masks: PartMasks | None, card: Card) -> str:
    if card.view.kind != "cell":
        return WHOLE_VIEW
    if masks is None:
        return NO_OUTLINE
    return "" if masks.has_nucleus else NO_NUCLEUS


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
