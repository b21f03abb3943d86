"""The worker's two ends of the protocol, kept where nobody else can reach them.

TensorFlow, OpenVINO and stray prints write to file descriptor 1 whatever Python's
`sys.stdout` says. So the descriptors that the parent gave are moved to private
numbers, which no child inherits; descriptor 1 becomes another name of stderr, and
descriptor 0 is empty. (The latter also matters on Windows: libraries ask for the
type of the standard input while they load, and that waits for a pending read.)
"""

from __future__ import annotations

import io
import os
import sys
import threading

_CHUNK = 1 << 16


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
        """What has come, at least one byte; nothing when the parent has closed its end."""
        try:
            return os.read(self._source, _CHUNK)
        except OSError:  # Windows: the pipe was broken, not closed
            return b""

    def write(self, data: bytes) -> None:
        """Send it all; OSError if the parent does not listen any more."""
        rest = memoryview(data)
        with self._lock:
            while rest:
                rest = rest[os.write(self._sink, rest) :]


def take_standard_streams() -> Channel:
    """Move stdin and stdout of this process to a private channel, for its whole life."""
    channel = Channel(_private(0), _private(1))
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


def _private(descriptor: int) -> int:
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
