"""Words of the command line, turned into requests."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trainer import __version__
from trainer.commands.case_options import (
    add_export,
    add_similar,
    add_source,
    add_store,
    add_summary,
)
from trainer.commands.study_options import (
    SEED_HELP,
    WEIGHTS_HELP,
    add_audit,
    add_compare,
    add_doubts,
    add_evaluate,
    add_tune,
)
from trainer.commands.values import parse_holdouts, parse_recipe, read_json, resolve_image
from trainer.domain import RESEARCH_USE
from trainer.models.backbones import BACKBONES
from trainer.protocol.validation import Request, decode_request

MODEL_ACTIONS = ("list", "show", "verify", "import", "export", "promote", "rollback", "delete")


def build_parser() -> argparse.ArgumentParser:
    """The parser of `python -m trainer`."""
    parser = argparse.ArgumentParser(
        prog="leuko-trainer",
        description="Classify blood cells with fine-tuned CNNs, explain, and train. "
        + RESEARCH_USE,
    )
    parser.add_argument("--version", action="version", version=f"leuko-trainer {__version__}")
    commands = parser.add_subparsers(dest="job", required=True, metavar="COMMAND")
    common = _common_options()
    _add_classify(commands.add_parser("classify", help="classify images", parents=[common]))
    _add_explain(commands.add_parser("explain", help="heat maps of images", parents=[common]))
    add_audit(commands.add_parser("audit", help="look a data set over", parents=[common]))
    _add_train(commands.add_parser("train", help="train a model", parents=[common]))
    add_evaluate(commands.add_parser("evaluate", help="measure a model", parents=[common]))
    add_compare(commands.add_parser("compare", help="compare networks", parents=[common]))
    add_tune(commands.add_parser("tune", help="find a recipe", parents=[common]))
    add_doubts(commands.add_parser("doubts", help="labels probably wrong", parents=[common]))
    _add_models(commands.add_parser("models", help="look after models", parents=[common]))
    _add_devices(commands.add_parser("devices", help="what computes here", parents=[common]))
    _add_demo(commands.add_parser("demo", help="write drawn sample cells", parents=[common]))
    add_summary(commands.add_parser("summary", help="figures of a case", parents=[common]))
    add_export(commands.add_parser("export", help="results to files", parents=[common]))
    add_similar(commands.add_parser("similar", help="cells most like one", parents=[common]))
    add_store(commands.add_parser("store", help="look after the store", parents=[common]))
    add_source(commands.add_parser("source", help="lab and scale of a case", parents=[common]))
    commands.add_parser("worker", help="serve the window (used by the program itself)")
    return parser


def request_of(arguments: argparse.Namespace, command: str = "") -> Request:
    """The request that the arguments ask for; relative paths are taken from here.

    Args:
        arguments: of `build_parser`, for any command but `worker`.
        command: the command line as typed, for a model's card.

    Raises:
        UserError: a value out of its range.
    """
    given: dict[str, Any] = {
        name: value
        for name, value in vars(arguments).items()
        if value is not None and name not in ("json", "recipe")
    }
    for name in ("out", "root", "data", "folder", "path", "backup", "data_dir"):
        if given.get(name):
            given[name] = str(Path(given[name]).absolute())
    for name in ("paths", "images"):
        if name in given:
            given[name] = [str(Path(path).absolute()) for path in given[name]]
    for name in ("model", "from_model"):
        # An id names a registered model; what is a folder here is that folder.
        if given.get(name) and (Path(given[name]) / "card.json").is_file():
            given[name] = str(Path(given[name]).absolute())
    if "image" in given:
        given["image"] = resolve_image(Path(given["folder"]), given["image"])
    if given["job"] in ("train", "compare", "tune"):
        given |= _shared_training_values(arguments)
    if given["job"] == "train":
        given |= _train_values(arguments, command)
    return decode_request(given)


def _shared_training_values(arguments: argparse.Namespace) -> dict[str, Any]:
    """What every training is given beside plain settings."""
    given: dict[str, Any] = {"recipe": parse_recipe(arguments.recipe)}
    if arguments.weights not in ("imagenet", "none"):
        given["weights"] = str(Path(arguments.weights).absolute())
    return given


def _train_values(arguments: argparse.Namespace, command: str) -> dict[str, Any]:
    """What `train` alone is given."""
    given: dict[str, Any] = {"command": command}
    given["holdouts"] = parse_holdouts(arguments.holdouts or [])
    if arguments.about:
        given["about"] = read_json(Path(arguments.about))
    return given


def _common_options() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--json", action="store_true", help="print events as JSON lines instead of progress bars"
    )
    return common


def _add_engine_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="ID|DIR", help="a model (default: the serving one)")
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"))
    parser.add_argument(
        "--red-cell-diameter",
        type=float,
        metavar="PX",
        help="median red-cell diameter in the images' pixels (default: measured)",
    )
    parser.add_argument("--source", metavar="NAME", help="lab or scanner of the images")
    _add_data_dir(parser)


def _add_data_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-dir", metavar="DIR", help="where cases and models are kept (default: user's)"
    )


def _add_classify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="images and folders of images")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the results")
    parser.add_argument(
        "--root", metavar="DIR", help="the case's folder (default: the one common to the paths)"
    )
    parser.add_argument("--heatmaps", action="store_true", help="draw a heat map for every cell")
    parser.add_argument("--precision", choices=("exact", "fast"))
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_argument("--shard", metavar="I/N", help="only the I-th of N parts of the images")
    _add_engine_options(parser)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="images, or folders of images")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the heat maps")
    parser.add_argument(
        "--class", dest="class_name", metavar="NAME", help="(default: the likeliest of all)"
    )
    parser.add_argument("--method", choices=("gradcam", "gradcam++", "occlusion"))
    _add_engine_options(parser)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", metavar="DATA", help="class folders, split folders or a CSV")
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
    parser.add_argument("--seed", type=int, metavar="N", help=SEED_HELP)
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
        "--about", metavar="JSON", help="file with title, licence, attribution, tried and notes"
    )
    parser.add_argument(
        "--recipe", action="append", default=[], metavar="KEY=VALUE", help="change the recipe"
    )
    _add_data_dir(parser)


def _add_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=MODEL_ACTIONS)
    parser.add_argument("model", nargs="?", metavar="ID|FILE", help="a model, or what to import")
    parser.add_argument("path", nargs="?", metavar="FILE", help="archive to export to")
    _add_data_dir(parser)


def _add_devices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--self-test", action="store_true", help="compare with f32 on the CPU")
    parser.add_argument("--seconds", type=float, metavar="N", help="how long (default: 5)")
    parser.add_argument("--model", metavar="ID|DIR", help="a model (default: the serving one)")
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"))
    parser.add_argument("--precision", choices=("exact", "fast"))
    _add_data_dir(parser)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="a new folder")
    parser.add_argument("--per-kind", type=int, metavar="N", help="cells of each kind")
    parser.add_argument("--seed", type=int, metavar="N", help=SEED_HELP)
    parser.add_argument("--unreadable", action="store_true", help="add an image that is cut short")
