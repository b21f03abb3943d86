"""Options that several commands share."""

from __future__ import annotations

import argparse
import math
import re
from typing import get_args

from trainer.protocol.records import Alert

_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")


def common_options() -> argparse.ArgumentParser:
    """Build the parent parser of every command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--json", action="store_true", help="print events as JSON lines instead of progress bars"
    )
    return common


def parse_decimal(text: str) -> float:
    """Return the number that a person typed, with a decimal point or a decimal comma.

    Raises:
        argparse.ArgumentTypeError: no finite number; 1.234,5 is none.
    """
    stripped = text.strip()
    try:
        number = float(stripped.replace(",", ".") if is_decimal_comma(stripped) else stripped)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number, such as 35.5 or 35,5")
    return number


def is_decimal_comma(text: str) -> bool:
    """Whether a text is a number with a decimal comma, as 35,5."""
    return bool(_DECIMAL_COMMA.fullmatch(text))


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the labelled cells that a command reads, and what is made of their labels."""
    parser.add_argument(
        "data",
        metavar="DATA",
        help="class folders, split folders, a CSV, or annotations (COCO, QuPath, VOC, YOLO)",
    )
    add_merge_labels(parser)
    add_any_suffix(parser)


def add_merge_labels(parser: argparse.ArgumentParser) -> None:
    """Add what is made of labels that differ in their spelling."""
    parser.add_argument(
        "--merge-labels",
        action="store_true",
        default=None,
        help="take labels as one that differ only in case, spaces, hyphens or invisible characters",
    )


def add_any_suffix(parser: argparse.ArgumentParser) -> None:
    """Add the reading of images whatever their names."""
    parser.add_argument(
        "--any-suffix",
        action="store_true",
        help="also read files of another suffix, or none, that hold a JPEG, PNG, TIFF, ...",
    )


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


def add_alert(parser: argparse.ArgumentParser) -> None:
    """Add how readily possible blasts go to review."""
    parser.add_argument(
        "--alert",
        choices=get_args(Alert),
        help="how readily cells of a source that the model does not know go to review as possible "
        "blasts (default: balanced; what each costs stands in the model's card)",
    )


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the seed of a command's random numbers."""
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of all that is drawn by chance (default: 0)"
    )
