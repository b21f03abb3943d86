"""Every part of the program makes the same pixels of one image."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.qt_loading import LACKING
from trainer.atomic_files import sha256_of
from trainer.cache.results import ResultCache
from trainer.data.item import Item
from trainer.data.manifest import Manifest
from trainer.data.synthetic import KINDS, draw_cell_with_truth
from trainer.domain import SourceProfile, never_stop, no_progress
from trainer.imaging.model_input import ImageTask, ModelInput, Product
from trainer.imaging.preprocess import preprocess, preprocess_pixels
from trainer.imaging.segmentation.white_cell import boundary_polygon
from trainer.inference.preprocess_pool import PreprocessPool
from trainer.jobs.common.labelled.cells import read_labelled_views
from trainer.jobs.common.labelled.scored_cells import predict_labelled_cells
from trainer.jobs.common.opened_model import OpenedModel, open_model
from trainer.jobs.devices import draw_views
from trainer.jobs.train.features import FeatureReader
from trainer.locations import data_folder
from trainer.models.export.feature_extractor import extractor_of
from trainer.training.augmentation import Augmentation

View = NDArray[np.uint8]


@pytest.fixture(scope="module")
def opened(random_model: Path) -> OpenedModel:
    return open_model(
        str(random_model), data=data_folder(), device="cpu", precision="exact", emit=lambda _: None
    )


class OneCell:
    """The first cell that the self-test draws, in a file, and the scale that it is drawn at."""

    def __init__(self, folder: Path) -> None:
        drawn = draw_cell_with_truth(KINDS[0], np.random.default_rng(0), size=256)
        self.path = folder / "cell.png"
        cv2.imwrite(str(self.path), drawn.pixels[..., ::-1])
        self.profile = SourceProfile(red_cell_diameter=drawn.red_cell_diameter)

    @property
    def task(self) -> ImageTask:
        return ImageTask(self.path.name, self.path)

    def item(self, label: str, split: str) -> Item:
        return Item(self.path, label, split)


@pytest.fixture
def cell(tmp_path: Path) -> OneCell:
    return OneCell(tmp_path)


def fine_tuned(cell: OneCell, opened: OpenedModel) -> View:
    """What a network is fine-tuned and calibrated on."""
    (labelled,), faults = read_labelled_views(
        [cell.item(opened.card.outputs[0], "train")],
        {"": cell.profile},
        opened.card.view.to_view(),
        opened.card.input_size,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    assert not faults
    return labelled.view


def of_features(cell: OneCell, opened: OpenedModel) -> View:
    """What a head is trained on, as its cache holds it."""
    item, sha256 = cell.item(opened.card.outputs[0], "val"), sha256_of(cell.path)
    with ResultCache(cell.path.with_name("kept.sqlite")) as cache:
        reader = FeatureReader(
            extractor_of(opened.package),
            opened.card.view.to_view(),
            Augmentation(),
            cache,
            no_progress,
            never_stop,
        )
        reader.compute_features([item], {item.path: sha256}, {"": cell.profile}, view_items=[item])
        (view,) = reader.views.get([reader.views.key(sha256, cell.profile)]).values()
    return view


def evaluated(cell: OneCell, opened: OpenedModel) -> View:
    item = cell.item(opened.card.outputs[0], "test")
    found = predict_labelled_cells(
        Manifest((item,), (item.label,), cell.path.parent),
        opened,
        seed=0,
        on_progress=no_progress,
        should_stop=never_stop,
        profiles={"": cell.profile},
    )
    (sample,) = found.samples
    return sample.view


def classified(cell: OneCell, opened: OpenedModel) -> View:
    parameters = opened.card.view_parameters(cell.profile)
    ((image,),) = opened.classifier.run([cell.task], parameters, workers=2, should_stop=never_stop)
    (one,) = image.cells
    assert one.model_input.view is not None
    return one.model_input.view


def in_a_process(cell: OneCell, opened: OpenedModel) -> View:
    """What is classified where there are many cores."""
    pool = PreprocessPool(opened.card.view_parameters(cell.profile))
    try:
        view = pool.preprocess(cell.task).cells[0].view
        assert pool.pids
    finally:
        pool.close()
    assert view is not None
    return view


def self_tested(_: OneCell, opened: OpenedModel) -> View:
    view: View = draw_views(opened.card)[0]
    return view


def shown_in_the_window(cell: OneCell, opened: OpenedModel) -> View:
    """The view of the pixels that inspector and viewer draw, both with the same outline."""
    from leukogui.inspector.cell_reader import read_cell_image
    from leukogui.viewer.opened_image import open_image

    inspected, viewed = read_cell_image(cell.path, 512), open_image(cell.path, None)
    assert viewed is not None
    parameters = opened.card.view_parameters(cell.profile)
    found = preprocess(cell.task, parameters, Product.CELL)
    assert found.cell is not None
    outline = boundary_polygon(found.cell, found.scale)
    assert len(outline)
    np.testing.assert_array_equal(inspected.outline, outline)
    np.testing.assert_array_equal(viewed.outline, outline)
    np.testing.assert_array_equal(viewed.planes[viewed.sharpest], inspected.rgb)
    return preprocess_pixels(inspected.rgb, parameters)


WAYS = {
    "fine-tuning": fine_tuned,
    "features": of_features,
    "evaluation": evaluated,
    "classification": classified,
    "classification in processes": in_a_process,
    "self-test": self_tested,
}
if not LACKING:
    WAYS["window"] = shown_in_the_window


def test_pixels_are_the_same_everywhere(cell: OneCell, opened: OpenedModel) -> None:
    found = {name: way(cell, opened) for name, way in WAYS.items()}
    view = preprocess(cell.task, opened.card.view_parameters(cell.profile)).view
    assert view is not None
    assert len(np.unique(view)) > 100  # a cell, not grey alone
    same = {name for name, each in found.items() if each.tobytes() == view.tobytes()}
    assert same == set(WAYS)


def test_products_come_when_they_are_wanted(cell: OneCell, opened: OpenedModel) -> None:
    parameters = opened.card.view_parameters(cell.profile)
    plain = preprocess(cell.task, parameters)
    assert (plain.cell, plain.crop, plain.image) == (None, None, None)
    every = preprocess(cell.task, parameters, Product.CELL | Product.CROP | Product.IMAGE)
    assert every.cell is not None
    assert every.crop is not None
    assert every.image is not None
    assert every.cell.state is every.cell_state is plain.cell_state
    np.testing.assert_array_equal(every.view, plain.view)


def test_products_pass_between_processes(cell: OneCell, opened: OpenedModel) -> None:
    parameters = opened.card.view_parameters(cell.profile)
    keep = Product.CELL | Product.CROP | Product.IMAGE
    pool = PreprocessPool(parameters, keep)
    try:
        (found,) = pool.preprocess(cell.task).cells
    finally:
        pool.close()
    here = preprocess(cell.task, parameters, keep)
    for one, other in zip(arrays(found), arrays(here), strict=True):
        np.testing.assert_array_equal(one, other)


def arrays(found: ModelInput) -> list[NDArray[np.generic]]:
    assert found.cell is not None
    assert found.crop is not None
    assert found.image is not None
    return [found.cell.mask, found.cell.nucleus, *found.crop, found.image]
