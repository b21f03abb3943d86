from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from trainer.cases import EXCLUDED, CaseStore, NewReview, SignedCaseError, UnreviewedCellsError
from trainer.cases.reader_labels import adjudication_note
from trainer.commands.parser import build_parser, request_of
from trainer.domain import Decision, Precision, Prediction, never_stop
from trainer.errors import UserError
from trainer.jobs import agreement as agreement_job
from trainer.jobs import case as case_job
from trainer.jobs.store import job as store_job
from trainer.protocol.events import Result

NAMES = ("a.jpg", "=1+1 <script>🩸.jpg")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two classified images, one of them accepted."""
    root = tmp_path / "smears <b>🩸"
    root.mkdir()
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        case = store.cases.find_or_create(root)
        run = store.runs.start(
            case.id,
            model="net",
            model_sha256="a" * 64,
            precision=Precision.F32,
            device="CPU",
            settings={},
            images=NAMES,
        )
        decisions = (Decision.ACCEPT, Decision.REVIEW)
        for name, decision in zip(NAMES, decisions, strict=True):
            (root / name).write_bytes(name.encode())
            sha256 = hashlib.sha256(name.encode()).hexdigest()
            cell = Prediction(name, sha256, decision, "net", Precision.F32, "monocyte", 0.9, (0.9,))
            store.predictions.add(run.id, [cell])
    return root


def do(folder: Path, job: str, *options: object) -> tuple[dict, str]:
    """Run `case` or `store` as from the command line; return its result and what it printed."""
    where = ("--data-dir", str(folder.parent / "data"))
    values = [job, *map(str, options), *where]
    request = request_of(build_parser().parse_args(values))
    printed: list[str] = []

    def emit(event: object) -> None:
        if isinstance(event, Result):
            printed.append(str(event.data["text"]))

    runs = {"case": case_job.run, "store": store_job.run, "agreement": agreement_job.run}
    return runs[job](request, emit, never_stop), "\n".join(printed)


def test_a_case_from_details_to_signed_and_reopened(folder: Path) -> None:
    do(folder, "case", "details", folder, "--sample", "S-7", "--magnification", "100")
    made, _ = do(folder, "case", "details", folder, "--notes", "=1+1", "--reviewer", "AB")
    assert (made["details"]["sample"], made["details"]["magnification"]) == ("S-7", 100.0)
    with pytest.raises(UnreviewedCellsError, match="1 not decided"):
        do(folder, "case", "sign", folder, "--reviewer", "AB")
    with CaseStore.open(folder.parent / "data" / "cases.sqlite") as store:
        store.reviews.add(made["case"], [NewReview(NAMES[1], "", EXCLUDED)], reviewer="AB")
    sign = ("case", "sign", folder, "--reviewer", "AB", "--requirement", "open-cells")
    made, printed = do(folder, *sign)
    assert made["state"] == "signed" and made["sign_off"]["relaxed"]
    assert "Not all was reviewed: 1 accepted" in printed
    with pytest.raises(SignedCaseError):
        do(folder, "case", "details", folder, "--sample", "S-8")
    head = made["sign_off"]["head"]
    made, _ = do(folder, "store", "verify", "--head", f"{head['seq']}:{head['hash']}")
    assert made["problems"] == []
    made, _ = do(folder, "store", "verify", "--head", f"{head['seq']}:{'0' * 64}")
    assert made["problems"] == [f"entry {head['seq']} is not the one that was noted"]
    with pytest.raises(UserError, match="with a reason"):
        do(folder, "case", "reopen", folder, "--reviewer", "CD")
    made, _ = do(folder, "case", "reopen", folder, "--reviewer", "CD", "--reason", "<i>🩸")
    assert made["state"] == "in_review"
    made, printed = do(folder, "case", "show", folder)
    assert [each["kind"] for each in made["sign_offs"]] == ["signed", "reopened"]
    assert "sample: S-7" in printed and "Reopened by CD" in printed


def test_the_trail_of_a_case_and_of_an_image(folder: Path) -> None:
    made, printed = do(folder, "case", "trail", folder)
    kinds = [act["kind"] for act in made["acts"]]
    assert kinds == ["case created", "run started", "predictions", "predictions"]
    assert len(printed.splitlines()) == 4
    out = folder.parent / "trail.csv"
    do(folder, "case", "details", folder, "--reviewer", "=1+1")
    do(folder, "case", "trail", folder, "--out", out)
    with out.open(encoding="utf-8", newline="") as file:
        *_, last = csv.DictReader(file)
    assert (last["kind"], last["person"]) == ("details set", "'=1+1")
    made, _ = do(folder, "case", "trail", folder, "--image", NAMES[0])
    assert [act["kind"] for act in made["acts"]] == ["predictions"]


def test_cases_are_listed_and_searched(folder: Path) -> None:
    do(folder, "case", "details", folder, "--sample", "S-7")
    made, printed = do(folder, "store", "cases")
    (row,) = made["cases"]
    assert (row["state"], row["images"], row["details"]["sample"]) == ("new", 2, "S-7")
    assert "smears <b>🩸" in printed
    assert do(folder, "store", "cases", "--search", "s-7 smears")[0]["cases"] == [row]
    made, printed = do(folder, "store", "cases", "--search", "S-8")
    assert made["cases"] == [] and "no such case" in printed


def test_a_moved_folder_is_set_only_where_its_images_are(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    moved = folder.rename(tmp_path / "moved")
    with pytest.raises(UserError, match="not those of this case"):
        do(folder, "case", "move", folder, "--to", tmp_path / "other")
    made, _ = do(folder, "case", "move", folder, "--to", moved)
    assert made["folder"] == str(moved)
    kinds = [act["kind"] for act in do(folder, "case", "trail", moved)[0]["acts"]]
    assert kinds[-1] == "case moved"


def test_an_adjudication_is_kept_and_is_no_label_of_its_reader(
    folder: Path, tmp_path: Path
) -> None:
    reading = tmp_path / "reading.csv"
    reading.write_text(f"file,label\n{NAMES[0]},monocyte\n{NAMES[1]},basophil\n", encoding="utf-8")
    with CaseStore.open(folder.parent / "data" / "cases.sqlite") as store:
        both = [NewReview(name, "", "monocyte") for name in NAMES]
        store.reviews.add(1, both, reviewer="AB")
        note = adjudication_note("AB", "C:D:1")
        decided = NewReview(NAMES[1], "", "basophil", note=note)
        store.reviews.add(1, [decided], reviewer="AB")
    do(folder, "agreement", folder, "--read", reading, "--reader", "C:D")
    made, printed = do(folder, "agreement", folder, "--first", "AB", "--second", "C:D:1")
    assert (made["cells"], made["share"]["value"]) == (2, 0.5)
    (differ,) = made["differ"]
    labels = [differ[each] for each in ("first", "second", "adjudicated", "adjudicator")]
    assert labels == ["monocyte", "basophil", "basophil", "AB"] and differ["time"]
    assert ": monocyte / basophil, adjudicated basophil" in printed
    # Who only adjudicates has no labels of their own.
    with CaseStore.open(folder.parent / "data" / "cases.sqlite") as store:
        decided = NewReview(NAMES[1], "", "monocyte", note=note)
        store.reviews.add(1, [decided], reviewer="EF")
    made, _ = do(folder, "agreement", folder)
    assert made["sources"] == ["model:net", "AB", "C:D:1"]


def test_a_folder_that_is_no_case_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no case yet"):
        do(folder, "case", "show", tmp_path)
    with pytest.raises(UserError, match="not its own earlier case"):
        do(folder, "case", "details", folder, "--earlier-case", 1)


def test_two_readers_are_compared_and_their_differences_listed(
    folder: Path, tmp_path: Path
) -> None:
    reading = tmp_path / "reading.csv"
    reading.write_text(f"file,label\n{NAMES[0]},monocyte\n{NAMES[1]},basophil\n", encoding="utf-8")
    first = ("agreement", folder, "--read", reading, "--reader", "C:D", "--series", 2)
    made, printed = do(folder, *first)
    assert made["sources"] == ["model:net", "C:D:2"]
    made, printed = do(folder, "agreement", folder, "--first", "model", "--second", "C:D:2")
    assert (made["cells"], made["share"]["value"]) == (2, 0.5)
    (differ,) = made["differ"]
    labels = {"first": "monocyte", "second": "basophil", "adjudicated": ""}
    assert differ == {"image": NAMES[1], "number": 0, "adjudicator": "", "time": "", **labels}
    assert "agree on 50.0 % of 2 cells" in printed
    with CaseStore.open(folder.parent / "data" / "cases.sqlite") as store:
        store.reviews.add(1, [NewReview(NAMES[1], "", "basophil")], reviewer="AB")
        assert store.audit.verify() == []
    made, _ = do(folder, "agreement", folder, "--first", "AB", "--second", "C:D:2")
    assert made["cells"] == 1 and made["kappa"]["value"] is None
    with pytest.raises(UserError, match="no label of EF"):
        do(folder, "agreement", folder, "--first", "EF", "--second", "model")
    reading.write_text("file,klass\na.jpg,x\n", encoding="utf-8")
    with pytest.raises(UserError, match="Line 2"):
        do(folder, *first)
