"""Sign-offs where something goes wrong: a kill, a full disk, a locked store, two who sign."""

from __future__ import annotations

import pytest

from tests.trainer.cases.test_store_faults import HOLDER, child
from trainer.cases import (
    CaseStore,
    DiskFullError,
    LockedStoreError,
    Requirement,
    SignedCaseError,
)
from trainer.cases.case_signature import sign_case

# Signs and reopens for ever and says each act once it is committed.
SIGNER = """
import sys
from pathlib import Path
from trainer.cases import CaseStore, Requirement
from trainer.cases.case_signature import sign_case

store = CaseStore.open(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    sign_case(store, 1, reviewer="AB", requirement=Requirement.NOTHING)
    print("signed", flush=True)
    store.sign_offs.reopen(1, reviewer="AB", reason="again")
    print("reopened", flush=True)
"""


@pytest.fixture
def classified(store_path, tmp_path, begin, predict):
    (tmp_path / "images").mkdir()
    with CaseStore.open(store_path) as store:
        case = store.cases.find_or_create(tmp_path / "images")
        store.predictions.add(begin(store, case).id, [predict(f"{i}.jpg") for i in range(20)])
    return store_path


def sign(store: CaseStore) -> None:
    sign_case(store, 1, reviewer="CD", requirement=Requirement.NOTHING)


@pytest.mark.parametrize("kept", [1, 4])
def test_a_kill_leaves_a_case_signed_or_not_and_nothing_between(classified, kept):
    with child(SIGNER, classified) as signer:
        assert signer.stdout.readline() == "ready\n"
        committed = [signer.stdout.readline().strip() for _ in range(kept)]
        signer.kill()
        committed += signer.stdout.read().split()
    with CaseStore.open(classified) as store:
        assert store.check() == () and store.audit.verify() == []
        kinds = [act.kind for act in store.sign_offs.history(1)]
        assert kinds[: len(committed)] == committed and len(kinds) <= len(committed) + 1
        if kinds[-1] == "signed":
            with pytest.raises(SignedCaseError):
                sign(store)
        else:
            sign(store)


def test_a_full_store_leaves_the_case_open(classified):
    with CaseStore.open(classified) as store:
        connection = store._db.connection
        store.reviews.undo(1)  # the pages that any act needs are there
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        committed = 0
        with pytest.raises(DiskFullError):
            while True:
                sign(store)
                committed += 1
                store.sign_offs.reopen(1, reviewer="AB", reason="x" * 1000)
                committed += 1
        assert len(store.sign_offs.history(1)) == committed > 0
        connection.execute("PRAGMA max_page_count = 1000000")
        if not store.sign_offs.is_signed(1):
            sign(store)
        assert store.sign_offs.is_signed(1) and store.audit.verify() == []


def test_a_store_that_another_holds_is_not_signed_in(classified):
    with (
        CaseStore.open(classified, busy_seconds=0.2) as store,
        child(HOLDER, classified) as holder,
    ):
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedStoreError):
            sign(store)
        holder.stdin.write("\n")
        holder.stdin.flush()
        holder.wait()
        assert not store.sign_offs.is_signed(1)
        sign(store)


def test_of_two_who_sign_one_is_first(classified):
    with CaseStore.open(classified) as one, CaseStore.open(classified) as other:
        sign(one)
        with pytest.raises(SignedCaseError, match="was signed by CD"):
            sign(other)
        assert len(other.sign_offs.history(1)) == 1
