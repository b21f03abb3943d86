"""Words of the command line for labelled cells: audit, evaluate, compare, tune, doubts."""

from __future__ import annotations

import argparse

from trainer.models.backbones import BACKBONES

DATA_HELP = "class folders, split folders or a CSV"
SEED_HELP = "of all that is drawn by chance (default: 0)"
WEIGHTS_HELP = "where a network begins: imagenet (default), none (random), or a file"
DATA_DIR_HELP = "where cases and models are kept (default: user's)"


def add_audit(parser: argparse.ArgumentParser) -> None:
    """Words of `audit`."""
    parser.add_argument("data", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the report")
    parser.add_argument("--seed", type=int, metavar="N", help="of folds and permutations")


def add_evaluate(parser: argparse.ArgumentParser) -> None:
    """Words of `evaluate`."""
    parser.add_argument("data", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the report")
    parser.add_argument("--model", metavar="ID|DIR", help="a model (default: the serving one)")
    parser.add_argument(
        "--split", choices=("train", "val", "test"), help="(default: test, or all without splits)"
    )
    parser.add_argument(
        "--quick",
        dest="thorough",
        action="store_const",
        const=False,
        help="without perturbations and measures of the heat maps",
    )
    parser.add_argument("--seed", type=int, metavar="N", help=SEED_HELP)
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"))
    parser.add_argument("--data-dir", metavar="DIR", help=DATA_DIR_HELP)


def add_doubts(parser: argparse.ArgumentParser) -> None:
    """Words of `doubts`."""
    parser.add_argument("data", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for doubts.csv")
    parser.add_argument("--model", metavar="ID|DIR", help="whose features (default: serving)")
    parser.add_argument("--folds", type=int, metavar="N", help="parts (default: 5)")
    parser.add_argument("--seed", type=int, metavar="N", help=SEED_HELP)
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"))
    parser.add_argument("--data-dir", metavar="DIR", help=DATA_DIR_HELP)


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Words of `compare`."""
    parser.add_argument("data", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for all of it")
    parser.add_argument(
        "--backbones", type=_split_list, metavar="A,B,...", help=f"of {', '.join(BACKBONES)}"
    )
    parser.add_argument(
        "--models", type=_split_list, metavar="ID,...", help="models that are there already"
    )
    parser.add_argument(
        "--seeds", type=_parse_numbers, metavar="N,...", help="train once with each (default: 0)"
    )
    _add_training_options(parser)
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"))
    parser.add_argument("--data-dir", metavar="DIR", help=DATA_DIR_HELP)


def add_tune(parser: argparse.ArgumentParser) -> None:
    """Words of `tune`."""
    parser.add_argument("data", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the study")
    parser.add_argument("--backbone", metavar="NAME", help=", ".join(BACKBONES))
    parser.add_argument("--from", dest="from_model", metavar="MODEL", help="model to go on from")
    parser.add_argument("--trials", type=int, metavar="N", help="recipes to try (default: 20)")
    parser.add_argument("--minutes", type=float, metavar="N", help="begin none after so many")
    parser.add_argument("--folds", type=int, metavar="N", help="parts (default: 3)")
    parser.add_argument("--seed", type=int, metavar="N", help=SEED_HELP)
    parser.add_argument(
        "--other", dest="other_classes", action="append", metavar="LABEL", help="as for train"
    )
    _add_training_options(parser)
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"))
    parser.add_argument("--data-dir", metavar="DIR", help=DATA_DIR_HELP)


def _add_training_options(parser: argparse.ArgumentParser) -> None:
    """What every training is told."""
    parser.add_argument("--preset", choices=("head", "finetune", "full"), help="as for train")
    parser.add_argument(
        "--weights", metavar="imagenet|none|FILE", default="imagenet", help=WEIGHTS_HELP
    )
    parser.add_argument(
        "--download", action="store_true", help="allow the download of ImageNet weights"
    )
    parser.add_argument("--steps", type=int, metavar="N", help="training steps of each")
    parser.add_argument(
        "--recipe", action="append", default=[], metavar="KEY=VALUE", help="change the recipe"
    )


def _split_list(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _parse_numbers(text: str) -> list[int]:
    return [int(word) for word in _split_list(text)]
