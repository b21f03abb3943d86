"""Logs and crash reports, for the day something goes wrong.

A report holds versions, the traceback, the request and the last lines of the log;
never image data. Each process has a log file of its own, because two processes
cannot rotate one file on Windows."""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import platform
import tempfile
import traceback
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

import trainer
from trainer.locations import log_folder

if TYPE_CHECKING:
    from trainer.protocol.records import ProtocolRecord


MAX_FILES = 40
_LOG_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"
_PACKAGES = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "tifffile",
    "imagecodecs",
    "pydantic",
    "openvino",
    "keras",
    "tensorflow-cpu",
    "tensorflow",
    "torch",
    "jax",
)


def new_log_file() -> Path:
    """A path for the log of one worker alone; nothing is created."""
    return log_folder() / f"worker-{_timestamp()}-{os.getpid()}.log"


def fatal_log_path(log_file: Path) -> Path:
    """Where the stack goes if the process of that log dies in native code."""
    return log_file.with_suffix(".fatal.txt")


@contextmanager
def log_to_file(log_file: Path) -> Iterator[None]:
    """Log everything from level INFO up to a file of at most 2 x 2 MB, inside the block.

    A folder that cannot be written costs the log, not the work; the reason goes to stderr.
    """
    root = logging.getLogger()
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        _prune(log_file.parent, log_file.name.partition("-")[0])
        handler: logging.Handler = RotatingFileHandler(
            log_file, maxBytes=2_000_000, backupCount=1, encoding="utf-8"
        )
    except OSError as error:
        handler = logging.StreamHandler()  # stderr
        root.addHandler(handler)
        root.warning("no log file: %s", error)
    else:
        root.addHandler(handler)
    handler.setFormatter(logging.Formatter(_LOG_FORMAT))
    level = root.level
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


@contextmanager
def dump_stack_on_crash(log_file: Path) -> Iterator[None]:
    """Have the stack written beside the log if native code crashes inside the block."""
    path = fatal_log_path(log_file)
    try:
        stream = path.open("w", encoding="utf-8")
    except OSError:
        faulthandler.enable()  # to stderr, which the parent keeps the end of
        yield
        return
    faulthandler.enable(stream)
    try:
        yield
    finally:
        faulthandler.disable()
        stream.close()
        path.unlink(missing_ok=True)


class LogTail(logging.Handler):
    """Keeps the last lines of the log in memory while it is entered."""

    def __init__(self, lines: int = 200) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=lines)
        self.setFormatter(logging.Formatter(_LOG_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.lines.append(self.format(record))

    def __enter__(self) -> LogTail:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        self.close()


def write_crash_report(
    error: BaseException, request: ProtocolRecord, log_lines: list[str]
) -> Path | None:
    """Write a crash report; return its path, or None where none could be written.

    Falls back to the folder for temporary files.
    """
    text = _format_crash_report(error, request, log_lines)
    name = f"crash-{_timestamp()}-{os.getpid()}.txt"
    for folder in (log_folder(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / name
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as problem:
            logging.getLogger(__name__).warning("no crash report in %s: %s", folder, problem)
        else:
            return path
    return None


def versions() -> dict[str, str]:
    """Versions of this program and of Python: light, nothing is looked up."""
    return {"leukogui": trainer.__version__, "python": platform.python_version()}


def _format_crash_report(
    error: BaseException, request: ProtocolRecord, log_lines: list[str]
) -> str:
    machine = {"platform": platform.platform(), "machine": platform.machine()}
    facts = versions() | machine | package_versions()
    parts = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": "\n".join(f"{name} {value}" for name, value in facts.items()),
        "request": json.dumps(request.model_dump(mode="json"), indent=1, ensure_ascii=False),
        "error": "".join(traceback.format_exception(error)).rstrip(),
        "log": "\n".join(log_lines),
    }
    return "".join(f"== {name}\n{text}\n\n" for name, text in parts.items())


def package_versions() -> dict[str, str]:
    """Versions of what is installed, read from metadata: nothing is imported."""
    from importlib import metadata  # slow to import, seldom needed

    installed: dict[str, str] = {}
    for name in _PACKAGES:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return installed


def _timestamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")


def _prune(folder: Path, kind: str) -> None:
    """Delete the oldest logs of a kind of process, and reports, lest they fill the disk.

    Workers leave the window's own files alone: it may outlive very many of them. A file
    that another process deletes first, or holds open on Windows, is left to it.
    """
    for pattern in (f"{kind}-[0-9]*.*", "crash-[0-9]*.txt"):
        by_age: list[tuple[float, Path]] = []
        for path in folder.glob(pattern):
            with suppress(OSError):
                by_age.append((path.stat().st_mtime, path))
        for _, path in sorted(by_age, reverse=True)[MAX_FILES:]:
            with suppress(OSError):
                path.unlink()
