"""Write the CSV of the cells that the bundled model is trained, calibrated and tested on.

    python benchmarks/make_bundled_data.py DATA OUT.csv

DATA holds `seed/` (train, val and test folders of five classes, two labs),
`barcelona_more/` and `munich_more/` (further cells of these, further kinds), and cells of three
other labs: `chula_cells/` (poor optics), `raabin/` (two cameras) and `bcisc/` (colour casts),
each with its `manifest.csv`.

The seed set keeps its splits. Of `barcelona_more`, a quarter of every kind is held out, in a
CSV of its own (OUT_holdout.csv), and a tenth is for calibration, by a hash of the file's name,
so that the choice never changes.
The other folders are for training, every tenth cell of Chulalongkorn's and every seventh of
Raabin's and BCISC's for calibration, whole samples (smears, series) together; none of it is for
testing. Left out: bands, which are neither segmented neutrophils nor unlike them;
promyelocytes, which only their lab's colours distinguished from myeloblasts (trained as another
class they took blasts in those colours); and monoblasts, smudges and atypical lymphocytes, of
which there are too few. BCCD's cells are none of it: they stay a lab to judge the result on.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

IMMATURE = ("myelocyte", "metamyelocyte")
LEFT_OUT = (
    *("band_neutrophil", "promyelocyte", "promyelocyte_bilobed"),
    *("monoblast", "smudge", "atypical_lymphocyte"),
)
OTHER_CLASSES = ("eosinophil", "immature", "lymphocyte", "platelet")
COLUMNS = ("file", "label", "split", "source", "sample")
# Folder -> share of its cells for calibration, percent.
FURTHER_LABS = {"chula_cells": 10, "munich_more": 0, "raabin": 15, "bcisc": 15}

Row = tuple[Path, str, str, str, str]


def main() -> None:
    """Write the CSV and print the counts of its cells."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, help="the folder that holds seed, barcelona_more, ...")
    parser.add_argument("out", type=Path, help="the CSV to write")
    parser.add_argument("--without", nargs="*", default=[], help="folders to leave out")
    arguments = parser.parse_args()
    further = arguments.data / "barcelona_more"
    rows = [row for row in all_rows(arguments.data) if not is_within(row[0], arguments)]
    held_out = [row for row in rows if row[2] == "test" and row[0].is_relative_to(further)]
    write([row for row in rows if row not in held_out], arguments.out)
    write(held_out, arguments.out.with_stem(f"{arguments.out.stem}_holdout"))
    for (split, label), count in sorted(Counter((row[2], row[1]) for row in rows).items()):
        print(f"{split:6} {label:16} {count:5}")


def is_within(file: Path, arguments: argparse.Namespace) -> bool:
    """Whether a cell lies in a folder that is to be left out."""
    return any(file.is_relative_to(arguments.data / name) for name in arguments.without)


def all_rows(data: Path) -> Iterator[Row]:
    """File, label, split, source and sample of every cell, in the order of the manifests."""
    for file, kind, split, source, sample in manifest(data / "seed"):
        yield file, label_of(kind), split, source, sample
    for file, kind, _, source, sample in manifest(data / "barcelona_more"):
        if kind not in LEFT_OUT:
            split = part_of(file.name, held_out=25, calibrating=10)
            yield file, label_of(kind), split, source, sample
    for folder, calibrating in FURTHER_LABS.items():
        for file, kind, _, source, sample in manifest(data / folder):
            if kind not in LEFT_OUT:
                split = part_of(sample or file.name, held_out=0, calibrating=calibrating)
                yield file, label_of(kind), split, source, sample


def manifest(folder: Path) -> Iterator[Row]:
    """The rows of one `manifest.csv`; split and sample are empty where it has none."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            sample = f"{folder.name} {row['sample']}" if row.get("sample") else ""
            yield folder / row["file"], row["label"], row.get("split", ""), row["source"], sample


def label_of(kind: str) -> str:
    """The output that a kind of cell is trained as."""
    return "immature" if kind in IMMATURE else kind


def part_of(name: str, *, held_out: int, calibrating: int) -> str:
    """test, val or train, by a hash of the name of a file or sample; shares in percent."""
    percentile = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 100
    if percentile < held_out:
        return "test"
    return "val" if percentile < held_out + calibrating else "train"


def write(rows: list[Row], out: Path) -> None:
    """The CSV, with paths relative to it where that is possible."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for path, *others in rows:
            table.writerow([relative(path, out.parent), *others])


def relative(path: Path, folder: Path) -> str:
    """`path` from `folder`, with forward slashes; absolute on another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.resolve().as_posix()


if __name__ == "__main__":
    main()
