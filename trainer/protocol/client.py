"""A worker process as its parent sees it: send requests, read events, know how it ended.

Plain Python, no Qt. Whatever becomes of the child, `outcome` describes it in words; and
no child outlives the object that holds it."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import subprocess
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TypeVar

from trainer.locations import program_command
from trainer.protocol.diagnostics import fatal_log_path, new_log_file
from trainer.protocol.events import Event, FinalEvent, OnEvent
from trainer.protocol.messages import (
    CancelMessage,
    InvalidLine,
    LineReader,
    Message,
    RunMessage,
    ShutdownMessage,
    decode_event,
    encode,
)
from trainer.protocol.outcome import Outcome, ProcessExit, outcome_of
from trainer.protocol.validation import Request

_LOG = logging.getLogger(__name__)
SECONDS_TO_CLOSE = 3.0
_CHUNK_BYTES = 1 << 16
_Sink = TypeVar("_Sink")


class WorkerProcess:
    """One child; it starts at once, and ends with `close`, `terminate` or this object.

    Args:
        command: what to start; None: a worker of this program.
        log: the child's log file; None: a new one in the log folder.

    Raises:
        OSError: the program could not be started.
    """

    def __init__(self, command: Sequence[str] | None = None, *, log: Path | None = None) -> None:
        self.log = log or new_log_file()
        options = ["--parent", str(os.getpid()), "--log", str(self.log)]
        self._process = subprocess.Popen(
            [*(command or program_command("worker")), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._ids = map(str, itertools.count(1))
        self._terminated = False
        self._inbox = _Inbox()
        self._stderr: deque[str] = deque(maxlen=50)
        # The threads know the pipes only, never this object: so it can be collected.
        self._threads = (
            _start_reader(_read_events, self._process.stdout, self._inbox),
            _start_reader(_read_stderr, self._process.stderr, self._stderr),
        )
        self._end = weakref.finalize(self, _kill, self._process)

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._process.pid

    @property
    def invalid_lines(self) -> tuple[InvalidLine, ...]:
        """The last lines that were no events."""
        return tuple(self._inbox.invalid_lines)

    def is_running(self) -> bool:
        """Whether the child lives."""
        return self._process.poll() is None

    def send(self, request: Request) -> str:
        """Send a request; return the id that its events carry."""
        request_id = next(self._ids)
        self._inbox.add_queue(request_id)
        self._write(RunMessage(id=request_id, request=request))
        return request_id

    def cancel(self, request_id: str) -> None:
        """Request a job to stop; its last event shows that it has."""
        self._write(CancelMessage(id=request_id))

    def events(self, request_id: str) -> Iterator[Event]:
        """The events of a job as they come, up to its last, or until the child has ended."""
        waiting = self._inbox.queue_of(request_id)
        while (event := waiting.get()) is not None:
            yield event
            if isinstance(event, FinalEvent):
                break
        self._inbox.remove_queue(request_id)

    def run(self, request: Request, on_event: OnEvent = lambda _: None) -> Outcome:
        """Send a request and wait for its end; `cancel` and `terminate` work meanwhile."""
        final: FinalEvent | None = None
        for event in self.events(self.send(request)):
            on_event(event)
            if isinstance(event, FinalEvent):
                final = event
        return self.outcome(final)

    def outcome(self, final: FinalEvent | None) -> Outcome:
        """What became of a job whose last event is `final`; None: the child ended first."""
        if final is not None:
            return outcome_of(final, log=str(self.log))
        return outcome_of(self._process_exit(), log=str(self.log))

    def terminate(self, seconds: float = SECONDS_TO_CLOSE) -> None:
        """End the child now; kill it if it has not ended after `seconds`."""
        if self.is_running():
            self._terminated = True
            self._process.terminate()
        self._wait_or_kill(seconds)

    def close(self, seconds: float = SECONDS_TO_CLOSE) -> None:
        """Let the child stop what it does and leave; terminate it after `seconds`."""
        self._terminated = self._terminated or self.is_running()
        self._write(ShutdownMessage())
        self._close_stdin()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self.terminate()

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait_or_kill(self, seconds: float) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end()
        for thread in self._threads:
            thread.join(1.0)

    def _process_exit(self) -> ProcessExit:
        """How the child ended; its pipe is closed, so it has ended or is about to."""
        self._wait_or_kill(SECONDS_TO_CLOSE)
        stack = fatal_log_path(self.log)
        has_stack = stack.is_file() and stack.stat().st_size > 0
        return ProcessExit(
            returncode=self._process.returncode,
            requested=self._terminated,
            stderr=tuple(self._stderr),
            stack=str(stack) if has_stack else "",
        )

    def _write(self, message: Message) -> None:
        # That a child has gone shows by the end of its events, not by the write.
        stdin = self._process.stdin
        with contextlib.suppress(OSError, ValueError):
            if stdin is not None:
                stdin.write(encode(message))
                stdin.flush()

    def _close_stdin(self) -> None:
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()


class _Inbox:
    """A queue of events for each request; None in it means that no more will come."""

    def __init__(self) -> None:
        self.invalid_lines: deque[InvalidLine] = deque(maxlen=20)
        self._queues: dict[str, SimpleQueue[Event | None]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def add_queue(self, request_id: str) -> None:
        with self._lock:
            queue = self._queues[request_id] = SimpleQueue()
            if self._closed:
                queue.put(None)

    def queue_of(self, request_id: str) -> SimpleQueue[Event | None]:
        with self._lock:
            return self._queues[request_id]

    def remove_queue(self, request_id: str) -> None:
        with self._lock:
            self._queues.pop(request_id, None)

    def put(self, event: Event | InvalidLine) -> None:
        if isinstance(event, InvalidLine):
            _LOG.warning("the worker said something %s: %s", event.reason, event.text)
            self.invalid_lines.append(event)
            return
        with self._lock:
            queue = self._queues.get(event.id)
        if queue is None:
            _LOG.warning("an event for nobody: %s", event)
        else:
            queue.put(event)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for queue in self._queues.values():
                queue.put(None)


def _start_reader(
    read: Callable[[IO[bytes], _Sink], None], pipe: IO[bytes] | None, sink: _Sink
) -> threading.Thread:
    thread = threading.Thread(target=read, args=(pipe, sink), daemon=True)
    thread.start()
    return thread


def _read_events(pipe: IO[bytes], inbox: _Inbox) -> None:
    reader = LineReader()
    with pipe:
        while chunk := os.read(pipe.fileno(), _CHUNK_BYTES):
            _dispatch(reader.feed(chunk), inbox)
    _dispatch(reader.finish(), inbox)
    inbox.close()


def _dispatch(lines: list[bytes | InvalidLine], inbox: _Inbox) -> None:
    for line in lines:
        inbox.put(line if isinstance(line, InvalidLine) else decode_event(line))


def _read_stderr(pipe: IO[bytes], lines: deque[str]) -> None:
    reader = LineReader(limit=1 << 16)
    with pipe:
        while chunk := os.read(pipe.fileno(), _CHUNK_BYTES):
            lines.extend(map(_decode_line, reader.feed(chunk)))
    lines.extend(map(_decode_line, reader.finish()))


def _decode_line(line: bytes | InvalidLine) -> str:
    return line.text if isinstance(line, InvalidLine) else line.decode("utf-8", errors="replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The last word: after this the child is gone, and waited for."""
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):  # the system itself cannot end it
        process.wait(SECONDS_TO_CLOSE)
