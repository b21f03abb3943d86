"""Write the cells of a case for other programs: COCO, QuPath's GeoJSON, Label Studio."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trainer.atomic_files import write_text
from trainer.data.annotations.coco import format_coco
from trainer.data.annotations.geojson import format_geojson
from trainer.data.annotations.label_studio import format_label_studio, format_labelling_config
from trainer.domain import printable
from trainer.jobs.common.explanation.heatmap_files import path_for_image
from trainer.jobs.export.content import ExportContent
from trainer.jobs.export.labelled_cells import iterate_images
from trainer.models.class_colours import NEUTRAL, marks_of


def write_coco(path: Path, content: ExportContent) -> None:
    """Write all images and cells of a case as one COCO file.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it is time to stop.
    """
    images = [
        # A name that is not Unicode is written with its odd bytes spelled out.
        replace(each.annotated, name=printable(each.annotated.name))
        for each in iterate_images(content)
    ]
    write_text(path, format_coco(images, content.reader.model.classes))


def write_geojson(path: Path, content: ExportContent) -> None:
    """Write a GeoJSON file for each image that holds a cell, in folders as the images lie.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it is time to stop.
    """
    marks = marks_of(content.reader.model.classes)
    colours = {name: mark.colour for name, mark in marks.items()}
    path.mkdir(parents=True, exist_ok=True)
    for each in iterate_images(content):
        image = each.annotated
        if image.cells:
            named = replace(image, name=printable(image.name))
            file = path_for_image(path, image.name, ".geojson")
            write_text(file, format_geojson(named, colours))


def write_label_studio(path: Path, content: ExportContent) -> None:
    """Write all images and cells as tasks.json, and the labelling interface as labels.xml.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
        Cancelled: it is time to stop.
    """
    images = [
        replace(each.annotated, name=printable(each.annotated.name))
        for each in iterate_images(content)
    ]
    used = {cell.label for image in images for cell in image.cells if cell.label}
    classes = content.reader.review_classes
    labels = [(each.id, each.colour) for each in classes]
    labels += [(name, NEUTRAL) for name in sorted(used - {each.id for each in classes})]
    path.mkdir(parents=True, exist_ok=True)
    write_text(path / "labels.xml", format_labelling_config(labels))
    write_text(path / "tasks.json", format_label_studio(images, content.reader.model.id))
