"""The worker's sentences in German, as the worker really says them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from leukogui.language.message_catalogue import SENTENCES
from leukogui.language.worker_messages import capitalized, translate_message
from trainer.domain import CellState
from trainer.errors import ImageError
from trainer.evaluation.differential import compute_differential
from trainer.imaging import read_image
from trainer.inference.alert import AlertRule
from trainer.inference.policy import Policy
from trainer.jobs.common.case.promise import decide_limits, describe_promise
from trainer.jobs.common.report.differential_text import describe_shares
from trainer.jobs.common.source_scale import describe_missing_calibration
from trainer.message_patterns import NUMBER_FIELDS


def reasons() -> Iterator[str]:
    policy = Policy(("monocyte", "myeloblast"), ("lymphocyte",), 0.9, 0.5)
    sure, unsure = np.array([0.96, 0.03, 0.01]), np.array([0.6, 0.3, 0.1])
    yield policy.decide(sure, 0.5, grey=True).reason
    yield policy.decide(np.array([0.1, 0.1, 0.8]), 0.5).reason
    yield policy.decide(sure, 2.5).reason
    yield policy.decide(unsure, 0.5).reason
    yield policy.decide(sure, 0.5, cell=CellState.NONE).reason
    alert = AlertRule((1,), score=-2.0)
    yield replace(policy, alert=alert).decide(sure, 0.75).reason


def test_why_a_cell_was_not_accepted(german: QTranslator) -> None:
    assert [translate_message(reason) for reason in reasons()] == [
        "das Bild hat keine Farbe",
        "mit Wahrscheinlichkeit 0,80 außerhalb der Klassen des Modells",
        "2,5-mal so weit von bekannten Zellen entfernt wie die Grenze",
        "Wahrscheinlichkeit 0,60 unter 0,90",
        "keine Zelle wurde umrissen; das ganze Bild wurde beurteilt",
        "möglicher Blast: myeloblast mit Wahrscheinlichkeit 0,030, 0,75-mal so weit von bekannten "
        "Zellen entfernt wie die Grenze",
    ]


def test_what_is_said_beside_the_figures(german: QTranslator) -> None:
    counts = {"monocyte": 6, "myeloblast": 2, "unknown": 3, "at_edge": 4}
    figures = compute_differential(
        counts, classes=("monocyte", "myeloblast"), beside_white=(), limits={"myeloblast": 20}
    )
    assert [translate_message(each) for each in figures.warnings] == [
        "Nur 8 weiße Zellen wurden klassifiziert; üblich sind 100 oder mehr.",
        "myeloblast: Das Intervall 3,2–65,1 % schließt 20 % ein; bei so wenigen Zellen bleibt "
        "offen, auf welcher Seite der Wert liegt.",
        "3 von 11 Zellen sind unbekannt oder warten auf Durchsicht und gehen in keinen "
        "Prozentwert ein.",
        "4 Zellen sind vom Rand eines Feldes angeschnitten und gehen in keinen Prozentwert ein.",
    ]


def test_what_is_written_of_shares_and_of_a_strange_source(german: QTranslator) -> None:
    accepted = {"cells": 40, "right": 30, "value": 75.0, "low": 58.8, "high": 87.3}
    share = {"low_bound": 10.0, "high_bound": 35.5}
    table = {
        "cells": 100,
        "percent": {"myeloblast": {"cells": 15, "value": 15.0, "low": 8.6, "high": 23.5}},
        "range": {"percent": {"myeloblast": share}},
        "reviewed": {"cells": 0, "reviewed_cells": 50, "all_cells": 104, "accepted": accepted},
    }
    notes: list[str] = []
    for low, high in ((10.0, 35.5), (30.0, 35.5), (1.0, 3.5)):
        share.update(low_bound=low, high_bound=high)
        limits = decide_limits({"myeloblast": 20}, table, known_source=True)
        notes += describe_shares({**table, "limits": limits})
    for source in ("", "Nord"):
        provenance = {
            "calibrated_for_source": False,
            "source": {"profile": {"name": source}},
            "model": {"elsewhere": [{"text": "90 of 100."}] if source else []},
        }
        notes += describe_promise(provenance, table)["text"]
    translated = [translate_message(each) for each in notes]
    assert not set(translated) & set(notes)
    assert (
        "myeloblast: Ob 20 % erreicht sind, ist offen; nach allem, was bekannt ist, sind "
        "10,0–35,5 % möglich."
    ) in translated
    assert "Anderswo gemessen: 90 of 100." in translated
    assert any(each.startswith("72 zufällig gewählte") for each in translated)


def test_why_an_image_could_not_be_read(german: QTranslator, drawn: Path) -> None:
    with pytest.raises(ImageError) as cut:
        read_image(drawn / "cut.jpg")
    assert translate_message(str(cut.value)) == (
        "Die JPEG-Datei ist vor ihrem Ende abgeschnitten. "
        "Die Datei noch einmal von ihrem Ursprung kopieren."
    )


def test_whose_images_the_model_is_calibrated_for(german: QTranslator) -> None:
    said = translate_message(describe_missing_calibration("Lab A", ["Chula", "Munich"]))
    assert said == (
        "Das Modell wurde nicht für Bilder von Lab A kalibriert; seine Wahrscheinlichkeiten "
        "gelten nur für Chula, Munich."
    )
    assert "nicht genannten Quelle" in translate_message(
        describe_missing_calibration("", ["Munich"])
    )


def test_a_part_of_a_sentence_is_told_too_and_a_name_is_left(german: QTranslator) -> None:
    said = translate_message("The PNG file is damaged: a checksum is wrong.")
    assert said == "Die PNG-Datei ist beschädigt: eine Prüfsumme ist falsch."
    assert translate_message("classifying.v1.5 was not classified yet.").startswith(
        "classifying.v1.5 wurde"
    )
    assert capitalized("writing report.html") == "Schreiben: report.html"


def test_what_is_not_known_stays_as_it_is(german: QTranslator) -> None:
    for text in ("", "Something else happened. And more!", "Nur auf Deutsch. Und mehr."):
        assert translate_message(text) == text


def test_in_english_nothing_changes(qapp: QApplication) -> None:
    for reason in reasons():
        assert translate_message(reason) == reason
    assert capitalized("measuring red cells") == "Measuring red cells"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_is_told_with_all_that_is_in_it(german: QTranslator, sentence: str) -> None:
    names = re.findall(r"\{(\w+)\}", sentence)
    parts = {
        name: "77" if len(name) == 1 or name in NUMBER_FIELDS else f"<{name}>" for name in names
    }
    said = translate_message(sentence.format_map(parts))
    assert said != sentence.format_map(parts)
    assert sorted(part for part in parts.values() if part in said) == sorted(parts.values())


def test_what_was_found_among_the_pages_of_a_file(german: QTranslator) -> None:
    notes = {
        "4 focal planes, plane 3 judged": "4 Fokusebenen, Ebene 3 wurde beurteilt",
        "page 2 left out: a mask or drawing": "Seite 2 weggelassen: eine Maske oder Zeichnung",
        "pages 1, 3 left out: not in colour": "Seiten 1, 3 weggelassen: nicht farbig",
        "page 2 left out: 30 x 20 pixels, not 64 x 48": (
            "Seite 2 weggelassen: 30 × 20 Pixel, nicht 64 × 48"
        ),
    }
    assert [translate_message(note) for note in notes] == list(notes.values())


def test_what_an_export_leaves_out(german: QTranslator) -> None:
    said = translate_message("12 cells are pending, and got no label. Review them first.")
    assert said == "12 Zellen sind noch offen und bekamen keine Klasse. Prüfen Sie sie zuerst."
    said = translate_message("No crops: 1 image changed or vanished since, as a. b.png.")
    assert said.startswith("Keine Ausschnitte: 1 Bild")
