"""A slide as an image whose pixels are read when they are sliced, for all that cuts cells out."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.reader import Image
from trainer.imaging.slides.halved_level import HalvedLevel
from trainer.imaging.slides.slide import Slide


def slide_image(slide: Slide) -> Image:
    """Return a slide as an image: its plane has a shape and is sliced, and is nothing else.

    Raises:
        ImageError: the file cannot be read.
    """
    plane = cast("NDArray[np.uint8]", HalvedLevel(slide, 0))
    return Image(
        (plane,), 0, slide.width, slide.height, 1.0, slide.sha256, format="TIFF", grey=False
    )
