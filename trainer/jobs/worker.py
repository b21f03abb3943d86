"""The worker: a process that reads requests, runs one job after another and writes events.

Jobs run on the main thread, where TensorFlow, OpenVINO and signal handlers are at
home. A second thread reads, so that a cancel arrives while a job runs; a third
watches the parent. When the parent is gone, a job gets a short time to stop by
itself, then the process ends: what counts is committed, so nothing is lost.

TensorFlow, OpenVINO and stray prints write to file descriptor 1 whatever Python's
`sys.stdout` is. So the descriptors that the parent gave are moved to private
numbers, which no child inherits; descriptor 1 becomes another name of stderr, and
descriptor 0 is empty. (The latter also matters on Windows: libraries query the
type of the standard input while they load, and that waits for a pending read.)
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue

from trainer.jobs.runner import JOBS, JobTable, run_in_process
from trainer.protocol.diagnostics import dump_stack_on_crash, log_to_file, new_log_file
from trainer.protocol.events import CancelledEvent, Event, FailedEvent
from trainer.protocol.messages import (
    CancelMessage,
    InvalidLine,
    LineReader,
    MessageError,
    RunMessage,
    ShutdownMessage,
    decode_message,
    encode,
)

_LOG = logging.getLogger(__name__)
_CHUNK = 1 << 16
SECONDS_TO_STOP = 1.5
EXIT_PARENT_GONE = 3


class Channel:
    """Bytes from and to the parent.

    Unbuffered reads, so that a thread that waits in one never holds up the exit;
    writes are whole, from any thread.
    """

    def __init__(self, source: int, sink: int) -> None:
        self._source = source
        self._sink = sink
        self._lock = threading.Lock()

    def read(self) -> bytes:
        """Read what has come, at least one byte; nothing when the parent has closed its end."""
        try:
            return os.read(self._source, _CHUNK)
        except OSError:  # Windows: the pipe was broken, not closed
            return b""

    def write(self, data: bytes) -> None:
        """Write all of it; OSError if the parent does not read any more."""
        rest = memoryview(data)
        with self._lock:
            while rest:
                rest = rest[os.write(self._sink, rest) :]


def take_standard_streams() -> Channel:
    """Move stdin and stdout of this process to a private channel, for its whole life."""
    channel = Channel(_private_copy(0), _private_copy(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2 if _is_open(2) else nothing, 1)
    os.close(nothing)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, io.TextIOWrapper
        ):  # a stray print must not fail on a code page either
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    return channel


def _private_copy(descriptor: int) -> int:
    copy = os.dup(descriptor)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(copy, os.O_BINARY)
    return copy


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def watch_parent(pid: int, on_gone: Callable[[], None], seconds_between: float = 0.5) -> None:
    """Call `on_gone` once, from a thread of its own, when process `pid` is gone.

    The end of stdin shows that at once, unless another process has inherited the other end of
    the pipe, so that it outlives the parent: this watch is for that case.
    """
    threading.Thread(
        target=_poll_parent, args=(pid, on_gone, seconds_between), name="parent-watch", daemon=True
    ).start()


def _poll_parent(pid: int, on_gone: Callable[[], None], seconds_between: float) -> None:
    import psutil  # here, because it need not hold up the start

    try:
        parent = psutil.Process(pid)
        # is_running compares start times: a number given to a new process is not the parent.
        while parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE:
            time.sleep(seconds_between)
    except psutil.NoSuchProcess:
        pass  # gone, which is what we wait for
    on_gone()


def main(arguments: Sequence[str] | None = None, table: JobTable = JOBS) -> int:
    """Serve the parent until it sends a shutdown or is gone; return the exit code, 0.

    Args:
        arguments: `--parent PID` (default: the process that started this one) and
            `--log FILE`; None: those of the command line.
        table: the jobs' functions.
    """
    parser = argparse.ArgumentParser(prog="trainer worker")
    parser.add_argument("--parent", type=int, default=os.getppid())
    parser.add_argument("--log", type=Path, default=None)
    options = parser.parse_args(arguments)
    log_file = options.log or new_log_file()
    channel = take_standard_streams()
    # Ctrl+C in a terminal reaches the whole group; it is for the parent to decide.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with log_to_file(log_file), dump_stack_on_crash(log_file):
        Worker(channel, table).serve(options.parent)
    return 0


class Worker:
    """One parent's requests, in the order in which they came."""

    def __init__(self, channel: Channel, table: JobTable = JOBS) -> None:
        self._channel = channel
        self._table = table
        self._queue: SimpleQueue[RunMessage | None] = SimpleQueue()
        self._stop_events: dict[str, threading.Event] = {}  # of the jobs that wait or run
        self._lock = threading.Lock()
        self._shutting_down = threading.Event()

    def serve(self, parent: int) -> None:
        """Run jobs on this thread until a shutdown arrives, or until `parent` is gone."""
        watch_parent(parent, self._on_parent_gone)
        threading.Thread(target=self._read_requests, name="requests", daemon=True).start()
        while (run := self._queue.get()) is not None:
            self._run(run)

    def _run(self, run: RunMessage) -> None:
        stop = self._stop_events[run.id]
        if stop.is_set():
            self._send(CancelledEvent(id=run.id, seq=0))
        else:
            run_in_process(
                run.request, self._send, stop.is_set, request_id=run.id, table=self._table
            )
        with self._lock:
            del self._stop_events[run.id]

    def _send(self, event: Event) -> None:
        try:
            self._channel.write(encode(event))
        except OSError:  # nobody reads any more
            if not self._shutting_down.is_set():
                self._on_parent_gone()

    def _read_requests(self) -> None:
        reader = LineReader()
        while chunk := self._channel.read():
            for line in reader.feed(chunk):
                self._handle_line(line)
        self._on_parent_gone()

    def _handle_line(self, line: bytes | InvalidLine) -> None:
        if isinstance(line, InvalidLine):
            self._refuse(MessageError(f"A message was {line.reason}.", line.text))
            return
        try:
            message = decode_message(line)
        except MessageError as error:
            self._refuse(error)
            return
        if isinstance(message, RunMessage):
            self._enqueue(message)
        elif isinstance(message, CancelMessage):
            self._cancel(message.id)
        elif isinstance(message, ShutdownMessage):
            self._shut_down()

    def _enqueue(self, run: RunMessage) -> None:
        with self._lock:
            is_new = run.id not in self._stop_events
            if is_new:
                self._stop_events[run.id] = threading.Event()
        if is_new:
            self._queue.put(run)
        else:
            # Under no id: the events of the one that runs must not get a second end.
            self._refuse(MessageError(f"A request with the id {run.id!r} is not over yet."))

    def _cancel(self, request_id: str) -> None:
        with self._lock:
            stop = self._stop_events.get(request_id)
        if stop is not None:
            stop.set()

    def _refuse(self, error: MessageError) -> None:
        _LOG.warning("refused a message: %s", error)
        self._send(
            FailedEvent(
                id=error.request_id, seq=0, message=error.message, hint=error.hint, kind="user"
            )
        )

    def _shut_down(self) -> None:
        """Stop what runs and what waits, then end."""
        self._shutting_down.set()
        with self._lock:
            for stop in self._stop_events.values():
                stop.set()
        self._queue.put(None)

    def _on_parent_gone(self) -> None:
        """Leave, soon: there is nobody left who could end us."""
        _LOG.info("the parent is gone")
        self._shut_down()
        deadline = threading.Timer(SECONDS_TO_STOP, os._exit, args=(EXIT_PARENT_GONE,))
        deadline.daemon = True
        deadline.start()


if __name__ == "__main__":
    raise SystemExit(main())
