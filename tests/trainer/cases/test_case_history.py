"""Any sequence of acts on a case leaves verdicts, history and trail as plain Python expects."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from trainer.cases import (
    CLEARED,
    EXCLUDED,
    UNKNOWN,
    CaseStore,
    CellCounts,
    NewReview,
    Origin,
    RunState,
    SignedCaseError,
    UnreviewedCellsError,
)
from trainer.cases.case_signature import count_cells, sign_case
from trainer.cases.database.audit_trail import TrailHead
from trainer.cases.tables.references import NewReference
from trainer.cases.tables.sign_offs import CaseState, Requirement
from trainer.domain import CellId, Decision, Precision, Prediction, Window
from trainer.errors import StoreError

IMAGES = ("a.jpg", "b.jpg", "c.jpg")
LABELS = ("basophil", "monocyte", UNKNOWN, EXCLUDED, CLEARED)
MOST_RESTARTS, MOST_KILLS = 2, 1  # of a sequence: they take longest, and teach least when repeated
Decisions = dict[str, Decision]
chosen_images = st.lists(st.sampled_from(IMAGES), min_size=1, unique=True)
decisions = st.dictionaries(st.sampled_from(IMAGES), st.sampled_from(list(Decision)), min_size=1)


def predict(image: str, decision: Decision) -> Prediction:
    sha256 = hashlib.sha256(image.encode()).hexdigest()
    label = "" if decision is Decision.FAILED else "monocyte"
    return Prediction(image, sha256, decision, "net", Precision.F32, label, 0.9, (0.9,))


class CaseHistory(RuleBasedStateMachine):
    """The store against lists in plain Python."""

    def __init__(self) -> None:
        super().__init__()
        self.folders = [tempfile.TemporaryDirectory()]
        self.store = CaseStore.open(self.path)
        self.case = self.store.cases.find_or_create(Path(self.folders[0].name))
        self.acts: list[dict[str, str]] = []
        self.undone: list[dict[str, str]] = []
        self.written = 0
        self.runs: list[tuple[str, int, Decisions]] = []
        self.sign_offs: list[str] = []
        self.readings: dict[tuple[str, int], dict[str, str]] = {}
        self.references: dict[str, str] = {}
        self.heads: list[TrailHead] = []
        self.restarts = 0

    @property
    def path(self) -> Path:
        return Path(self.folders[-1].name) / "cases.sqlite"

    @property
    def is_signed(self) -> bool:
        return self.sign_offs[-1:] == ["signed"]

    @property
    def reviews(self) -> dict[str, str]:
        """The label that counts of each image that has one."""
        latest = {image: label for act in self.acts for image, label in act.items()}
        return {image: label for image, label in latest.items() if label != CLEARED}

    @property
    def decided(self) -> Decisions:
        """The decision that counts of each image: of the newest run of the newest model."""
        newest = self.runs[-1][0] if self.runs else ""
        same = [found for model, _, found in self.runs if model == newest]
        return {image: decision for found in same for image, decision in found.items()}

    def counts(self) -> CellCounts:
        """What the cells rest on."""
        bases = [self._basis_of(image) for image in {*self.decided, *self.reviews}]
        names = ("reviewed", "accepted", "unknown", "pending", "failed")
        return CellCounts(*(bases.count(each) for each in names))

    def _basis_of(self, image: str) -> str:
        decision, label = self.decided.get(image), self.reviews.get(image)
        if decision is Decision.FAILED:
            return "failed"
        if label is not None:
            return "unknown" if label == UNKNOWN else "reviewed"
        return "accepted" if decision is Decision.ACCEPT else "pending"

    # What persons and runs do

    # One rule for all acts: of many rules the machine leaves most out of a sequence, and few
    # sequences would have a review, its undo, another review and a redo.
    @rule(
        act=st.sampled_from(
            [*("review", "undo", "redo") * 3, "rerun", "sign", "reopen", "read", "keep", "remove"]
        ),
        data=st.data(),
    )
    def act(self, act: str, data: st.DataObject) -> None:
        draw = data.draw
        match act:
            case "review":
                self._review(draw(chosen_images), draw(st.sampled_from(LABELS)))
            case "undo" | "redo":
                self._toggle(act)
            case "rerun":
                self._rerun(draw(st.sampled_from("ab")), draw(decisions), stops=draw(st.booleans()))
            case "sign":
                self._sign(draw(st.sampled_from([Requirement.NOTHING, *Requirement])))
            case "reopen":
                self._reopen()
            case "read":
                reading = draw(st.sampled_from(["AB", "EF"])), draw(st.integers(1, 2))
                self._read_blind(draw(chosen_images), draw(st.sampled_from(LABELS)), reading)
            case "keep":
                label = draw(st.sampled_from(LABELS[:2]))
                self._keep_reference(draw(st.sampled_from(IMAGES)), label)
            case "remove":
                self._remove_reference()

    def _review(self, images: list[str], label: str) -> None:
        reviews = [NewReview(image, "", label) for image in images]
        if self.is_signed:
            with pytest.raises(SignedCaseError):
                self.store.reviews.add(self.case.id, reviews, reviewer="AB")
            return
        self.store.reviews.add(self.case.id, reviews, reviewer="AB")
        self.acts.append(dict.fromkeys(images, label))
        self.undone.clear()
        self.written += len(images)

    def _toggle(self, kind: str) -> None:
        toggle = getattr(self.store.reviews, kind)
        if self.is_signed:
            with pytest.raises(SignedCaseError):
                toggle(self.case.id)
            return
        origin, target = self.acts, self.undone
        if kind == "redo":
            origin, target = target, origin
        expected = origin.pop() if origin else None
        change = toggle(self.case.id)
        assert (change and change.images) == (expected and tuple(expected))
        if expected:
            target.append(expected)

    def _rerun(self, model: str, found: Decisions, *, stops: bool) -> None:
        values: dict = {"model": "net", "model_sha256": model * 64, "precision": Precision.F32}
        begin = {"device": "CPU", "settings": {}, "images": IMAGES, **values}
        if self.is_signed:
            with pytest.raises(SignedCaseError):
                self.store.runs.start(self.case.id, **begin)
            return
        run = self.store.runs.start(self.case.id, **begin)
        for at, (image, decision) in enumerate(found.items()):
            self.store.predictions.add(run.id, [predict(image, decision)])
            if stops and not at:
                self.store.runs.finish(run.id, RunState.CANCELLED)
                self.store.runs.resume(run.id, device="CPU")
        assert self.store.runs.finish(run.id).state is RunState.FINISHED
        self.runs.append((model, run.id, dict(found)))

    def _sign(self, requirement: Requirement) -> None:
        counts = self.counts()
        expected: type[StoreError] | None = None
        if self.is_signed:
            expected = SignedCaseError
        elif not counts.cells:
            expected = StoreError
        elif counts.missing(requirement):
            expected = UnreviewedCellsError
        if expected is not None:
            with pytest.raises(expected):
                sign_case(self.store, self.case.id, reviewer="CD", requirement=requirement)
            return
        signed = sign_case(self.store, self.case.id, reviewer="CD", requirement=requirement)
        assert signed.counts == counts and signed.head == self.heads[-1]
        self.sign_offs.append("signed")

    def _reopen(self) -> None:
        if not self.is_signed:
            with pytest.raises(StoreError, match="not signed"):
                self.store.sign_offs.reopen(self.case.id, reviewer="CD", reason="late result")
            return
        self.store.sign_offs.reopen(self.case.id, reviewer="CD", reason="late result")
        self.sign_offs.append("reopened")

    def _read_blind(self, images: list[str], label: str, reading: tuple[str, int]) -> None:
        reader, series = reading
        labels = [NewReview(image, "", label) for image in images]
        self.store.readings.add(self.case.id, labels, reader=reader, series=series)
        self.readings.setdefault(reading, {}).update(dict.fromkeys(images, label))

    def _keep_reference(self, image: str, label: str) -> None:
        new = NewReference(CellId(image), label, image.encode(), Window(0, 0, 8))
        changed = self.store.references.add(self.case.id, new, reader="AB")
        assert changed == (self.references.get(image) != label)
        self.references[image] = label

    def _remove_reference(self) -> None:
        if not self.references:
            assert not self.store.references.remove(1, reader="AB")
            return
        oldest = self.store.references.list()[0]
        assert self.store.references.remove(oldest.id, reader="AB")
        del self.references[oldest.cell.image]

    # What happens to the program

    @precondition(lambda self: self.restarts < MOST_RESTARTS)
    @rule()
    def restart(self) -> None:
        self.restarts += 1
        self.store.close()
        self.store = CaseStore.open(self.path)

    @precondition(lambda self: len(self.folders) <= MOST_KILLS)
    @rule()
    def kill(self) -> None:
        """Go on with the files as they are on the disk, which is what a killed program leaves."""
        before, after = Path(self.folders[-1].name), tempfile.TemporaryDirectory()
        for name in ("cases.sqlite", "cases.sqlite-wal"):
            if (before / name).is_file():
                shutil.copy(before / name, after.name)
        if (before / "references").is_dir():
            shutil.copytree(before / "references", Path(after.name) / "references")
        self.store.close()
        self.folders.append(after)
        self.store = CaseStore.open(self.path)

    # What must hold after each of them

    @invariant()
    def verdicts_are_those_of_the_newest_reviews_and_run(self) -> None:
        _, run, found = self.runs[-1] if self.runs else ("", 0, {})
        for image in IMAGES:
            verdict = self.store.verdicts.get(self.case.id, run, image)
            label, accepted = self.reviews.get(image), found.get(image) is Decision.ACCEPT
            origin = Origin.DECISION if accepted else Origin.PENDING
            expected = (label or "monocyte" * accepted, Origin.REVIEW if label else origin)
            assert (verdict.label, verdict.origin) == expected
        assert count_cells(self.store, self.case.id) == self.counts()

    @invariant()
    def nothing_is_lost(self) -> None:
        assert sum(1 for _ in self.store.reviews.history(self.case.id)) == self.written
        assert [each.kind for each in self.store.sign_offs.history(self.case.id)] == self.sign_offs
        state = self.store.case_list.row(self.case.id).state
        assert (state is CaseState.SIGNED) == self.is_signed
        for (reader, series), labels in self.readings.items():
            stored = self.store.readings.labels(self.case.id, reader, series)
            expected = {CellId(image): each for image, each in labels.items() if each != CLEARED}
            assert stored == expected
        kept = self.store.references.list()
        assert {each.cell.image: each.label for each in kept} == self.references
        assert all(each.is_intact for each in kept)

    @invariant()
    def the_trail_only_grows(self) -> None:
        head = self.store.audit.head()
        assert not self.heads or head.seq >= self.heads[-1].seq
        self.heads.append(head)

    def teardown(self) -> None:
        assert self.store.audit.verify() == []
        for head in self.heads[:: max(len(self.heads) // 4, 1)]:
            assert self.store.audit.verify(head) == []
        self.store.close()
        for folder in self.folders:
            folder.cleanup()


TestCaseHistory = CaseHistory.TestCase
# Not shrunk: with stores on a disk that takes minutes, and twenty steps can be read as they are.
TestCaseHistory.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, phases=[Phase.reuse, Phase.generate]
)
