"""Measure the gates of a model's heat maps on labelled cells, and put them into its card.

python benchmarks/check_maps.py MODEL DATA [--split test] [--source TEXT] [--write]

`train` does this for a new model; this does it for one that was made before, or on other cells.
The cells must not be those that the model learned from; that is not checked here.
"""

from __future__ import annotations

import argparse

import numpy as np

from trainer.domain import never_stop
from trainer.evaluation.map_gates import MOST_CELLS
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation.map_gates import measure_map_gates
from trainer.jobs.common.labelled.cells import measure_sources, read_labelled_manifest
from trainer.jobs.common.labelled.scored_cells import sample_balanced
from trainer.jobs.common.labelled.views import read_views
from trainer.locations import data_folder
from trainer.models.export.package_writer import replace_card
from trainer.models.package.registry import registry_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="id or folder of a model package")
    parser.add_argument("data", help="folder of class folders, or a CSV")
    parser.add_argument("--split", default="", help="only cells of this split")
    parser.add_argument("--source", default="", help="where the cells are from, for the card")
    parser.add_argument("--write", action="store_true", help="put the gates into the card")
    given = parser.parse_args()
    package = registry_of(data_folder(None)).find(given.model)
    manifest = read_labelled_manifest(
        given.data, lambda _: None, min_classes=1, merge_labels=False, any_suffix=False
    )
    items = [item for item in manifest.items if not given.split or item.split == given.split]
    chosen = sample_balanced(items, sorted({item.label for item in items}), MOST_CELLS, 0)
    profiles = measure_sources(chosen, lambda _: None, never_stop)
    cells = read_views(chosen, package.card, profiles)
    gates = measure_map_gates(
        np.stack([view for _, view in cells]),
        Classifier.from_package(package, device="cpu"),
        seed=0,
        source=given.source,
        on_progress=lambda _: None,
        should_stop=never_stop,
    )
    if gates is None:
        raise SystemExit("There are too few cells, or too few of two answers.")
    for gate in gates.gates:
        verdict = "passed" if gate.passed else "failed"
        bounds = f"{gate.value:6.3f} ({gate.low:.3f} to {gate.high:.3f})"
        print(f"{gate.name:<16}{bounds}, above {gate.threshold:g}: {verdict}")
    for name, lead in gates.leads.items():
        print(f"lead over {name:<10}{lead.value:6.3f} ({lead.low:.3f} to {lead.high:.3f})")
    if given.write:
        replace_card(package, package.card.model_copy(update={"map_gates": gates}))


if __name__ == "__main__":
    main()
