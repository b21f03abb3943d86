"""The report of a reviewed case, as a page and as a PDF, in English and German."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pypdf import PdfReader

from tests.trainer.jobs.classified_fields import FACTS, FieldCase, build_field_case
from trainer.cases.case_signature import sign_case
from trainer.cases.records import EXCLUDED, UNKNOWN
from trainer.cases.tables.details import CaseDetails
from trainer.cases.tables.sign_offs import Requirement
from trainer.domain import never_stop
from trainer.jobs.export import job as export
from trainer.models.package.map_gates import MapGate, MapGates
from trainer.protocol.requests import ExportRequest

pytestmark = pytest.mark.slow  # charts and two PDFs

LABORATORY = "Lab <b>One</b>\n=1+1 Street 😀"
DETAILS = CaseDetails(
    sample="S-1 <script>alert(1)</script>",
    patient="P 7",
    stain="May-Grünwald",
    magnification=100.0,
    pixel_size=0.0645,
    notes="=SUM(A1) 😀 🩸 " + "a word " * 400,
)


def exported(made: FieldCase, out: Path, *formats: str, **more: Any) -> Path:
    request = ExportRequest(
        folder=str(made.root), out=str(out), data_dir=str(made.data), formats=formats, **more
    )
    export.run(request, lambda _: None, never_stop)
    return out


def words_of(file: Path) -> str:
    """All words of a PDF, or of a page, parted by single spaces."""
    if file.suffix == ".pdf":
        text = "\n".join(page.extract_text() for page in PdfReader(file).pages)
    else:
        text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", file.read_text("utf-8"), flags=re.DOTALL)
        text = html.unescape(text)
    return " ".join(text.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> FieldCase:
    """A case that two persons reviewed, with a draft beside its folder, and then signed."""
    folder = tmp_path_factory.mktemp("report")
    made = build_field_case(folder)
    made.review("a.png", 1, "lymphocyte")
    made.review("a.png", 2, "smudge_cell")
    made.review("b c/ä.png", 1, UNKNOWN)
    made.review("one.png", 0, EXCLUDED)
    with made.open() as store:
        case = made.case(store)
        store.details.set(case.id, DETAILS)
    logo = np.full((900, 300, 4), 255, np.uint8)
    cv2.imwrite(str(folder / "logo.png"), logo)
    exported(made, folder / "draft", "html", "pdf")
    with made.open() as store:
        sign_case(store, case.id, reviewer="Dr. Ä <i>", requirement=Requirement.NOTHING)
    exported(
        made,
        folder / "signed",
        *("html", "pdf"),
        language="de",
        laboratory=LABORATORY,
        logo=str(folder / "logo.png"),
    )
    return made


@pytest.fixture(scope="module", params=["report.html", "report.pdf"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_draft_says_that_nobody_has_signed_it(made: FieldCase, name: str) -> None:
    words = words_of(made.root.parent / "draft" / name)
    for needed in (
        "DRAFT",
        "Draft: nobody has signed this case",
        "For research use only; not a medical device.",
        "Sample S-1",
        "Stain May-Grünwald",
        "Magnification 100 ×",
        "0.0645 µm",
        "After review",
        "Before review: of what the model accepted",
        "In no percentage by review: Excluded 1, Smudge cell 1, Unknown 1.",
        "4 of 7 cells (57.1 %) were reviewed by a person.",
        "100 white cells 96 more are needed",
        "Only 4 white cells were classified",
        "Segmented neutrophil",
        "probability 0.5",
        "a" * 64,
        "SHA-256 of the card",
        "Left to chance, not chosen",
    ):
        assert needed in words, needed


def test_maps_that_did_not_pass_are_left_out_with_the_reason(tmp_path: Path) -> None:
    gate = MapGate(name="turn", value=-0.1, low=-0.2, high=0.1, threshold=0, n=60)
    facts = replace(FACTS, map_gates=MapGates(gates=(gate,), cells=60))
    out = exported(build_field_case(tmp_path, facts=facts), tmp_path / "out", "html")
    words = words_of(out / "report.html")
    assert "The heat maps of this model did not pass their checks and are left out." in words
    assert "each with the heat map" not in words


def test_a_signed_case_in_german(made: FieldCase, name: str) -> None:
    words = words_of(made.root.parent / "signed" / name)
    assert "ENTWURF" not in words
    with made.open(read_only=True) as store:
        digest = store.audit.head().hash
    for needed in (
        "Unterschrieben von Dr. Ä",
        "Unterschrieben, obwohl nicht jede Zelle von einer Person benannt wurde",
        "Verlangt war: nichts.",
        "Nur für Forschungszwecke; kein Medizinprodukt.",
        "Färbung May-Grünwald",
        "0,0645 µm",
        "Nach der Durchsicht",
        "Segmentkerniger Neutrophiler",
        "Kernschatten 1",
        "noch 96 nötig",
        "Street 😀",
        digest,
    ):
        assert needed in words, needed
    # Numbers have the marks of the language: no interval is written as in English.
    assert not re.search(r"\d\.\d%|\d\.\d ?–", words)


def test_nothing_of_it_is_left_in_english(made: FieldCase) -> None:
    """Every text of the report is looked up; a draft and a signed one hold the same ones."""
    words = words_of(made.root.parent / "signed" / "report.pdf")
    english = ("cells", "white", "review", "class ", "interval", "signed", "image", "run ")
    allowed = "imagecodecs"
    left = [each for each in english if re.search(rf"\b{each}", re.sub(allowed, "", words))]
    assert left == []


def test_hostile_names_are_text_and_a_letter_without_a_font_is_named(made: FieldCase) -> None:
    page = (made.root.parent / "signed" / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert "<b>One" not in page
    assert "data:image/png;base64," in page
    assert 'lang="de"' in page
    words = words_of(made.root.parent / "signed" / "report.pdf")
    assert "🩸" in words or "[U+1FA78]" in words
    assert "<script>alert(1)</script>" in words


def test_the_pdf_is_small_and_names_its_language(made: FieldCase) -> None:
    file = made.root.parent / "signed" / "report.pdf"
    assert file.stat().st_size < 600_000
    reader = PdfReader(file)
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert reader.metadata is not None and reader.metadata.title == "case"
    pictures = [picture for page in reader.pages for picture in page.images]
    assert max(picture.image.size[0] for picture in pictures if picture.image) <= 2000
    assert not any("/URI" in str(page.get("/Annots", "")) for page in reader.pages)


def test_the_change_against_an_earlier_case(tmp_path: Path) -> None:
    made = build_field_case(tmp_path)
    with made.open() as store:
        case = made.case(store)
        store.details.set(case.id, CaseDetails(sample="earlier one", earlier_case=case.id))
    words = words_of(exported(made, tmp_path / "out", "html") / "report.html")
    assert "Change since the patient's earlier case" in words
    assert "Earlier: earlier one" in words
    assert "not detected" in words
    with made.open() as store:
        store.details.set(case.id, CaseDetails(earlier_case=99))
    words = words_of(exported(made, tmp_path / "none", "html") / "report.html")
    assert "Change since" not in words
