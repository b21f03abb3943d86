from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from trainer.cases import (
    CaseStore,
    DamagedStoreError,
    DiskFullError,
    LockedStoreError,
    NewReview,
    ReadOnlyStoreError,
    RunState,
)
from trainer.domain import Precision
from trainer.errors import StoreError

# Stores batches of 8 for ever and says each number once it is committed.
WRITER = """
import itertools, sys
from pathlib import Path
from trainer.cases import CaseStore
from trainer.domain import Decision, Precision, Prediction

store = CaseStore.open(Path(sys.argv[1]))
case = store.cases.find_or_create(Path(sys.argv[2]))
run = store.runs.start(case.id, model="m", model_sha256="0", precision=Precision.F32,
                      device="CPU", settings={"shard": sys.argv[3]}, images=["?"])
print(run.id, flush=True)
limit = int(sys.argv[4])
for number in range(limit):
    store.predictions.add(run.id, [
        Prediction(f"{number:05}-{i}.jpg", "0", Decision.ACCEPT, "m", Precision.F32,
                   heat=bytes(1000)) for i in range(8)])
    print(number, flush=True)
store.runs.finish(run.id)
store.close()
"""

# Opens, uses and closes many stores, new ones and old ones, all processes at the same time.
OPENER = """
import sys
from pathlib import Path
from trainer.cases import CaseStore, NewReview

print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    with CaseStore.open(Path(sys.argv[1], f"{number // 2}.sqlite")) as store:
        case = store.cases.find_or_create(Path(sys.argv[1]))
        store.reviews.add(case.id, [NewReview("a.jpg", "", "monocyte")], reviewer=sys.argv[2])
"""

HOLDER = """
import sqlite3, sys
from pathlib import Path
from trainer.cases import CaseStore

store = CaseStore.open(Path(sys.argv[1]))
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
raw.execute("ROLLBACK")
store.close()
"""


@contextmanager
def child(program: str, *arguments: object):
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("kept", [0, 1, 60])
def test_a_killed_process_loses_at_most_the_batch_in_flight(store_path, tmp_path, kept):
    with child(WRITER, store_path, tmp_path, "1/1", 10**9) as writer:
        run_id = int(writer.stdout.readline())
        committed = [int(writer.stdout.readline()) for _ in range(kept)]
        writer.kill()
        committed += [int(line) for line in writer.stdout.read().split()]
    with CaseStore.open(store_path) as store:
        assert store.check() == ()
        assert store.audit.verify() == []
        done = store.predictions.committed_images(run_id)
        assert len(done) in (8 * len(committed), 8 * len(committed) + 8)
        assert {f"{number:05}-{i}.jpg" for number in committed for i in range(8)} <= set(done)
        case = store.cases.find_or_create(tmp_path)
        found = store.runs.find_unfinished(
            case.id,
            model="m",
            model_sha256="0",
            precision=Precision.F32,
            settings={"shard": "1/1"},
        )
        assert found is not None
        assert (found.id, found.state) == (run_id, RunState.RUNNING)
        assert store.describe_open_handles() == []


def test_two_processes_write_at_once_and_lose_nothing(store_path, tmp_path):
    with (
        child(WRITER, store_path, tmp_path, "1/2", 60) as first,
        child(WRITER, store_path, tmp_path, "2/2", 60) as second,
    ):
        numbers = [int(process.stdout.readline()) for process in (first, second)]
        assert first.stdout.read().split()[-1] == "59"
        assert second.stdout.read().split()[-1] == "59"
        assert (first.wait(), second.wait()) == (0, 0)
    with CaseStore.open(store_path) as store:
        assert [store.predictions.count(number) for number in numbers] == [480, 480]
        assert len(store.cases.list_all()) == 1
        assert store.audit.verify() == []
        assert store.check() == ()


def test_many_processes_make_open_and_close_stores_at_once(tmp_path):
    with ExitStack() as stack:
        openers = [stack.enter_context(child(OPENER, tmp_path, number)) for number in range(4)]
        for opener in openers:
            assert opener.stdout.readline() == "ready\n"
        for opener in openers:
            opener.stdin.write("\n")
            opener.stdin.flush()
        assert [opener.wait() for opener in openers] == [0, 0, 0, 0]
    for number in range(20):
        with CaseStore.open(tmp_path / f"{number}.sqlite", read_only=True) as store:
            assert len(store.cases.list_all()) == 1
            said = sorted(review.reviewer for review in store.reviews.history(1))
            assert said == ["0", "0", "1", "1", "2", "2", "3", "3"]
            assert store.audit.verify() == []


def test_a_store_held_by_another_says_who_holds_it(store_path, tmp_path):
    with CaseStore.open(store_path, busy_seconds=0.05) as store:
        with child(HOLDER, store_path) as holder:
            assert holder.stdout.readline() == "held\n"
            assert f"process {holder.pid}" in store.describe_open_handles()[0]
            with pytest.raises(LockedStoreError, match=f"process {holder.pid}"):
                store.cases.find_or_create(tmp_path)
            with pytest.raises(LockedStoreError, match=f"process {holder.pid}"):
                CaseStore.open(store_path, busy_seconds=0.05)
            assert store.cases.list_all() == []
            holder.communicate("\n")
        assert store.describe_open_handles() == []
        assert store.cases.find_or_create(tmp_path).id == 1


@pytest.fixture
def filled(store_path, tmp_path, begin, predict):
    with CaseStore.open(store_path) as store:
        case = store.cases.find_or_create(tmp_path)
        run = begin(store, case)
        store.predictions.add(run.id, [predict(f"{i:03}.jpg", heat=bytes(3000)) for i in range(99)])
        store.runs.finish(run.id)
    return store_path


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("length", [1, 99, 100, 5000, 100_000, -1])
def test_a_truncated_store_is_found_and_a_backup_is_offered(filled, length, read_only):
    data = filled.read_bytes()
    filled.write_bytes(data[:length])
    with pytest.raises(DamagedStoreError, match="is damaged") as caught:
        CaseStore.open(filled, read_only=read_only)
    assert len(caught.value.backups) == 1
    assert filled.read_bytes() == data[:length]


def test_damage_inside_is_found_at_opening_after_a_crash(filled, tmp_path):
    with child(HOLDER, filled) as holder:
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    damaged = bytearray(filled.read_bytes())
    half = len(damaged) // 2
    damaged[half:] = os.urandom(len(damaged) - half)
    filled.write_bytes(damaged)
    with pytest.raises(DamagedStoreError) as caught:
        CaseStore.open(filled)
    assert len(caught.value.backups) == 1


def test_damage_met_while_reading_is_said_in_words_and_pushes_out_no_backup(filled, clock):
    damaged = bytearray(filled.read_bytes())
    half = len(damaged) // 2
    damaged[half:] = os.urandom(len(damaged) - half)
    filled.write_bytes(damaged)
    clock.move(days=4000)
    store = CaseStore.open(filled, now=clock)
    with pytest.raises(DamagedStoreError):
        list(store.predictions.stream(1))
    assert store.check() != ()
    store.close()
    with CaseStore.open(filled, now=clock) as again, pytest.raises(DamagedStoreError) as caught:
        list(again.predictions.stream(1))
    assert len(caught.value.backups) == 1


def test_a_newer_store_is_opened_for_reading_only(filled):
    with closing(sqlite3.connect(filled)) as raw:
        raw.execute("PRAGMA user_version = 99")
    before = filled.read_bytes()
    with CaseStore.open(filled) as store:
        assert "newer version" in store.read_only
        assert len(list(store.predictions.stream(1))) == 99
        with pytest.raises(ReadOnlyStoreError, match="Update this program"):
            store.reviews.undo(1) or store.reviews.add(1, [NewReview("a", "", "x")], reviewer="AB")
    assert filled.read_bytes() == before


def test_another_programs_database_is_left_untouched(store_path):
    store_path.parent.mkdir()
    with closing(sqlite3.connect(store_path)) as raw:
        raw.execute("CREATE TABLE cases (id INTEGER)")
    before = store_path.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        CaseStore.open(store_path)
    assert store_path.read_bytes() == before


def test_reading_needs_a_store(store_path):
    with pytest.raises(StoreError, match="There is no store"):
        CaseStore.open(store_path, read_only=True)
    store_path.parent.mkdir()
    store_path.touch()
    with pytest.raises(StoreError, match="is empty"):
        CaseStore.open(store_path, read_only=True, busy_seconds=0.05)


def test_a_reader_waits_for_a_store_that_is_just_being_made(store_path):
    store_path.parent.mkdir()
    store_path.touch()

    def read() -> int:
        with CaseStore.open(store_path, read_only=True) as store:
            return len(store.cases.list_all())

    with ThreadPoolExecutor(1) as reader:
        found = reader.submit(read)
        with CaseStore.open(store_path):
            assert found.result(timeout=30) == 0


def test_reading_only_writes_nothing(filled):
    before = filled.read_bytes()
    with CaseStore.open(filled, read_only=True) as store:
        assert len(store.cases.list_all()) == 1
        with pytest.raises(ReadOnlyStoreError, match="reading only"):
            store.runs.finish(1)
    assert filled.read_bytes() == before
    assert all(log.stat().st_size == 0 for log in filled.parent.glob("*-wal"))


def test_reading_goes_on_while_another_writes(filled):
    with CaseStore.open(filled, read_only=True) as reader, CaseStore.open(filled) as writer:
        writer.reviews.add(1, [NewReview("000.jpg", "", "basophil")], reviewer="AB")
        assert [review.label for review in reader.reviews.history(1)] == ["basophil"]


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="permissions are POSIX here")
def test_a_read_only_folder_is_read_and_said_to_be_so(filled):
    program = """
import os, sys
from pathlib import Path
from trainer.cases import CaseStore, ReadOnlyStoreError
if os.getuid() == 0:
    os.setuid(65534)
path = Path(sys.argv[1])
with CaseStore.open(path, read_only=True) as store:
    print(len(list(store.predictions.stream(1))))
try:
    CaseStore.open(path)
except ReadOnlyStoreError as error:
    print(error)
"""
    closed = [each for each in list(filled.parents)[1:] if not each.stat().st_mode & 0o001]
    folders = [filled.parent, *closed]
    modes = [folder.stat().st_mode for folder in folders]
    try:
        for folder in reversed(folders):
            folder.chmod(0o755)
        filled.parent.chmod(0o555)
        filled.chmod(0o444)
        command = [sys.executable, "-c", program, str(filled)]
        result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    finally:
        for folder, mode in zip(folders, modes, strict=True):
            folder.chmod(mode)
    assert result.stderr == ""
    count, refusal = result.stdout.splitlines()
    assert count == "99"
    assert "cannot be opened or written" in refusal


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        CaseStore.open(tmp_path / "file" / "cases.sqlite")


def test_a_full_store_keeps_what_it_has_and_says_what_it_needs(filled, begin, predict):
    batch = [predict(f"{i}.jpg", heat=bytes(10_000)) for i in range(50)]
    with CaseStore.open(filled) as store:
        (case,) = store.cases.list_all()
        run = begin(store, case)
        connection = store._db.connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DiskFullError, match="bytes") as caught:
            store.predictions.add(run.id, batch)
        assert caught.value.needed > 2 * 50 * 10_000
        assert caught.value.free > 0
        assert (store.predictions.count(1), store.predictions.count(run.id)) == (99, 0)
        assert store.check() == ()
        connection.execute("PRAGMA max_page_count = 1000000")
        store.predictions.add(run.id, batch)
        assert store.predictions.count(run.id) == 50
        assert store.audit.verify() == []


@pytest.fixture
def small_disk(tmp_path):
    """A real disk of one megabyte."""
    mount = tmp_path / "disk"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(mount)]
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("mounting a small disk needs Linux and root")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let one mount a disk")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


def test_a_full_disk_loses_nothing_that_was_committed(small_disk: Path, begin, predict):
    path = small_disk / "cases.sqlite"
    store = CaseStore.open(path)
    run = begin(store, store.cases.find_or_create(small_disk))
    committed = 0
    with pytest.raises(DiskFullError) as caught:
        for committed in range(1000):
            store.predictions.add(run.id, [predict(f"{committed:04}.jpg", heat=bytes(20_000))])
    assert caught.value.free < 100_000 < caught.value.needed
    assert store.predictions.count(run.id) == committed > 5
    with pytest.raises(DiskFullError):
        store.close()
    with CaseStore.open(path, read_only=True) as reader:
        assert reader.predictions.count(run.id) == committed
        assert reader.check() == ()
        assert reader.audit.verify() == []


def test_a_newer_store_is_said_to_be_newer_also_where_it_is_only_read(filled):
    with CaseStore.open(filled, read_only=True) as store:
        assert store.newer == ""
    with closing(sqlite3.connect(filled)) as raw:
        raw.execute("PRAGMA user_version = 99")
    for read_only in (True, False):
        with CaseStore.open(filled, read_only=read_only) as store:
            assert "newer version" in store.newer
            assert "newer version" in store.read_only
