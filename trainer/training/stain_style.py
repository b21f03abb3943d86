"""The stain style of a lab, measured on one cell type, and its transfer to other images.

Where a class comes from one lab only, its style predicts it; a network that was trained on every
cell in every style cannot use it. A style is the mean and covariance of optical density
within the cell, and the radial power spectrum (sharpness, noise). It is measured on one
class that several labs have, so that it does not depend on the classes themselves.

Colours move by the linear Monge-Kantorovich map (Pitie & Kokaram, "The linear
Monge-Kantorovitch linear colour mapping for example-based colour transfer", CVMP 2007)
in optical density; sharpness by the ratio of spectra, after Yang & Soatto, "FDA: Fourier
domain adaptation", CVPR 2020, with radial means in place of single amplitudes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.stain import background_colour, soft_density
from trainer.training.dataset import CellDataset

GAIN = (0.35, 2.8)  # limits of a spectrum's gain
_MIN_PIXELS = 50
_RIDGE = 1e-4  # keeps covariances of flat cells invertible
_MAX_CELLS = 400  # per source; more would not change a mean
_DENSITY = soft_density(np.arange(256, dtype=np.float32) / np.float32(255))


@dataclass(frozen=True, eq=False)
class StainStyle:
    """The stain style of one cell or of one lab.

    Attributes:
        mean: float64 (3,), optical density of R, G, B within the cell, against 255.
        covariance: float64 (3, 3), of the same.
        background: float64 (3,), optical density of the empty slide beside it.
        spectrum: float32 (R,), log of the mean power at each whole radius, as a share of
            all power: contrast belongs to the covariance and must not count twice.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    background: NDArray[np.float64]
    spectrum: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class StyleBank:
    """Styles to transfer between: one for each source, and those of single cells.

    Attributes:
        of_source: a style for each source of the cells; None where the class that styles
            are measured on is missing there.
        of_cell: styles of single cells.
    """

    of_source: tuple[StainStyle | None, ...]
    of_cell: tuple[StainStyle, ...]


def density(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Optical density against a white of 255, softened in the dark: 0-3.3, float32."""
    return np.asarray(_DENSITY[rgb], dtype=np.float32)


def measure_style(rgb: NDArray[np.uint8], inside: NDArray[np.bool_]) -> StainStyle | None:
    """Measure the style of one cell.

    Args:
        rgb: (S, S, 3).
        inside: (S, S), True on the cell.

    Returns:
        Its style, or None where the cell is too small to have one.
    """
    if int(inside.sum()) < _MIN_PIXELS:
        return None
    values = density(rgb)[inside].astype(np.float64)
    covariance = np.cov(values, rowvar=False) + _RIDGE * np.eye(3)
    slide = density(background_colour(rgb).astype(np.uint8)).astype(np.float64)
    return StainStyle(values.mean(axis=0), covariance, slide, radial_spectrum(rgb))


def measure_styles(cells: CellDataset, reference_class: str | None) -> StyleBank:
    """Measure the styles of all sources, on cells of one class.

    Args:
        cells: the cells to learn from.
        reference_class: name of the class; None, or one that is missing, measures on all cells.
    """
    chosen = np.ones(len(cells), dtype=bool)
    if reference_class in cells.outputs:
        chosen = cells.label == cells.outputs.index(str(reference_class))
    of_source: list[StainStyle | None] = []
    of_cell: list[StainStyle] = []
    for source in range(len(cells.sources)):
        rows = np.flatnonzero(chosen & (cells.source == source))
        measured = _measure_cell_styles(cells, rows[:: max(1, -(-len(rows) // _MAX_CELLS))])
        of_source.append(_mean_style(measured) if measured else None)
        of_cell.extend(measured)
    return StyleBank(tuple(of_source), tuple(of_cell))


def transport(
    start: StainStyle, goal: StainStyle
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the linear Monge-Kantorovich map between two styles.

    Returns:
        A (3, 3) and b (3,): `A @ d + b` has the goal's mean and covariance where d has
        the start's. A is symmetric and positive.
    """
    root, inverse = _matrix_square_root(start.covariance)
    middle, _ = _matrix_square_root(root @ goal.covariance @ root)
    matrix = inverse @ middle @ inverse
    return matrix, goal.mean - matrix @ start.mean


def anchored_transport(
    start: StainStyle, goal: StainStyle
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """As `transport`, but the empty slide of one becomes the empty slide of the other.

    The map is linear about the slide and carries second moments about it: as if dyes and
    camera were others, with no haze added. The mean comes out near the goal's, not on it.
    """
    moments = [
        style.covariance + np.outer(style.mean - style.background, style.mean - style.background)
        for style in (start, goal)
    ]
    root, inverse = _matrix_square_root(moments[0])
    middle, _ = _matrix_square_root(root @ moments[1] @ root)
    matrix = inverse @ middle @ inverse
    return matrix, goal.background - matrix @ start.background


def radial_spectrum(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Log of the share of power of the grey image at each whole radius, (S // 2 + 1,)."""
    import scipy.fft  # only here, as in `augment`

    grey = density(rgb).mean(axis=-1)
    size = grey.shape[0]
    window = np.hanning(size).astype(np.float32)
    power = np.abs(scipy.fft.rfft2((grey - grey.mean()) * np.outer(window, window))) ** 2
    radius = np.minimum(radii(size), size // 2)
    total = np.bincount(radius.ravel(), weights=power.ravel(), minlength=size // 2 + 1)
    count = np.bincount(radius.ravel(), minlength=size // 2 + 1)
    mean = total / np.maximum(count, 1)
    return np.log(mean / max(float(total.sum()), 1e-9) + 1e-9).astype(np.float32)


def spectrum_gain(
    start: StainStyle, goal: StainStyle, strength: float, size: int
) -> NDArray[np.float32]:
    """What to multiply an image's spectrum by, (size, size // 2 + 1).

    Args:
        start: where the image comes from.
        goal: where it shall go.
        strength: 0 leaves it as it is, 1 goes all the way.
        size: side of the image.
    """
    difference = 0.5 * strength * (goal.spectrum - start.spectrum)
    by_radius = np.clip(np.exp(difference), *GAIN).astype(np.float32)
    by_radius[:2] = 1.0  # the mean belongs to the colours
    radius = np.minimum(radii(size) * (len(by_radius) - 1) // (size // 2), len(by_radius) - 1)
    return np.asarray(by_radius[radius], dtype=np.float32)


def _measure_cell_styles(cells: CellDataset, rows: NDArray[np.intp]) -> list[StainStyle]:
    styles = []
    for row in rows:
        edge = (len(cells.mask_distance[row]) - cells.size) // 2
        middle = np.s_[edge : edge + cells.size, edge : edge + cells.size]
        inside = cells.mask_distance[row][middle] > 0
        styles.append(measure_style(cells.pixels[row][middle], inside))
    return [style for style in styles if style is not None]


def _mean_style(styles: list[StainStyle]) -> StainStyle:
    """The style of pooled cells: their spread lies within cells, not between them."""
    return StainStyle(
        mean=np.mean([style.mean for style in styles], axis=0),
        covariance=np.mean([style.covariance for style in styles], axis=0),
        background=np.mean([style.background for style in styles], axis=0),
        spectrum=np.mean([style.spectrum for style in styles], axis=0),
    )


def _matrix_square_root(
    matrix: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Square root of a positive matrix, and the inverse of that."""
    values, vectors = np.linalg.eigh(matrix)
    values = np.sqrt(np.maximum(values, 1e-9))
    return (vectors * values) @ vectors.T, (vectors / values) @ vectors.T


def radii(size: int) -> NDArray[np.intp]:
    """Whole radius of every frequency of `rfft2` of a square, (size, size // 2 + 1)."""
    rows = np.minimum(np.arange(size), size - np.arange(size))[:, None]
    columns = np.arange(size // 2 + 1)[None, :]
    return np.rint(np.hypot(rows, columns)).astype(np.intp)
