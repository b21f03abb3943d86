"""The heat map is off for a model whose maps did not pass, until a person asks for it."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from leukogui.settings.table import SHOW_HEAT
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program
from trainer.cases.store import CaseStore
from trainer.domain import Decision, Precision, Prediction
from trainer.locations import store_file
from trainer.models.package.card import read_card, write_card
from trainer.models.package.map_gates import MapGate, MapGates

FAILED = MapGate(name="turn", value=-0.08, low=-0.1, high=0.1, threshold=0, n=40)


def add_run(data: Path, folder: Path) -> None:
    """A run of the model over the first image of a folder."""
    name = sorted(path.name for path in folder.iterdir())[0]
    with CaseStore.open(store_file(data)) as store:
        case = store.cases.find_or_create(folder)
        run = store.runs.start(
            case.id,
            model=MODEL,
            model_sha256="0",
            precision=Precision.F32,
            device="CPU",
            settings={},
            images=[name],
        )
        found = Prediction(name, "", Decision.ACCEPT, MODEL, Precision.F32, label="monocyte")
        store.predictions.add(run.id, [found])


def test_the_heat_map_of_a_model_that_failed_is_off_and_says_why(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    file = with_model / "models" / MODEL / "card.json"
    gates = MapGates(gates=(FAILED,), cells=40)
    write_card(read_card(file).model_copy(update={"map_gates": gates}), file)
    add_run(with_model, drawn)
    assembly = program()
    heat, panel = assembly.window.commands["heat"], assembly.window.review.inspector
    assert heat.isChecked()
    qtbot.waitUntil(lambda: bool(assembly.model_list.cards), timeout=PATIENCE)
    assembly.session.open(drawn)
    note = panel.prediction_panel
    qtbot.waitUntil(lambda: "cell that is turned (-0.08)" in note.text, timeout=PATIENCE)
    assert not heat.isChecked()
    assert assembly.settings.value(SHOW_HEAT)  # for other models
    heat.trigger()
    assert heat.isChecked()
    heat.trigger()
    assert assembly.settings.value(SHOW_HEAT)
