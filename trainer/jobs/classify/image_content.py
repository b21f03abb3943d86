"""How a run decides which images are fields, where the case does not say."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from trainer.domain import ImageContent, ShouldStop
from trainer.errors import Cancelled
from trainer.imaging.image_cells import ContentRule
from trainer.imaging.model_input import ImageTask, PreprocessedImage
from trainer.imaging.preprocess import ViewParameters, preprocess_cells
from trainer.inference.pipeline import limit_library_threads
from trainer.jobs.common.source_scale import sample_evenly

SMALL_CASE = 24  # images; so many are searched one by one
SAMPLE_SIZE = 16


def choose_content_rule(
    content: ImageContent,
    root: Path,
    names: Sequence[str],
    parameters: ViewParameters,
    *,
    workers: int,
    should_stop: ShouldStop,
) -> ContentRule:
    """Choose the rule by which images of a case are fields.

    To search an image takes longer than to classify its only cell. So in a large case a
    sample shows up to which size images hold one cell each, and only larger ones are searched.

    Args:
        content: what the images of the case hold.
        root: the case's folder.
        names: all of its images, also those of other shards, so that all shards agree.
        parameters: of the views.
        workers: threads.
        should_stop: called after every image of the sample.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    rule = ContentRule(content)
    if content is not ImageContent.AS_FOUND or len(names) <= SMALL_CASE:
        return rule
    sample = [ImageTask(name, root / name) for name in sample_evenly(names, SAMPLE_SIZE)]
    searched = replace(parameters, content=rule)
    images: list[PreprocessedImage] = []
    with limit_library_threads(), ThreadPoolExecutor(workers, thread_name_prefix="search") as pool:
        for image in pool.map(lambda task: preprocess_cells(task, searched), sample):
            if should_stop():
                pool.shutdown(cancel_futures=True)
                raise Cancelled
            images.append(image)
    return replace(rule, single_side=_side_of_singles(images))


def _side_of_singles(images: Sequence[PreprocessedImage]) -> int:
    """The longest of the shorter sides that only images of one cell have; 0 where none."""
    readable = [image for image in images if image.sha256]
    fields = [min(image.width, image.height) for image in readable if image.is_field]
    singles = [min(image.width, image.height) for image in readable if not image.is_field]
    smallest_field = min(fields, default=None)
    return max(
        (side for side in singles if smallest_field is None or side < smallest_field), default=0
    )
