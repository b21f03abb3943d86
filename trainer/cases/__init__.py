"""The SQLite store of cases, runs, predictions and reviews.

Names are loaded when they are first asked for: a window that needs the label of an unknown cell
does not load the store (the pattern of Scientific Python's SPEC 1, by PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainer.cases.database.audit_trail import TrailHead
    from trainer.cases.database.backups import list_backups, restore
    from trainer.cases.database.errors import (
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
    from trainer.cases.store import CaseStore
    from trainer.cases.tables.details import CaseDetails
    from trainer.cases.tables.sign_offs import (
        CaseState,
        CellCounts,
        Requirement,
        SignOff,
        UnreviewedCellsError,
    )

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

_MODULES = {
    "CLEARED": "records",
    "Case": "records",
    "CaseDetails": "tables.details",
    "CaseState": "tables.sign_offs",
    "CaseStore": "store",
    "CellCounts": "tables.sign_offs",
    "Change": "records",
    "DamagedStoreError": "database.errors",
    "DiskFullError": "database.errors",
    "EXCLUDED": "records",
    "FieldSearch": "records",
    "LockedStoreError": "database.errors",
    "NewReview": "records",
    "Origin": "records",
    "ReadOnlyStoreError": "database.errors",
    "Requirement": "tables.sign_offs",
    "Review": "records",
    "Run": "records",
    "RunState": "records",
    "SearchedField": "records",
    "SignOff": "tables.sign_offs",
    "SignedCaseError": "database.errors",
    "TrailHead": "database.audit_trail",
    "UNKNOWN": "records",
    "UnreviewedCellsError": "tables.sign_offs",
    "Verdict": "records",
    "list_backups": "database.backups",
    "restore": "database.backups",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found
