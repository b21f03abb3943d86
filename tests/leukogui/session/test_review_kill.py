"""A window that is killed while a person reviews loses at most the last action."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trainer.cases.store import CaseStore

# Reviews as the window does, one action after another; prints each that is stored.
REVIEWER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from leukogui.session.case_session import CaseSession
from leukogui.session.reviews import ReviewSession
from trainer.domain import CellId

app = QCoreApplication([])
session = CaseSession(Path(sys.argv[1]))
reviews = ReviewSession(session, lambda: "AB")
count = 0

def go_on():
    global count
    count += 1
    print(count, flush=True)
    # Every third action takes the one before back.
    if count % 3:
        reviews.review({CellId("a.png"): "monocyte" if count % 2 else "basophil"})
    else:
        reviews.undo()

reviews.stored.connect(go_on)
reviews.undone.connect(lambda *_: go_on())
session.open(Path(sys.argv[2]))
session.listed.connect(lambda: reviews.review({CellId("a.png"): "basophil"}))
app.exec()
"""


@pytest.mark.slow
@pytest.mark.parametrize("kept", [1, 7, 30])
def test_a_kill_loses_at_most_one_action(tmp_path: Path, kept: int) -> None:
    folder, path = tmp_path / "case", tmp_path / "cases.sqlite"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"no image, but a file")
    command = [sys.executable, "-c", REVIEWER, str(path), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as reviewer:
        assert reviewer.stdout is not None
        done = [int(reviewer.stdout.readline()) for _ in range(kept)]
        reviewer.kill()
        done += [int(line) for line in reviewer.stdout.read().split()]
    with CaseStore.open(path) as store:
        assert store.check() == ()
        assert store.audit.verify() == []
        case = store.cases.find(folder)
        assert case is not None
        kinds = list(store.reviews.history(case.id))
        undone = sum(not each.active for each in kinds)
        assert len(kinds) + undone in (done[-1], done[-1] + 1)
