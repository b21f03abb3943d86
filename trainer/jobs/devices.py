"""`devices`: what would compute a run here and why; on request, a self-test of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic import KINDS, draw_cell_with_truth
from trainer.domain import ShouldStop, SourceProfile
from trainer.errors import UserError
from trainer.imaging.preprocess import preprocess_pixels
from trainer.inference.devices import DeviceChoice, build_engine, choose_device
from trainer.inference.keras_engine import device_lost
from trainer.inference.openvino_engine import OpenVinoEngine, openvino_gpus
from trainer.inference.self_test import SelfTestResult, self_test
from trainer.locations import data_folder
from trainer.models.backend import out_of_memory
from trainer.models.export.runtime import native_precisions, processor_name
from trainer.models.package.card import Card
from trainer.models.package.layout import Package
from trainer.models.package.registry import registry_of
from trainer.protocol.diagnostics import package_versions, versions
from trainer.protocol.events import Emit, Result
from trainer.protocol.requests import DevicesRequest

_CELLS_PER_KIND = 4
_SIDE = 256
_ENGINES = ("openvino", "keras", "tensorflow", "tensorflow-cpu", "torch", "jax", "numpy")


def run(request: DevicesRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Choose the device of a run of a model, and test it on request.

    Returns:
        `device`, `title`, `precision`, `reason`, `found` (every device, in words) and
        `versions`; after a self-test also `per_second`, `cells`, `same_label`, `max_dp`,
        `agrees`, and `failed`, the number of cells with another label.

    Raises:
        UserError: no such model, or no such device, or one that fails in the test.
        Cancelled: `should_stop` returned True.
    """
    package = registry_of(data_folder(request.data_dir)).find(request.model)
    choice = choose_device(
        device=request.device, precision=request.precision, admitted=package.card.admitted
    )
    facts = _device_record(choice)
    why = f": {choice.reason}" if choice.reason else ""
    sentence = f"Runs are computed on {choice.title}, in {choice.precision.value}{why}."
    emit(Result({"text": "\n".join([sentence, "Found:", *_list_devices()])}))
    if request.self_test:
        tested = _run_self_test(package, choice, request.seconds, emit, should_stop)
        emit(Result({"text": describe_self_test(tested)}))
        facts |= {
            "per_second": tested.per_second,
            "cells": tested.cells,
            "same_label": tested.same_label,
            "max_dp": tested.max_dp,
            "agrees": tested.passed,
            "failed": 0 if tested.passed else max(tested.cells - tested.same_label, 1),
        }
    return facts


def describe_self_test(result: SelfTestResult) -> str:
    """Describe the result of a self-test in words."""
    speed = f"{result.per_second:.3g} cells a second."
    same = f"{result.same_label} of {result.cells} drawn cells get the label that f32 on the CPU"
    away = f"gives; probabilities differ by {result.max_dp:.2g} at most"
    verdict = "" if result.passed else f", which is more than the {result.bound:g} that is allowed"
    if result.same_label < result.cells:
        verdict = ". Do not use this device"
    return f"{speed} {same} {away}{verdict}."


def _device_record(choice: DeviceChoice) -> dict[str, object]:
    installed = {name: value for name, value in package_versions().items() if name in _ENGINES}
    return {
        "device": choice.name,
        "title": choice.title,
        "precision": choice.precision.value,
        "reason": choice.reason,
        "found": _list_devices(),
        "versions": versions() | installed,
    }


def _list_devices() -> list[str]:
    """Every device that OpenVINO reaches, with the precisions that it computes in."""
    cpu = ", ".join(sorted(native_precisions()))
    lines = [f"CPU: {processor_name()} ({cpu})"]
    return lines + [f"{name}: {title}" for name, title in openvino_gpus().items()]


def _run_self_test(
    package: Package, choice: DeviceChoice, seconds: float, emit: Emit, should_stop: ShouldStop
) -> SelfTestResult:
    try:
        return self_test(
            build_engine(choice, package),
            OpenVinoEngine(package.graph),
            draw_views(package.card),
            package.card.temperature,
            seconds=seconds,
            on_progress=emit,
            should_stop=should_stop,
        )
    except Exception as error:
        if not (out_of_memory(error) or device_lost(error)):
            raise
        what = "its memory ran out" if out_of_memory(error) else "it failed"
        raise UserError(f"{choice.title} did not pass: {what}.", "Use the CPU.") from error


def draw_views(card: Card, seed: int = 0) -> NDArray[np.uint8]:
    """Draw cells of every kind as a model's input, uint8 (N, S, S, 3)."""
    rng = np.random.default_rng(seed)
    views = []
    for kind in KINDS * _CELLS_PER_KIND:
        drawn = draw_cell_with_truth(kind, rng, size=_SIDE)
        profile = SourceProfile(red_cell_diameter=drawn.red_cell_diameter)
        views.append(preprocess_pixels(drawn.pixels, card.view_parameters(profile)))
    return np.stack(views)
