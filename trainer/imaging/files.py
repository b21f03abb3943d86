"""The bytes of a file, read in Python so that any path works on any system."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path, PurePath, PureWindowsPath

from trainer.errors import ImageError

_LARGEST_PIXEL_BYTES = 8  # RGB and alpha of 16 bits each
_METADATA_BYTES = 64 * 2**20
_ERROR_MESSAGES = {
    errno.ENOENT: "The file does not exist, or its folder has vanished.",
    errno.ENOTDIR: "The file does not exist, or its folder has vanished.",
    errno.EACCES: "Permission to read the file was denied.",
    errno.EPERM: "Permission to read the file was denied.",
    errno.EISDIR: "This is a folder, not an image file.",
    errno.ELOOP: "The file is a link that leads in a circle.",
    errno.ENAMETOOLONG: "The name of the file is too long for this system.",
    errno.EIO: "The drive reported an error while the file was read.",
    errno.ESTALE: "The network drive has gone away.",
    errno.EMFILE: "Too many files are open at once.",
}


def extended_length_path(path: PurePath) -> str:
    r"""The form of an absolute Windows path that has no limit of 260 characters.

    The prefix `\\?\` also keeps Windows from stripping trailing spaces and dots and from
    taking names such as CON for devices. Other paths come back as they are.
    """
    text = str(path)
    if (
        not isinstance(path, PureWindowsPath)
        or not path.is_absolute()
        or text.startswith("\\\\?\\")
    ):
        return text
    return "\\\\?\\UNC\\" + text[2:] if text.startswith("\\\\") else "\\\\?\\" + text


def native_path(path: Path) -> str:
    """The text that `open` and `os.scandir` understand for this path on this system."""
    if sys.platform == "win32" and not path.is_absolute():
        path = Path.cwd() / path
    if sys.platform == "win32" and ".." in path.parts:  # an extended name is taken literally
        path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    return extended_length_path(path)


def describe_os_error(error: OSError) -> str:
    """Describe an error of the system in one sentence."""
    known = _ERROR_MESSAGES.get(error.errno or 0)
    return known or f"The file cannot be read: {error.strerror or error}."


def read_file(path: Path, limit_megapixels: float) -> bytes:
    """Read all bytes of a regular file.

    Raises:
        ImageError: missing, a folder, not permitted, empty, or far larger than any image
            within the limit could be.
    """
    name = native_path(path)
    try:
        # Before opening, because opening a pipe would block.
        _check_kind(os.stat(name), limit_megapixels)  # noqa: PTH116 - extended names
        with open(name, "rb", buffering=0) as file:  # noqa: PTH123 - extended names
            data = file.readall()
    except (OSError, ValueError) as error:
        words = (
            describe_os_error(error)
            if isinstance(error, OSError)
            else "The name is not a file name."
        )
        raise ImageError(words) from error
    if not data:
        raise ImageError("The file is empty.", "Copy the file again from where it came from.")
    return data


def _check_kind(status: os.stat_result, limit_megapixels: float) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ImageError("This is a folder, not an image file.")
    if not stat.S_ISREG(status.st_mode):
        raise ImageError("This is a device or a pipe, not an image file.")
    most = limit_megapixels * 1e6 * _LARGEST_PIXEL_BYTES + _METADATA_BYTES
    if status.st_size > most:
        raise ImageError(
            f"The file holds {status.st_size / 1e9:.1f} GB, more than an image of "
            f"{limit_megapixels:g} megapixels can.",
            "Export it smaller, or raise the limit in the settings.",
        )
