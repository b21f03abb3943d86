"""The system libraries that Qt needs on Linux, and the packages that bring them.

Qt itself reports only "could not load the platform plugin" and aborts; a person needs the
name of a package. Imports nothing of Qt."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """A library by its file name, and its package on Debian/Ubuntu and on Fedora."""

    name: str
    debian: str
    fedora: str


ALWAYS = (
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs"),
    Library("libX11.so.6", "libx11-6", "libX11"),
    Library("libbrotlidec.so.1", "libbrotli1", "libbrotli"),
    Library("libzstd.so.1", "libzstd1", "libzstd"),
)
ON_X11 = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
)


def required_libraries(platform: str, environment: Mapping[str, str]) -> tuple[Library, ...]:
    """What Qt will need here: nothing off Linux, more under X11 than elsewhere."""
    if not platform.startswith("linux"):
        return ()
    plugin = environment.get("QT_QPA_PLATFORM", "")
    x11 = plugin.startswith("xcb") or (not plugin and bool(environment.get("DISPLAY")))
    return ALWAYS + (ON_X11 if x11 else ())


def find_missing(
    wanted: tuple[Library, ...], load: Callable[[str], object] = ctypes.CDLL
) -> list[Library]:
    """Those that cannot be loaded."""
    absent: list[Library] = []
    for library in wanted:
        try:
            load(library.name)
        except OSError:
            absent.append(library)
    return absent


def describe_missing(absent: list[Library]) -> str:
    """What to install, for the terminal."""
    fedora = dict.fromkeys(library.fedora for library in absent)
    return (
        f"The window needs {', '.join(library.name for library in absent)}, "
        "which this computer does not have.\n"
        f"Debian, Ubuntu:  sudo apt install {' '.join(library.debian for library in absent)}\n"
        f"Fedora:          sudo dnf install {' '.join(fedora)}\n"
    )


def check_libraries() -> str:
    """What is missing on this computer, in words; empty if nothing."""
    absent = find_missing(required_libraries(sys.platform, os.environ))
    return describe_missing(absent) if absent else ""
