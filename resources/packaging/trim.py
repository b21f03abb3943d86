"""Takes out of a bundle what nothing in it opens any more, and the symbols of debuggers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PyInstaller.depend.bindepend import get_imports

Entry = tuple[str, str, str]
"""Place in the bundle, file that it is taken from, kind."""

_OPENED_BY_NAME = ("openvino/libs/", "pypdfium2_raw/")
# Those that were measured to be built with them; the tool damages some others (OpenBLAS's).
_WITH_SYMBOLS = ("libpython3", "libtensorflow_cc", "libtensorflow_framework", "libarrow.so")
_WITH_SYMBOLS += ("_pywrap_tensorflow", "libtensorflow.so", "_pywrap_profiler")


def drop_unused_libraries(binaries: Sequence[Entry]) -> list[Entry]:
    """Drop libraries at the top of the bundle that no other file needs, with what they need.

    PyInstaller collects the libraries of a plugin before we can take the plugin out.
    """
    if not sys.platform.startswith("linux"):
        return list(binaries)
    imports = {place: _imported_names(source) for place, source, _ in binaries}
    kept = list(binaries)
    while True:
        needed = {name for place, *_ in kept for name in imports[place]}
        rest = [each for each in kept if not _is_shared(each) or Path(each[0]).name in needed]
        if len(rest) == len(kept):
            return rest
        kept = rest


def strip_symbols(binaries: Sequence[Entry], work: Path) -> list[Entry]:
    """Replace libraries with debugging symbols by copies without, in the folder of the build."""
    if not sys.platform.startswith("linux") or shutil.which("strip") is None:
        return list(binaries)
    folder = work / "stripped"
    folder.mkdir(parents=True, exist_ok=True)
    return [_without_symbols(each, folder) for each in binaries]


def _without_symbols(entry: Entry, folder: Path) -> Entry:
    place, source, kind = entry
    if kind not in ("BINARY", "EXTENSION") or not Path(place).name.startswith(_WITH_SYMBOLS):
        return entry
    copy = folder / Path(place).name
    subprocess.run(["strip", "--strip-unneeded", "-o", str(copy), source], check=True)
    return (place, str(copy), kind)


def _is_shared(entry: Entry) -> bool:
    """Whether it is a library for others; Python, extensions and plugins are opened by name."""
    place, _, kind = entry
    name = Path(place).name
    is_opened = "/plugins/" in place or place.startswith(_OPENED_BY_NAME)
    is_opened = is_opened or kind == "EXTENSION" or name.startswith("libpython")
    return name.startswith("lib") and ".so" in name and not is_opened


def _imported_names(source: str) -> set[str]:
    found: Any = get_imports(source) if Path(source).is_file() else ()
    return {Path(name).name for name, _ in found}
