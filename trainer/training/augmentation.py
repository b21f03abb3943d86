"""Augmentation: one training cell as any lab might have stained and photographed it.

The order is that of acquisition: the cell lies somewhere on the slide (geometry), is stained,
photographed (illumination, optics, sensor), stored (JPEG), and outlined by a segmentation that
is never quite right (mask). All colour is changed in optical density first, then in light; both
are single linear maps, so that a cell takes few milliseconds.

`augment_single` augments a cell by itself, without the transfer of style, which needs the other
cells: its result depends on the cell's own image alone, so it can be cached.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.crop import DISTANCE_STEP, Crop
from trainer.imaging.stain import AZURE_EOSIN, soft_light
from trainer.imaging.view import View, composite_on_grey
from trainer.training.dataset import CellDataset, build_dataset
from trainer.training.stain_style import (
    GAIN,
    StainStyle,
    StyleBank,
    anchored_transport,
    density,
    radii,
    spectrum_gain,
    transport,
)

Rng = np.random.Generator
Rgb = NDArray[np.float32]
Affine = NDArray[np.float64]  # (3, 4)

_GREY = np.array([0.299, 0.587, 0.114])
_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])


@dataclass(frozen=True)
class Augmentation:
    """How far a cell is varied. Shares and probabilities are 0-1, lengths px of the input.

    Attributes:
        scale: largest factor by which a cell is enlarged, or divided.
        shift: largest shift, as a share of the side.
        grow: limits of the mask's growth.
        mask_fault: probability that a piece of the mask is wrong.
        unmasked: probability that the mask is left out altogether.
        style: probability of style exchange.
        style_strength: limits of its strength.
        style_cell: probability that the goal is a single cell's style, not a lab's.
        style_anchored: probability that the empty slide goes to the empty slide.
        style_wander: how far a goal is displaced at random, in optical density.
        dye: largest change of each stain's density.
        mixing: spread of a random matrix that mixes the densities of R, G, B.
        hue: largest turn in degrees.
        saturation, contrast, gamma: largest factor, or its inverse.
        brightness: largest change, as a share of 255.
        faint: probability of a contrast of only 0.3-0.75.
        monochrome: probability of no colour at all.
        texture: probability that coarse and fine detail are weighed anew.
        uneven: probability of uneven light.
        blur: probability of blur, with sigma up to `blur_sigma`.
        coarse: probability of fewer pixels.
        sharpen, fringe, noise, jpeg: probabilities.
    """

    scale: float = 1.22
    shift: float = 0.05
    grow: tuple[float, float] = (-2.5, 4.0)
    mask_fault: float = 0.15
    unmasked: float = 0.05
    style: float = 0.9
    style_strength: tuple[float, float] = (0.0, 1.2)
    style_cell: float = 0.6
    style_anchored: float = 0.5
    style_wander: float = 0.15
    dye: float = 0.35
    mixing: float = 0.08
    hue: float = 12.0
    saturation: float = 1.4
    contrast: float = 1.25
    gamma: float = 1.4
    brightness: float = 0.06
    faint: float = 0.12
    monochrome: float = 0.15
    texture: float = 0.4
    uneven: float = 0.2
    blur: float = 0.45
    blur_sigma: float = 2.6
    coarse: float = 0.2
    sharpen: float = 0.15
    fringe: float = 0.1
    noise: float = 0.3
    jpeg: float = 0.5


def augment(
    cells: CellDataset, row: int, styles: StyleBank, augmentation: Augmentation, rng: Rng
) -> NDArray[np.uint8]:
    """Render an augmented view of one cell, as the network gets it.

    Args:
        cells: the cells.
        row: which of them.
        styles: to transfer between.
        augmentation: how far.
        rng: decides everything.

    Returns:
        (S, S, 3), RGB, grey outside of the cell.
    """
    rgb, away = transform_geometry(
        cells.pixels[row], cells.mask_distance[row], cells.size, augmentation, rng
    )
    start = styles.of_source[cells.source[row]]
    stained = jitter_stain(rgb, start, styles, augmentation, rng)
    lit = jitter_illumination(stained, augmentation, rng)
    picture = compress(degrade_optics(lit, augmentation, rng), augmentation, rng)
    inside = jitter_mask(away, cells.view.feather, augmentation, rng)
    return composite_on_grey(picture, inside, cells.view.grey)


def transform_geometry(
    pixels: NDArray[np.uint8],
    mask_distance: NDArray[np.int8],
    size: int,
    augmentation: Augmentation,
    rng: Rng,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Rotate, mirror, scale and shift a crop; the mask distance is returned in pixels."""
    side = pixels.shape[0]
    angle = rng.uniform(0, 2 * np.pi)
    factor = augmentation.scale ** rng.uniform(-1, 1)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(angle) / factor, np.sin(angle) / factor
    linear = np.array([[mirror * cos, -sin], [mirror * sin, cos]])
    shift = rng.uniform(-augmentation.shift, augmentation.shift, 2) * size
    offset = (side - 1) / 2 - linear @ ((size - 1) / 2 + shift)
    sampling = np.column_stack([linear, offset])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    edge = cv2.BORDER_REPLICATE
    rgb = cv2.warpAffine(pixels, sampling, (size, size), flags=flags, borderMode=edge)
    distance = mask_distance.astype(np.float32) * np.float32(DISTANCE_STEP * factor)
    distance = cv2.warpAffine(distance, sampling, (size, size), flags=flags, borderMode=edge)
    return np.asarray(rgb, dtype=np.uint8), np.asarray(distance, dtype=np.float32)


def jitter_stain(
    rgb: NDArray[np.uint8],
    start: StainStyle | None,
    styles: StyleBank,
    augmentation: Augmentation,
    rng: Rng,
) -> Rgb:
    """Change the stain: another lab's style, other amounts of dye. Returns light, 0-1."""
    colour = _identity()
    gain = None
    if start is not None and styles.of_cell and rng.random() < augmentation.style:
        goal = choose_target_style(styles, augmentation, rng)
        strength = rng.uniform(*augmentation.style_strength)
        carry = anchored_transport if rng.random() < augmentation.style_anchored else transport
        colour = _interpolate_transform(carry(start, goal), strength)
        gain = spectrum_gain(start, goal, strength, rgb.shape[0])
    colour = _compose(colour, _stain_jitter_matrix(augmentation, rng))
    colour *= augmentation.gamma ** rng.uniform(-1, 1)
    stained = soft_light(np.asarray(cv2.transform(density(rgb), colour), dtype=np.float32))
    if rng.random() < augmentation.texture:
        texture = _random_gain(rgb.shape[0], rng)
        gain = texture if gain is None else gain * texture
    return stained if gain is None else _apply_gain(stained, gain)


def choose_target_style(styles: StyleBank, augmentation: Augmentation, rng: Rng) -> StainStyle:
    """Choose the style of a random cell or lab, displaced at random."""
    labs = [style for style in styles.of_source if style is not None]
    if rng.random() < augmentation.style_cell:
        goal = styles.of_cell[rng.integers(len(styles.of_cell))]
    else:
        goal = labs[rng.integers(len(labs))]
    mean = goal.mean + rng.normal(0, augmentation.style_wander, 3)
    stretch = np.exp(rng.normal(0, 1.5 * augmentation.style_wander, 3))
    covariance = goal.covariance * np.outer(stretch, stretch)
    tilt = np.linspace(0, 1, len(goal.spectrum)) * rng.normal(0, 5 * augmentation.style_wander)
    return replace(
        goal,
        mean=mean,
        covariance=covariance,
        background=goal.background + rng.normal(0, augmentation.style_wander / 2, 3),
        spectrum=(goal.spectrum + tilt).astype(np.float32),
    )


def jitter_illumination(lit: Rgb, augmentation: Augmentation, rng: Rng) -> Rgb:
    """Another lamp and camera: contrast, brightness, hue, saturation, uneven light."""
    middle = lit.reshape(-1, 3).mean(axis=0).astype(np.float64)
    contrast = augmentation.contrast ** rng.uniform(-1, 1)
    if rng.random() < augmentation.faint:
        contrast = rng.uniform(0.3, 0.75)
    bright = rng.uniform(-augmentation.brightness, augmentation.brightness)
    change = np.column_stack([np.eye(3) * contrast, middle * (1 - contrast) + bright])
    change = _compose(change, _colour_jitter_matrix(augmentation, rng))
    result = np.asarray(cv2.transform(lit, change), dtype=np.float32)
    if rng.random() < augmentation.uneven:
        result *= _random_light_gradient(lit.shape[0], rng)
    return result


def degrade_optics(lit: Rgb, augmentation: Augmentation, rng: Rng) -> Rgb:
    """Other optics: blur, fewer pixels, fringes of colour, sharpening, noise."""
    if rng.random() < augmentation.blur:
        lit = _blur(lit, augmentation.blur_sigma * rng.random() ** 1.5 + 0.2)
    if rng.random() < augmentation.coarse:
        lit = _lower_resolution(lit, rng.uniform(0.35, 0.8))
    if rng.random() < augmentation.fringe:
        lit = _add_chromatic_aberration(lit, rng)
    if rng.random() < augmentation.sharpen:
        lit = lit + rng.uniform(0.3, 1.5) * (lit - _blur(lit, rng.uniform(0.8, 2.0)))
    if rng.random() < augmentation.noise:
        grain = rng.standard_normal(lit.shape, dtype=np.float32)
        lit = lit + grain * np.float32(rng.uniform(0.004, 0.035))
    return lit


def compress(lit: Rgb, augmentation: Augmentation, rng: Rng) -> NDArray[np.uint8]:
    """To 8 bits, and through JPEG."""
    picture = np.clip(lit * 255.0 + 0.5, 0, 255).astype(np.uint8)
    if rng.random() < augmentation.jpeg:
        quality = int(rng.integers(40, 91))
        packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.asarray(picture, dtype=np.uint8)


def jitter_mask(
    mask_distance: NDArray[np.float32], feather: float, augmentation: Augmentation, rng: Rng
) -> NDArray[np.float32]:
    """Return the soft mask, 0-1, (S, S), with the errors of a segmentation."""
    size = mask_distance.shape[0]
    if rng.random() < augmentation.unmasked:
        return np.ones_like(mask_distance)
    grown = mask_distance + np.float32(rng.uniform(*augmentation.grow))
    if rng.random() < augmentation.mask_fault:
        grown = _add_mask_fault(grown, rng)
    width = max(feather * size * rng.uniform(0.6, 1.6), 1e-3)
    return np.asarray(np.clip(grown / width + 0.5, 0.0, 1.0), dtype=np.float32)


def _add_mask_fault(mask_distance: NDArray[np.float32], rng: Rng) -> NDArray[np.float32]:
    """The mask with a disc at its border added (a neighbour) or bitten off."""
    size = mask_distance.shape[0]
    rows, columns = np.nonzero(np.abs(mask_distance) < 1.0)
    if len(rows) == 0:
        return mask_distance
    pick = int(rng.integers(len(rows)))
    radius = size * rng.uniform(0.05, 0.18)
    y, x = np.ogrid[:size, :size]
    disc = (radius - np.hypot(y - rows[pick], x - columns[pick])).astype(np.float32)
    faulty = (
        np.maximum(mask_distance, disc) if rng.random() < 0.65 else np.minimum(mask_distance, -disc)
    )
    return np.asarray(faulty, dtype=np.float32)


def _stain_jitter_matrix(augmentation: Augmentation, rng: Rng) -> Affine:
    """More or less of each stain, and stains of another colour."""
    amounts = np.diag(1 + rng.uniform(-augmentation.dye, augmentation.dye, 2))
    inverse = np.linalg.pinv(AZURE_EOSIN)  # (3, 2)
    change = np.eye(3) + inverse @ (amounts - np.eye(2)) @ AZURE_EOSIN
    mixing = np.eye(3) + rng.normal(0, augmentation.mixing, (3, 3))
    return np.column_stack([mixing @ change.T, np.zeros(3)])


def _colour_jitter_matrix(augmentation: Augmentation, rng: Rng) -> Affine:
    if rng.random() < augmentation.monochrome:
        return np.column_stack([np.tile(_GREY, (3, 1)), np.zeros(3)])
    angle = np.deg2rad(rng.uniform(-augmentation.hue, augmentation.hue))
    factor = augmentation.saturation ** rng.uniform(-1, 1)
    cos, sin = np.cos(angle) * factor, np.sin(angle) * factor
    turn = np.array([[1.0, 0, 0], [0, cos, -sin], [0, sin, cos]])
    return np.column_stack([np.linalg.inv(_TO_YIQ) @ turn @ _TO_YIQ, np.zeros(3)])


def _identity() -> Affine:
    return np.eye(3, 4)


def _compose(first: Affine, second: Affine) -> Affine:
    """`second` applied to what `first` gives."""
    matrix = second[:, :3] @ first[:, :3]
    return np.column_stack([matrix, second[:, :3] @ first[:, 3] + second[:, 3]])


def _interpolate_transform(
    mapping: tuple[NDArray[np.float64], NDArray[np.float64]], strength: float
) -> Affine:
    matrix, offset = mapping
    return np.column_stack([np.eye(3) + strength * (matrix - np.eye(3)), strength * offset])


def _apply_gain(lit: Rgb, gain: NDArray[np.float32]) -> Rgb:
    import scipy.fft  # only here: every command would wait for it, and most need none of it

    spectrum = scipy.fft.rfft2(lit, axes=(0, 1)) * gain[..., None]
    return np.asarray(scipy.fft.irfft2(spectrum, s=lit.shape[:2], axes=(0, 1)), np.float32)


def _random_gain(size: int, rng: Rng) -> NDArray[np.float32]:
    """A smooth random weight for every spatial frequency, as `spectrum_gain`."""
    knots = np.concatenate([[0.0, 0.0], np.cumsum(rng.normal(0, 0.3, 4))])
    octaves = np.log2(radii(size) + 1)
    curve = np.interp(octaves, np.linspace(0, np.log2(size / 2 + 1), len(knots)), knots)
    return np.asarray(np.clip(np.exp(curve), *GAIN), dtype=np.float32)


def _random_light_gradient(size: int, rng: Rng) -> Rgb:
    """A plane of light, a little different in each colour, around 1."""
    slope = rng.normal(0, 0.15, 2)[:, None] + rng.normal(0, 0.08, (2, 3))
    along = np.linspace(-0.5, 0.5, size)
    plane = along[:, None, None] * slope[0] + along[None, :, None] * slope[1]
    return np.asarray(np.clip(1 + plane, 0.5, 1.5), dtype=np.float32)


def _blur(lit: Rgb, sigma: float) -> Rgb:
    return np.asarray(cv2.GaussianBlur(lit, (0, 0), sigma), dtype=np.float32)


def _lower_resolution(lit: Rgb, factor: float) -> Rgb:
    size = lit.shape[0]
    side = max(int(size * factor), 8)
    small = cv2.resize(lit, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)


def _add_chromatic_aberration(lit: Rgb, rng: Rng) -> Rgb:
    """Chromatic aberration: red and blue a little beside green."""
    size = lit.shape[0]
    result = lit.copy()
    for channel in (0, 2):
        move = np.column_stack([np.eye(2), rng.uniform(-2, 2, 2)])
        plane = np.ascontiguousarray(lit[..., channel])
        result[..., channel] = cv2.warpAffine(
            plane, move, (size, size), borderMode=cv2.BORDER_REPLICATE
        )
    return result


_NO_STYLES = StyleBank((None,), ())


def augment_single(
    crop: Crop,
    view: View,
    size: int,
    augmentation: Augmentation,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Render an augmented view of a cell by itself, (S, S, 3).

    Args:
        crop: as `crop_cell` gives it.
        view: as it was cropped.
        size: S, as it was cropped.
        augmentation: how far.
        rng: decides everything.
    """
    cells = build_dataset([crop], [""], [""], [""], view, size)
    return augment(cells, 0, _NO_STYLES, augmentation, rng)
