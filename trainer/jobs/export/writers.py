"""The writer of each format, imported only where it is wanted: Matplotlib takes a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trainer.edition import require_package
from trainer.jobs.common.case.predictions_csv import write_predictions, write_summary
from trainer.jobs.export.content import ExportContent, Writer
from trainer.protocol.requests import ExportFormat


def find_writer(what: ExportFormat) -> Writer:
    """Return the writer of a format."""
    return _WRITERS[what]()


def _write_csv(path: Path, content: ExportContent) -> None:
    write_predictions(path, content.predictions, content.reader.model)


def _write_json(path: Path, content: ExportContent) -> None:
    write_summary(path, content.summary)


def _html() -> Writer:
    from trainer.jobs.export.report.job import write_html

    return write_html


def _pdf() -> Writer:
    from trainer.jobs.export.report.job import write_pdf_file

    return write_pdf_file


def _xlsx() -> Writer:
    from trainer.jobs.export.xlsx import write

    return write


def _parquet() -> Writer:
    require_package("pyarrow", "A Parquet table")
    from trainer.jobs.export.parquet import write_parquet

    return write_parquet


def _png() -> Writer:
    from trainer.jobs.export.charts import write

    return write


def _coco() -> Writer:
    from trainer.jobs.export.annotations import write_coco

    return write_coco


def _geojson() -> Writer:
    from trainer.jobs.export.annotations import write_geojson

    return write_geojson


def _label_studio() -> Writer:
    from trainer.jobs.export.annotations import write_label_studio

    return write_label_studio


def _crops() -> Writer:
    from trainer.jobs.export.crops import write_crops

    return write_crops


def _class_folders() -> Writer:
    from trainer.jobs.export.crops import write_class_folders

    return write_class_folders


_WRITERS: dict[ExportFormat, Callable[[], Writer]] = {
    "csv": lambda: _write_csv,
    "json": lambda: _write_json,
    "html": _html,
    "pdf": _pdf,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "png": _png,
    "coco": _coco,
    "geojson": _geojson,
    "label-studio": _label_studio,
    "crops": _crops,
    "class-folders": _class_folders,
}
