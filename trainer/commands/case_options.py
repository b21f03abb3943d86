"""Words of the command line for cases and their store: summary, export, similar, source, store."""

from __future__ import annotations

import argparse

from trainer.commands.study_options import DATA_DIR_HELP
from trainer.protocol.requests import EXPORT_FORMATS


def add_summary(parser: argparse.ArgumentParser) -> None:
    """Words of `summary`."""
    _add_case_options(parser)
    parser.add_argument("--compare", action="store_true", help="look for images that changed since")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Words of `export`."""
    _add_case_options(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the files")
    parser.add_argument(
        "--formats",
        type=lambda text: text.split(","),
        metavar="F,F,...",
        help=f"any of {','.join(EXPORT_FORMATS)} (default: all)",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files of those names")


def add_similar(parser: argparse.ArgumentParser) -> None:
    """Words of `similar`."""
    _add_case_options(parser)
    parser.add_argument("image", metavar="IMAGE", help="an image of the folder")
    parser.add_argument("--count", type=int, metavar="N", help="how many of each kind")


def add_source(parser: argparse.ArgumentParser) -> None:
    """Words of `source`."""
    parser.add_argument("folder", metavar="FOLDER", help="the case's folder")
    parser.add_argument("--name", metavar="NAME", help="lab or scanner of the images")
    parser.add_argument("--stain", metavar="NAME", help="how they were stained")
    scale = parser.add_mutually_exclusive_group()
    scale.add_argument(
        "--red-cell-diameter", type=float, metavar="PX", help="in the images' pixels"
    )
    scale.add_argument("--pixel-size", type=float, metavar="UM", help="micrometres a pixel")
    scale.add_argument(
        "--measure", action="store_true", help="measure the red cells at each run (default)"
    )
    parser.add_argument("--data-dir", metavar="DIR", help=DATA_DIR_HELP)


def add_store(parser: argparse.ArgumentParser) -> None:
    """Words of `store`."""
    parser.add_argument("action", choices=("check", "backups", "restore"))
    parser.add_argument("--backup", metavar="FILE", help="to restore; the newest without it")
    parser.add_argument("--data-dir", metavar="DIR", help=DATA_DIR_HELP)


def _add_case_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="folder that was classified")
    parser.add_argument(
        "--run", type=int, metavar="N", help="one run (default: all of the newest run's model)"
    )
    parser.add_argument("--data-dir", metavar="DIR", help=DATA_DIR_HELP)
