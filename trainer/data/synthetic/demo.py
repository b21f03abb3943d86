"""A folder of drawn sample cells, to try everything on."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from trainer.atomic_files import write_bytes, write_text, write_with
from trainer.data.synthetic.scene import KINDS, draw_cell, draw_stack
from trainer.data.synthetic.style import WARM, vary
from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled, UserError

DRAWING = "A drawing, not a patient's cell."
LABELS, README, TRUNCATED = "labels.csv", "README.txt", "cut_short.jpg"
PLANES = 3
_TITLE = "Sample cells of leukogui: DRAWINGS, not photographs"
_SAMPLE_NAME = re.compile(r"cell_\d{3,}\.(jpg|tif)")
_SOFTWARE = "leukogui sample cells"


@dataclass(frozen=True)
class _Sample:
    """One file to write: its name, what is drawn, and the seed that it is drawn from."""

    name: str
    kind: str
    seed: tuple[int, int]

    def write(self, folder: Path, size: int) -> None:
        rng = np.random.default_rng(self.seed)
        style = vary(WARM, rng)
        if self.name.endswith(".tif"):
            stack = draw_stack(self.kind, rng, planes=PLANES, size=size, style=style)
            write_with(folder / self.name, lambda path: _write_tiff(path, stack))
        else:
            picture = draw_cell(self.kind, rng, size=size, style=style)
            write_bytes(folder / self.name, _encode_jpeg(picture))


def write_demo(
    folder: Path,
    *,
    per_kind: int = 6,
    seed: int = 0,
    size: int = 1024,
    unreadable: bool = False,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> list[Path]:
    """Write drawn cells of all kinds, mixed, with what was drawn in `labels.csv`.

    One of the images is a TIFF with focal planes. The same arguments give the same cells.

    Args:
        folder: new, empty, or written by this function before (it is then written anew).
        per_kind: cells of each of `KINDS`, one or more.
        size: side of the images in pixels.
        unreadable: add a truncated JPEG, as an example of a file that cannot be read.

    Returns:
        the images in the order of their names, an unreadable one last.

    Raises:
        UserError: the folder holds something else, or cannot be written to.
        Cancelled: stopped between two images; the demo may be written anew into the same folder.
    """
    samples = _plan(per_kind, seed)
    _prepare_folder(folder)
    write_text(folder / README, _format_readme(len(samples), unreadable))
    rows = (f"{sample.name},{sample.kind},drawing\n" for sample in samples)
    write_text(folder / LABELS, "file,label,source\n" + "".join(rows))
    for done, sample in enumerate(samples):
        if should_stop():
            raise Cancelled
        sample.write(folder, size)
        on_progress(Progress("draw", done + 1, len(samples)))
    names = [sample.name for sample in samples]
    if unreadable:
        write_bytes(folder / TRUNCATED, _truncated_jpeg(seed, size))
        names.append(TRUNCATED)
    return [folder / name for name in names]


def _plan(per_kind: int, seed: int) -> list[_Sample]:
    """All kinds mixed, so that the order of the names reveals nothing; one of them a stack."""
    rng = np.random.default_rng(seed)
    kinds = [str(kind) for kind in rng.permutation(np.repeat(KINDS, per_kind))]
    stack = int(rng.integers(len(kinds)))
    return [
        _Sample(f"cell_{index + 1:03d}.{'tif' if index == stack else 'jpg'}", kind, (seed, index))
        for index, kind in enumerate(kinds)
    ]


def _prepare_folder(folder: Path) -> None:
    """Make the folder, or clear it of an earlier demo; anything else in it is left alone."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"“{folder}” is a file, not a folder.", "Choose another name.")
    present = list(folder.iterdir()) if folder.exists() else []
    if present and not _is_demo(folder):
        raise UserError(
            f"The folder “{folder}” is not empty, and its files are not sample cells.",
            "Choose a new or empty folder, so that nothing of yours is overwritten.",
        )
    for path in present:
        if _SAMPLE_NAME.fullmatch(path.name):
            path.unlink()


def _is_demo(folder: Path) -> bool:
    try:
        return (folder / README).read_text("utf-8").startswith(_TITLE)
    except (OSError, UnicodeDecodeError):
        return False


def _format_readme(count: int, unreadable: bool) -> str:
    last = (
        f"{TRUNCATED}  is cut short on purpose: it cannot be read, and the program says so\n"
        if unreadable
        else ""
    )
    return f"""{_TITLE}

Every image in this folder was drawn by a program. None shows a patient's cell, and none may
be used as data: they are here for trying the program out.

{count} cells of {len(KINDS)} kinds: {", ".join(KINDS)}.
labels.csv     says what each drawing is meant to be, to compare with what the program says
cell_*.tif     is one cell in {PLANES} focal planes (a multi-page TIFF)
{last}"""


def _encode_jpeg(picture: NDArray[np.uint8]) -> bytes:
    """JPEG bytes that are marked as a drawing in the comment and in Exif."""
    exif = Image.Exif()
    exif[0x010E] = DRAWING  # ImageDescription
    exif[0x0131] = _SOFTWARE  # Software
    file = io.BytesIO()
    image = Image.fromarray(picture)
    image.save(file, "JPEG", quality=92, exif=exif, comment=DRAWING.encode("ascii"))
    return file.getvalue()


def _write_tiff(path: Path, stack: NDArray[np.uint8]) -> None:
    """A page for each focal plane, deflated."""
    tifffile.imwrite(
        path,
        stack,
        photometric="rgb",
        compression="zlib",
        predictor=True,
        description=DRAWING,
        software=_SOFTWARE,
        metadata=None,
    )


def _truncated_jpeg(seed: int, size: int) -> bytes:
    whole = _encode_jpeg(draw_cell(KINDS[0], np.random.default_rng((seed, 999_999)), size=size))
    return whole[: len(whole) // 3]
