"""`explain`: heat maps of single images for a class of choice, by a method of choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import ensure_writable, write_bytes
from trainer.data.labels import compose
from trainer.domain import CellId, ImageContent, Progress, ShouldStop, SourceProfile
from trainer.errors import Cancelled, UserError
from trainer.file_names import escape_file_name
from trainer.imaging.folders.search import ImageList, find_images
from trainer.imaging.heat_maps import normalize_heatmaps
from trainer.imaging.image_cells import ContentRule
from trainer.imaging.model_input import ImageTask, ModelInput, PreprocessedImage, Product
from trainer.imaging.overlay import overlay_heat_map
from trainer.imaging.preprocess import ViewParameters, preprocess_cells
from trainer.inference.map_methods import CellMap, compute_map
from trainer.inference.openvino_engine import usable_cores
from trainer.jobs.common.explanation.ablation_files import AblatedCell, write_ablations
from trainer.jobs.common.explanation.cell_ablation import NEEDED, ablate_cell
from trainer.jobs.common.explanation.heatmap_files import (
    cut_surroundings,
    path_for_image,
    warn_about_maps,
)
from trainer.jobs.common.explanation.raw_maps import write_raw_map
from trainer.jobs.common.opened_model import OpenedModel, open_exact
from trainer.jobs.common.source_scale import measure_scale, stated_profile, warn_about_source
from trainer.jobs.common.unread_notes import no_image_error, warn_about_unread
from trainer.models.probabilities import softmax
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import ExplainRequest

# A file's name also holds the image's and the method's, and at times another class.
_MAX_CLASS_BYTES = 36


@dataclass(frozen=True)
class _Wanted:
    """The outputs that a map is of: `index`, None for the likeliest; `against`, None for all."""

    index: int | None
    against: int | None


def run(request: ExplainRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Draw one heat map a cell into `out`, as `<name>.<method>.<class>.png`; or write it as
    numbers, as `.npy` with `.json` beside it.

    On request also what each prediction rests on, as ablation.csv, ablation.json and ablation.html.

    The cells of a field are `<name>.<letters>.<method>.<class>.png`. Images of several folders
    lie below `out` as they lie below the folder common to them.

    Returns:
        `written`, the number of heat maps, and `failed`, that of unreadable images.

    Raises:
        UserError: the model does not know a class, the method knows no second class, or nothing
            can be written.
    """
    opened = open_exact(request, emit)
    wanted = _find_outputs(opened, request)
    if request.method == "contribution":
        warn_about_maps(opened.card, emit, drawn=True)
    images = _find_images(request, emit)
    ensure_writable(Path(request.out))
    parameters = _view_parameters(opened, images, request, emit, should_stop)
    keep = Product.IMAGE | NEEDED if request.ablation else Product.IMAGE
    ablated: list[AblatedCell] = []
    written, failed, count = 0, 0, len(images.relative)
    for number, name in enumerate(images.relative, 1):
        if should_stop():
            raise Cancelled
        found = preprocess_cells(ImageTask(name, images.root / name), parameters, keep)
        for each in _number_cells(found):
            if each.view is None:
                failed += 1
                emit(JobWarning(f"{name}: {each.error_with_hint}"))
            else:
                written += 1
                emit(Result(_explain_cell(opened, each, each.view, wanted, request, ablated)))
        emit(Progress("explaining", number, count))
    if request.ablation:
        write_ablations(Path(request.out), ablated, opened.card.id)
    return {"written": written, "failed": failed, "out": request.out}


def _number_cells(image: PreprocessedImage) -> Sequence[ModelInput]:
    """The cells of an image; those of a field numbered in reading order."""
    if not image.is_field:
        return image.cells
    return [replace(each, number=number) for number, each in enumerate(image.cells, 1)]


def _find_images(request: ExplainRequest, emit: Emit) -> ImageList:
    paths = [Path(path) for path in request.images]
    images = find_images(paths, any_suffix=request.any_suffix)
    for problem in images.problems:
        emit(JobWarning(problem))
    warn_about_unread(images.unread, emit)
    if not images.relative:
        raise no_image_error(images.root, images.unread)
    return images


def _find_outputs(opened: OpenedModel, request: ExplainRequest) -> _Wanted:
    if request.against is not None and request.method != "contribution":
        raise UserError(
            f"The method {request.method} does not tell one class from another.",
            "Leave --method out: contributions do.",
        )
    return _Wanted(
        _output_index(opened, request.class_name), _output_index(opened, request.against)
    )


def _output_index(opened: OpenedModel, name: str | None) -> int | None:
    if name is None:
        return None
    same = (each for each in opened.card.outputs if compose(each) == compose(name))
    name = name if name in opened.card.outputs else next(same, name)
    if name not in opened.card.outputs:
        raise UserError(
            f"The model {opened.card.id} has no class {name}.",
            f"It has {', '.join(opened.card.outputs)}.",
        )
    return opened.card.outputs.index(name)


def _view_parameters(
    opened: OpenedModel,
    images: ImageList,
    request: ExplainRequest,
    emit: Emit,
    should_stop: ShouldStop,
) -> ViewParameters:
    """All images of one call are taken for one source, as `classify` does."""
    scale = measure_scale(
        images.root,
        images.relative,
        stated=stated_profile(request, SourceProfile()),
        workers=usable_cores(),
        on_progress=emit,
        should_stop=should_stop,
    )
    warn_about_source(opened.card, scale, emit)
    parameters = opened.card.view_parameters(scale.profile, scale.by_size)
    return replace(parameters, content=ContentRule(ImageContent(request.content)))


def _explain_cell(
    opened: OpenedModel,
    model_input: ModelInput,
    view: NDArray[np.uint8],
    wanted: _Wanted,
    request: ExplainRequest,
    ablated: list[AblatedCell],
) -> dict[str, object]:
    card = opened.card
    outputs = opened.classifier.engine.submit(view[None]).result()
    probabilities = softmax(outputs.logits, card.temperature)[0]
    index = wanted.index if wanted.index is not None else int(probabilities.argmax())
    assert model_input.window is not None
    cell_map = compute_map(
        opened.classifier, view, outputs, model_input.window, request.method, index, wanted.against
    )
    name = card.outputs[index]
    against = card.outputs[wanted.against] if wanted.against is not None else ""
    cell = CellId(model_input.task.name, model_input.number)
    letters = f".{cell.letters}" if cell.number else ""
    facts: dict[str, object] = {
        "class": name,
        **({"against": against} if against else {}),
        "probability": float(probabilities[index]),
    }
    target = _target(opened, cell, name, against, request)
    if request.format == "npy":
        shown = {"image": cell.image, "cell": letters[1:], "method": request.method, **facts}
        write_raw_map(target, cell_map, model_input.window, len(view), shown)
    else:
        _draw(target, model_input, cell_map)
    outside = " (outside the model's classes)" if name in card.other_classes else ""
    versus = f" against {against}" if against else ""
    text = f"{cell.image}{letters}: {name}{versus} {facts['probability']:.3f}{outside} -> {target}"
    result: dict[str, object] = {"text": text, **facts, "file": str(target)}
    if not request.ablation:
        return result
    found = ablate_cell(
        opened.classifier, card, model_input, index, cell_map.values, cell_map.window
    )
    ablated.append(AblatedCell(cell, found, view, _overlay(model_input, cell_map)))
    return result | {"text": f"{text}\n  {found.describe()}", "ablation": found.to_json()}


def _target(
    opened: OpenedModel, cell: CellId, name: str, against: str, request: ExplainRequest
) -> Path:
    names = [name, against] if against else [name]
    most = _MAX_CLASS_BYTES // len(names)
    outputs = opened.card.outputs
    in_file = ".".join(escape_file_name(each, outputs, max_bytes=most) for each in names)
    letters = f".{cell.letters}" if cell.number else ""
    suffix = f"{letters}.{request.method}.{in_file}.{request.format}"
    return path_for_image(Path(request.out), cell.image, suffix)


def _draw(target: Path, model_input: ModelInput, cell_map: CellMap) -> None:
    drawn = _overlay(model_input, cell_map)
    write_bytes(target, cv2.imencode(".png", drawn[..., ::-1])[1].tobytes())


def _overlay(model_input: ModelInput, cell_map: CellMap) -> NDArray[np.uint8]:
    assert model_input.image is not None
    image, window = model_input.image, cell_map.window.scaled(model_input.scale)
    if model_input.number:
        image, window = cut_surroundings(image, window)
    return overlay_heat_map(image, normalize_heatmaps(cell_map.values), window)
