"""Which patients' cells judge models alone."""

from __future__ import annotations

import pytest

from trainer.cases.locked_patients import LEAST_PATIENTS, count_patients, find_locked_cases
from trainer.cases.tables.details import CaseDetails


def of(*patients: str) -> dict[int, CaseDetails]:
    return {number: CaseDetails(patient=patient) for number, patient in enumerate(patients, 1)}


def test_a_patient_stays_on_one_side_as_others_come() -> None:
    few, many = (of(*(f"P{at}" for at in range(count))) for count in (40, 1000))
    locked = find_locked_cases(few)
    assert locked
    assert locked == {number for number in find_locked_cases(many) if number <= 40}
    assert len(find_locked_cases(many)) == pytest.approx(200, abs=40)


def test_all_cases_of_a_patient_are_on_one_side_however_it_is_typed() -> None:
    names = [f"P {at}" for at in range(20)]
    cases = of(*names, *(f" p  {at} " for at in range(20)))
    locked = find_locked_cases(cases)
    assert {number for number in locked if number > 20} == {
        number + 20 for number in locked if number <= 20
    }
    assert count_patients(cases) == 20


def test_none_is_locked_of_few_patients_nor_of_an_unknown_one() -> None:
    locked = "P5"  # as the hash has it
    others = [f"other {at}" for at in range(LEAST_PATIENTS - 2)]
    assert not find_locked_cases(of(locked, *others))
    assert 1 in find_locked_cases(of(locked, *others, "one more", ""))
    assert not find_locked_cases(of("", "", "", "", "", ""))
