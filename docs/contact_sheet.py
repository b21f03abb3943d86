"""Draw a contact sheet of heat maps: cells of a labelled folder or CSV as the network sees them.

python docs/contact_sheet.py MODEL DATA OUT.jpg [--cells 40] [--colours orange_blue]

Each cell stands beside its map of what was answered; below, the label and the answer. The gates of
the model's card, where it has some, are printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.cases.review_classes import usual_name
from trainer.data.item import Item
from trainer.domain import Window, never_stop
from trainer.imaging.heat_maps import normalize_heatmaps
from trainer.imaging.overlay import COLOUR_MAPS, overlay_heat_map
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation.metrics import compute_outputs
from trainer.jobs.common.labelled.cells import measure_sources, read_labelled_manifest
from trainer.jobs.common.labelled.scored_cells import sample_balanced
from trainer.jobs.common.labelled.views import read_views
from trainer.locations import data_folder
from trainer.models.package.card import Card
from trainer.models.package.registry import registry_of
from trainer.models.probabilities import softmax

SIDE, CAPTION, GAP, COLUMNS = 160, 20, 8, 5
PAPER, INK, WRONG = (255, 255, 255), (40, 40, 40), (190, 30, 30)

Pixels = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="id or folder of a model package")
    parser.add_argument("data", help="folder of class folders, or a CSV")
    parser.add_argument("out", type=Path, help="PNG or JPEG file")
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--split", default="", help="only cells of this split")
    parser.add_argument("--colours", choices=COLOUR_MAPS, default=COLOUR_MAPS[0])
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    package = registry_of(data_folder(None)).find(given.model)
    classifier = Classifier.from_package(package, device="cpu")
    items = choose_items(given.data, given.split, given.cells, given.seed)
    profiles = measure_sources(items, lambda _: None, never_stop)
    cells = read_views(items, package.card, profiles)
    sheet = draw_sheet(cells, classifier, package.card, given.colours)
    quality = (cv2.IMWRITE_JPEG_QUALITY, 85)
    encoded = cv2.imencode(given.out.suffix, sheet[..., ::-1], quality)[1]
    given.out.write_bytes(encoded.tobytes())
    if package.card.map_gates is not None:
        for gate in package.card.map_gates.gates:
            verdict = "passed" if gate.passed else "failed"
            print(f"{gate.name:<16}{gate.value:6.2f} ({gate.low:.2f} to {gate.high:.2f}) {verdict}")


def choose_items(data: str, split: str, count: int, seed: int) -> tuple[Item, ...]:
    """Choose cells, equally many of each label."""
    manifest = read_labelled_manifest(
        data, lambda _: None, min_classes=1, merge_labels=False, any_suffix=False
    )
    items = [item for item in manifest.items if not split or item.split == split]
    return sample_balanced(items, sorted({item.label for item in items}), count, seed)


def draw_sheet(
    cells: Sequence[tuple[Item, Pixels]], classifier: Classifier, card: Card, colours: str
) -> Pixels:
    """Draw all cells, `COLUMNS` a row."""
    views = np.stack([view for _, view in cells])
    outputs = compute_outputs(classifier, views)
    maps = classifier.contributions(views, outputs)
    probabilities = softmax(outputs.logits, card.temperature)
    answers = probabilities.argmax(axis=1)
    side = views.shape[1]
    covered = classifier.heatmap_window(Window(0, 0, side), maps.shape[3])
    assert covered is not None
    tiles = []
    for row, (item, view) in enumerate(cells):
        answer = card.outputs[answers[row]]
        heat = normalize_heatmaps(maps[row, answers[row]])
        drawn = overlay_heat_map(view, heat, covered, opacity=0.6, colour_map=colours)
        text = f"{usual_name(item.label)} > {usual_name(answer)}"
        text += f" {probabilities[row, answers[row]]:.2f}"
        tiles.append(draw_tile(view, drawn, text, right=item.label == answer))
    blank = np.full_like(tiles[0], 255)
    tiles += [blank] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[at : at + COLUMNS]) for at in range(0, len(tiles), COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)


def draw_tile(view: Pixels, drawn: Pixels, text: str, *, right: bool) -> Pixels:
    """Draw the cell, its map beside it, and a line below."""
    tile = np.full((SIDE + CAPTION + GAP, 2 * SIDE + GAP, 3), PAPER, np.uint8)
    for at, pixels in enumerate((view, drawn)):
        larger = cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        tile[:SIDE, at * SIDE : (at + 1) * SIDE] = larger
    colour = INK if right else WRONG
    place = (2, SIDE + CAPTION - 6)
    cv2.putText(tile, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)
    return tile


if __name__ == "__main__":
    main()
