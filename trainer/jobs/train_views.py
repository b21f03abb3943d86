"""Views of the cells that a package is checked on: cut once, and kept as their features are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.cache.results import KeptResults, key_of
from trainer.domain import SourceProfile
from trainer.imaging.view import View

# To be raised whenever reading, cutting or varying gives other pixels for the same image.
PIXELS = 1

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class KeptViews:
    """Cells as a network is shown them, found again by what decides their pixels.

    Attributes:
        kept: where they are kept.
        view: what the network is shown.
        size: side of its input in pixels.
    """

    kept: KeptResults
    view: View
    size: int

    def key(self, sha256: str, profile: SourceProfile) -> bytes:
        """The key of one image's view.

        Args:
            sha256: of the image.
            profile: of its source.
        """
        return key_of(
            {
                "what": "view",
                "program": trainer.__version__,
                "pixels": PIXELS,
                "image": sha256,
                "diameter": profile.red_cell_diameter,
                "view": asdict(self.view),
                "size": self.size,
            }
        )

    def put(self, views: Mapping[bytes, Pixels]) -> None:
        """Keep views, uint8 (S, S, 3), without loss."""
        if views:
            self.kept.put({key: _packed(view) for key, view in views.items()})

    def get(self, keys: Iterable[bytes]) -> dict[bytes, Pixels]:
        """The views that are there, by key."""
        found = {key: _unpacked(value) for key, value in self.kept.get(keys).items()}
        shape = (self.size, self.size, 3)
        return {k: view for k, view in found.items() if view is not None and view.shape == shape}


def _packed(view: Pixels) -> bytes:
    # The least compression: most of a view is one grey.
    return bytes(cv2.imencode(".png", view, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def _unpacked(packed: bytes) -> Pixels | None:
    try:
        view = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if view is None else np.asarray(view, dtype=np.uint8)
