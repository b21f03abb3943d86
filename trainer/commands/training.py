"""Commands for labelled cells: train, tune, compare, evaluate, doubts and audit."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trainer.commands.options import (
    add_alert,
    add_any_suffix,
    add_data,
    add_data_dir,
    add_device,
    add_merge_labels,
    add_model,
    add_seed,
    is_decimal_comma,
    parse_decimal,
)
from trainer.errors import UserError
from trainer.models.backbones import BACKBONES

WEIGHTS_HELP = "where a network begins: imagenet (default), none (random), or a file"


def add_train(parser: argparse.ArgumentParser) -> None:
    """Add the options of `train`."""
    add_data(parser)
    parser.add_argument("--backbone", metavar="NAME", help=", ".join(BACKBONES))
    parser.add_argument(
        "--preset",
        choices=("head", "finetune", "full"),
        help="train the head alone, the last block too (default), or all layers",
    )
    parser.add_argument(
        "--weights", metavar="imagenet|none|FILE", default="imagenet", help=WEIGHTS_HELP
    )
    parser.add_argument(
        "--download", action="store_true", help="allow the download of ImageNet weights"
    )
    parser.add_argument("--from", dest="from_model", metavar="MODEL", help="model to go on from")
    parser.add_argument("--out", metavar="DIR", help="folder of the new model package")
    add_seed(parser)
    parser.add_argument("--steps", type=int, metavar="N", help="training steps")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the same training where it broke off"
    )
    parser.add_argument("--name", metavar="ID", help="id of the new model")
    parser.add_argument(
        "--other",
        dest="other_classes",
        action="append",
        metavar="LABEL",
        help="a label to recognise as outside the classes (repeat for more)",
    )
    parser.add_argument(
        "--holdout",
        dest="holdouts",
        action="append",
        metavar="NAME=DATA",
        help="further labelled data to measure the model on (repeat for more)",
    )
    parser.add_argument(
        "--leave-out",
        action="append",
        metavar="SOURCE[:CLASS]",
        help="cells to train without and to measure on (repeat for more)",
    )
    parser.add_argument(
        "--left-out-table", metavar="FILE", help="left-out.json of the recipe, for the card"
    )
    parser.add_argument(
        "--about", metavar="JSON", help="file with title, licence, attribution, tried and notes"
    )
    parser.add_argument(
        "--recipe", action="append", default=[], metavar="KEY=VALUE", help="change the recipe"
    )
    add_data_dir(parser)


TUNING = ("trials", "folds", "minutes")
"""Options of `tune` that decide how long it takes."""


def add_forecast(parser: argparse.ArgumentParser) -> None:
    """Add the options of `forecast`: those of `train`, and how far a tuning would go."""
    add_train(parser)
    _add_tuning(parser, "not of the training but of a tuning: recipes to try")


def add_reviewed_cells(parser: argparse.ArgumentParser) -> None:
    """Add the options of `reviewed-cells`."""
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="of a case each")
    parser.add_argument("--out", required=True, metavar="CSV", help="file to write")
    which = parser.add_mutually_exclusive_group()
    for option, value, text in (
        ("--locked", "locked", "only those of locked patients, which no model learns from"),
        ("--all", "all", "those of locked patients too, to measure on"),
    ):
        which.add_argument(
            option, dest="cells", action="store_const", const=value, default="to learn", help=text
        )
    add_data_dir(parser)


def add_adapt(parser: argparse.ArgumentParser) -> None:
    """Add the options of `adapt`."""
    parser.add_argument(
        "data", metavar="CASE|DATA", help="folder with reviewed cells, or labelled data as of train"
    )
    add_merge_labels(parser)
    add_any_suffix(parser)
    parser.add_argument(
        "--from", dest="from_model", metavar="MODEL", help="model to adapt (default: serving)"
    )
    parser.add_argument("--out", metavar="DIR", help="folder of the new model package")
    parser.add_argument("--name", metavar="ID", help="id of the new model")
    parser.add_argument(
        "--new-class",
        dest="new_classes",
        action="append",
        metavar="LABEL",
        help="a label that the model lacks and that becomes a class (repeat for more)",
    )
    parser.add_argument(
        "--leave-out",
        action="append",
        metavar="LABEL",
        help="a label whose cells are not learned from (repeat for more)",
    )
    parser.add_argument(
        "--curve", action="store_true", help="also say what more labelled cells would bring"
    )
    parser.add_argument("--source", metavar="NAME", help="lab or scanner, where DATA names none")
    parser.add_argument("--reviewer", metavar="NAME", help="who labelled DATA (default: its name)")
    add_data_dir(parser)


def add_tune(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tune`."""
    add_data(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the study")
    parser.add_argument("--backbone", metavar="NAME", help=", ".join(BACKBONES))
    parser.add_argument("--from", dest="from_model", metavar="MODEL", help="model to go on from")
    _add_tuning(parser, "recipes to try (default: 20)")
    parser.add_argument(
        "--resume", action="store_true", help="count the recipes and the time of before"
    )
    add_seed(parser)
    parser.add_argument(
        "--other", dest="other_classes", action="append", metavar="LABEL", help="as for train"
    )
    _add_training_options(parser)
    add_device(parser)
    add_data_dir(parser)


def add_left_out(parser: argparse.ArgumentParser) -> None:
    """Add the options of `left-out`."""
    add_data(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the table")
    parser.add_argument(
        "--pairs",
        type=_split_list,
        metavar="SOURCE[:CLASS],...",
        help="what to leave out in turn (default: all that can be)",
    )
    parser.add_argument(
        "--seeds", type=_parse_numbers, metavar="N,...", help="train once with each (default: 0)"
    )
    parser.add_argument("--backbone", metavar="NAME", help=", ".join(BACKBONES))
    parser.add_argument("--from", dest="from_model", metavar="MODEL", help="model to go on from")
    parser.add_argument(
        "--other", dest="other_classes", action="append", metavar="LABEL", help="as for train"
    )
    parser.add_argument("--about", metavar="JSON", help="as for train; roles count")
    _add_training_options(parser)
    add_device(parser)
    add_data_dir(parser)


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Add the options of `compare`."""
    add_data(parser)
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
    add_alert(parser)
    _add_training_options(parser)
    add_device(parser)
    add_data_dir(parser)


def add_evaluate(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    add_data(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the report")
    add_model(parser)
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
    add_alert(parser)
    add_seed(parser)
    add_device(parser)
    add_data_dir(parser)


def add_judge(parser: argparse.ArgumentParser) -> None:
    """Add the options of `judge`."""
    for name, text in (("candidate", "the model that may serve"), ("against", "the other model")):
        parser.add_argument(name, metavar=name.upper(), help=f"folder that evaluate wrote: {text}")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for judgement.json")
    add_data_dir(parser)


def add_doubts(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doubts`."""
    add_data(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for doubts.csv")
    parser.add_argument("--model", metavar="ID|DIR", help="whose features (default: serving)")
    parser.add_argument("--folds", type=int, metavar="N", help="parts (default: 5)")
    add_seed(parser)
    add_device(parser)
    add_data_dir(parser)


def add_audit(parser: argparse.ArgumentParser) -> None:
    """Add the options of `audit`."""
    add_data(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the report")
    parser.add_argument("--seed", type=int, metavar="N", help="of folds and permutations")
    add_data_dir(parser)


def parse_training_values(arguments: argparse.Namespace) -> dict[str, Any]:
    """Read the values of every training beside plain settings.

    Raises:
        UserError: a word is no change of the recipe.
    """
    values: dict[str, Any] = {"recipe": _parse_recipe(arguments.recipe)}
    if arguments.weights not in ("imagenet", "none"):
        values["weights"] = str(Path(arguments.weights).absolute())
    return values


def parse_train_values(arguments: argparse.Namespace, command: str) -> dict[str, Any]:
    """Read the values of `train` alone, beside `parse_training_values`.

    Raises:
        UserError: a hold-out without a name, or a file that is no JSON.
    """
    values = parse_training_values(arguments)
    values["command"] = command
    values["holdouts"] = _parse_holdouts(arguments.holdouts or [])
    if arguments.about:
        values["about"] = _read_json(Path(arguments.about))
    return values


def parse_left_out_values(arguments: argparse.Namespace) -> dict[str, Any]:
    """Read the values of `left-out` alone, those of `parse_training_values` among them.

    Raises:
        UserError: a file that is no JSON.
    """
    values = parse_training_values(arguments)
    if arguments.about:
        values["about"] = _read_json(Path(arguments.about))
    return values


def _add_tuning(parser: argparse.ArgumentParser, trials_help: str) -> None:
    """Add how far a tuning goes."""
    parser.add_argument("--trials", type=int, metavar="N", help=trials_help)
    parser.add_argument(
        "--minutes", type=parse_decimal, metavar="N", help="begin no recipe after so many"
    )
    parser.add_argument("--folds", type=int, metavar="N", help="parts of a tuning (default: 3)")


def _add_training_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every training."""
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


def _parse_holdouts(values: list[str]) -> dict[str, str]:
    """`["NAME=DATA"]` to name and absolute path."""
    holdouts: dict[str, str] = {}
    for word in values:
        name, equals, data = word.partition("=")
        if not equals or not name:
            raise UserError(f"“{word}” names no data.", "Write --holdout NAME=DATA.")
        holdouts[name] = str(Path(data).absolute())
    return holdouts


def _parse_recipe(values: list[str]) -> dict[str, Any]:
    """`["@recipe.json", "steps=10"]` to a dict; values are read as JSON where they are JSON.

    A file is one that `tune` wrote, or holds the settings alone; later words override.
    """
    recipe: dict[str, Any] = {}
    for word in values:
        if word.startswith("@"):
            recipe |= _read_settings(Path(word[1:]))
            continue
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UserError(
                f"“{word}” does not change the recipe.",
                "Write --recipe KEY=VALUE, or --recipe @FILE.",
            )
        try:
            recipe[key] = json.loads(value)
        except ValueError:
            recipe[key] = parse_decimal(value) if is_decimal_comma(value) else value
    return recipe


def _read_settings(path: Path) -> dict[str, Any]:
    content = _read_json(path)
    settings = content.get("settings", content) if isinstance(content, dict) else None
    if not isinstance(settings, dict):
        raise UserError(f"{path} holds no recipe.", "Give a file that `tune` wrote.")
    return settings


def _read_json(path: Path) -> Any:
    """Read a JSON file; UserError if it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as JSON: {error}.") from error
