"""The SQLite store of cases, runs, predictions and reviews."""

from trainer.cases.audit_trail import TrailHead
from trainer.cases.backups import list_backups, restore
from trainer.cases.errors import (
    DamagedStoreError,
    DiskFullError,
    LockedStoreError,
    ReadOnlyStoreError,
)
from trainer.cases.records import (
    CLEARED,
    EXCLUDED,
    UNKNOWN,
    Case,
    Change,
    NewReview,
    Origin,
    Review,
    Run,
    RunState,
    Verdict,
)
from trainer.cases.store import CaseStore

__all__ = [
    "CLEARED",
    "EXCLUDED",
    "UNKNOWN",
    "Case",
    "CaseStore",
    "Change",
    "DamagedStoreError",
    "DiskFullError",
    "LockedStoreError",
    "NewReview",
    "Origin",
    "ReadOnlyStoreError",
    "Review",
    "Run",
    "RunState",
    "TrailHead",
    "Verdict",
    "list_backups",
    "restore",
]
