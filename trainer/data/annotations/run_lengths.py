"""Masks as COCO encodes them: run lengths, column by column, of pixels off and on the object."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from trainer.data.annotations.polygons import Polygon


def decode_counts(text: str) -> list[int]:
    """Decode the compact form of run lengths (pycocotools' LEB128 with differences).

    Raises:
        ValueError: the text ends within a number, or holds other characters.
    """
    counts: list[int] = []
    value, shift = 0, 0
    for character in text:
        chunk = ord(character) - 48
        if not 0 <= chunk < 64 or shift > 60:
            raise ValueError("not run lengths")
        value |= (chunk & 0x1F) << shift
        shift += 5
        if chunk & 0x20:
            continue
        if chunk & 0x10:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value, shift = 0, 0
    if shift:
        raise ValueError("the run lengths are cut short")
    return counts


def trace_mask(counts: Sequence[int], height: int, width: int) -> list[Polygon]:
    """Trace the outer boundaries of a mask; holes are left out.

    Args:
        counts: run lengths, pixels off and on the object in turn, column by column.
        height: of the mask in pixels.
        width: likewise.

    Returns:
        A polygon for each connected piece, along the outside of its pixels.

    Raises:
        ValueError: the run lengths do not fill the mask.
    """
    if min(counts, default=0) < 0 or sum(counts) != height * width:
        raise ValueError(f"the run lengths do not fill {width} × {height} pixels")
    values = np.arange(len(counts)) % 2 == 1
    mask = np.repeat(values, counts).reshape(width, height).T
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return []
    left, top = int(columns[0]), int(rows[0])
    part = mask[top : rows[-1] + 1, left : columns[-1] + 1].astype(np.uint8)
    # Twice the size, so that the contour through pixel centres runs near the pixels' outer edge.
    doubled = cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    contours, _ = cv2.findContours(doubled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [
        tuple(((float(x) + 0.5) / 2 + left, (float(y) + 0.5) / 2 + top) for x, y in contour[:, 0])
        for contour in contours
        if len(contour) > 2
    ]
