"""Background trainings: each a folder in the user's data, and a process that outlives the window.

The folder holds the request, the events so far, the state, and an order for its process. Any
program of the user's may read it at any time; the process that runs a training writes its events
and its state, and who wants something else of it leaves an order. One training runs at a time.
"""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from trainer.atomic_files import ensure_writable, write_text
from trainer.errors import UserError
from trainer.locations import log_folder, program_command
from trainer.protocol.events import Event
from trainer.protocol.messages import InvalidLine, LineReader, decode_event
from trainer.protocol.records import ProtocolRecord
from trainer.protocol.validation import Request, decode_request

FOLDER = "trainings"
LOCK = "lock"
"""Of the folder of all trainings: held by the process that runs one."""
REQUEST, STATE, EVENTS, ORDER = "request.json", "state.json", "events.jsonl", "order"
COMMAND = "background"
MAX_NAME_LENGTH = 80
_BYTES_TO_BEGIN = 1_000_000
_CLOCK_SECONDS = 120.0
"""A time of creation is counted from that of the boot, which moves when a clock is set."""

TrainingState = Literal["waiting", "running", "paused", "cancelled", "failed", "done"]
Order = Literal["pause", "cancel", "keep"]
"""End and go on later, end for good, or end and make a model of what is best so far."""

_STARTED: list[tuple[Path, subprocess.Popen[bytes]]] = []
"""Children of this process; who does not wait for an ended one leaves it a zombie."""


class TrainingRecord(ProtocolRecord):
    """The state of a training, and the process that it was left in.

    Attributes:
        name: of the training, for a person.
        queued: when it was put in the queue last, in seconds since 1970.
        pid, born: of the process that runs it; its number and its time of creation.
    """

    state: TrainingState
    name: str
    queued: float
    pid: int = 0
    born: float = 0.0


_RECORDS: TypeAdapter[TrainingRecord] = TypeAdapter(TrainingRecord)


@dataclass(frozen=True)
class Training:
    """A training in its folder."""

    folder: Path

    @property
    def id(self) -> str:
        """Name of the folder; the newest is the last of all names."""
        return self.folder.name

    def request(self) -> Request:
        """What it trains.

        Raises:
            UserError: the folder is gone, or holds no request that this version knows.
        """
        try:
            return decode_request(json.loads((self.folder / REQUEST).read_bytes()))
        except (OSError, ValueError) as error:
            raise UserError(f"The training {self.id} cannot be read: {error}.") from error

    def record(self) -> TrainingRecord | None:
        """Its state; None where the folder is gone or damaged."""
        try:
            return _RECORDS.validate_json((self.folder / STATE).read_bytes())
        except (OSError, ValidationError):
            return None

    def write_record(self, record: TrainingRecord) -> None:
        """Replace its state.

        Raises:
            UserError: the folder cannot be written to, or its disk is full.
        """
        write_text(self.folder / STATE, record.model_dump_json())

    def is_running(self) -> bool:
        """Whether its process lives."""
        record = self.record()
        return record is not None and record.state == "running" and _lives(record)

    def is_interrupted(self) -> bool:
        """Whether its process ended without a word: killed, or with the computer."""
        record = self.record()
        return record is not None and record.state == "running" and not _lives(record)

    def events(self, offset: int = 0) -> tuple[list[Event], int]:
        """The events from a place in their file on, and the place to read on from.

        What is no event, as half a line after a crash, is passed over.
        """
        try:
            with (self.folder / EVENTS).open("rb") as file:
                file.seek(offset)
                data = file.read()
        except OSError:
            return [], offset
        whole = data[: data.rfind(b"\n") + 1]
        lines = LineReader().feed(whole)
        found = [decode_event(line) for line in lines if not isinstance(line, InvalidLine)]
        events = [event for event in found if not isinstance(event, InvalidLine)]
        return events, offset + len(whole)

    def order(self) -> Order | None:
        """What its process is to do; None: go on."""
        try:
            word = (self.folder / ORDER).read_text(encoding="utf-8").strip()
        except OSError:
            return None
        return word if word in ("pause", "cancel", "keep") else None  # type: ignore[return-value]

    def give_order(self, order: Order) -> None:
        """Leave an order for its process; one that does not run takes it at once.

        Raises:
            UserError: the folder cannot be written to.
        """
        record = self.record()
        if record is None:
            raise UserError(f"The training {self.id} is not there any more.")
        if self.is_running():
            write_text(self.folder / ORDER, order)
        elif record.state in ("waiting", "running", "paused"):
            state: TrainingState = "paused" if order == "pause" else "cancelled"
            self.write_record(record.model_copy(update={"state": state}))

    def take_order_back(self) -> None:
        """Have none any more."""
        (self.folder / ORDER).unlink(missing_ok=True)

    def put_in_queue(self, *, resume: bool = True) -> None:
        """Have it wait for its turn, the last of those that do.

        Args:
            resume: go on from where it broke off, where there is anything to go on from.

        Raises:
            UserError: it runs, or the folder cannot be written to.
        """
        if self.is_running():
            raise UserError(f"The training {self.id} goes on already.")
        self.take_order_back()
        request = self.request()
        if resume and "resume" in type(request).model_fields:
            request = request.model_copy(update={"resume": True})
            write_text(self.folder / REQUEST, request.model_dump_json())
        record = self.record()
        name = record.name if record is not None else self.id
        self.write_record(TrainingRecord(state="waiting", name=name, queued=time.time()))

    def delete(self) -> None:
        """Remove its folder; the model that came of it stays.

        Raises:
            UserError: it runs, or a file of it is in use.
        """
        if self.is_running():
            raise UserError(f"The training {self.id} goes on; stop it first.")
        try:
            shutil.rmtree(self.folder)
        except OSError as error:
            raise UserError(f"{self.folder} cannot be deleted: {error.strerror}.") from error


def new_folder(root: Path, name: str = "") -> Path:
    """The path of a folder for a training; it is none until `create_training` has made it one."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    safe = "".join(each if each.isalnum() or each in "-_" else "-" for each in name)
    return root / f"{stamp}-{safe[:MAX_NAME_LENGTH]}".rstrip("-")


def create_training(
    root: Path, request: Request, name: str, folder: Path | None = None
) -> Training:
    """Put a training in the queue, in a folder of its own; `start_next` starts it.

    Args:
        root: folder of all trainings.
        name: of the training, for a person; part of the name of a new folder.
        folder: of `new_folder`, which may hold files of the training already.

    Raises:
        UserError: the folder cannot be written to, or its disk is full.
    """
    training = Training(folder or new_folder(root, name))
    try:
        training.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{training.folder} cannot be made: {error.strerror}.") from error
    write_text(training.folder / REQUEST, request.model_dump_json())
    training.write_record(TrainingRecord(state="waiting", name=name, queued=time.time()))
    return training


def list_trainings(root: Path) -> list[Training]:
    """All trainings, the newest last; none where the folder is gone."""
    try:
        folders = sorted(each for each in root.iterdir() if (each / REQUEST).is_file())
    except OSError:
        return []
    return [Training(folder) for folder in folders]


def waiting_trainings(root: Path) -> list[Training]:
    """Those that wait for their turn, the next first."""
    records = [(training, training.record()) for training in list_trainings(root)]
    waiting = [(one, record) for one, record in records if record and record.state == "waiting"]
    return [one for one, _ in sorted(waiting, key=lambda pair: pair[1].queued)]


def start_next(root: Path, command: Sequence[str] | None = None) -> bool:
    """Start a process for the training whose turn it is; whether one was needed.

    The process lives on when this one ends. Where another runs a training already it ends at
    once, and that one starts the next. Of one that was started from here and has not ended yet
    the same holds, so no second is started.

    Args:
        root: folder of all trainings.
        command: what to start; None: this program.

    Raises:
        UserError: the folder cannot be written to, or its disk is full: no process could tell.
        OSError: the program could not be started.
    """
    _STARTED[:] = [(where, child) for where, child in _STARTED if child.poll() is None]
    if any(where == root for where, _ in _STARTED) or not waiting_trainings(root):
        return False
    if any(each.is_running() for each in list_trainings(root)):
        return False
    ensure_writable(root, _BYTES_TO_BEGIN)
    words = [*(command or program_command(COMMAND)), str(root.absolute())]
    child = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
        | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    _STARTED.append((root, child))
    return True


@atexit.register
def _let_go() -> None:
    """Know that children live on, of which Python would complain."""
    for _, child in _STARTED:
        child.returncode = child.poll() or 0


def log_of(training: Training) -> Path:
    """The log of the process that runs a training."""
    return log_folder() / f"{COMMAND}-{training.id}.log"


def _lives(record: TrainingRecord) -> bool:
    """Whether the process of a record lives; its number may have gone to another since."""
    import psutil  # here, because it need not hold up the window's start

    with suppress(psutil.Error):
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.born) < _CLOCK_SECONDS
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    return False
