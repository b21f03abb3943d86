"""Any text as the name of a file: no path, valid everywhere, different names apart."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.file_names import escape_file_name

DEVICES = {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"}
DEVICES |= {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("seg_neutrophil", "seg_neutrophil"),
        ("Große Zelle (jung), 1.5", "Große Zelle (jung), 1.5"),
        ("細胞", "細胞"),
        ("../../outside", "%2E.%2F..%2Foutside"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("", "%"),
        ("/etc/passwd", "%2Fetc%2Fpasswd"),
        ("C:\\x", "C%3A%5Cx"),
        ('<>:"/\\|?*', "%3C%3E%3A%22%2F%5C%7C%3F%2A"),
        ("blast?", "blast%3F"),
        ("100%", "100%25"),
        ("blast.", "blast%2E"),
        ("blast ", "blast%20"),
        (" blast", "%20blast"),
        (".hidden", "%2Ehidden"),
        ("CON", "%43ON"),
        ("nul.txt", "%6Eul.txt"),
        ("com1", "%63om1"),
        ("LPT²", "%4CPT²"),
        ("aux .png", "%61ux .png"),
        ("console", "console"),
        ("a\nb\0c", "a%0Ab%00c"),
        ("\udcff", "%ED%B3%BF"),
    ],
)
def test_names(name: str, escaped: str) -> None:
    assert escape_file_name(name) == escaped


ODD = st.text(st.sampled_from(list('aA%2E5CONconul.:/\\ ~\n"ä\u0308¹'))) | st.text()


@given(ODD)
def test_no_name_is_a_path_or_refused_by_a_system(name: str) -> None:
    escaped = escape_file_name(name)
    assert not re.search('[<>:"/\\\\|?*\x00-\x1f]', escaped)
    assert escaped and escaped[0] not in ". " and escaped[-1] not in ". "
    assert escaped.split(".")[0].rstrip().casefold() not in DEVICES
    assert (Path("out") / escaped).parent == Path("out")
    assert PureWindowsPath(escaped).name == escaped
    assert len(escaped.encode()) <= 100


@given(ODD, ODD)
def test_different_names_stay_apart(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    first, second = escape_file_name(one, [one, other]), escape_file_name(other, [one, other])
    assert (first.casefold() == second.casefold()) == same


@given(st.text(min_size=1, max_size=20))
def test_what_is_short_can_be_read_back(name: str) -> None:
    assert unquote(escape_file_name(name, max_bytes=1000)) == unicodedata.normalize("NFC", name)


def test_long_names_are_cut_and_stay_apart() -> None:
    names = [f"{'ü' * 300}{number}" for number in range(3)]
    escaped = {escape_file_name(name, max_bytes=60) for name in names}
    assert len(escaped) == 3
    assert all(len(name.encode()) <= 60 and name.startswith("üüü") for name in escaped)


def test_names_that_a_disk_takes_for_one_stay_apart() -> None:
    names = ["Blast", "blast", "monocyte"]
    escaped = [escape_file_name(name, names) for name in names]
    assert len({name.casefold() for name in escaped}) == 3
    assert escaped[0].startswith("Blast~") and escaped[2] == "monocyte"
