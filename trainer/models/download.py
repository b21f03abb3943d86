"""Download one file: continued where it broke off, in place only when it is right."""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer.domain import OnProgress, Progress, ShouldStop
from trainer.errors import Cancelled, UserError

TIMEOUT_SECONDS = 30
_CHUNK = 1 << 16
_SPEED_FLOOR = 1e-6
_LOCAL = ("127.0.0.1", "localhost", "::1")


def download(
    url: str, path: Path, md5: str, on_progress: OnProgress, should_stop: ShouldStop
) -> None:
    """Fetch `url` into `path`, by way of `<name>.part` beside it.

    Args:
        md5: expected sum, hexadecimal; "" checks the length only.
        on_progress: in bytes, with bytes per second.
        should_stop: asked for every 64 kB.

    Raises:
        UserError: no network, an answer that is no file, a wrong sum, or a full disk.
        Cancelled: `should_stop` said so; the part stays for next time.
    """
    _check_scheme(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        _fetch(url, part, on_progress, should_stop)
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise UserError(
            f"{path.name} could not be downloaded: {getattr(error, 'reason', None) or error}.",
            f"Check the network or the proxy (HTTPS_PROXY) and try again; or fetch {url} on"
            f" another computer and put it into {path.parent}.",
        ) from error
    if md5 and md5_of(part) != md5:
        part.unlink()
        raise UserError(
            f"{path.name} arrived damaged: its checksum is not the published one.",
            "Try again; what had arrived was deleted.",
        )
    part.replace(path)


def _fetch(url: str, part: Path, on_progress: OnProgress, should_stop: ShouldStop) -> None:
    have = part.stat().st_size if part.is_file() else 0
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})  # noqa: S310
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310
    except urllib.error.HTTPError as error:
        # Not satisfiable: the part is already whole, or longer than the file now is.
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        error.close()
        if error.headers.get("Content-Range", "") != f"bytes */{have}":
            part.unlink()
            _fetch(url, part, on_progress, should_stop)
        return
    with response:
        if response.status != http.client.PARTIAL_CONTENT:
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        with part.open("ab" if have else "wb") as sink:
            _copy(response, sink.write, (have, total), on_progress, should_stop)
    if total is not None and part.stat().st_size != total:
        raise http.client.IncompleteRead(b"", total - part.stat().st_size)


def _copy(
    response: Any,
    write: Callable[[bytes], int],
    span: tuple[int, int | None],
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> None:
    done, total = span
    start, began = done, time.monotonic()
    while chunk := response.read(_CHUNK):
        if should_stop():
            raise Cancelled
        write(chunk)
        done += len(chunk)
        seconds = max(time.monotonic() - began, _SPEED_FLOOR)
        on_progress(Progress("downloading", done, total, (done - start) / seconds))


def _check_scheme(url: str) -> None:
    """Only over TLS; a plain connection only to this very computer."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL):
        return
    raise UserError(f"“{url}” is not an address that files are fetched from.")


def md5_of(path: Path) -> str:
    """MD5 of a file, hexadecimal: a check against damage, not against malice."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
