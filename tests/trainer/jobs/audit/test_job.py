"""The data set doctor as a person runs it: silent on clean cells, loud on planted shortcuts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.paths import ROOT
from tests.trainer.data.audit.synthetic_sets import (
    KINDS,
    draw_cells,
    encode_compressed,
    encode_framed,
    encode_jpeg,
    encode_tinted,
    write_set,
)
from tests.trainer.jobs.program import parse_events, run_trainer
from trainer.domain import never_stop
from trainer.errors import Cancelled, UserError
from trainer.imaging import read_image
from trainer.jobs.audit import job as audit
from trainer.protocol.training_requests import AuditRequest

DOCS = ROOT / "docs" / "audit.md"


def audited(data: Path, out: Path, **more: Any) -> dict[str, Any]:
    """Run the job here; the record that it wrote."""
    audit.run(AuditRequest(data=str(data), out=str(out), **more), lambda _: None, never_stop)
    record: dict[str, Any] = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    return record


def found(record: dict[str, Any], level: str = "alarm") -> set[str]:
    return {each["id"] for each in record["findings"] if each["level"] == level}


Encode = Callable[[Any, int], bytes]
Planted = Callable[[Encode], dict[str, Any]]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The record of cells with a shortcut planted in them, each audited once."""

    @cache
    def record(encode: Encode) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("planted")
        return audited(write_set(folder / "data", 45, encode=encode), folder / "out")

    return record


def test_clean_cells_raise_no_alarm(tmp_path: Path) -> None:
    record = audited(write_set(tmp_path / "data"), tmp_path / "out")
    assert found(record) == set()
    assert found(record, "note") == {"patients-unknown"}
    assert record["verdict"] == "note"
    assert record["sources"] == []
    assert {each["place"] for each in record["probes"]} == {"border", "background"}
    assert record["not_probed"]["class from file"] == "it is the same for all images"
    assert record["duplicates"]["groups"] == []
    assert [each["images"] for each in record["classes"]] == [20, 20, 20]


@pytest.mark.parametrize(
    ("encode", "alarm"),
    [
        (encode_tinted, "class-from-border"),
        (encode_tinted, "class-from-background"),
        (encode_tinted, "class-with-found-source"),
        (encode_framed, "class-from-border"),
        (encode_compressed, "class-from-file"),
    ],
)
def test_a_planted_shortcut_raises_the_alarm(encode: Encode, alarm: str, planted: Planted) -> None:
    record = planted(encode)
    assert alarm in found(record)
    assert record["verdict"] == "alarm"
    if alarm.startswith("class-from"):
        (told,) = (s for s in record["summary"] if "alone" in s and _place(alarm) in s)
        assert re.search(r"\d+ % against 33 % by chance", told)
        assert "will not carry over to another lab" in told


def _place(alarm: str) -> str:
    return alarm.removeprefix("class-from-")


def test_classes_of_labs_that_are_named(tmp_path: Path) -> None:
    """Class and source go together, but nothing shows it: the table alone is the alarm."""
    write_set(tmp_path / "data")
    lines = ["file,label,source"]
    lines += [
        f"data/{kind}/{path.name},{kind},{'north' if kind == KINDS[0] else 'south'}"
        for kind in KINDS
        for path in sorted((tmp_path / "data" / kind).iterdir())
    ]
    table = tmp_path / "data.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    record = audited(table, tmp_path / "out")
    assert found(record) == {"class-with-source"}
    (link,) = record["sources"]
    assert link["given"]
    assert link["cramers_v"] > 0.9
    assert link["counts"] == [[20, 0], [0, 20], [0, 20]]
    assert "north shows no or hardly any erythroblast and monocyte" in record["summary"][0]
    assert {each["target"] for each in record["probes"]} == {"class", "source"}


def test_copies_conflicts_and_patients(tmp_path: Path) -> None:
    data = tmp_path / "data"
    pictures = draw_cells(40, 3)
    lines = ["file,label,split,patient"]
    for index, picture in enumerate(pictures):
        place = data / f"{index}.jpg"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(encode_jpeg(picture))
        split = "train" if index < 30 else "test"
        lines.append(f"data/{index}.jpg,{KINDS[index % 3]},{split},p{index}")
    shutil.copy(data / "3.jpg", data / "twin.jpg")
    (data / "mirrored.jpg").write_bytes(encode_jpeg(pictures[4][:, ::-1].copy(), 70))
    shutil.copy(data / "6.jpg", data / "conflict.jpg")
    lines.append(f"data/twin.jpg,{KINDS[0]},test,p3")
    lines.append(f"data/mirrored.jpg,{KINDS[1]},train,p4")
    lines.append(f"data/conflict.jpg,{KINDS[2]},train,p6")
    table = tmp_path / "data.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    record = audited(table, tmp_path / "out")
    assert found(record) == {"copies-across-splits", "label-conflict", "patients-across-splits"}
    assert "copies" in found(record, "note")
    texts = {each["id"]: each["text"] for each in record["findings"]}
    assert "split (1 with the same bytes), such as" in texts["copies-across-splits"]
    assert "within one split (1 nearly the same)" in texts["copies"]
    told = {
        tuple(sorted(Path(each["image"]).stem for each in group["images"])): (
            group["identical"],
            group["across_splits"],
            group["label_conflict"],
        )
        for group in record["duplicates"]["groups"]
    }
    assert told == {
        ("3", "twin"): (True, True, False),
        ("4", "mirrored"): (False, False, False),
        ("6", "conflict"): (True, False, True),
    }
    (pair,) = record["duplicates"]["near_pairs"]
    assert pair["turn"] == "mirrored"
    assert record["duplicates"]["identical_groups_across_splits"] == 1
    assert record["patients_across_splits"] == ["p3"]


def test_the_report_stands_alone_and_escapes_names(tmp_path: Path) -> None:
    data = write_set(tmp_path / "<b>data</b>", 30)
    (data / "<script>alert(1)").mkdir()
    for index, picture in enumerate(draw_cells(12, 9)):
        name = "twin" if index < 2 else f"<img src=x>{index}"
        place = data / "<script>alert(1)" / f"{name}{index}.jpg"
        place.write_bytes(encode_jpeg(picture if index != 1 else draw_cells(1, 9)[0]))
    (data / "monocyte" / "cut & short.jpg").write_bytes(b"\xff\xd8\xff")
    audited(data, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img src=x>" not in page
    assert "<b>data" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "cut &amp; short.jpg" in page
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "default-src 'none'" in page
    assert page.count("data:image/jpeg;base64,") >= 6  # two copies, four mean borders
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "audit.json",
        "report.html",
    ]


def test_many_unreadable_images_are_an_alarm_and_told(tmp_path: Path) -> None:
    data = write_set(tmp_path / "data", 30)
    for path in sorted(data.rglob("*.jpg"))[::3]:
        path.write_bytes(path.read_bytes()[:200])
    told = run_trainer("audit", data, "--out", tmp_path / "out", check=(3,))
    assert "10 images of 30 cannot be read (33 %)" in told.stdout
    assert "cut off" in told.stderr
    record = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert "unreadable" in found(record)
    assert len(record["unreadable"]) == 10
    assert "cut off" in record["unreadable"][0]["reason"]


def test_masks_among_the_cells_are_an_alarm(tmp_path: Path) -> None:
    data = write_set(tmp_path / "data", 6)
    first = min(data.rglob("*.jpg"))
    mask = np.zeros_like(read_image(first).pixels)
    mask[20:60, 30:70] = 255
    for name in ("one", "two"):
        Pillow.fromarray(mask).save(first.with_name(f"{name}.png"))
    record = audited(data, tmp_path / "out")
    (text,) = (each["text"] for each in record["findings"] if each["id"] == "masks")
    assert text.startswith("2 images look like masks, not like cells")
    assert "masks" in found(record)


def test_nothing_readable_is_an_error_in_words(tmp_path: Path) -> None:
    for kind in KINDS:
        (tmp_path / "data" / kind).mkdir(parents=True)
        (tmp_path / "data" / kind / "a.jpg").write_bytes(b"no")
    with pytest.raises(UserError, match="None of the 3 images can be read"):
        audited(tmp_path / "data", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_is_written_among_images(tmp_path: Path) -> None:
    data = write_set(tmp_path / "data", 6)
    for out in (data, data / "report", data / KINDS[0] / "report"):
        with pytest.raises(UserError, match="among the images"):
            audited(data, out)
    assert not (data / "report").exists()


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    data = write_set(tmp_path / "data", 30)
    for answers in (3, 31):
        asked = iter(range(1000))
        request = AuditRequest(data=str(data), out=str(tmp_path / "out"))
        with pytest.raises(Cancelled):
            audit.run(request, lambda _: None, lambda n=answers, it=asked: next(it) >= n)  # type: ignore[misc]
        assert list((tmp_path / "out").iterdir()) == []


def test_the_command_says_all_and_repeats_itself(tmp_path: Path) -> None:
    data = write_set(tmp_path / "data", 45, encode=encode_tinted)
    told = run_trainer("audit", data, "--out", tmp_path / "one", "--seed", 3, "--json")
    events = parse_events(told.stdout)
    assert {e["stage"] for e in events if e["event"] == "progress"} == {
        "reading images",
        "comparing images",
        "probing",
    }
    result = events[-1]["result"]
    assert (result["verdict"], result["failed"]) == ("alarm", 0)
    audited(data, tmp_path / "two", seed=3)
    one, two = (
        json.loads((tmp_path / name / "audit.json").read_text(encoding="utf-8"))
        for name in ("one", "two")
    )
    assert one.pop("seconds") > 0
    assert two.pop("seconds") > 0
    assert one == two
    assert [each["id"] for each in one["findings"]] == result["findings"]


def test_every_field_is_documented(tmp_path: Path) -> None:
    record = audited(write_set(tmp_path / "data", 6), tmp_path / "out")
    text = DOCS.read_text(encoding="utf-8")
    assert [name for name in record if f"`{name}`" not in text] == []
    assert "not-probed" in found(record, "note")
