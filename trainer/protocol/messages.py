"""The protocol of long work: requests go down, events come up, one JSON object a line.

UTF-8, ended by a line feed, no NaN. Down to the worker:

    {"type": "run", "id": "7", "request": {"job": "classify", ...}}
    {"type": "cancel", "id": "7"}
    {"type": "shutdown"}

Up from it: the events of `trainer.protocol.events`, each with its request's id and its
number. `LineReader` cuts bytes that arrive in any pieces into lines of a bounded length. This
room is the window's only door to long work; it is light.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from trainer.errors import UserError
from trainer.protocol.events import EVENTS, Event
from trainer.protocol.records import ProtocolRecord
from trainer.protocol.validation import Request, decode_request

MAX_LINE = 64 * 1024 * 1024


@dataclass(frozen=True)
class InvalidLine:
    """A line that is no message: a stray print of a library, or a message cut short."""

    reason: str
    text: str


def invalid_line(reason: str, line: bytes) -> InvalidLine:
    """Build an `InvalidLine` with no more than the beginning of the line."""
    return InvalidLine(reason, line[:200].decode("utf-8", errors="replace"))


class LineReader:
    """Cuts a stream at line feeds; holds at most `limit` bytes of an unfinished line.

    Lines are cut before anything is decoded, so a character whose bytes arrive in
    two pieces is never harmed.
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._skipping = False

    def feed(self, chunk: bytes) -> list[bytes | InvalidLine]:
        """Return the lines that `chunk` completes, without line ends; empty lines are left out."""
        *complete, rest = chunk.split(b"\n")
        lines: list[bytes | InvalidLine] = []
        for piece in complete:
            lines.extend(self._append(piece))
            lines.extend(self._take_line())
        lines.extend(self._append(rest))
        return lines

    def finish(self) -> list[bytes | InvalidLine]:
        """Return what is left when the stream has ended: a last line without its line feed."""
        line = bytes(self._buffer).strip()
        self._buffer.clear()
        return [invalid_line("cut short", line)] if line else []

    def _append(self, piece: bytes) -> list[InvalidLine]:
        if self._skipping:
            return []
        self._buffer += piece
        if len(self._buffer) <= self._limit:
            return []
        invalid = invalid_line(f"longer than {self._limit} bytes", bytes(self._buffer[:200]))
        self._buffer.clear()
        self._skipping = True
        return [invalid]

    def _take_line(self) -> list[bytes]:
        line = bytes(self._buffer).strip(b"\r ")
        self._buffer.clear()
        self._skipping = False
        return [line] if line else []


class RunMessage(ProtocolRecord):
    """Run a request; its events carry the id."""

    type: Literal["run"] = "run"
    id: str = Field(min_length=1, max_length=200)
    request: Annotated[Request, Field(discriminator="job")]


class CancelMessage(ProtocolRecord):
    """Stop the request of this id; no harm if it is over already."""

    type: Literal["cancel"] = "cancel"
    id: str


class ShutdownMessage(ProtocolRecord):
    """Stop what runs, and exit."""

    type: Literal["shutdown"] = "shutdown"


Message = RunMessage | CancelMessage | ShutdownMessage
_CONTROL_MESSAGES: TypeAdapter[CancelMessage | ShutdownMessage] = TypeAdapter(
    Annotated[CancelMessage | ShutdownMessage, Field(discriminator="type")]
)


class MessageError(UserError):
    """A message that is refused; `request_id` is empty where it has none."""

    def __init__(self, message: str, hint: str = "", request_id: str = "") -> None:
        super().__init__(message, hint)
        self.request_id = request_id


def encode(record: Message | Event) -> bytes:
    """Encode a record as one line, ended by a line feed; UTF-8."""
    data = record.model_dump(mode="python")
    try:
        return _to_json(data, ascii_only=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        # On Linux a file's name can hold bytes that are no text; escaped, they come through.
        return _to_json(data, ascii_only=True).encode("ascii") + b"\n"


def _to_json(data: dict[str, object], *, ascii_only: bool) -> str:
    return json.dumps(data, ensure_ascii=ascii_only, allow_nan=False, separators=(",", ":"))


def decode_event(line: bytes) -> Event | InvalidLine:
    """Decode the event in one line; an `InvalidLine` where it holds none."""
    try:
        data = _parse(line)
    except ValueError:
        return invalid_line("not JSON", line)
    try:
        return EVENTS.validate_python(data)
    except ValidationError:
        return invalid_line("not an event", line)


def decode_message(line: bytes) -> Message:
    """Decode the message in one line.

    Raises:
        MessageError: in words, with the request's id where the line has one.
    """
    try:
        data = _parse(line)
    except ValueError as error:
        raise MessageError("The message is not valid JSON.", str(error)) from error
    if not isinstance(data, dict):
        raise MessageError("The message is not a JSON object.")
    if data.get("type") == "run":
        return _decode_run(data)
    try:
        return _CONTROL_MESSAGES.validate_python(data)
    except ValidationError as error:
        raise MessageError(
            f"There is no such message: {invalid_line('', line).text}",
            "Messages are of type run, cancel or shutdown.",
        ) from error


def _decode_run(data: dict[str, object]) -> RunMessage:
    """Decode a run; its request is validated by itself, so that its faults carry its id."""
    request_id = data.get("id")
    if not (isinstance(request_id, str) and 0 < len(request_id) <= 200):
        raise MessageError('A message of type run needs an "id", a text of 1 to 200 characters.')
    unknown = data.keys() - RunMessage.model_fields.keys()
    if unknown:
        raise MessageError(f"A run has no field {sorted(unknown)[0]!r}.", request_id=request_id)
    try:
        return RunMessage(id=request_id, request=decode_request(data.get("request")))
    except UserError as error:
        raise MessageError(error.message, error.hint, request_id) from error


def _parse(line: bytes) -> object:
    """The JSON value in a line; ValueError for anything that is none, or is not UTF-8."""
    try:
        return json.loads(line, parse_constant=_reject_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _reject_constant(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")
