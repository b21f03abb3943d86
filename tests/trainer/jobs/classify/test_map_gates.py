"""A model whose heat maps do not pass their gates draws none by itself, and says why."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from trainer.domain import never_stop
from trainer.jobs.classify import job as classify
from trainer.models.export.package_writer import replace_card
from trainer.models.package.layout import open_package
from trainer.models.package.map_gates import MapGate, MapGates
from trainer.protocol.events import JobWarning
from trainer.protocol.requests import ClassifyRequest

PASSED = MapGate(name="shift", value=0.2, low=0.1, high=0.3, threshold=0, n=40)
FAILED = MapGate(name="spliced_halves", value=0.52, low=0.49, high=0.55, threshold=0.6, n=100)


@pytest.fixture(scope="module")
def gated(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "gated"
    shutil.copytree(package, folder)
    opened = open_package(folder)
    gates = MapGates(gates=(PASSED, FAILED), cells=40)
    replace_card(opened, opened.card.model_copy(update={"map_gates": gates}))
    return folder


def classified(image: Path, model: Path, out: Path, **more: Any) -> tuple[str, list[str]]:
    """The folder of heat maps, and what was warned of."""
    events: list[Any] = []
    request = ClassifyRequest(
        paths=(str(image),),
        out=str(out),
        model=str(model),
        data_dir=str(out.parent / "data"),
        device="cpu",
        heatmaps=True,
        **more,
    )
    result = classify.run(request, events.append, never_stop)
    warnings = [f"{each.message} {each.hint}" for each in events if isinstance(each, JobWarning)]
    return str(result["heatmaps"]), [text for text in warnings if "heat maps" in text]


def test_maps_that_fail_are_drawn_on_request_only(drawn: Path, gated: Path, tmp_path: Path) -> None:
    image = sorted(drawn.iterdir())[0]
    folder, (warning,) = classified(image, gated, tmp_path / "out")
    assert folder == ""
    assert not (tmp_path / "out" / "heatmaps").exists()
    assert "0.52 (0.49 to 0.55), must be above 0.6" in warning
    assert "follows a cell that is moved" not in warning
    assert "--ignore-gates" in warning
    folder, (warning,) = classified(image, gated, tmp_path / "asked", ignore_gates=True)
    assert len(list(Path(folder).iterdir())) == 1
    assert "do not pass" in warning


def test_maps_of_older_models_are_drawn_as_not_checked(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    image = sorted(drawn.iterdir())[0]
    folder, (warning,) = classified(image, package, tmp_path / "out")
    assert len(list(Path(folder).iterdir())) == 1
    assert "were not checked" in warning
