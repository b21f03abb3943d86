"""Cases of several patients, of whom one is locked."""

from __future__ import annotations

from pathlib import Path

from trainer.cases.store import CaseStore
from trainer.cases.tables.details import CaseDetails

LOCKED, FREE = "P5", "P4"  # as the hash has it


def name_patients(store: CaseStore, root: Path, own: str, *, others: int = 4) -> None:
    """Name the patient of a case, and add cases of others without images."""
    store.details.set(store.cases.find_or_create(root).id, CaseDetails(patient=own))
    for at in range(others):
        case = store.cases.find_or_create(root.parent / f"other {at}")
        store.details.set(case.id, CaseDetails(patient=f"other {at}"))
