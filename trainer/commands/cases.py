"""Commands for cases: classify, explain, summary, export, similar, source and store."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from trainer.commands.options import (
    add_alert,
    add_any_suffix,
    add_data_dir,
    add_device,
    add_merge_labels,
    add_model,
    add_precision,
    parse_decimal,
)
from trainer.domain import CellId
from trainer.errors import UserError
from trainer.protocol.case_requests import RequirementName
from trainer.protocol.requests import DEFAULT_EXPORT_FORMATS, EXPORT_FORMATS, Content

CELL_CHANGES = ("draw", "remove", "undo", "redo")
"""Options of `cells`, of which one at most is given."""


def add_classify(parser: argparse.ArgumentParser) -> None:
    """Add the options of `classify`."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="images and folders of images")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the results")
    parser.add_argument(
        "--root", metavar="DIR", help="the case's folder (default: the one common to the paths)"
    )
    parser.add_argument("--heatmaps", action="store_true", help="draw a heat map for every cell")
    parser.add_argument(
        "--ignore-gates",
        action="store_true",
        help="draw heat maps also by a model whose maps do not pass the gates of its card",
    )
    add_precision(parser)
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_argument("--shard", metavar="I/N", help="only the I-th of N parts of the images")
    _add_content(parser)
    _add_slide_options(parser)
    _add_edge_cells(parser)
    add_alert(parser)
    _add_engine_options(parser)


def add_explain(parser: argparse.ArgumentParser) -> None:
    """Add the options of `explain`."""
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="images, or folders of images")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the heat maps")
    parser.add_argument(
        "--class", dest="class_name", metavar="NAME", help="(default: the likeliest of all)"
    )
    parser.add_argument("--against", metavar="NAME", help="a class to tell it from (default: all)")
    parser.add_argument(
        "--method",
        choices=("contribution", "gradcam", "gradcam++", "occlusion"),
        help="what each place contributes to the class (the default), or a method as published",
    )
    parser.add_argument(
        "--format", choices=("png", "npy"), help="pictures (the default), or the maps as numbers"
    )
    parser.add_argument(
        "--ablation",
        action="store_true",
        help="also what the prediction loses without nucleus, cytoplasm, colour, detail, outline",
    )
    _add_content(parser)
    _add_engine_options(parser)


def add_summary(parser: argparse.ArgumentParser) -> None:
    """Add the options of `summary`."""
    _add_case_options(parser)
    parser.add_argument("--compare", action="store_true", help="look for images that changed since")
    _add_blast_precision(parser)
    _add_edge_cells(parser)


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    _add_case_options(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the files")
    parser.add_argument(
        "--formats",
        type=lambda text: text.split(","),
        metavar="F,F,...",
        help=f"any of {','.join(EXPORT_FORMATS)} (default: {','.join(DEFAULT_EXPORT_FORMATS)})",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files of those names")
    parser.add_argument("--language", choices=("en", "de"), help="of the report (default: en)")
    parser.add_argument(
        "--laboratory", metavar="TEXT", help="head of the report; a line feed begins a line"
    )
    parser.add_argument("--logo", metavar="FILE", help="PNG or JPEG for the head of the report")
    _add_blast_precision(parser)
    _add_edge_cells(parser)


def _add_blast_precision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--blast-precision",
        type=parse_decimal,
        metavar="PERCENT",
        help="how exactly the share of blasts is to be known at its limit, to either side "
        "(default: 5)",
    )


def add_import_cells(parser: argparse.ArgumentParser) -> None:
    """Add the options of `import-cells`."""
    parser.add_argument("folder", metavar="FOLDER", help="the case's folder")
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="annotations: COCO, QuPath, Pascal VOC, YOLO; or folders of such",
    )
    parser.add_argument(
        "--label",
        dest="labels",
        action="append",
        metavar="LABEL",
        help="only cells of this label; may be given again",
    )
    add_merge_labels(parser)
    add_any_suffix(parser)
    parser.add_argument("--reviewer", metavar="NAME", help="who annotated (default: FILE's name)")
    add_data_dir(parser)


def add_cells(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cells`."""
    parser.add_argument("folder", metavar="FOLDER", help="the case's folder")
    parser.add_argument("--image", metavar="IMAGE", help="an image of the folder")
    change = parser.add_mutually_exclusive_group()
    change.add_argument(
        "--draw", type=_parse_box, metavar="X,Y[,W,H]", help="a cell at a point or in a box"
    )
    change.add_argument("--remove", metavar="LETTERS,...", help="cells of the image")
    change.add_argument("--undo", action="store_true", help="take the newest action back")
    change.add_argument("--redo", action="store_true", help="bring it back")
    parser.add_argument("--reviewer", metavar="NAME", help="who acts")
    add_data_dir(parser)


def parse_cells_values(arguments: argparse.Namespace) -> dict[str, object]:
    """The action of `cells`, and what it needs."""
    action = next((name for name in CELL_CHANGES if getattr(arguments, name)), "list")
    values: dict[str, object] = {"action": action}
    if action == "draw":
        values["box"] = arguments.draw
    if action == "remove":
        image = resolve_image(Path(arguments.folder), arguments.image or "")
        letters = [each.strip() for each in arguments.remove.split(",")]
        values["cells"] = [(image, _parse_letters(each)) for each in letters]
    return values


def _parse_letters(letters: str) -> int:
    try:
        return CellId.of_letters("", letters).number
    except ValueError as error:
        hint = "The letters of cells are those that the window shows: A, B, ..., Z, AA."
        raise UserError(f"“{letters}” is no cell.", hint) from error


def _parse_box(text: str) -> tuple[float, ...]:
    """Two or four numbers; commas part them, so that decimals have points."""
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in (2, 4):
        raise argparse.ArgumentTypeError("expected X,Y or X,Y,WIDTH,HEIGHT")
    return numbers if len(numbers) == 4 else (*numbers, 0.0, 0.0)


def add_similar(parser: argparse.ArgumentParser) -> None:
    """Add the options of `similar`."""
    _add_case_options(parser)
    parser.add_argument("image", metavar="IMAGE", help="an image of the folder")
    parser.add_argument("--cell", metavar="LETTERS", help="one of its cells, where it is a field")
    parser.add_argument("--count", type=int, metavar="N", help="how many of each kind")


def add_ablate(parser: argparse.ArgumentParser) -> None:
    """Add the options of `ablate`."""
    _add_case_options(parser)
    parser.add_argument("image", metavar="IMAGE", help="an image of the folder")
    parser.add_argument("--cell", metavar="LETTERS", help="one of its cells, where it is a field")


def add_heat(parser: argparse.ArgumentParser) -> None:
    """Add the options of `heat`."""
    add_ablate(parser)
    parser.add_argument(
        "--class", dest="class_name", metavar="NAME", help="(default: that of the prediction)"
    )
    parser.add_argument("--against", metavar="NAME", help="(default: the likeliest other one)")


def add_suggest(parser: argparse.ArgumentParser) -> None:
    """Add the options of `suggest`."""
    _add_case_options(parser)
    parser.add_argument("--count", type=int, metavar="N", help="how many cells (default: 25)")


def add_changes(parser: argparse.ArgumentParser) -> None:
    """Add the options of `changes`."""
    _add_case_options(parser)
    parser.add_argument("--model", metavar="MODEL", help="id or folder (default: serving)")
    parser.add_argument("--count", type=int, metavar="N", help="most cells to name (default: 500)")


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the options of `source`."""
    parser.add_argument("folder", metavar="FOLDER", help="the case's folder")
    parser.add_argument("--name", metavar="NAME", help="lab or scanner of the images")
    parser.add_argument("--stain", metavar="NAME", help="how they were stained")
    scale = parser.add_mutually_exclusive_group()
    scale.add_argument(
        "--red-cell-diameter", type=parse_decimal, metavar="PX", help="in the images' pixels"
    )
    scale.add_argument("--pixel-size", type=parse_decimal, metavar="UM", help="micrometres a pixel")
    scale.add_argument(
        "--measure", action="store_true", help="measure the red cells at each run (default)"
    )
    _add_content(parser)
    add_data_dir(parser)


def add_case(parser: argparse.ArgumentParser) -> None:
    """Add the options of `case`."""
    actions = ("show", "details", "sign", "reopen", "trail", "move")
    parser.add_argument("action", choices=actions)
    parser.add_argument("folder", metavar="FOLDER", help="the case's folder")
    parser.add_argument("--reviewer", metavar="NAME", help="who acts")
    parser.add_argument(
        "--requirement",
        type=lambda text: text.replace("-", "_"),
        choices=get_args(RequirementName),
        metavar="every-cell|open-cells|nothing",
        help="what must be reviewed to sign (default: every cell)",
    )
    parser.add_argument("--reason", metavar="TEXT", help="of reopening; a remark of signing")
    _add_edge_cells(parser)
    parser.add_argument("--to", metavar="DIR", help="where the folder is now (move)")
    parser.add_argument(
        "--further", metavar="DIR", help="which further folder moved (default: the case's own)"
    )
    parser.add_argument(
        "--add-folder", metavar="DIR", help="a further folder of images of the case (details)"
    )
    parser.add_argument(
        "--remove-folder",
        dest="remove_folders",
        action="append",
        metavar="DIR",
        help="a further folder that leaves the case (details)",
    )
    parser.add_argument("--out", metavar="FILE.csv", help="file for the trail")
    parser.add_argument("--image", metavar="IMAGE", help="the trail of this image alone")
    parser.add_argument("--cell", metavar="LETTERS", help="of this cell, where it is a field")
    for name in ("sample", "patient", "stain", "reader", "notes"):
        parser.add_argument(f"--{name}", metavar="TEXT", help="a detail of the case")
    parser.add_argument("--earlier-case", type=int, metavar="N", help="of the same patient")
    parser.add_argument("--magnification", type=parse_decimal, metavar="X", help="such as 100")
    parser.add_argument("--pixel-size", type=parse_decimal, metavar="UM", help="micrometres")
    add_data_dir(parser)


def add_agreement(parser: argparse.ArgumentParser) -> None:
    """Add the options of `agreement`."""
    parser.add_argument("folder", metavar="FOLDER", help="the case's folder")
    for name in ("first", "second"):
        parser.add_argument(
            f"--{name}", metavar="WHO", help="NAME (reviews), NAME:N (a blind reading), or model"
        )
    parser.add_argument("--read", metavar="FILE.csv", help="labels to store as a blind reading")
    parser.add_argument("--reader", metavar="NAME", help="whose they are")
    parser.add_argument("--series", type=int, metavar="N", help="which reading (default: 1)")
    add_data_dir(parser)


def add_references(parser: argparse.ArgumentParser) -> None:
    """Add the options of `references`."""
    parser.add_argument("action", choices=("list", "add", "remove"))
    parser.add_argument("--folder", metavar="FOLDER", help="of the case whose cell is added")
    parser.add_argument("--image", metavar="IMAGE", help="the image to add, or that of the cell")
    parser.add_argument("--cell", metavar="LETTERS", help="of the cell, where it is a field")
    parser.add_argument("--label", metavar="CLASS", help="of the cell")
    parser.add_argument("--remove", type=int, metavar="N", help="number of the reference")
    parser.add_argument("--reviewer", metavar="NAME", help="who adds or removes it")
    add_data_dir(parser)


def add_store(parser: argparse.ArgumentParser) -> None:
    """Add the options of `store`."""
    parser.add_argument(
        "action", choices=("check", "verify", "cases", "merge", "backups", "restore")
    )
    parser.add_argument("files", nargs="*", metavar="STORE", help="other stores, to merge")
    parser.add_argument("--backup", metavar="FILE", help="to restore; the newest without it")
    parser.add_argument(
        "--head", metavar="N:HASH", help="entry of the audit trail, as a report prints it"
    )
    parser.add_argument("--search", metavar="WORDS", help="only cases with these words")
    add_data_dir(parser)


def resolve_image(folder: Path, value: str) -> str:
    """A name below the folder as it is; else the path of a file that lies here."""
    below = (folder / value).is_file() or not Path(value).is_file()
    return Path(value).as_posix() if below else str(Path(value).absolute())


def _add_content(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--content",
        type=lambda text: text.replace("-", "_"),
        choices=get_args(Content),
        metavar="single|fields|as-found",
        help="one cell in each image, fields of many, or as found (default, or the case's own)",
    )


def _add_slide_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count",
        type=int,
        metavar="N",
        help="end the scan of a slide at N white cells (default: scan all of the layer)",
    )
    parser.add_argument(
        "--region",
        type=parse_decimal,
        nargs=4,
        metavar=("X", "Y", "WIDTH", "HEIGHT"),
        help="scan this part of a slide, in pixels (default: where cells lie in one layer)",
    )


def _add_edge_cells(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--count-edge-cells",
        action="store_true",
        help="count cells that the edge of a field cuts in the differential",
    )


def _add_engine_options(parser: argparse.ArgumentParser) -> None:
    add_model(parser)
    add_device(parser)
    parser.add_argument(
        "--red-cell-diameter",
        type=parse_decimal,
        metavar="PX",
        help="median red-cell diameter in the images' pixels (default: measured)",
    )
    parser.add_argument("--source", metavar="NAME", help="lab or scanner of the images")
    add_any_suffix(parser)
    add_data_dir(parser)


def _add_case_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="folder that was classified")
    parser.add_argument(
        "--run", type=int, metavar="N", help="one run (default: all of the newest run's model)"
    )
    add_data_dir(parser)
