"""A drawn slide, made once for all processes of a test run."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.shared_fixtures import build_once
from trainer.data.synthetic.slide import SyntheticSlide, write_slide


def drawn_slide(factory: pytest.TempPathFactory) -> SyntheticSlide:
    """Return a slide of 4,096 x 4,096 pixels, by itself in its folder but for `truth.pickle`."""

    def build(folder: Path) -> None:
        (folder / "case").mkdir(parents=True)
        rng = np.random.default_rng(3)
        truth = write_slide(folder / "case" / "slide.tif", rng, fields=2, share=0.8)
        (folder / "truth.pickle").write_bytes(pickle.dumps(truth))

    folder = build_once(factory, "slide", build)
    truth: SyntheticSlide = pickle.loads((folder / "truth.pickle").read_bytes())  # noqa: S301
    return replace(truth, path=folder / "case" / "slide.tif")
