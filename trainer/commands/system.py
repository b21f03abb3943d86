"""Commands for the program itself: models, devices and demo."""

from __future__ import annotations

import argparse
from typing import get_args

from trainer.commands.options import (
    add_data_dir,
    add_device,
    add_model,
    add_precision,
    add_seed,
    parse_decimal,
)
from trainer.protocol.requests import ModelAction

MODEL_ACTIONS = get_args(ModelAction)


def add_models(parser: argparse.ArgumentParser) -> None:
    """Add the options of `models`."""
    parser.add_argument("action", choices=MODEL_ACTIONS)
    parser.add_argument("model", nargs="?", metavar="ID|FILE", help="a model, or what to import")
    parser.add_argument("path", nargs="?", metavar="FILE", help="archive to export to")
    parser.add_argument("--title", metavar="TEXT", help="the new name (rename)")
    parser.add_argument("--person", metavar="NAME", help="who acts, for the trail of the models")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the trail of the models")
    add_data_dir(parser)


def add_devices(parser: argparse.ArgumentParser) -> None:
    """Add the options of `devices`."""
    parser.add_argument("--self-test", action="store_true", help="compare with f32 on the CPU")
    parser.add_argument("--seconds", type=parse_decimal, metavar="N", help="how long (default: 5)")
    add_model(parser)
    add_device(parser)
    add_precision(parser)
    add_data_dir(parser)


def add_self_test(parser: argparse.ArgumentParser) -> None:
    """Add the options of `self-test`."""
    add_data_dir(parser)


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Add the options of `demo`."""
    parser.add_argument("folder", metavar="DIR", help="a new folder")
    parser.add_argument("--per-kind", type=int, metavar="N", help="cells of each kind")
    add_seed(parser)
    parser.add_argument("--unreadable", action="store_true", help="add an image that is cut short")
    add_data_dir(parser)
