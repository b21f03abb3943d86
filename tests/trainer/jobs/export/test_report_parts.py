"""The head of the lab and the language of a report."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.cases.review_classes import build_default_classes
from trainer.errors import UserError
from trainer.jobs.export.report.differentials import ClassNames
from trainer.jobs.export.report.identity import read_letterhead
from trainer.jobs.export.report.language import ReportLanguage


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken", b"<svg/>"])
def test_a_logo_is_a_picture(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(UserError, match="logo"):
        read_letterhead("", str(tmp_path / "logo.png"))
    with pytest.raises(UserError, match="cannot be read"):
        read_letterhead("", str(tmp_path / "none.png"))


def test_a_logo_is_drawn_anew_and_small(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "logo.jpg"), np.zeros((500, 2000, 3), np.uint8))
    data = read_letterhead(" a \n\n b", str(tmp_path / "logo.jpg"))
    picture = cv2.imdecode(np.frombuffer(data.logo, np.uint8), cv2.IMREAD_COLOR)
    assert (data.lines, picture.shape) == (("a", "b"), (200, 800, 3))


def test_numbers_and_times_of_a_language() -> None:
    english, german = ReportLanguage("en"), ReportLanguage("de")
    assert (english.number(1234), german.number(1234)) == ("1,234", "1.234")
    stamp = "2026-03-04T05:06:07+00:00"
    assert (english.time(stamp), german.time(stamp)) == (
        "2026-03-04 05:06 UTC",
        "04.03.2026 05:06 UTC",
    )
    assert german.share({"value": 12.34, "low": 1.0, "high": None}) == ("12,3", "1,0–ohne Grenze")
    assert german.tr("no such text {n}", n=1000) == "no such text 1.000"
    known = "Only 3 white cells were classified; 100 or more are the custom."
    assert german.sentence(known).startswith("Nur 3 weiße Zellen")


def test_classes_have_their_display_names() -> None:
    classes = build_default_classes(["myeloblast", "own_class"], {})
    names = ClassNames(classes, ReportLanguage("de"))
    assert names.rename("myeloblast: 20 % is open.") == "Myeloblast: 20 % is open."
    assert names.rename("seg: one.") == "seg: one."
    counts = {"lymphocyte": 2, "own_class": 1, "unknown": 1200, "of_no_list": 1}
    assert names.count(counts) == "Lymphozyt 2, Own class 1, Unbekannt 1.200, of no list 1"
    assert names.mark("of_no_list").letter == "?"
