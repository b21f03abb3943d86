"""The cells on which models disagree come first, read from the store in the background."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.leukogui.review_steps import build_case, name, open_for_review, shown_cells
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Decision, Precision, Prediction
from trainer.locations import STORE_NAME


def run_another(folder: Path, data: Path, model: str, labels: dict[CellId, str]) -> None:
    """Store a run of a model that sees these cells alone; the one that was there runs again."""
    with CaseStore.open(data / STORE_NAME) as store:
        case = store.cases.find_or_create(folder)
        for run_model, digest in ((model, "b" * 64), (MODEL, "a" * 64)):
            run = store.runs.start(
                case.id,
                model=run_model,
                model_sha256=digest,
                precision=Precision.F32,
                device="CPU",
                settings={},
                images=[cell.image for cell in labels],
            )
            if run_model == model:
                predictions = [predict(cell, label) for cell, label in labels.items()]
                store.predictions.add(run.id, predictions)
            store.runs.finish(run.id)


def predict(cell: CellId, label: str) -> Prediction:
    return Prediction(
        cell.image,
        "",
        Decision.ACCEPT,
        "other",
        Precision.F32,
        label=label,
        probability=0.9,
        probabilities=(0.9, 0.1),
        distance=0.5,
        reason="",
    )


def test_cells_are_sorted_by_disagreement(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    # The first model: basophil, erythroblast, monocyte, myeloblast, seg_neutrophil, and again.
    labels = {name(0): "basophil", name(7): "basophil", name(13): "myeloblast"}
    run_another(folder, with_model, "other", labels)
    assembly = open_for_review(qtbot, program(), folder)
    actions = assembly.window.commands
    actions["grouped"].setChecked(False)
    assert shown_cells(assembly) == sorted(shown_cells(assembly))
    actions["sort_disagreement"].trigger()
    qtbot.waitUntil(lambda: shown_cells(assembly)[0] == name(7), timeout=PATIENCE)
    assert shown_cells(assembly)[1:3] == [name(0), name(1)]
    assert not any("disagree" in each.message for each in assembly.window.notifications.shown)


def test_one_model_alone_is_said_to_have_none_to_disagree(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    assembly = open_for_review(qtbot, program(), folder)
    before = shown_cells(assembly)
    assembly.window.commands["sort_disagreement"].trigger()
    notices = assembly.window.notifications
    qtbot.waitUntil(
        lambda: any("none can disagree" in each.message for each in notices.shown),
        timeout=PATIENCE,
    )
    assert shown_cells(assembly) == before
