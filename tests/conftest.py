from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.qt_loading import LACKING

# How long a busy machine takes for an example says nothing of the code. The examples are the
# same each time, so that a failure is of the change at hand; --hypothesis-profile=search draws
# others.
_UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, **_UNTIMED)
settings.register_profile("search", **_UNTIMED)
settings.load_profile("same")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Without Qt, pytest-qt would end the run of everybody's tests."""
    plugin = pluginmanager.get_plugin("pytest-qt")
    if LACKING and plugin is not None:
        pluginmanager.unregister(plugin)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 64 kB."""
    yield from _mounted(tmp_path / "small", "64k")


@pytest.fixture
def disk_of_a_model(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 40 MB: a package of MobileNetV2 has room, and not much beside it."""
    yield from _mounted(tmp_path / "for a model", "40m")


def _mounted(mount: Path, size: str) -> Iterator[Path]:
    mount.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)]
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("mounting a small disk needs Linux and root")
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let one mount a disk")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)
