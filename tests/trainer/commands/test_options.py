"""Options that hold for every command: the data folder, and numbers as a person types them."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from trainer.commands.options import parse_decimal
from trainer.commands.parser import COMMANDS, build_parser, request_of
from trainer.protocol.requests import SourceRequest
from trainer.protocol.training_requests import TrainRequest
from trainer.protocol.validation import request_types

ARGUMENTS = {
    "judge": ["a", "b", "--out", "o"],
    "classify": ["a.png", "--out", "o"],
    "explain": ["a.png", "--out", "o"],
    "models": ["list"],
    "devices": [],
    "demo": ["d"],
    "summary": ["f"],
    "import-cells": ["f", "cells.json"],
    "cells": ["f"],
    "similar": ["f", "a.png"],
    "ablate": ["f", "a.png"],
    "heat": ["f", "a.png"],
    "suggest": ["f"],
    "changes": ["f"],
    "case": ["show", "f"],
    "agreement": ["f"],
    "references": ["list"],
    "store": ["check"],
    "self-test": [],
    "source": ["f"],
    "train": ["d"],
}


def options_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return parser._actions


def commands() -> dict[str, argparse.ArgumentParser]:
    (choices,) = (a.choices for a in options_of(build_parser()) if a.dest == "job")
    assert isinstance(choices, dict)
    return {name: choices[name] for name, _, _ in COMMANDS}


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_command_takes_the_data_folder(name: str, tmp_path: Path) -> None:
    words = [name, *ARGUMENTS.get(name, ["d", "--out", "o"]), "--data-dir", str(tmp_path)]
    request = request_of(build_parser().parse_args(words))
    assert getattr(request, "data_dir", None) == str(tmp_path)
    assert "data_dir" in request_types()[name].model_fields


@pytest.mark.parametrize("words", [["explain", "a.png", "--out", "o"], ["heat", "f", "a.png"]])
def test_a_class_to_tell_from_is_no_path(words: list[str]) -> None:
    request = request_of(build_parser().parse_args([*words, "--against", "monocyte"]))
    assert getattr(request, "against", None) == "monocyte"


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_number_may_have_a_decimal_comma(name: str) -> None:
    assert not [action.dest for action in options_of(commands()[name]) if action.type is float]


@pytest.mark.parametrize(
    ("text", "number"),
    [("35,5", 35.5), ("35.5", 35.5), (" 7 ", 7.0), (",5", 0.5), ("-0,25", -0.25), ("1e2", 100.0)],
)
def test_numbers(text: str, number: float) -> None:
    assert parse_decimal(text) == number


@pytest.mark.parametrize("text", ["1.234,5", "1,2,3", "abc", "", "nan", "inf", "35,"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="not a number"):
        parse_decimal(text)


def test_decimal_commas_reach_the_request() -> None:
    words = ["source", "f", "--red-cell-diameter", "35,5"]
    source = request_of(build_parser().parse_args(words))
    assert isinstance(source, SourceRequest) and source.red_cell_diameter == 35.5
    words = ["train", "d", "--recipe", "dropout=0,25", "--recipe", "steps=10"]
    train = request_of(build_parser().parse_args(words))
    assert isinstance(train, TrainRequest) and train.recipe == {"dropout": 0.25, "steps": 10}
