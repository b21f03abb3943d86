"""A case whose reviewed cells a model is adapted by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.atomic_files import sha256_of
from trainer.cases.records import UNKNOWN, NewReview
from trainer.cases.store import CaseStore
from trainer.domain import never_stop
from trainer.jobs.adapt import job as adapt
from trainer.jobs.classify import job as classify
from trainer.locations import STORE_NAME
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.protocol.events import JobWarning
from trainer.protocol.requests import ClassifyRequest

MODEL, LAB = "random", "my lab"


def classified(place: Path, model: str) -> None:
    """Classify the case by a model."""
    classify.run(
        ClassifyRequest(
            paths=[str(place / "case")],
            out=str(place / "out"),
            model=model,
            device="cpu",
            red_cell_diameter=43.0,
            source=LAB,
            data_dir=str(place / "data"),
        ),
        lambda _: None,
        never_stop,
    )


def labels_by_name(place: Path, count: int) -> dict[str, str]:
    """The kind that each of the first images shows; what is no class counts as unknown."""
    names = sorted(path.name for path in (place / "case").iterdir())[:count]
    outside = ("eosinophil", "lymphocyte")
    kinds = {name: Path(name).stem.partition("_")[2] for name in names}
    return {name: UNKNOWN if kind in outside else kind for name, kind in kinds.items()}


def review(place: Path, labels: dict[str, str], folder: str = "case") -> None:
    with CaseStore.open(place / "data" / STORE_NAME) as store:
        case = store.cases.find_or_create(place / folder)
        reviews = [
            NewReview(name, sha256_of(place / folder / name), label)
            for name, label in labels.items()
        ]
        store.reviews.add(case.id, reviews, reviewer="Dr. A")


def adapted(
    place: Path, name: str, data: str | Path = "case", **more: Any
) -> tuple[dict[str, Any], list[str]]:
    """Result and warnings of the job."""
    events: list[object] = []
    settings = {"from_model": MODEL, **more}
    request = AdaptRequest(
        data=str(place / data), name=name, data_dir=str(place / "data"), **settings
    )
    result = adapt.run(request, events.append, never_stop)
    return result, [each.message for each in events if isinstance(each, JobWarning)]
