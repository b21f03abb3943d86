"""`store`: check the store of cases, list what it holds, merge others into it, restore a backup."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from trainer.cases.database.audit_trail import TrailHead
from trainer.cases.database.backups import list_backups, restore
from trainer.cases.store import CaseStore
from trainer.cases.tables.case_list import CaseListRow
from trainer.domain import ShouldStop, printable
from trainer.errors import UserError
from trainer.jobs.store.shard_merge import ShardedRun, find_sharded_runs, merge_shards
from trainer.locations import store_file
from trainer.protocol.case_requests import StoreRequest
from trainer.protocol.events import Emit, JobWarning, Result


def run(request: StoreRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Do one thing with the store (see `StoreRequest`); only a merge can be cancelled halfway.

    Raises:
        UserError: no store or no backup is there, the backup is damaged, or the store is
            damaged when it is checked; nothing whole is there to merge.
        Cancelled: `should_stop` returned True; a merge goes on from there.
    """
    store = store_file(request.data_dir)
    if request.action == "merge":
        return _merge(store, request, emit, should_stop)
    actions = {
        "check": _check,
        "verify": _verify,
        "cases": _list_cases,
        "backups": _list_backups,
        "restore": _restore,
    }
    return actions[request.action](store, request, emit)


def _check(store: Path, request: StoreRequest, emit: Emit) -> dict[str, object]:
    """Read the whole file, and the trail of what was done."""
    with CaseStore.open(store, read_only=True) as opened:
        problems = [*opened.check(), *opened.audit.verify(_parse_head(request.head))]
    for problem in problems or [f"{store} is sound."]:
        emit(Result({"text": problem}))
    return {"store": str(store), "problems": problems}


def _verify(store: Path, request: StoreRequest, emit: Emit) -> dict[str, object]:
    """Compare the audit trail with itself, the tables, and an entry noted outside."""
    with CaseStore.open(store, read_only=True) as opened:
        problems = opened.audit.verify(_parse_head(request.head))
        head = opened.audit.head()
    sound = f"The audit trail is whole: {head.seq} entries, the newest is {head.seq}:{head.hash}."
    for problem in problems or [sound]:
        emit(Result({"text": problem}))
    return {"store": str(store), "problems": problems, "head": {"seq": head.seq, "hash": head.hash}}


def _parse_head(text: str) -> TrailHead | None:
    seq, _, hexadecimal = text.partition(":")
    return TrailHead(int(seq), hexadecimal) if text else None


def _list_cases(store: Path, request: StoreRequest, emit: Emit) -> dict[str, object]:
    """List the cases that hold the words that are looked for."""
    rows: list[CaseListRow] = []
    opened = CaseStore.open_if_made(store)
    if opened is not None:
        with opened:
            rows = [row for row in opened.case_list.rows() if row.matches(request.search)]
    for row in rows:
        emit(Result({"text": _format_row(row)}))
    if not rows:
        emit(Result({"text": "There is no such case." if request.search else "There is no case."}))
    return {"store": str(store), "cases": [_row_to_json(row) for row in rows]}


def _format_row(row: CaseListRow) -> str:
    sample = f", sample {row.details.sample}" if row.details.sample else ""
    missing = " (not there any more)" if row.is_missing else ""
    state = row.state.value.replace("_", " ")
    return printable(
        f"{row.case.id}  {state}: {row.case.name}{sample}, {row.images} images, "
        f"{row.reviewed} cells reviewed, in {row.case.root}{missing}"
    )


def _row_to_json(row: CaseListRow) -> dict[str, object]:
    return {
        "id": row.case.id,
        "name": row.case.name,
        "folder": str(row.case.root),
        "missing": row.is_missing,
        "state": row.state.value,
        "images": row.images,
        "reviewed": row.reviewed,
        "models": row.models,
        "opened": row.opened,
        "details": row.details.to_json(),
    }


def _list_backups(store: Path, _: StoreRequest, emit: Emit) -> dict[str, object]:
    backups = [str(path) for path in list_backups(store)]
    for line in backups or [f"There is no backup of {store} yet."]:
        emit(Result({"text": line}))
    return {"store": str(store), "backups": backups}


def _merge(
    store: Path, request: StoreRequest, emit: Emit, should_stop: ShouldStop
) -> dict[str, object]:
    """Merge the shards of this store and of others, as far as all parts of a run are there."""
    if not request.files:
        raise UserError("No other store was given.", "Give the stores, or their data folders.")
    with ExitStack() as stack:
        others = [
            stack.enter_context(CaseStore.open(path, read_only=True))
            for path in map(_store_at, request.files)
        ]
        for other in others:
            _refuse_if_altered(other)
        target = stack.enter_context(CaseStore.open(store))
        found = find_sharded_runs([target, *others])
        whole = [work for work in found if not work.missing]
        for work in found:
            if work.missing:
                emit(JobWarning(_describe_missing(work)))
        if not whole:
            raise UserError(
                "No run is there in all its parts.",
                "Parts belong together if folder, model, settings and version are the same.",
            )
        rows = [_merge_one(target, work, emit, should_stop) for work in whole]
    return {"store": str(store), "merged": rows}


def _store_at(path: str) -> Path:
    return store_file(path) if Path(path).is_dir() else Path(path)


def _refuse_if_altered(store: CaseStore) -> None:
    if problems := store.audit.verify():
        raise UserError(f"{store.path} is not merged: {problems[0]}", "Copy it again.")


def _describe_missing(work: ShardedRun) -> str:
    first = work.shards[0]
    parts = ", ".join(f"{part}/{first.parts}" for part in work.missing)
    return printable(f"Not merged: of {first.case.root} with {first.run.model}, {parts} lack.")


def _merge_one(
    target: CaseStore, work: ShardedRun, emit: Emit, should_stop: ShouldStop
) -> dict[str, object]:
    run = merge_shards(target, work, emit, should_stop)
    folder = target.cases.get(run.case_id).root
    text = f"Run {run.id}: {run.images} images of {folder}, from {len(work.shards)} parts."
    emit(Result({"text": printable(text)}))
    parts = [str(shard.store.path) for shard in work.shards]
    return {"folder": str(folder), "run": run.id, "images": run.images, "stores": parts}


def _restore(store: Path, request: StoreRequest, emit: Emit) -> dict[str, object]:
    """Put a backup, the newest if none is named, in the store's place."""
    known = list_backups(store)
    if request.backup is None and not known:
        raise UserError(f"There is no backup of {store} yet.")
    backup = Path(request.backup) if request.backup is not None else known[0]
    aside = restore(store, backup)
    emit(Result({"text": f"{backup.name} is in the store's place; the file before it is {aside}."}))
    return {"store": str(store), "backup": str(backup), "aside": str(aside)}
