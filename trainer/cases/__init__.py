"""The SQLite store of cases, runs, predictions and reviews."""

from trainer.cases.audit_trail import TrailHead
from trainer.cases.backups import list_backups, restore
from trainer.cases.details import CaseDetails
from trainer.cases.errors import (
    DamagedStoreError,
    DiskFullError,
    LockedStoreError,
    ReadOnlyStoreError,
    SignedCaseError,
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
from trainer.cases.sign_offs import (
    CaseState,
    CellCounts,
    Requirement,
    SignOff,
    UnreviewedCellsError,
)
from trainer.cases.store import CaseStore

__all__ = [
    "CLEARED",
    "EXCLUDED",
    "UNKNOWN",
    "Case",
    "CaseDetails",
    "CaseState",
    "CaseStore",
    "CellCounts",
    "Change",
    "DamagedStoreError",
    "DiskFullError",
    "FieldSearch",
    "LockedStoreError",
    "NewReview",
    "Origin",
    "ReadOnlyStoreError",
    "Requirement",
    "Review",
    "Run",
    "RunState",
    "SearchedField",
    "SignOff",
    "SignedCaseError",
    "TrailHead",
    "UnreviewedCellsError",
    "Verdict",
    "list_backups",
    "restore",
]
