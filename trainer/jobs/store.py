"""`store`: check the store of cases, list its backups, restore one."""

from __future__ import annotations

from pathlib import Path

from trainer.cases.backups import list_backups, restore
from trainer.cases.store import CaseStore
from trainer.domain import ShouldStop
from trainer.errors import UserError
from trainer.locations import store_file
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import StoreRequest


def run(request: StoreRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:  # noqa: ARG001
    """Do one thing with the store (see `StoreRequest`); nothing of it can be cancelled halfway.

    Raises:
        UserError: no store or no backup is there, the backup is damaged, or the store is
            damaged when it is checked.
    """
    store = store_file(request.data_dir)
    actions = {"check": _check, "backups": _list, "restore": _restore}
    return actions[request.action](store, request, emit)


def _check(store: Path, _: StoreRequest, emit: Emit) -> dict[str, object]:
    """Read the whole file, and the trail of what was done."""
    with CaseStore.open(store, read_only=True) as opened:
        problems = [*opened.check(), *opened.audit.verify()]
    for problem in problems or [f"{store} is sound."]:
        emit(Result({"text": problem}))
    return {"store": str(store), "problems": problems}


def _list(store: Path, _: StoreRequest, emit: Emit) -> dict[str, object]:
    backups = [str(path) for path in list_backups(store)]
    for line in backups or [f"There is no backup of {store} yet."]:
        emit(Result({"text": line}))
    return {"store": str(store), "backups": backups}


def _restore(store: Path, request: StoreRequest, emit: Emit) -> dict[str, object]:
    """Put a backup, the newest if none is named, in the store's place."""
    known = list_backups(store)
    if request.backup is None and not known:
        raise UserError(f"There is no backup of {store} yet.")
    backup = Path(request.backup) if request.backup is not None else known[0]
    aside = restore(store, backup)
    emit(Result({"text": f"{backup.name} is in the store's place; the file before it is {aside}."}))
    return {"store": str(store), "backup": str(backup), "aside": str(aside)}
