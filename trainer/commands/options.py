"""Options that several commands share."""

from __future__ import annotations

import argparse


def common_options() -> argparse.ArgumentParser:
    """Build the parent parser of every command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--json", action="store_true", help="print events as JSON lines instead of progress bars"
    )
    return common


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the labelled cells that a command reads."""
    parser.add_argument("data", metavar="DATA", help="class folders, split folders or a CSV")


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add the folder of the store and the models."""
    parser.add_argument(
        "--data-dir", metavar="DIR", help="where cases and models are kept (default: user's)"
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the model that a command runs."""
    parser.add_argument("--model", metavar="ID|DIR", help="a model (default: the serving one)")


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the device that computes."""
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"))


def add_precision(parser: argparse.ArgumentParser) -> None:
    """Add the precision of a run."""
    parser.add_argument("--precision", choices=("exact", "fast"))


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the seed of a command's random numbers."""
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of all that is drawn by chance (default: 0)"
    )
