"""Features of the corrected cells: those that the store has, and else the network's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.cache.results import ResultCache
from trainer.data.item import Item, format_names
from trainer.domain import ShouldStop, SourceProfile
from trainer.errors import UserError
from trainer.inference.feature_distance import decode_embedding
from trainer.jobs.adapt.cells import CorrectedItems
from trainer.jobs.common.labelled.cells import cached_source_profiles, read_labelled_views
from trainer.jobs.common.report.number_text import format_count
from trainer.jobs.train.features import FeatureReader
from trainer.models.export.feature_extractor import FeatureExtractor
from trainer.models.package.card import Card
from trainer.protocol.events import Emit, JobWarning
from trainer.training.augmentation import Augmentation

# On so many the package is checked, and faster precisions are measured.
_MOST_VIEWS = 64


@dataclass(frozen=True, eq=False)
class CorrectedFeatures:
    """Corrected cells whose features are known.

    Attributes:
        items: in order.
        pooled: float32 (N, K).
        views: uint8 (M, S, S, 3), of some of them.
        view_rows: (M,), which these are.
        profiles: source -> profile.
    """

    items: tuple[Item, ...]
    pooled: NDArray[np.float32]
    views: NDArray[np.uint8]
    view_rows: NDArray[np.intp]
    profiles: Mapping[str, SourceProfile]


class CorrectedFeatureReader:
    """Features and views of corrected cells by the network of one package."""

    def __init__(
        self,
        card: Card,
        extractor: FeatureExtractor,
        cache: ResultCache,
        emit: Emit,
        should_stop: ShouldStop,
    ) -> None:
        self._card, self._extractor, self._cache = card, extractor, cache
        self._emit, self._should_stop = emit, should_stop

    def read(self, found: CorrectedItems, *, use_stored: bool = True) -> CorrectedFeatures:
        """Read or compute the features of all cells that can be, and views of a few.

        Args:
            use_stored: take the features that the store has.

        Raises:
            UserError: too many images cannot be read, or none, or the stored features are of
                another network.
            Cancelled: `should_stop` returned true.
        """
        stored = {
            item: decode_embedding([features])[0].astype(np.float32)
            for item, features in (found.stored.items() if use_stored else ())
        }
        self._refuse_other_network(stored)
        missing = [item for item in found.items if item not in stored]
        self._warn_of_gone([item for item in missing if item in found.gone])
        items = [item for item in found.items if item not in found.gone]
        scaled = self._scale(found, items)
        computed = self._compute(found, [scaled[item] for item in missing if item in scaled])
        pooled = {
            item: features
            for item in found.items
            if (features := stored.get(item, computed.get(scaled.get(item, item)))) is not None
        }
        chosen, views = self._read_views([scaled[item] for item in pooled if item in scaled])
        back = {each: item for item, each in scaled.items()}
        order = {item: row for row, item in enumerate(pooled)}
        rows = np.array([order[back[each]] for each in chosen], dtype=np.intp)
        sources = {item.source: self._profiles[scaled[item].source] for item in scaled}
        return CorrectedFeatures(tuple(pooled), np.stack([*pooled.values()]), views, rows, sources)

    def _refuse_other_network(self, stored: Mapping[Item, NDArray[np.float32]]) -> None:
        for item, features in stored.items():
            if len(features) != self._card.channels:
                raise UserError(
                    f"The features stored for {item.short_name} are {len(features)} numbers, "
                    f"where the model {self._card.id} has {self._card.channels}.",
                    "Classify the folder with this model again.",
                )

    def _warn_of_gone(self, gone: Sequence[Item]) -> None:
        if gone:
            self._emit(
                JobWarning(
                    f"Left out: {format_count(len(gone), 'corrected cell')} whose image is gone: "
                    f"{format_names([item.short_name for item in gone])}."
                )
            )

    def _scale(self, found: CorrectedItems, items: Sequence[Item]) -> dict[Item, Item]:
        """The items, each under a source of one scale, as the reader of features needs it."""
        if found.profiles is None:
            measured = cached_source_profiles(
                items, found.hashes, self._cache, self._emit, self._should_stop
            )
            self._profiles: Mapping[str, SourceProfile] = measured
            return {item: item for item in items}
        of_item = found.profiles
        named = {
            item: replace(item, source=f"{item.source} {of_item[item].red_cell_diameter}")
            for item in items
        }
        self._profiles = {named[item].source: of_item[item] for item in items}
        return named

    def _compute(
        self, found: CorrectedItems, items: Sequence[Item]
    ) -> dict[Item, NDArray[np.float32]]:
        if not items:
            return {}
        view = self._card.view.to_view()
        parts = (self._extractor, view, Augmentation(), self._cache, self._emit, self._should_stop)
        features = FeatureReader(*parts).compute_features(items, found.hashes, self._profiles)
        for read_error in features.read_errors:
            self._emit(JobWarning(f"Left out: {read_error}"))
        return dict(zip(features.items, features.pooled[0], strict=True))

    def _read_views(self, items: Sequence[Item]) -> tuple[list[Item], NDArray[np.uint8]]:
        """Views of some of the items, evenly spread, and which they are."""
        step = max(1, -(-len(items) // _MOST_VIEWS))
        chosen = {replace(item, split="test"): item for item in items[::step]}
        found, _ = read_labelled_views(
            list(chosen),
            self._profiles,
            self._card.view.to_view(),
            self._card.input_size,
            on_progress=self._emit,
            should_stop=self._should_stop,
        )
        if not found:
            raise UserError(
                "No image of a corrected cell can be read; the new model could not be checked.",
                "Put the images back where they were.",
            )
        return [chosen[each.item] for each in found], np.stack([each.view for each in found])
