from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.corruptions import CORRUPTIONS, shift_stain, zoom
from trainer.imaging.stain import AZURE_EOSIN


@pytest.fixture
def view():
    random = np.random.default_rng(0)
    small = random.integers(60, 220, (8, 8, 3), dtype=np.uint8)
    return small.repeat(16, axis=0).repeat(16, axis=1)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_more_changes_more(view, name: str) -> None:
    row = CORRUPTIONS[name]
    kept = view.copy()
    away = [np.abs(row.apply(view, level).astype(int) - view).mean() for level in row.levels]
    assert away[0] > 0
    assert away == sorted(away)
    assert (view == kept).all()
    assert row.apply(view, row.levels[-1]).shape == view.shape


def test_a_stain_is_changed_by_its_own_factor() -> None:
    azure = np.exp(-0.4 * AZURE_EOSIN[0]) * 251 - 1
    view = np.broadcast_to(np.round(azure), (4, 4, 3)).astype(np.uint8)
    expected = np.exp(-0.6 * AZURE_EOSIN[0]) * 251 - 1
    assert shift_stain(view, 1.5)[0, 0] == pytest.approx(expected, abs=2)
    assert shift_stain(view, 1.0) == pytest.approx(view, abs=1)


def test_scale_is_about_the_middle() -> None:
    view = np.zeros((65, 65, 3), np.uint8)
    view[28:37, 28:37] = 255  # 9 px about the middle
    larger = zoom(view, 2.0)[..., 0] > 127
    rows, columns = np.nonzero(larger)
    assert rows.min() + rows.max() == columns.min() + columns.max() == 64
    assert rows.max() - rows.min() + 1 == pytest.approx(18, abs=1)
