"""Skips the window's tests, with one reason, where Qt cannot be loaded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.qt_loading import LACKING

HERE = Path(__file__).parent
if not LACKING:
    from tests.leukogui.viewer_steps import noise, plain  # noqa: F401 - fixtures
    from tests.leukogui.window_fixtures import (  # noqa: F401 - fixtures
        data,
        drawn,
        drawn_once,
        frozen_objects,
        in_english,
        nothing_left,
        package,
        program,
        with_model,
    )


class _Skipped(pytest.File):
    def collect(self) -> Iterable[pytest.Item]:
        pytest.skip(LACKING)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> _Skipped | None:
    """In the place of a file that would import Qt: the reason why it is not run."""
    return _Skipped.from_parent(parent, path=module_path) if LACKING else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt is a fault of ours."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            # Said of every window that has a smallest size; the plugin has no screen.
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))
