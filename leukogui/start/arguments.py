"""The arguments of the program on its command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass

import trainer
from trainer.edition import edition


@dataclass(frozen=True)
class Arguments:
    """What to open.

    Attributes:
        paths: a folder, or images, absolute; links in them are not resolved.
        demo: open the folder of drawn cells, drawing it first if need be.
        self_test: open no window; check this copy of the program.
    """

    paths: tuple[str, ...] = ()
    demo: bool = False
    self_test: bool = False


def read_arguments(arguments: Sequence[str] | None = None) -> Arguments:
    """Read the command line; exits with 2 and words on what is not understood.

    Args:
        arguments: None: those of this process.
    """
    parser = argparse.ArgumentParser(
        prog="leukogui", description="Look at blood cells, classify them, and see why."
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a folder, or images, to open")
    parser.add_argument("--demo", action="store_true", help="open a folder of drawn cells")
    parser.add_argument(
        "--self-test", action="store_true", help="check this copy of the program, without a window"
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"leukogui {trainer.__version__}, {edition()} edition",
    )
    found = parser.parse_args(arguments)
    return Arguments(tuple(map(os.path.abspath, found.paths)), found.demo, found.self_test)
