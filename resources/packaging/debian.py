"""Packs a bundle as a Debian package and as a tar archive.

    python resources/packaging/debian.py dist/leukogui-reader [--out dist] [--version 0.1.0]

The package depends on what the files of the bundle load and do not bring; that is read from them.
A package of the other edition takes its place; what a user made stays, for it is in the home.
"""

from __future__ import annotations

import argparse
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
LINUX = Path(__file__).parent / "linux"
NAME = "leukogui"
_ICONS = "usr/share/icons/hicolor/scalable/apps"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")
_GLIBC = re.compile(rb"GLIBC_2\.(\d+)\x00")


def main() -> int:
    """Pack one bundle; print the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path, help="folder that build_installer.spec made")
    parser.add_argument("--out", type=Path, default=Path("dist"))
    parser.add_argument("--version", default=_own_version())
    arguments = parser.parse_args()
    edition = arguments.bundle.name.rpartition("-")[2]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for file in (
        write_archive(arguments.bundle, edition, arguments.version, arguments.out),
        write_package(arguments.bundle, edition, arguments.version, arguments.out),
    ):
        sys.stdout.write(f"{file}\n")
    return 0


def write_archive(bundle: Path, edition: str, version: str, out: Path) -> Path:
    """A tar archive of the folder, to be unpacked anywhere."""
    name = f"{NAME}-{edition}-{version}"
    file = out / f"{name}-linux-{platform.machine()}.tar.xz"
    with tarfile.open(file, "w:xz", preset=3) as archive:
        archive.add(bundle, name)
    return file


def write_package(bundle: Path, edition: str, version: str, out: Path) -> Path:
    """A `.deb`: the bundle in /usr/lib, both programs in /usr/bin, an entry in the menu."""
    package = NAME if edition == "full" else f"{NAME}-{edition}"
    architecture = _ARCHITECTURES[platform.machine()]
    file = out / f"{package}_{version}_{architecture}.deb"
    with TemporaryDirectory() as folder:
        tree = Path(folder)
        _lay_out(tree, bundle, package)
        control = tree / "DEBIAN" / "control"
        control.parent.mkdir()
        size = sum(each.lstat().st_size for each in tree.rglob("*") if each.is_file()) // 1024
        control.write_text(_format_control(package, version, architecture, size, bundle), "utf-8")
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z10", "--build", str(tree), str(file)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return file


def _lay_out(tree: Path, bundle: Path, package: str) -> None:
    tree.chmod(0o755)
    shutil.copytree(bundle, tree / "usr/lib" / NAME, symlinks=True)
    programs = tree / "usr/bin"
    programs.mkdir(parents=True)
    for name in (NAME, "leuko-trainer"):
        (programs / name).symlink_to(f"../lib/{NAME}/{name}")
    for source, place in (
        (LINUX / "leukogui.desktop", "usr/share/applications/leukogui.desktop"),
        (ROOT / "resources/icons/leukogui.svg", f"{_ICONS}/{NAME}.svg"),
        (bundle / "_internal/resources/licences.txt", f"usr/share/doc/{package}/copyright"),
    ):
        (tree / place).parent.mkdir(parents=True)
        shutil.copyfile(source, tree / place)


def _format_control(
    package: str, version: str, architecture: str, kilobytes: int, bundle: Path
) -> str:
    others = {NAME, f"{NAME}-reader"} - {package}
    fields = {
        "Package": package,
        "Version": version,
        "Architecture": architecture,
        "Maintainer": "The leukogui authors <noreply@leukogui.invalid>",
        "Installed-Size": str(kilobytes),
        "Depends": ", ".join(find_dependencies(bundle)),
        "Recommends": "fonts-dejavu-core, xdg-utils",
        "Conflicts": ", ".join(others),
        "Replaces": ", ".join(others),
        "Section": "science",
        "Priority": "optional",
        "Description": "classify leukaemia-related blood cells (research use only)\n"
        " Opens folders of microscope images of stained blood, classifies the cells, shows why,\n"
        " and lets a person correct, sign and report. Not a medical device.",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def find_dependencies(bundle: Path) -> list[str]:
    """Debian packages of the libraries that files of the bundle need and it does not hold."""
    files = [path for path in bundle.rglob("*") if path.is_file() and _is_elf(path)]
    own = {path.name for path in bundle.rglob("*") if ".so" in path.name}
    told = subprocess.run(
        ["readelf", "-dW", *map(str, files)], capture_output=True, text=True, check=False
    )
    wanted = set(_NEEDED.findall(told.stdout)) - own
    packages = {_package_of(name) for name in sorted(wanted)} - {""}
    newest = max(int(each) for path in files for each in _GLIBC.findall(path.read_bytes()))
    fonts = {"fontconfig-config"}  # without its files Qt finds no font
    return [f"libc6 (>= 2.{newest})", *sorted((packages | fonts) - {"libc6"})]


def _package_of(library: str) -> str:
    """The package of a library of this system; nothing for one that it lacks, too."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    paths = re.findall(rf"^\s*{re.escape(library)} .*=> (\S+)$", listed, re.MULTILINE)
    for path in paths[:1]:
        for name in (path, str(Path(path).resolve()), f"/usr{path}"):
            told = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, check=False)
            if told.returncode == 0:
                return told.stdout.partition(":")[0]
    return ""


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _own_version() -> str:
    text = (ROOT / "trainer" / "__init__.py").read_text("utf-8")
    found = re.search(r'__version__ = "(.+)"', text)
    assert found
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
