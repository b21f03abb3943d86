"""Merge runs over parts of a folder, from the stores of several machines, into one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from trainer.cases.database.column_values import canonical_json
from trainer.cases.records import Case, FieldSearch, Run, RunState, SearchedField
from trainer.cases.store import CaseStore
from trainer.domain import (
    CellId,
    CellOrigin,
    ImageContent,
    OnProgress,
    Precision,
    Prediction,
    Progress,
    ShouldStop,
)
from trainer.errors import Cancelled
from trainer.jobs.common.source_scale import SourceScale
from trainer.protocol.requests import split_shard

_BATCH = 64  # images that are committed at once


@dataclass(frozen=True)
class Shard:
    """A finished run over one of several parts of a folder.

    Attributes:
        store: that holds the run; open.
        case: of the run, as in that store.
        part: 1 to `parts`.
    """

    store: CaseStore
    case: Case
    run: Run
    part: int
    parts: int


@dataclass(frozen=True)
class ShardedRun:
    """Shards of the same work: one folder, model, precision, version and setting.

    Attributes:
        shards: in order; of several runs over one part the newest.
    """

    shards: tuple[Shard, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """The parts that no store holds."""
        known = {shard.part for shard in self.shards}
        return tuple(part for part in range(1, self.shards[0].parts + 1) if part not in known)


@dataclass(frozen=True)
class _ImageRows:
    """All that a run stored of one image."""

    image: str
    predictions: tuple[Prediction, ...]
    pooled: tuple[bytes, ...]
    field: SearchedField | None


def find_sharded_runs(stores: Sequence[CaseStore]) -> list[ShardedRun]:
    """Return the work that was shared out, whole or not, by folder and model."""
    groups: dict[str, dict[int, Shard]] = {}
    for shard in sorted(_find_shards(stores), key=lambda shard: shard.run.started):
        groups.setdefault(_work_of(shard), {})[shard.part] = shard
    return [
        ShardedRun(tuple(shards[part] for part in sorted(shards)))
        for _, shards in sorted(groups.items())
    ]


def merge_shards(
    target: CaseStore, work: ShardedRun, on_progress: OnProgress, should_stop: ShouldStop
) -> Run:
    """Write all shards of some work into one run of a store, and return it.

    Work that is merged already is returned as it is; a merge that was broken off goes on.

    Args:
        target: may hold shards itself.
        work: without missing parts.

    Raises:
        Cancelled: `should_stop` returned True; what was committed stays.
        StoreError: the case is signed there, or a store cannot be read or written.
    """
    first = work.shards[0]
    case = _find_case(target, first)
    settings = _shared_settings(first.run)
    if (done := _find_merged(target, case, first.run, settings)) is not None:
        return done
    run = _start(target, case, work, settings)
    committed = set(target.predictions.committed_images(run.id))
    try:
        for shard in work.shards:
            rows = (each for each in _stream_images(shard) if each.image not in committed)
            while batch := _take(rows):
                if should_stop():
                    raise Cancelled
                _commit(target, case, run, batch)
                committed.update(each.image for each in batch)
                on_progress(Progress("merging", len(committed), run.images))
    except Cancelled:
        target.runs.finish(run.id, RunState.CANCELLED)
        raise
    return target.runs.finish(run.id)


def _find_shards(stores: Sequence[CaseStore]) -> Iterator[Shard]:
    for store in stores:
        for case in store.cases.list_all():
            for run in store.runs.list_of_case(case.id):
                shard = run.settings.get("shard")
                if isinstance(shard, str) and run.state is RunState.FINISHED:
                    yield Shard(store, case, run, *split_shard(shard))


def _work_of(shard: Shard) -> str:
    """What must be equal for two shards to be parts of one run."""
    run = shard.run
    same = (run.model, run.model_sha256, run.precision, run.software, shard.parts)
    return canonical_json([str(shard.case.root), *same, _shared_settings(run)])


def _shared_settings(run: Run) -> dict[str, object]:
    return {**run.settings, "shard": None}


def _find_case(target: CaseStore, shard: Shard) -> Case:
    """The case of the folder, with content and scale as the shards had them."""
    case = target.cases.find_or_create(shard.case.root)
    content = ImageContent(str(shard.run.settings.get("content", case.content.value)))
    if case.content != content:
        case = target.cases.set_content(case.id, content)
    scale = SourceScale.from_json(shard.run.settings)
    target.cases.set_measured_profile(case, scale.profile)
    return case


def _find_merged(
    target: CaseStore, case: Case, run: Run, settings: Mapping[str, object]
) -> Run | None:
    same = (run.model_sha256, run.precision, run.software, settings)
    return next(
        (
            each
            for each in target.runs.list_of_case(case.id)
            if each.state is RunState.FINISHED
            and (each.model_sha256, each.precision, each.software, each.settings) == same
        ),
        None,
    )


def _start(target: CaseStore, case: Case, work: ShardedRun, settings: Mapping[str, object]) -> Run:
    run = work.shards[0].run
    precision = Precision(run.precision)
    begun = target.runs.find_unfinished(
        case.id,
        model=run.model,
        model_sha256=run.model_sha256,
        precision=precision,
        settings=settings,
    )
    devices = ", ".join(dict.fromkeys(shard.run.device for shard in work.shards))
    if begun is not None:
        return target.runs.resume(begun.id, device=devices)
    return target.runs.start(
        case.id,
        model=run.model,
        model_sha256=run.model_sha256,
        precision=precision,
        device=devices,
        settings=settings,
        images=[
            name
            for shard in work.shards
            for name in shard.store.predictions.committed_images(shard.run.id)
        ],
    )


def _stream_images(shard: Shard) -> Iterator[_ImageRows]:
    """Yield what a shard stored, image by image."""
    store, run = shard.store, shard.run
    fields = {each.image: each for each in store.fields.stream(run.id)}
    stored = groupby(store.predictions.stream(run.id), key=lambda each: each.image)
    for image, found in stored:
        predictions = tuple(found)
        pooled = tuple(
            store.features.get(run.id, image, each.number) or b"" for each in predictions
        )
        yield _ImageRows(image, predictions, pooled, fields.pop(image, None))
    for image, field in fields.items():  # in which no cell was found
        yield _ImageRows(image, (), (), field)


def _take(rows: Iterator[_ImageRows]) -> list[_ImageRows]:
    return [each for _, each in zip(range(_BATCH), rows, strict=False)]


def _commit(target: CaseStore, case: Case, run: Run, batch: Sequence[_ImageRows]) -> None:
    """Number the cells of fields as the case does, and store the batch."""
    fields = [each for each in batch if each.field is not None]
    numbers = target.cells.add_found(case.id, [_search_of(each) for each in fields])
    numbered = {
        each.image: _number(each, found) for each, found in zip(fields, numbers, strict=True)
    }
    rows = [numbered.get(each.image, each) for each in batch]
    target.predictions.add(
        run.id,
        [prediction for each in rows for prediction in each.predictions],
        [pooled for each in rows for pooled in each.pooled],
        [each.field for each in rows if each.field is not None],
    )


def _search_of(rows: _ImageRows) -> FieldSearch:
    """The cells of a field as if they had just been found, for their numbers are the store's."""
    assert rows.field is not None
    cells = [
        replace(located, id=CellId(rows.image), origin=CellOrigin.FOUND)
        for each in rows.predictions
        if (located := each.located)
    ]
    return FieldSearch(rows.image, rows.field.sha256, tuple(cells))


def _number(rows: _ImageRows, numbers: Sequence[int | None]) -> _ImageRows:
    """The rows under the numbers of the case; a cell that a person removed there is left out."""
    assert rows.field is not None
    kept = [
        (replace(prediction, number=number), pooled)
        for prediction, pooled, number in zip(rows.predictions, rows.pooled, numbers, strict=True)
        if number is not None
    ]
    return _ImageRows(
        rows.image,
        tuple(prediction for prediction, _ in kept),
        tuple(pooled for _, pooled in kept),
        replace(rows.field, cells=len(kept)),
    )
