"""Reading a JSON file of another program, with every fault in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from trainer.errors import UserError
from trainer.imaging.files import describe_os_error

Record = TypeVar("Record")

Coordinate = Annotated[float, Field(allow_inf_nan=False, ge=-1e7, le=1e7)]
"""A position or length in pixels; bounded, so that no sum of them overflows."""

_LARGEST = 2**30  # bytes; COCO's own file of 118,000 photographs has less than half
_HINT = "Export it again from the program that made it."


def read_bytes(path: Path) -> bytes:
    """Read a file of annotations.

    Raises:
        UserError: it cannot be read, or is larger than annotations are.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"“{path.name}” has more than a gigabyte.", "Give a part of it.")
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"“{path.name}”: {describe_os_error(error)}") from error


def load_json(path: Path) -> object:
    """Load a JSON file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises:
        UserError: it cannot be read, or is no JSON; with line and column.
    """
    data = read_bytes(path)
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        raise UserError(
            f"“{path.name}”, line {error.lineno}, column {error.colno}: this is no JSON: "
            f"{error.msg}.",
            _HINT,
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"“{path.name}” is no JSON file that can be read.", _HINT) from error


def validate(value: object, adapter: TypeAdapter[Record], place: str) -> Record:
    """Check a loaded value against a record; returns the record.

    Args:
        value: as loaded.
        adapter: of the record.
        place: where in the file the value stands.

    Raises:
        UserError: names the place within the file, and what is wrong there.
    """
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        within = "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in fault["loc"])
        where = within.lstrip(".")
        problem = str(fault["msg"]).removeprefix("Value error, ")
        raise UserError(f"{place}{', ' if where else ''}{where}: {problem}.", _HINT) from error
