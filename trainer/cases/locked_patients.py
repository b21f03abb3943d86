"""Patients whose reviewed cells judge models and are never learned from: a rule, nothing stored.

A patient is locked by the SHA-256 of the pseudonym, so the locked cells grow with the reviews,
and a patient is on one side in every case and on every computer.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping

from trainer.cases.tables.details import CaseDetails

ONE_IN = 5
"""One in so many patients is locked, on average."""

LEAST_PATIENTS = 5
"""With fewer of them in the store none is locked: there would be too little to learn from."""


def find_locked_cases(details: Mapping[int, CaseDetails]) -> frozenset[int]:
    """Find the cases of locked patients; those without a patient are never locked.

    Args:
        details: of every case, by its number.
    """
    if count_patients(details) < LEAST_PATIENTS:
        return frozenset()
    return frozenset(number for number, each in details.items() if _is_locked(each.patient))


def count_patients(details: Mapping[int, CaseDetails]) -> int:
    """Count the patients that the details of the cases name."""
    return len({_plain(each.patient) for each in details.values()} - {""})


def _is_locked(patient: str) -> bool:
    name = _plain(patient)
    digest = hashlib.sha256(f"locked patient {name}".encode()).digest()
    return bool(name) and int.from_bytes(digest[:8]) % ONE_IN == 0


def _plain(patient: str) -> str:
    """A pseudonym as it counts, however it was typed."""
    return " ".join(unicodedata.normalize("NFKC", patient).split()).casefold()
