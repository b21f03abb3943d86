"""Reviews that are probably wrong come first, with the reason in the inspector."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.leukogui.review_steps import (
    build_case,
    choose,
    name,
    open_for_review,
    shown_cells,
    wait_until_stored,
)
from tests.leukogui.window_fixtures import PATIENCE, Program


def test_suspected_errors_come_first_and_say_why(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    assembly = open_for_review(qtbot, program(), folder)
    actions, panel = assembly.window.commands, assembly.window.review.inspector.prediction_panel
    actions["grouped"].setChecked(False)
    # The model gives cell 2 monocyte with 0.97, cell 16 erythroblast with 0.6.
    labels = {name(2): "myeloblast", name(16): "monocyte", name(0): "basophil", name(5): "unknown"}
    assembly.reviews.review(labels)
    wait_until_stored(qtbot, assembly)
    choose(assembly, 2)
    assert "Suspected" not in panel.text
    actions["sort_suspected"].trigger()
    qtbot.waitUntil(
        lambda: shown_cells(assembly)[:3] == [name(2), name(16), name(0)], timeout=PATIENCE
    )
    assert shown_cells(assembly)[3:6] == [name(1), name(3), name(4)]  # without a review: as before
    wanted = "Suspected error: the model gives it more probability to be: Monocyte"
    qtbot.waitUntil(lambda: wanted in panel.text, timeout=PATIENCE)

    assembly.reviews.review({name(2): "monocyte"})
    qtbot.waitUntil(lambda: "Suspected" not in panel.text, timeout=PATIENCE)
    assert shown_cells(assembly)[0] == name(2)  # it stays where a person looks
    wait_until_stored(qtbot, assembly)
    actions["sort_suspected"].trigger()
    wanted_cells = [name(16), name(0), name(2)]
    qtbot.waitUntil(lambda: shown_cells(assembly)[:3] == wanted_cells, timeout=PATIENCE)


def test_without_a_review_there_is_none_to_suspect(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    assembly = open_for_review(qtbot, program(), folder)
    assembly.window.commands["sort_suspected"].trigger()
    notices = assembly.window.notifications
    qtbot.waitUntil(
        lambda: any("No cell was reviewed" in each.message for each in notices.shown),
        timeout=PATIENCE,
    )
