"""Render reports from Jinja2 templates: pages that stand alone, load nothing and run nothing."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray

from trainer.cases.review_classes import usual_name

THUMBNAIL_SIDE = 128  # px of the longer side
_JPEG_QUALITY = 85


@dataclass(frozen=True)
class Table:
    """A table of plain texts.

    Attributes:
        head: titles of the columns.
        rows: one text a column.
        numbers: columns set to the right, where a line feed begins a line; elsewhere text is
            broken as it comes.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Collection[int] = ()


@dataclass(frozen=True)
class Picture:
    """An image inside the page.

    Attributes:
        url: a data URL.
        alt: the words for who cannot see it.
    """

    url: str
    alt: str


@dataclass(frozen=True)
class Figure:
    """Pictures side by side with the lines of their caption below."""

    pictures: Sequence[Picture]
    caption: Sequence[str]


def render_page(template: str, **context: object) -> str:
    """Render a page of the templates beside this module; every text in it is escaped.

    Args:
        template: name of its file, such as "export.html".
        context: everything that the template shows, `title` among it.

    Raises:
        jinja2.UndefinedError: the template shows what `context` lacks.
    """
    return _ENVIRONMENT.get_template(template).render(context)


def image_data_url(data: bytes, kind: str = "png") -> str:
    """Encode the bytes of a picture as an address that holds them."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def jpeg_data_url(rgb: NDArray[np.uint8], quality: int = _JPEG_QUALITY) -> str:
    """Encode uint8 (H, W, 3) as a JPEG inside an address; `quality` is 1-100."""
    return image_data_url(_encode_jpeg(rgb, quality), "jpeg")


def thumbnail_data_url(rgb: NDArray[np.uint8]) -> str:
    """Shrink or enlarge uint8 (H, W, 3) to `THUMBNAIL_SIDE`, as a JPEG inside an address."""
    return image_data_url(encode_thumbnail(rgb), "jpeg")


def encode_thumbnail(rgb: NDArray[np.uint8]) -> bytes:
    """Shrink or enlarge uint8 (H, W, 3) to `THUMBNAIL_SIDE` and encode it as a JPEG."""
    height, width = rgb.shape[:2]
    factor = THUMBNAIL_SIDE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return _encode_jpeg(np.asarray(small, np.uint8), _JPEG_QUALITY)


def _encode_jpeg(rgb: NDArray[np.uint8], quality: int) -> bytes:
    blue_first = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def _build_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("trainer.jobs.common.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = "{:,}".format
    environment.filters["readable"] = usual_name
    return environment


_ENVIRONMENT = _build_environment()
