"""Whether the last session ended by itself or by a crash, from its marker in the log folder.

The window's file for the stack of a fatal signal is there for as long as its process
lives and is deleted at a good end (`trainer.protocol.diagnostics`). One that is left belongs to a
process that died: of a crash in native code if a stack is in it, else by force or because
the power went.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

_MARKERS = "window-*.fatal.txt"
_NAME = re.compile(r"window-(?P<stamp>.+)-(?P<pid>\d+)\.fatal\.txt")
_MAX_LINES = 200


def find_crashed_session(logs: Path) -> str:
    """The log of the newest session that died, returned once; empty if none did.

    Of each a report is written, which holds the stack and the last lines of the log.
    """
    import psutil  # only where there may be something to find

    newest = ""
    for marker in sorted(logs.glob(_MARKERS)):
        name = _NAME.fullmatch(marker.name)
        if name is None or psutil.pid_exists(int(name["pid"])):
            continue
        log = marker.with_name(marker.name.replace(".fatal.txt", ".log"))
        with suppress(OSError):
            _write_report(marker, log, logs / f"crash-{name['stamp']}-{name['pid']}.txt")
            marker.unlink()
            newest = str(log)
    return newest


def _write_report(marker: Path, log: Path, report: Path) -> None:
    stack = marker.read_text("utf-8", errors="replace").strip()
    lines = log.read_text("utf-8", errors="replace").splitlines() if log.is_file() else []
    parts = {
        "what": "The window's process ended unexpectedly.",
        "stack": stack or "None: it was ended by force, or the computer stopped.",
        "log": "\n".join(lines[-_MAX_LINES:]),
    }
    text = "".join(f"== {name}\n{text}\n\n" for name, text in parts.items())
    report.write_text(text, encoding="utf-8", errors="backslashreplace")
