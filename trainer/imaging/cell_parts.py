"""The nucleus and the cytoplasm of a white cell whose outline is known, in its view.

`nucleus.find_nucleus` looks for the cell, and must keep apart nucleus, red cells and glass: its
score takes the deep blue cytoplasm of a blast for nucleus. Here only what lies in the outline
counts, and there chromatin, by azure and eosin, absorbs green far more than any cytoplasm does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, Window
from trainer.imaging.segmentation.white_cell import MASK_SIDE, Cell
from trainer.imaging.stain import measure_density
from trainer.imaging.view import crop_window, soft_mask

_DARK = 2.0  # density in green beyond which cameras record noise
_BLUR = 1.5  # px of 128: chromatin's own texture is no edge of the nucleus
_MIN_CONTRAST = 0.2  # of the mean densities of the two parts
_MIN_SHARE = 0.03  # of the cell, of either part
_SPECK = 0.05  # of the nucleus: smaller pieces are granules, smaller holes are of its texture


@dataclass(frozen=True, eq=False)
class PartMasks:
    """The parts of a cell over the pixels of its view, each 0-1, soft at its edge.

    Attributes:
        cell: float32 (S, S).
        nucleus: float32 (S, S), nowhere more than `cell`; all 0 where none stands out.
    """

    cell: NDArray[np.float32]
    nucleus: NDArray[np.float32]

    @property
    def cytoplasm(self) -> NDArray[np.float32]:
        """What of the cell is not its nucleus, float32 (S, S)."""
        return self.cell - self.nucleus

    @property
    def has_nucleus(self) -> bool:
        """Whether a nucleus stands out from the rest of the cell."""
        return bool(self.nucleus.any())


def segment_nucleus(rgb: NDArray[np.uint8], cell: Cell) -> NDArray[np.bool_]:
    """Find the nucleus in the outline of a cell by Otsu's threshold (IEEE Trans SMC 9, 1979).

    Args:
        rgb: (H, W, 3), the image in which the cell was found.
        cell: its `mask` is the outline.

    Returns:
        (128, 128) over the cell's square, within its mask; empty where nothing stands out.
    """
    nothing = np.zeros_like(cell.mask)
    if cell.state is CellState.NONE:
        return nothing
    pixels, _ = crop_window(rgb, cell.square, MASK_SIDE)
    green = np.minimum(measure_density(pixels).values[..., 1], np.float32(_DARK))
    density = np.asarray(cv2.GaussianBlur(green, (0, 0), _BLUR), np.float32)
    dense = cell.mask & (density > _otsu_threshold(density[cell.mask]))
    nucleus = cell.mask & _remove_specks(dense)
    share = nucleus.sum() / max(int(cell.mask.sum()), 1)
    if not _MIN_SHARE < share < 1 - _MIN_SHARE:
        return nothing
    contrast = density[nucleus].mean() - density[cell.mask & ~nucleus].mean()
    return nucleus if contrast >= _MIN_CONTRAST else nothing


def render_part_masks(
    rgb: NDArray[np.uint8], cell: Cell, window: Window, size: int, feather: float
) -> PartMasks | None:
    """Render the parts of a cell as they lie in its view.

    Args:
        rgb: (H, W, 3), the image in which the cell was found.
        cell: the cell.
        window: that the view covers, in pixels of `rgb`.
        size: side of the view, in its pixels.
        feather: as of `soft_mask`.

    Returns:
        None where no cell was found.
    """
    if cell.state is CellState.NONE:
        return None
    whole = soft_mask(cell, window, size, feather=feather)
    nucleus = segment_nucleus(rgb, cell)
    if not nucleus.any():
        return PartMasks(whole, np.zeros_like(whole))
    part = soft_mask(replace(cell, mask=nucleus), window, size, feather=feather)
    return PartMasks(whole, np.minimum(part, whole))


def _remove_specks(dense: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without small pieces and small holes."""
    least = _SPECK * float(dense.sum())
    return ~_large_pieces(~_large_pieces(dense, least), least)


def _large_pieces(mask: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= least
    large[0] = False
    return np.asarray(large[labels], np.bool_)


def _otsu_threshold(density: NDArray[np.float32]) -> float:
    """Otsu's threshold of densities (N,), of which the outermost hundredths do not count."""
    low, high = (float(value) for value in np.percentile(density, (1, 99)))
    if high <= low:
        return high
    levels = np.clip((density - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(levels[:, None], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return low + (float(level) + 0.5) * (high - low) / 255
