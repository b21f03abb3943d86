"""What the command line says and writes, recorded, so that two versions can be held side by side.

    python -m tests.recorded_outputs record OUT [--python PY] [--tree DIR] [--only WORD]
    python -m tests.recorded_outputs compare A B [--ignore charts,databases] [--html raw]

`record` runs the commands in `STEPS` one after the other, as a person would, and writes into OUT a
folder for each: exit code, both streams, and what became of every file, as text. What no two runs
of one version share is masked (`RULES`, `TIMED`, hashes of files that hold such), nothing else.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.recorded_text import CLOCK, describe_file

# One command a line, or several with "; " between; ~/ is the folder that all of it happens in.
STEPS = """
demo ~/drawn --per-kind 12 --seed 3 --unreadable; demo ~/few --per-kind 1 --json; --help; --version
demo ~/cells; demo ~/none --per-kind 0; judge ~/cells; worker; classify ~/cells
devices; devices --self-test --seconds 0.3 --json; devices --self-test --precision fast --seconds 1
devices --device gpu; devices --model nobody; source ~/cells --name north --stain "May <Grünwald>"
source ~/cells --pixel-size 0.1; source ~/cells --pixel-size 0.1 --measure; source ~/nowhere
source ~/cells --measure --json; classify ~/cells --out ~/a --heatmaps; source ~/few
classify ~/cells --out ~/a --heatmaps --resume; classify ~/cells --out ~/a
classify ~/cells --out ~/b --source barcelona --json; classify ~/cells --out ~/c --shard 1/2
classify ~/cells --out ~/d --shard 2/2; classify ~/cells --out ~/e --shard 3/2; source ~/cells
classify ~/cells --out ~/f --precision fast --red-cell-diameter 75; source ~/cells --name ""
classify ~/cells/cell_001.jpg ~/cells/=1+1.jpg --root ~/cells --out ~/g; classify ~/no --out ~/h
classify ~/cells --out ~/cells/i; classify ~/cells --out ~/j --model nobody; summary ~/cells --json
classify ~/cells/empty.jpg --out ~/k --json; summary ~/cells; summary ~/cells --run 1 --compare
classify ~/cells --out ~/l --device gpu; classify ~/cells --out ~/m --red-cell-diameter -1
summary ~/cells --compare --json; summary ~/cells --run 99; summary ~/drawn; summary ~/drawn --json
export ~/cells --out ~/n; export ~/cells --out ~/n --formats csv; export ~/cells --out ~/o --run 1
export ~/cells --out ~/n --formats csv,json,xlsx --overwrite --json; export ~/drawn --out ~/p
export ~/cells --out ~/q --formats pdf; export ~/cells --out ~/cells/r; similar ~/cells nobody.jpg
similar ~/cells cell_001.jpg; similar ~/cells ~/cells/=1+1.jpg --count 3 --run 1 --json
store check; store backups --json; store restore --backup ~/no.sqlite; store check --data-dir ~/bad
explain ~/few ~/cells/empty.jpg --out ~/t; explain ~/cells/cell_001.jpg --out ~/s --class nobody
explain ~/cells/cell_001.jpg --out ~/s --method gradcam++ --class monocyte
explain ~/cells/cell_003.jpg --out ~/s --method occlusion --json; audit ~/nowhere --out ~/u
audit ~/labelled/cells.csv --out ~/v --json; audit ~/classes --out ~/w --seed 1; audit ~/drawn
audit ~/classes --out ~/classes/x; audit ~/labelled/odd.csv --out ~/y; audit ~/empty --out ~/z
doubts ~/labelled/cells.csv --out ~/aa --folds 3; doubts ~/classes --out ~/ab --folds 1
doubts ~/labelled/odd.csv --out ~/ac --folds 3 --seed 2 --json; train ~/labelled/cells.csv
train ~/labelled/cells.csv --backbone LeNet --weights none; train ~/nowhere LEARN
train ~/empty LEARN; train ~/labelled/cells.csv LEARN --recipe speed=1; train ~/few LEARN
train ~/labelled/cells.csv LEARN --recipe speed; train ~/labelled/cells.csv LEARN --recipe @no.json
train ~/labelled/cells.csv LEARN --holdout ~/classes; train ~/labelled/cells.csv LEARN --seed -1
train ~/labelled/cells.csv LEARN --preset head --name small --other lymphocyte
train ~/labelled/cells.csv LEARN --preset head --name small --other lymphocyte
train ~/labelled/cells.csv LEARN --preset full --steps 3 --out ~/full --json --seed 1 \
--holdout far=~/far --about ~/about.json
train ~/labelled/odd.csv LEARN --preset finetune --steps 2 --recipe cut_looks=2 --name top
train ~/classes --from small --preset head --name next; train ~/classes --from nobody
train ~/labelled/cells.csv LEARN --preset head --name more --seed 2 --resume
train ~/labelled/cells.csv --backbone VGG16; evaluate ~/nowhere --out ~/ad
evaluate ~/labelled/cells.csv --out ~/ae --model small; evaluate ~/labelled --out ~/af --model no
evaluate ~/classes --out ~/ag --quick --json
evaluate ~/labelled/cells.csv --out ~/ah --split val --quick --seed 1
compare ~/labelled/cells.csv --out ~/ai --backbones MobileNetV2 --models more HEAD
compare ~/labelled/cells.csv --out ~/ai --models more --seeds 1; compare ~/classes --out ~/aj
tune ~/labelled/cells.csv --out ~/ak --trials 2 LEARN --preset head; models list; models list --json
tune ~/labelled/cells.csv --out ~/ak --trials 1 LEARN --preset head --folds 4; models show nobody
train ~/labelled/cells.csv --backbone MobileNetV2 HEAD --recipe @~/ak/recipe.json --name tuned
suggest ~/cells --count 3; suggest ~/drawn; adapt ~/cells; adapt ~/labelled/cells.csv --from small
adapt ~/labelled/cells.csv --from small --name lab --new-class lymphocyte; adapt ~/nowhere --json
models show small; models show --json; models show ~/bad; models verify small; models promote
models promote small; models delete small; models rollback; models export small ~/small.zip
models export small ~/small.zip; models delete small; models import ~/small.zip --json
models import ~/small.zip; models import ~/full; models import ~/about.json; models show small next
models import ~/bad; models delete nobody; models promote next; models rollback; models rollback
classify ~/cells --out ~/al --model small --heatmaps; classify ~/cells --out ~/al --resume
summary ~/cells; store check --json; store restore; store check; summary ~/cells
"""
SHORT = {
    "HEAD": "--preset head --weights none --recipe input_size=32",
    "LEARN": "--backbone MobileNetV2 --weights none --recipe input_size=64 --recipe batch=4"
    " --recipe warm_up=1 --recipe average_every=1",
}
COMMANDS = sorted(set(re.findall(r"^[a-z]+|(?<=; )[a-z]+", STEPS, re.M)) - {"judge"})
PACKAGES = "python|numpy|opencv-python-headless|pillow|tifffile|imagecodecs|pydantic|openvino|keras"
TIMED_KEYS = "seconds|per_second|cold_start|one|many|megabytes|training_seconds|training_megabytes"
RULES = [
    (re.compile(pattern, re.M), new)
    for pattern, new in (
        # When it was: created, started, judged, packed, written.
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z| UTC)?", "<time>"),
        # The same in the names of models that were given none, and of the store's backups.
        (r"(?<=-)(\d{8}-\d{6}|\d{8}T\d{12}Z)", "<time>"),
        # When a result was kept for the next time: seconds since 1970, the last column of a table.
        (r"(?<= \| )\d{10}$", "<time>"),
        # The trail of what was done: each hash is of what was before it, and of its time; and that
        # of predictions, of their rows, which hold theirs.
        (r"^(audit .*)( \| '[0-9a-f]{64}'){2}$", r"\1 | <hashes>"),
        (r'^(audit .*"rows":\d+,"run":\d+,"sha256":")[0-9a-f]{64}', r"\1<hash>"),
        # The process, and the event's number: how often progress is told goes by the clock.
        (r'"(pid|seq)":\d+', r'"\1":0'),
        # What was measured of this computer, and packages whose cards hold it.
        (rf'(\\*"(?:{TIMED_KEYS})\\*": ?)(\[[^\]]*\]|\d[\d.e+-]*)', rf"\1{CLOCK}"),
        (r"\d[\d.e+]* cells a second", f"{CLOCK} cells a second"),
        (r"(steps in )\d+ s\b", rf"\1{CLOCK}"),
        (r"\d[\d.]* times the cost of", f"{CLOCK} times the cost of"),
        # Versions of what it is built upon.
        (rf"\b((?:{PACKAGES}|tensorflow(?:-cpu)?|torch|jax)\W{{1,4}})\d+\.\d[\w.+/-]*", r"\1<v>"),
        (r'("keras_version": )"[^"]*"', r"\1<v>"),
        # Matplotlib says so where it has never been used before.
        (r"^Matplotlib is building the font cache.*\n", ""),
    )
]


class Masks:
    """What is taken out of every text: paths, versions, times, and hashes of what holds such."""

    def __init__(self, python: str, tree: Path, work: Path) -> None:
        self._known: dict[str, str] = {}
        version = _run(["--version"], python, tree, work).stdout.decode().split()
        own = rf"(?<![\w.]){re.escape(version[-1] if version else '?')}(?![\w.])"
        self._rules = [(re.compile(re.escape(str(work))), "~"), (re.compile(own), "<v>"), *RULES]
        self._rules.insert(1, (re.compile(re.escape(str(tree))), "<tree>"))
        cpu = Path("/proc/cpuinfo")
        if found := re.search(r"model name\s*: (.*)", cpu.read_text() if cpu.exists() else ""):
            self._rules.append((re.compile(re.escape(found[1])), "<processor>"))

    def __call__(self, text: str) -> str:
        """The text without all that."""
        for pattern, new in self._rules:
            text = pattern.sub(new, text)
        return re.sub(r"\b[0-9a-f]{64}\b", lambda hit: self._known.get(hit[0], hit[0]), text)

    def learn(self, name: str, data: bytes, texts: Iterable[str]) -> None:
        """The hash of a file that holds times or paths is no other file's: it is told by name."""
        if any(self(text) != text for text in texts):
            digest = hashlib.sha256(data).hexdigest()
            self._known[digest] = f"<sha256 of {name.rpartition('/')[2]}>"


def record(out: Path, python: str, tree: Path, only: str) -> None:
    """Run the commands of the tree, and write what became of each into OUT."""
    work = Path(tempfile.mkdtemp(prefix="recorded-")).resolve()
    masks, seen = Masks(python, tree, work), {}
    steps = [step.strip() for step in re.split(r"\n|; ", STEPS.strip())]
    for at, step in enumerate([*steps, "", *(f"{command} --help" for command in COMMANDS)]):
        if at > 1 and only not in step:
            continue
        words = shlex.split(re.sub(r"HEAD|LEARN", lambda hit: SHORT[hit[0]], step))
        done = _run(words, python, tree, work)
        sys.stderr.write(f"{done.returncode} {step}\n")
        texts = {"exit.txt": f"{done.returncode}\n"}
        texts |= {
            "stdout.txt": _describe_stream(done.stdout),
            "stderr.txt": _describe_stream(done.stderr),
        }
        texts |= _changes(work, seen, masks)
        folder = out / f"{at:03} {re.sub('[^-A-Za-z0-9.=+_]+', ' ', step)[:90].strip()}"
        for file, text in texts.items():
            path = folder / masks(file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(masks(text).encode("utf-8", "backslashreplace"))
        if at == 1:
            _lay_out(work)
            _changes(work, seen, masks)
    shutil.rmtree(work)


def _run(
    words: Sequence[str], python: str, tree: Path, work: Path
) -> subprocess.CompletedProcess[bytes]:
    """One command as a child that finds the tree's code, and keeps all that it keeps in `work`."""
    folders = {"LEUKO_DATA_DIR": work / "data", "KERAS_HOME": work / "keras", "PYTHONPATH": tree}
    settings = {"COLUMNS": "100", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    unset = ("LEUKO_CACHE_DIR", "LEUKO_LOG_DIR", "KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL")
    inherited = {key: value for key, value in os.environ.items() if key not in unset}
    return subprocess.run(
        [python, "-m", "trainer", *(word.replace("~/", f"{work}/") for word in words)],
        cwd=tree,
        env=inherited | settings | {key: str(path) for key, path in folders.items()},
        input=b'?\n{"type":"shutdown"}\n' if list(words) == ["worker"] else b"",
        capture_output=True,
        check=False,
    )


def _lay_out(work: Path) -> None:
    """From what `demo` drew: cells to judge, odd ones among them, and labelled cells."""
    shutil.copytree(work / "few", work / "cells", ignore=shutil.ignore_patterns("*.csv", "*.txt"))
    for name in ("<script>alert(1).jpg", "=1+1.jpg"):
        shutil.copy(work / "few" / "cell_004.jpg", work / "cells" / name)
    shutil.copy(work / "drawn" / "cut_short.jpg", work / "cells")
    for name in ("labelled", "classes", "far", "bad", "empty"):
        (work / name).mkdir()
    texts = {"cells/empty.jpg": "", "cells/words.png": "no image", "bad/cases.sqlite": "no store"}
    about = '{"title": "Tried & <b>small</b>", "notes": ["A note."]}'
    for name, text in (texts | {"bad/card.json": "{}", "about.json": about}).items():
        (work / name).write_text(text)
    rows = ["file,label,split,patient,source"]
    drawn = [line.split(",") for line in (work / "drawn" / "labels.csv").read_text().splitlines()]
    for kind in ("monocyte", "seg_neutrophil", "lymphocyte"):
        for at, name in enumerate(name for name, label, _ in drawn if label == kind):
            for folder in ("labelled", f"{'far' if at > 9 else 'classes'}/{kind}"):
                (work / folder).mkdir(exist_ok=True)
                shutil.copy(work / "drawn" / name, work / folder)
            split = ("train", "val", "train", "test", "train")[at % 5]
            rows.append(f"{name},{kind},{split},p{at},{('north', 'south')[at % 2]}")
    _write_rows(work / "labelled" / "cells.csv", [*rows[:11], *rows[13:23], *rows[25:35]])
    shutil.copy(work / "drawn" / rows[1].partition(",")[0], work / "labelled" / "copy.jpg")
    _write_rows(work / "labelled" / "odd.csv", [*rows, "copy.jpg,lymphocyte,test,p9,north"])


def _write_rows(path: Path, rows: Sequence[str]) -> None:
    path.write_text("".join(f"{row}\n" for row in rows))


def _changes(work: Path, seen: dict[str, tuple[int, int]], masks: Masks) -> dict[str, str]:
    """What is new, changed or gone in the folder since the last time, each as text."""
    now: dict[str, tuple[int, int]] = {}
    for path in sorted(work.rglob("*")):
        # Logs are left out: they are of times, processes, and names of modules.
        if path.is_file() and not re.search(r"/logs/|-wal$|-shm$", str(path)):
            now[path.relative_to(work).as_posix()] = (path.stat().st_mtime_ns, path.stat().st_size)
    texts = {f"files/{name}.gone.txt": "gone\n" for name in seen.keys() - now.keys()}
    for name in (name for name in now if seen.get(name) != now[name]):
        data = (work / name).read_bytes()
        texts_of_file = dict(describe_file(name, data))
        masks.learn(name, data, texts_of_file.values())
        texts |= {f"files/{name}{ending}": text for ending, text in texts_of_file.items()}
    seen.clear()
    seen.update(now)
    return texts


def _describe_stream(stream: bytes) -> str:
    """What was told, without repetition of how far the work has come: that goes by the clock."""
    lines: list[str] = []
    for line in stream.decode("utf-8", "backslashreplace").splitlines(keepends=True):
        progress = '"event":"progress"' in line
        once = re.sub(r'"(done|per_second|seconds_left)":[^,}]+', r'"\1":0', line)
        once = re.sub(r'"seq":\d+', '"seq":0', once) if progress else line
        if not progress or once not in lines:
            lines.append(once)
    return "".join(lines)


def compare(folders: Sequence[Path], ignored: set[str], limit: int) -> int:
    """Print where two recordings differ; 1 if they do."""
    found = [{str(path.relative_to(a)): path for path in a.rglob("*.txt")} for a in folders]
    names = sorted(name for name in found[0] | found[1] if name.split(".")[-2] not in ignored)
    apart = 0
    for name in names:
        texts = [paths[name].read_text("utf-8") if name in paths else None for paths in found]
        if texts[0] == texts[1]:
            continue
        apart += 1
        lines = [["(no such file)"] if text is None else text.splitlines() for text in texts]
        diff = difflib.unified_diff(*lines, f"a/{name}", f"b/{name}", lineterm="", n=0)
        for _, line in zip(range(limit), diff, strict=False):
            sys.stdout.write(f"{line[:400]}\n")
    sys.stdout.write(f"{apart} of {len(names)} files differ.\n")
    return 1 if apart else 0


def main() -> int:
    """Record, or compare."""
    parser = argparse.ArgumentParser(usage=(__doc__ or "").split("\n\n")[1])
    verbs = parser.add_subparsers(dest="verb", required=True)
    recorder, comparer = verbs.add_parser("record"), verbs.add_parser("compare")
    recorder.add_argument("out", type=Path)
    recorder.add_argument("--python", default=sys.executable)
    recorder.add_argument("--tree", type=Path, default=Path())
    recorder.add_argument("--only", default="", help="only commands with this word")
    comparer.add_argument("folders", nargs=2, type=Path)
    comparer.add_argument("--ignore", default="", help="charts, pictures, databases")
    comparer.add_argument("--html", choices=("parsed", "raw"), default="parsed")
    comparer.add_argument("--lines", type=int, default=20, help="most lines of one file")
    given = parser.parse_args()
    if given.verb == "record":
        record(given.out.resolve(), given.python, given.tree.resolve(), given.only)
        return 0
    other = {"parsed": "raw", "raw": "parsed"}[given.html]
    return compare(given.folders, {other, *given.ignore.split(",")}, given.lines)


if __name__ == "__main__":
    sys.exit(main())
