"""Licences of everything in a bundle, read from the packages that its files come from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

FILE_NAME = "licences.txt"
_RULE = "=" * 78
_LICENCE_NAMES = ("licen", "copying", "notice", "authors")


def write_licences(sources: Iterable[str], root: Path, file: Path) -> Path:
    """Write the notices of a bundle: our own licence, Python's, each package's, the system's.

    Args:
        sources: paths of the files and modules of the bundle, where they were taken from.
        root: of this repository.
    """
    paths = {Path(source).resolve() for source in sources if source}
    parts = [
        _section("Leuko (leukogui)", (root / "LICENSE").read_text("utf-8")),
        _section(f"Python {sys.version.split()[0]}", _python_licence()),
        *(_format_package(each) for each in find_packages(paths)),
        *(_section(name, text) for name, text in _find_system_packages(paths)),
    ]
    file.write_text("\n".join(parts), encoding="utf-8", newline="\n")
    return file


def find_packages(paths: set[Path]) -> list[metadata.Distribution]:
    """The installed packages that at least one of the files belongs to, by name."""
    found = {}
    for package in metadata.distributions():
        files = package.files or ()
        if any(Path(str(package.locate_file(each))).resolve() in paths for each in files):
            found[package.name.lower()] = package
    return [found[name] for name in sorted(found)]


def _format_package(package: metadata.Distribution) -> str:
    facts = package.metadata
    licence = facts.get("License-Expression") or _first_line(facts.get("License")) or "see below"
    texts = [
        Path(str(package.locate_file(each))).read_text("utf-8", errors="replace").strip()
        for each in package.files or ()
        if any(word in each.name.lower() for word in _LICENCE_NAMES)
        and each.suffix.lower() in ("", ".txt", ".md", ".rst", ".bsd", ".apache", ".mit")
        and Path(str(package.locate_file(each))).is_file()
    ]
    texts = list(dict.fromkeys(texts)) or [f"Licence: {licence}"]
    return _section(f"{package.name} {package.version}: {licence}", "\n\n".join(texts))


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0][:60]


def _python_licence() -> str:
    for place in (Path(sys.base_prefix), Path(sys.base_prefix) / "lib" / _version_folder()):
        for name in ("LICENSE.txt", "LICENSE"):
            if (place / name).is_file():
                return (place / name).read_text("utf-8")
    return "Python Software Foundation License Version 2: https://docs.python.org/3/license.html"


def _version_folder() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _find_system_packages(paths: set[Path]) -> list[tuple[str, str]]:
    """Libraries of a Debian system that went into the bundle: package and its copyright."""
    libraries = [str(each) for each in paths if str(each).startswith(("/usr/lib/", "/lib/"))]
    if not libraries or not Path("/usr/bin/dpkg").is_file():
        return []
    # Where /lib is a link to /usr/lib, packages know their files by the shorter name.
    libraries += [each.removeprefix("/usr") for each in libraries]
    answer = subprocess.run(["dpkg", "-S", *libraries], capture_output=True, text=True, check=False)
    names = {line.partition(":")[0] for line in answer.stdout.splitlines()}
    copyrights = [(name, Path("/usr/share/doc") / name / "copyright") for name in sorted(names)]
    return [
        (f"{name} (Debian)", file.read_text("utf-8", errors="replace"))
        for name, file in copyrights
        if file.is_file()
    ]


def _section(title: str, text: str) -> str:
    return f"{_RULE}\n{title}\n{_RULE}\n\n{text.strip()}\n"
