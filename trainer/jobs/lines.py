"""Bytes that arrive in any pieces, cut into whole lines of a bounded length."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LINE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Junk:
    """A line that is no message: a stray print of a library, or a message cut short."""

    reason: str
    text: str


def junk(reason: str, line: bytes) -> Junk:
    """Junk that shows no more than the beginning of the line."""
    return Junk(reason, line[:200].decode("utf-8", errors="replace"))


class LineReader:
    """Cuts a stream at line feeds; holds at most `limit` bytes of an unfinished line.

    Lines are cut before anything is decoded, so a character whose bytes arrive in
    two pieces is never harmed.
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._skipping = False

    def feed(self, chunk: bytes) -> list[bytes | Junk]:
        """The lines that `chunk` completes, without line ends; empty lines are left out."""
        *complete, rest = chunk.split(b"\n")
        lines: list[bytes | Junk] = []
        for piece in complete:
            lines.extend(self._add(piece))
            lines.extend(self._cut())
        lines.extend(self._add(rest))
        return lines

    def finish(self) -> list[bytes | Junk]:
        """What is left when the stream has ended: a last line without its line feed."""
        line = bytes(self._rest).strip()
        self._rest.clear()
        return [junk("cut short", line)] if line else []

    def _add(self, piece: bytes) -> list[Junk]:
        if self._skipping:
            return []
        self._rest += piece
        if len(self._rest) <= self._limit:
            return []
        found = junk(f"longer than {self._limit} bytes", bytes(self._rest[:200]))
        self._rest.clear()
        self._skipping = True
        return [found]

    def _cut(self) -> list[bytes]:
        line = bytes(self._rest).strip(b"\r ")
        self._rest.clear()
        self._skipping = False
        return [line] if line else []
