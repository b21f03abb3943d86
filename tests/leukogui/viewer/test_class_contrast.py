"""One class told from another by the heat map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from leukogui.inspector.heat import can_contrast, heatmap_of
from leukogui.viewer.class_contrast import ClassContrast
from leukogui.viewer.pane import Pane
from trainer.domain import Decision, Precision, Prediction, Window

NAMES = ("basophil", "monocyte", "seg_neutrophil")


def predict(maps: np.ndarray) -> Prediction:
    return Prediction(
        "a.png",
        "",
        Decision.ACCEPT,
        "model",
        Precision.F32,
        label="basophil",
        probability=0.5,
        probabilities=(0.5, 0.3, 0.2),
        window=Window(0, 0, 8),
        heat=maps.astype("<f2").tobytes(),
        heat_shape=(3, 2, 2),
    )


# Of parts 2, 1 and -1 of the logits at the first place, and nothing elsewhere.
PARTS = np.zeros((3, 2, 2))
PARTS[:, 0, 0] = 2, 1, -1
SHARES = np.array([0.5, 0.3, 0.2])
MEAN = np.einsum("c,chw->hw", SHARES, PARTS)
NEW = predict((PARTS - MEAN) / (1 - SHARES)[:, None, None])
OLD = predict(np.abs(PARTS) / 2)


def test_the_map_of_two_classes_is_the_difference_of_their_parts() -> None:
    assert can_contrast(NEW)
    assert heatmap_of(NEW, 2, 0)[0, 0] == -1
    assert heatmap_of(NEW, 0, 2)[0, 0] == 1
    np.testing.assert_array_equal(heatmap_of(NEW, 0, 0), heatmap_of(NEW, 0))


def test_maps_of_older_versions_cannot_be_compared() -> None:
    assert not can_contrast(OLD)
    assert not can_contrast(None)
    assert not can_contrast(replace(OLD, heat=b""))
    np.testing.assert_array_equal(heatmap_of(OLD, 0, 2), heatmap_of(OLD, 0))


def test_a_pane_shows_both_signs_against_a_class(qtbot: QtBot) -> None:
    pane = Pane()
    qtbot.addWidget(pane)
    pane.set_heat(True, 0.5, "viridis")
    pane.set_outputs(NAMES, None)
    pane.set_prediction(NEW)
    assert pane._options.heat is not None
    assert pane._options.heat.colours == "viridis"
    pane.choose_contrast(2)
    assert pane._options.heat.colours == "orange_blue"
    pane.choose_contrast(-1)
    assert pane._options.heat.colours == "viridis"


def test_the_choice_says_what_the_colours_mean(qtbot: QtBot) -> None:
    contrast = ClassContrast()
    qtbot.addWidget(contrast)
    assert not contrast.classes.isEnabled()
    contrast.show_outputs(NAMES)
    contrast.show_contrast(0, possible=True)
    assert contrast.classes.isEnabled()
    assert contrast.note.isHidden()
    with qtbot.waitSignal(contrast.chosen) as chosen:
        contrast.classes.setCurrentIndex(2)
    assert chosen.args == [1]
    contrast.show_contrast(0, possible=True)
    assert contrast.note.text() == "Orange speaks for basophil, blue for monocyte."
    assert not contrast.note.isHidden()
    contrast.show_contrast(1, possible=True)  # against itself: against all others
    assert contrast.note.isHidden()
