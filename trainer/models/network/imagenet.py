"""ImageNet weights: found on this computer, or downloaded if the user allows it.

Nothing is sent or fetched without `consent`. A download that breaks off is continued where it
stopped; a file gets its name only once its published MD5 sum is right. (MD5 is what Keras
Applications publishes: it finds damage; against malice the files are read as plain arrays only,
see `trainer.models.safe_files.hdf5`.)
"""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled, PackageError, UserError
from trainer.locations import cache_folder
from trainer.models.backbones import WeightsFile, find_backbone

TIMEOUT_SECONDS = 30
_CHUNK = 1 << 16
_SPEED_FLOOR = 1e-6
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


def download(
    url: str, path: Path, md5: str, on_progress: OnProgress, should_stop: ShouldStop
) -> None:
    """Fetch `url` into `path`, by way of `<name>.part` beside it.

    Args:
        md5: expected sum, hexadecimal; "" checks the length only.
        on_progress: in bytes, with bytes per second.
        should_stop: called for every 64 kB.

    Raises:
        UserError: no network, a response that is no file, a wrong sum, or a full disk.
        Cancelled: by `should_stop`; the part stays for next time.
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
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS):
        return
    raise UserError(f"“{url}” is not an address that files are fetched from.")


def md5_of(path: Path) -> str:
    """MD5 of a file, hexadecimal: a check against damage, not against malice."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


FOLDER_VARIABLE = "LEUKO_WEIGHTS_DIR"


@dataclass(frozen=True)
class Offer:
    """What would be downloaded, for the user to allow."""

    backbone: str
    url: str
    folder: Path


Consent = Callable[[Offer], bool]


def refuse(_: Offer) -> bool:
    """A `Consent` for where no user is present."""
    return False


def fetch_imagenet_weights(
    backbone: str,
    *,
    consent: Consent = refuse,
    folders: Sequence[Path] | None = None,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """Find or download a backbone's ImageNet weights, without the classification layer.

    Args:
        consent: called before anything is downloaded.
        folders: where to search; the first is where a download goes. None takes the
            folder in `LEUKO_WEIGHTS_DIR`, the program's cache, and Keras' own cache.

    Raises:
        UserError: no such backbone; not here and not allowed to be downloaded; or the
            download failed.
        PackageError: the file found is damaged.
        Cancelled: by `should_stop`; what was downloaded stays for next time.
    """
    row = find_backbone(backbone)
    searched = list(folders) if folders is not None else default_folders()
    for folder in searched:
        path = folder / row.weights.name
        if path.is_file():
            return _verify_checksum(path, row.weights)
    offer = Offer(row.name, row.weights.url, searched[0])
    if not consent(offer):
        raise UserError(
            f"The ImageNet weights of {row.name} are not on this computer.",
            f"Allow their download, or put {row.weights.name} from {row.weights.url}"
            f" into {searched[0]}.",
        )
    path = searched[0] / row.weights.name
    download(row.weights.url, path, row.weights.md5, on_progress, should_stop)
    return path


def default_folders() -> list[Path]:
    """Folders that are searched for weights; downloads go to the first."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    own = [Path(chosen)] if chosen else []
    return [*own, cache_folder() / "weights", Path.home() / ".keras" / "models"]


def _verify_checksum(path: Path, weights: WeightsFile) -> Path:
    if weights.md5 and md5_of(path) != weights.md5:
        raise PackageError(
            f"“{path}” is damaged, or is not the file that Keras Applications publishes.",
            "Delete it and try again.",
        )
    return path
