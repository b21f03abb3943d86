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
    FieldSearch,
    NewReview,
    Origin,
    Review,
    Run,
    RunState,
    SearchedField,
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
    "FieldSearch",
    "LockedStoreError",
    "NewReview",
    "Origin",
    "ReadOnlyStoreError",
    "Review",
    "Run",
    "RunState",
    "SearchedField",
    "TrailHead",
    "Verdict",
    "list_backups",
    "restore",
]
