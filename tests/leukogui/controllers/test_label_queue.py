"""The cells to label first, gone through by key in the real window with a real worker."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukogui.app import App
from tests.leukogui.review_steps import MODEL, build_case, name, open_for_review, press
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.cases.records import NewReview
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Precision
from trainer.inference.feature_distance import encode_embedding
from trainer.locations import STORE_NAME

GROUPS = ((0, 4), (1, 3), (2, 2))
"""Direction of the features, and number of cells, of each group of like cells."""


def build_featured_case(folder: Path, data: Path) -> Path:
    """A case of nine cells whose stored features lie in three groups."""
    build_case(folder, data, 9)
    with CaseStore.open(data / STORE_NAME) as store:
        case = store.cases.find_or_create(folder)
        before = store.runs.list_of_case(case.id)[-1]
        cells = [*store.predictions.stream(before.id)]
        run = store.runs.start(
            case.id,
            model=MODEL,
            model_sha256="a" * 64,
            precision=Precision.F32,
            device="CPU",
            settings={"model_facts": FACTS},
            images=[each.image for each in cells],
        )
        features = []
        for direction, count in GROUPS:
            for index in range(count):
                vector = np.zeros(8, np.float32)
                vector[direction], vector[7] = 10, index
                features.append(encode_embedding(vector))
        store.predictions.add(run.id, cells, features)
        store.runs.finish(run.id)
    return folder


FACTS = {
    "id": MODEL,
    "card_sha256": "a" * 64,
    "backbone": "MobileNetV2",
    "classes": ["basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil"],
    "other_classes": [],
    "thresholds": {"review_probability": 0.9, "unknown_probability": 0.5},
    "calibrated_for": [],
}


def message(app: App) -> str:
    return " ".join(each.message for each in app.window.notifications.shown)


def test_keys_lead_through_the_cells_to_label(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    """Of fewer cells than are named, all: those that stand for others first, then the next."""
    app = open_for_review(qtbot, program(), build_featured_case(tmp_path / "case", with_model))
    gallery, cells = app.window.review.gallery, app.window.review.cells
    press(app, Qt.Key.Key_F4, qtbot)
    qtbot.waitUntil(lambda: "To label first: 1 of 9" in message(app), timeout=PATIENCE)
    queue = app.label_queue_controller.cells
    assert cells.query.cells == frozenset(queue)
    assert gallery.current_cell() == queue[0]
    # A review leads on within the queue, and the key goes on behind the current cell.
    press(app, Qt.Key.Key_1, qtbot)
    press(app, Qt.Key.Key_F4, qtbot)
    reviewed = app.session.model
    assert reviewed is not None
    current = gallery.current_cell()
    assert current in queue and reviewed.review(current) is None
    assert "To label first: " in message(app)
    # Another case, or another run, has others.
    app.session.run_changed.emit()
    assert app.label_queue_controller.cells == ()


def test_when_every_cell_was_reviewed(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_featured_case(tmp_path / "case", with_model)
    with CaseStore.open(with_model / STORE_NAME) as store:
        case = store.cases.find_or_create(folder)
        reviews = [NewReview(name(at).image, "", "monocyte") for at in range(9)]
        store.reviews.add(case.id, reviews, reviewer="AB")
    app = open_for_review(qtbot, program(), folder)
    model = app.session.model
    assert model is not None
    qtbot.waitUntil(lambda: model.counts().reviewed == 9, timeout=PATIENCE)
    app.window.commands["label_next"].trigger()
    qtbot.waitUntil(lambda: "Every cell of this case" in message(app), timeout=PATIENCE)
    assert app.window.review.cells.query.cells is None
    assert app.window.review.gallery.current_cell() in [CellId(each) for each in model.names]
