"""Two indexes for nearest neighbours: a case's cells by their stored features, and the
training cells of a model, from its package without its network.

Of a case's cells, as many as fit into the memory allowed are cached as float32; the rest is
read from the store in pages, each time. New predictions come in with the next request.
"""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import sha256_of
from trainer.cases.records import Run, StoredFeatures
from trainer.cases.store import CaseStore
from trainer.domain import CellId, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.inference.feature_distance import NearestNeighbours, decode_embedding, l2_normalize
from trainer.jobs.common.training_images import TrainingImages, load_training_images
from trainer.models.package.card import Card
from trainer.models.package.layout import CARD, MANIFEST, REFERENCE, Package, check_file
from trainer.models.package.registry import registry_of

FEATURE_CACHE_BYTES = 200_000_000
FEATURES_PER_PAGE = 1000


@dataclass(frozen=True, order=True)
class Neighbour:
    """A cell of the case, by how far it is: cosine distance, 0-2."""

    distance: float
    cell: CellId
    run: int


@dataclass(frozen=True, eq=False)
class _Block:
    """Cells of one run: which, and directions, float32 (N, K) of unit length."""

    run: int
    cells: tuple[CellId, ...]
    directions: NDArray[np.float32]


class CaseFeatures:
    """Cells of the runs of a case that count together.

    Args:
        channels: K; features of another length are refused.
        most_bytes: of the directions that are cached.
    """

    def __init__(self, channels: int, most_bytes: int = FEATURE_CACHE_BYTES) -> None:
        self._channels = channels
        self._capacity = most_bytes // (4 * channels)
        self._blocks: list[_Block] = []
        self._cell_count = 0
        self._last_rows: dict[int, int] = {}
        """The last row of each run that was read."""
        self._overflow: dict[int, int] = {}
        """Of runs that are not cached to their end, the last row that is."""
        self._newest_runs: dict[str, int] = {}
        """The newest run that holds an image: the prediction of an older one does not count."""

    @property
    def cell_count(self) -> int:
        """How many cells are in memory."""
        return self._cell_count

    def refresh(self, store: CaseStore, runs: Sequence[Run], should_stop: ShouldStop) -> None:
        """Read what the runs, oldest first, have stored since the last call.

        Raises:
            UserError: features of another network.
            Cancelled: `should_stop` returned True; what was read stays.
        """
        for run in runs:
            for page in _read_pages(store, run.id, self._last_rows.get(run.id, 0), should_stop):
                for each in page:
                    self._newest_runs[each.image] = max(
                        run.id, self._newest_runs.get(each.image, 0)
                    )
                if run.id not in self._overflow and self._cell_count + len(page) <= self._capacity:
                    self._blocks.append(self._build_block(run.id, page))
                    self._cell_count += len(page)
                else:
                    self._overflow.setdefault(run.id, self._last_rows.get(run.id, 0))
                self._last_rows[run.id] = page[-1].row

    def nearest(
        self,
        store: CaseStore,
        excluded: Container[CellId],
        pooled: NDArray[np.floating],
        count: int,
        should_stop: ShouldStop,
    ) -> list[Neighbour]:
        """Find the `count` other cells most similar to features (K,), nearest first.

        Call `refresh` before.

        Args:
            excluded: the cell itself, and those that do not count.
        """
        direction = l2_normalize(pooled[None])[0]
        best: list[Neighbour] = []
        for block in self._all_blocks(store, should_stop):
            nearest = self._nearest_in_block(block, excluded, direction, count)
            best = sorted([*best, *nearest])[:count]
        return best

    def _all_blocks(self, store: CaseStore, should_stop: ShouldStop) -> Iterator[_Block]:
        yield from self._blocks
        for run, row in self._overflow.items():
            for page in _read_pages(store, run, row, should_stop):
                yield self._build_block(run, page)

    def _nearest_in_block(
        self,
        block: _Block,
        excluded: Container[CellId],
        direction: NDArray[np.float32],
        count: int,
    ) -> Iterable[Neighbour]:
        distances = 1 - block.directions @ direction
        nearest: list[Neighbour] = []
        for index in np.argsort(distances, kind="stable"):
            cell = block.cells[index]
            newest = self._newest_runs.get(cell.image, block.run)
            if cell not in excluded and newest == block.run:
                nearest.append(Neighbour(float(distances[index]), cell, block.run))
                if len(nearest) == count:
                    break
        return nearest

    def _build_block(self, run: int, page: Sequence[StoredFeatures]) -> _Block:
        odd = next((each for each in page if len(each.pooled) != 2 * self._channels), None)
        if odd is not None:
            raise UserError(
                f"The features stored for {odd.image} are {len(odd.pooled) // 2} numbers, "
                f"where this model has {self._channels}.",
                "Run the model again to see similar cells.",
            )
        directions = l2_normalize(decode_embedding([each.pooled for each in page]))
        return _Block(run, tuple(each.cell_id for each in page), directions)


def _read_pages(
    store: CaseStore, run: int, row: int, should_stop: ShouldStop
) -> Iterator[list[StoredFeatures]]:
    while page := store.features.list_after(run, row, limit=FEATURES_PER_PAGE):
        if should_stop():
            raise Cancelled
        yield page
        row = page[-1].row


@dataclass(frozen=True)
class ReferenceCell:
    """A training cell that is near to a cell.

    Attributes:
        distance: cosine distance in units of the card's limit.
        name: as in the training data.
        source: lab or scanner; empty where the package does not name it.
        file: the picture, where it is on this computer; else None.
    """

    label: str
    distance: float
    name: str
    source: str
    file: Path | None


@dataclass(frozen=True, eq=False)
class ReferenceIndex:
    """The reference cells of one model.

    Attributes:
        labels: index of the output of each, (M,).
        names: of each, (M,).
        sources: by name, where the package names them.
    """

    card: Card
    reference: NearestNeighbours
    labels: NDArray[np.integer]
    names: NDArray[np.str_]
    sources: Mapping[str, str]
    images: TrainingImages

    @property
    def limit(self) -> float:
        """The distance that counts as 1.0."""
        return self.card.thresholds.unknown_distance or 1.0

    def nearest(self, pooled: NDArray[np.floating], count: int) -> list[ReferenceCell]:
        """Find the `count` training cells most similar to features (K,), nearest first."""
        distances = self.reference.distances(pooled[None])[0]
        nearest = np.argsort(distances, kind="stable")[:count]
        return [self._cell(int(row), float(distances[row])) for row in nearest]

    def _cell(self, row: int, distance: float) -> ReferenceCell:
        name = str(self.names[row])
        return ReferenceCell(
            self.card.outputs[int(self.labels[row])],
            distance / self.limit,
            name,
            self.sources.get(name, ""),
            self.images.find(name),
        )


def open_reference_index(model: str, model_sha256: str, data: Path) -> ReferenceIndex:
    """Open the training cells of the model of a run.

    Args:
        model: its id, for messages.
        model_sha256: of its card, by which it is found among the models.
        data: the data folder.

    Raises:
        UserError: the model is not on this computer.
        PackageError: its files were changed or are missing.
    """
    package = _find_package(model, model_sha256, data)
    for name in (REFERENCE, MANIFEST):
        check_file(package.path, package.card, name)
    cells = package.reference()
    return ReferenceIndex(
        package.card,
        NearestNeighbours.of(cells.pooled, package.card.distance.k),
        cells.labels,
        cells.images,
        _read_sources(package.path / MANIFEST),
        load_training_images(data, model_sha256),
    )


def _find_package(model: str, model_sha256: str, data: Path) -> Package:
    for entry in registry_of(data).entries():
        if entry.card is not None and sha256_of(entry.path / CARD) == model_sha256:
            return Package(entry.path, entry.card)
    raise UserError(
        f"The model {model} is not among the models of this computer.",
        "Import it to see its training cells.",
    )


def _read_sources(manifest: Path) -> dict[str, str]:
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["file"]: row.get("source") or "" for row in rows if row.get("file")}
