"""From preprocessed images to predictions with heat maps."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from trainer.domain import AlertLevel, Decision, ExecutionInfo, Prediction, ShouldStop, Window
from trainer.errors import Cancelled
from trainer.imaging.model_input import ImageTask, ModelInput, PreprocessedImage, Product
from trainer.imaging.preprocess import ViewParameters
from trainer.inference.contribution import contribution_maps
from trainer.inference.devices import Device, choose_device, engine_under_way
from trainer.inference.engine import Engine, Outputs, join_outputs
from trainer.inference.feature_distance import NearestNeighbours
from trainer.inference.pipeline import BatchResult, forward, limit_library_threads, ordered_map
from trainer.inference.place_weights import EQUAL_WEIGHTING, PlaceWeighting
from trainer.inference.policy import Policy
from trainer.inference.preprocess_pool import open_preprocessor
from trainer.inference.turned_maps import MapPasses, TurnGrid, turn_views
from trainer.models.head import Head
from trainer.models.package.card import Card
from trainer.models.package.layout import Package
from trainer.models.probabilities import softmax


@dataclass(frozen=True, eq=False)
class ClassifiedCell:
    """A prediction, with what it was made from.

    Attributes:
        prediction: of one cell.
        model_input: the preprocessed cell.
        heat: float32 (C, h, w), contributions (`contribution_maps`); None where failed.
        pooled: float32 (K,), the network's features averaged over their grid; None where
            failed.
    """

    prediction: Prediction
    model_input: ModelInput
    heat: NDArray[np.float32] | None
    pooled: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class ClassifiedImage:
    """An image with all its cells.

    Attributes:
        image: as preprocessed.
        cells: none for a field without cells; one that failed for an unreadable image.
    """

    image: PreprocessedImage
    cells: tuple[ClassifiedCell, ...]

    def numbered(self, numbers: Sequence[int | None]) -> ClassifiedImage:
        """The same with the numbers of the cells, without those that have None."""
        pairs = zip(self.cells, numbers, strict=True)
        return replace(
            self,
            cells=tuple(
                replace(cell, prediction=replace(cell.prediction, number=number))
                for cell, number in pairs
                if number is not None
            ),
        )


@dataclass(frozen=True, eq=False)
class Classifier:
    """Everything of a model package that classifying a cell needs.

    Attributes:
        model: the package's id.
        engine: runs the graph.
        head: for exact gradients.
        policy: classes and thresholds.
        temperature: of the softmax.
        reference: training cells, for the distance.
        distance_limit: cosine distance that counts as 1.0.
        grid: middle of the first place of the heat maps, and the step between places, as
            shares of the input's side; None where they are spread evenly over it.
        weighting: of the places in the pooled features.
        turn_grid: of heat maps that are means over the view and its half turn; None: of one pass.
        reason: why this device and precision, in words.
    """

    model: str
    engine: Engine
    head: Head
    policy: Policy
    temperature: float
    reference: NearestNeighbours
    distance_limit: float
    grid: tuple[float, float] | None = None
    weighting: PlaceWeighting = EQUAL_WEIGHTING
    turn_grid: TurnGrid | None = None
    reason: str = ""

    @classmethod
    def from_package(
        cls,
        package: Package,
        *,
        device: Device = "auto",
        precision: Literal["exact", "fast"] = "exact",
        meanwhile: Callable[[], object] = list,
    ) -> Classifier:
        """Build the classifier of a package on the requested device.

        Args:
            package: whose files were verified.
            device: "auto" takes a GPU where one can be used.
            precision: "exact" is f32; "fast" the fastest that passed the package's gate.
            meanwhile: called while the engine is built; nothing by default.

        Raises:
            UserError: no such device.
            PackageError: the package is damaged.
        """
        card = package.card
        choice = choose_device(device=device, precision=precision, admitted=card.admitted)
        with engine_under_way(choice, package) as wait_for_engine:
            head = package.head()
            reference = NearestNeighbours.of(package.reference().pooled, card.distance.k)
            meanwhile()
            engine = wait_for_engine()
        return cls(
            model=card.id,
            engine=engine,
            head=head,
            policy=Policy.of(card),
            temperature=card.temperature,
            reference=reference,
            distance_limit=card.thresholds.unknown_distance or 1.0,
            grid=card.receptive_field(),
            weighting=PlaceWeighting.of(card),
            turn_grid=TurnGrid.of(card) if card.turned_maps else None,
            reason=choice.reason or "as asked for",
        )

    def for_source(self, card: Card, source: str, level: AlertLevel) -> Classifier:
        """The same classifier, as the card decides about images of a source.

        Args:
            card: of the same model.
            source: name of the lab or scanner; empty where it is not given.
            level: of the alert.
        """
        policy = Policy.for_source(card, source, level)
        return replace(self, policy=policy, temperature=card.calibration_of(source).temperature)

    @property
    def execution(self) -> ExecutionInfo:
        """Device and precision, and why."""
        return ExecutionInfo(self.engine.device, self.engine.precision.value, self.reason)

    def run(
        self,
        tasks: Sequence[ImageTask],
        parameters: ViewParameters,
        *,
        keep: Product = Product.NONE,
        workers: int,
        should_stop: ShouldStop,
    ) -> Generator[list[ClassifiedImage], None, None]:
        """Classify in order, a batch at a time; decoding and inference overlap.

        Batches are filled with the cells of several images; an image comes out when all of
        its cells are classified.

        Args:
            tasks: the images.
            parameters: of their views.
            keep: what `ClassifiedCell.model_input` holds beside the view.
            workers: threads that preprocess.
            should_stop: called before each batch.

        Raises:
            Cancelled: `should_stop` returned True.
        """
        lookahead = self.engine.batch * (self.engine.in_flight + 1)
        with (
            limit_library_threads(),
            open_preprocessor(parameters, keep, len(tasks), workers) as preprocess_task,
            ThreadPoolExecutor(workers, thread_name_prefix="preprocess") as pool,
        ):
            images = ordered_map(
                preprocess_task, tasks, pool, lookahead, weight=_count_cells, least=workers + 1
            )
            open_cells: list[ClassifiedCell] = []
            for batch in forward(_queue_cells(images), self.engine, lambda item: item.view):
                if should_stop():
                    raise Cancelled
                if whole := self._classify_batch(batch, open_cells):
                    yield whole

    def _classify_batch(
        self, batch: BatchResult[_QueuedCell], open_cells: list[ClassifiedCell]
    ) -> list[ClassifiedImage]:
        """Explain and decide for a batch that came back from the network.

        Args:
            open_cells: of the image whose other cells are in the next batch; updated.

        Returns:
            The images of which all cells are there.
        """
        views = [item.view for item in batch.items if item.view is not None]
        outputs = batch.outputs
        found = self._score_batch(np.stack(views), outputs) if outputs is not None else None
        classified: list[ClassifiedImage] = []
        row = 0
        for item in batch.items:
            model_input = item.model_input
            if model_input is not None and (model_input.view is None or found is None):
                failed = self._failed_prediction(model_input)
                open_cells.append(ClassifiedCell(failed, model_input, None))
            elif model_input is not None and found is not None:
                open_cells.append(self._classify_one(model_input, found, row))
                row += 1
            if item.is_last:
                classified.append(ClassifiedImage(item.image, tuple(open_cells)))
                open_cells.clear()
        return classified

    def heatmap_window(self, window: Window | None, places: int) -> Window | None:
        """The square that a row of so many places covers, where the view is `window`."""
        if window is None or self.grid is None:
            return window
        first, step = self.grid
        before = self.turn_grid.before if self.turn_grid else 0
        return window.part(first - step / 2 - before * step, places * step)

    def contributions(self, views: NDArray[np.uint8], outputs: Outputs) -> NDArray[np.float32]:
        """Compute what each place contributes to each class: float32 (N, C, h, w).

        Args:
            views: uint8 (N, S, S, 3), of which the network gave `outputs`.
        """
        probabilities = softmax(outputs.logits, self.temperature)
        return contribution_maps(self.logit_parts(views, outputs), probabilities)

    def logit_parts(self, views: NDArray[np.uint8], outputs: Outputs) -> NDArray[np.float32]:
        """Compute the part of each place in each logit: float32 (N, C, h, w).

        Args:
            views: uint8 (N, S, S, 3), of which the network gave `outputs`.
        """
        return self.map_passes(views, outputs).logit_parts(self.head)

    def map_passes(self, views: NDArray[np.uint8], outputs: Outputs) -> MapPasses:
        """Run the passes that heat maps of views are computed from.

        Args:
            views: uint8 (N, S, S, 3), of which the network gave `outputs`.
        """
        all_views, all_outputs = [views], [outputs]
        if self.turn_grid is not None:
            all_views.append(turn_views(views))
            all_outputs.append(self.compute_outputs(all_views[1]))
        places = outputs.features.shape[1]
        weights = [self.weighting.weights(each, places) for each in all_views]
        return MapPasses(all_outputs, weights, self.turn_grid)

    def of_one_pass(self) -> Classifier:
        """The same classifier, with maps of one pass."""
        return replace(self, turn_grid=None)

    def compute_outputs(self, views: NDArray[np.uint8]) -> Outputs:
        """Run the network over views, uint8 (N, S, S, 3), one batch after another."""
        # One pass at a time: while a run waits here, one further pass is pending at most.
        size = self.engine.batch
        starts = range(0, len(views), size)
        return join_outputs([self.engine.submit(views[at : at + size]).result() for at in starts])

    def _score_batch(self, views: NDArray[np.uint8], outputs: Outputs) -> _BatchScores:
        return _BatchScores(
            softmax(outputs.logits, self.temperature),
            self.reference.distance(outputs.pooled) / self.distance_limit,
            self.contributions(views, outputs),
            outputs.pooled,
        )

    def _classify_one(
        self, model_input: ModelInput, found: _BatchScores, row: int
    ) -> ClassifiedCell:
        probabilities, heat = found.probabilities[row], found.heat[row]
        distance = float(found.distance[row])
        decided = self.policy.decide(
            probabilities, distance, grey=model_input.grey, cell=model_input.cell_state
        )
        prediction = Prediction(
            image=model_input.task.name,
            sha256=model_input.sha256,
            decision=decided.decision,
            model=self.model,
            precision=self.engine.precision,
            label=decided.label,
            probability=decided.probability,
            probabilities=tuple(float(p) for p in probabilities),
            distance=distance,
            reason=decided.reason,
            looks_like=decided.looks_like,
            cell=model_input.cell_state,
            window=self.heatmap_window(model_input.window, heat.shape[2]),
            plane=model_input.plane,
            heat=heat.astype("<f2").tobytes(),
            heat_shape=(heat.shape[0], heat.shape[1], heat.shape[2]),
            notes=model_input.notes,
            number=model_input.number,
            box=model_input.box,
            outline=model_input.outline,
            origin=model_input.origin,
            at_edge=model_input.at_edge,
        )
        return ClassifiedCell(prediction, model_input, heat, found.pooled[row])

    def _failed_prediction(self, model_input: ModelInput) -> Prediction:
        return Prediction(
            image=model_input.task.name,
            sha256=model_input.sha256,
            decision=Decision.FAILED,
            model=self.model,
            precision=self.engine.precision,
            error=model_input.error_with_hint,
        )


@dataclass(frozen=True, eq=False)
class _BatchScores:
    probabilities: NDArray[np.float64]
    distance: NDArray[np.float32]
    heat: NDArray[np.float32]
    pooled: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _QueuedCell:
    """A cell on its way through the network, with its image.

    Attributes:
        model_input: None for a field without cells.
        is_last: of its image.
    """

    image: PreprocessedImage
    model_input: ModelInput | None
    is_last: bool

    @property
    def view(self) -> NDArray[np.uint8] | None:
        return self.model_input.view if self.model_input is not None else None


def _queue_cells(images: Iterable[PreprocessedImage]) -> Iterator[_QueuedCell]:
    for image in images:
        if not image.cells:
            yield _QueuedCell(image, None, is_last=True)
        for number, each in enumerate(image.cells, 1):
            yield _QueuedCell(image, each, number == len(image.cells))


def _count_cells(image: PreprocessedImage) -> int:
    return len(image.cells)
