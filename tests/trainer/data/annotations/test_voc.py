"""Pascal VOC as BCCD writes it; broken files are refused with the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainer.data.annotations.annotated_cells import message_of, put
from trainer.data.annotations.voc import is_voc, read_voc
from trainer.domain import Box
from trainer.errors import UserError

BOX = "<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40</xmax><ymax>60</ymax></bndbox>"
OBJECT = f"<object><name>WBC</name><truncated>0</truncated>{BOX}</object>"
SIZE = "<size><width>200</width><height>150</height><depth>3</depth></size>"


def annotation(*objects: str, size: str = SIZE, filename: str = "f.jpg") -> str:
    parts = (f"<filename>{filename}</filename>", size, *objects)
    return "<annotation>\n" + "\n".join(parts) + "\n</annotation>"


def test_cells_are_read(tmp_path: Path) -> None:
    cut = OBJECT.replace("<truncated>0", "<truncated>1").replace("WBC", " RBC\n")
    path = put(tmp_path / "f.xml", annotation(OBJECT, cut))
    (image,) = read_voc(path).images
    assert (image.name, image.width, image.height) == ("f.jpg", 200, 150)
    assert [cell.label for cell in image.cells] == ["WBC", "RBC"]
    assert [cell.cell.box for cell in image.cells] == [Box(10, 20, 30, 40)] * 2
    assert [cell.cell.at_edge for cell in image.cells] == [False, True]
    assert all(cell.reviewed for cell in image.cells)
    assert is_voc(path)


def test_what_is_not_stated(tmp_path: Path) -> None:
    for size in ("", "<size/>", "<size><width>0</width><height>0</height></size>"):
        (image,) = read_voc(put(tmp_path / "g.xml", annotation(size=size, filename=""))).images
        assert (image.name, image.width, image.height, image.cells) == ("g", 0, 0, ())


def test_any_encoding_and_names_of_windows(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + annotation(OBJECT, filename="a\\ä.jpg")
    path = put(tmp_path / "g.xml", text.encode("utf-16"))
    assert is_voc(path)
    assert read_voc(path).images[0].name == "a/ä.jpg"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (annotation(OBJECT.replace("40", "nan")), "line 4: <xmax> is “nan”"),
        (annotation(OBJECT.replace("40", "inf")), "line 4: <xmax> is “inf”"),
        (annotation(OBJECT, OBJECT.replace("40", "wide")), "line 5: <xmax> is “wide”"),
        (annotation(OBJECT.replace("40", "10")), "line 4: the box of the cell is 0 × 40"),
        (annotation(OBJECT.replace("40", "400").replace("10", "300")), "line 4: the box (300"),
        (annotation(OBJECT.replace("WBC", "")), "line 4: the object has no name"),
        (annotation("<object><name>WBC</name></object>"), "line 4: the object “WBC” has no box"),
        (annotation(OBJECT.replace("ymax", "y")), "line 4: <bndbox> has no <ymax>"),
        (annotation(OBJECT)[:-5], "line 5: this is no XML"),
        ("", "this is no XML"),
        ("<html></html>", "it begins with <html>"),
        ("<a>" * 50, "nested too deep"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>\n<annotation>&b;</annotation>', "entities are not"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "f">]>\n<annotation>&b;</annotation>', "entities are not"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str, words: str) -> None:
    message = message_of(read_voc, put(tmp_path / "f.xml", text))
    assert words in message
    assert "“f.xml”" in message


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*OBJECT.replace("><", ">\0<").split("\0"), "7", "&", "é"])))
def test_any_text_is_read_or_refused(tmp_path_factory, parts: list[str]) -> None:
    path = put(tmp_path_factory.getbasetemp() / "f.xml", annotation(*parts))
    try:
        read_voc(path)
    except UserError as error:
        assert "f.xml" in error.message
