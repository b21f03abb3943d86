from __future__ import annotations

import pytest
from qt_loading import LACKING


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Without Qt, pytest-qt would end the run of everybody's tests."""
    plugin = pluginmanager.get_plugin("pytest-qt")
    if LACKING and plugin is not None:
        pluginmanager.unregister(plugin)
