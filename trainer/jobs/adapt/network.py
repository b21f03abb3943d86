"""Whether stored features are of the network of the model to adapt."""

from __future__ import annotations

from trainer.atomic_files import sha256_of
from trainer.cache.results import ResultCache
from trainer.cases.records import Run
from trainer.errors import PackageError
from trainer.jobs.adapt.cells import IsSameNetwork
from trainer.jobs.train.feature_extractor import cached_extractor
from trainer.models.export.feature_extractor import FeatureExtractor
from trainer.models.package.layout import CARD, Package
from trainer.models.package.registry import Registry


def network_check(
    extractor: FeatureExtractor, registry: Registry, cache: ResultCache
) -> IsSameNetwork:
    """Return whether the features that a run stored are those of an extractor, run by run.

    Args:
        registry: has the models that made the runs.
    """
    known: dict[str, bool] = {}

    def check(model_sha256: str) -> bool:
        for entry in registry.entries():
            if entry.card is None or sha256_of(entry.path / CARD) != model_sha256:
                continue
            if entry.card.backbone != extractor.backbone:
                return False
            try:
                package = Package(entry.path, entry.card)
                return cached_extractor(package, cache).digest == extractor.digest
            except PackageError:
                return False
        return False

    def is_same_network(run: Run) -> bool:
        if run.model_sha256 not in known:
            known[run.model_sha256] = check(run.model_sha256)
        return known[run.model_sha256]

    return is_same_network
