"""What a program of a frozen bundle leaves to the programs that it starts."""

from __future__ import annotations

import os
import sys

import pytest

from trainer.locations import prepare_bundle

LOADER, BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"
RESET = "PYINSTALLER_RESET_ENVIRONMENT"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    variables = {LOADER: "/bundle/_internal"}
    monkeypatch.setattr(os, "environ", variables)
    return variables


def test_a_checkout_changes_nothing(environment: dict[str, str]) -> None:
    prepare_bundle()
    assert environment == {LOADER: "/bundle/_internal"}


def test_a_browser_takes_no_library_of_the_bundle(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    prepare_bundle()
    assert environment == {RESET: "1"}, "a child of ours then finds its libraries by itself"


def test_what_the_user_had_set_holds_again(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    environment[BEFORE] = "/home/lab/lib"
    prepare_bundle()
    assert environment == {LOADER: "/home/lab/lib", RESET: "1"}
