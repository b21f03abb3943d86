"""What a program of a frozen bundle leaves to the programs that it starts."""

from __future__ import annotations

import os
import sys

import pytest

from trainer.locations import prepare_bundle

LOADER, BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"
RESET = "PYINSTALLER_RESET_ENVIRONMENT"


@pytest.fixture(autouse=True)
def _loader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RESET, "")  # so that it is put back afterwards
    monkeypatch.setenv(BEFORE, "")
    monkeypatch.setenv(LOADER, "/bundle/_internal")


def test_a_checkout_changes_nothing() -> None:
    prepare_bundle()
    assert os.environ[LOADER] == "/bundle/_internal"
    assert not os.environ[RESET]


def test_a_browser_takes_no_library_of_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    prepare_bundle()
    assert LOADER not in os.environ
    assert os.environ[RESET] == "1", "a child of ours then finds its libraries by itself"


def test_what_the_user_had_set_holds_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv(BEFORE, "/home/lab/lib")
    prepare_bundle()
    assert os.environ[LOADER] == "/home/lab/lib"


def test_words_for_a_terminal_do_no_harm_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "stderr", None)
    prepare_bundle()
    with sys.stderr:
        assert sys.stderr.write("The window is open already.") > 0
