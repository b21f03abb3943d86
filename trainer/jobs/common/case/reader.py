"""The predictions of a case, read from the store without changing anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainer.atomic_files import sha256_of
from trainer.cases.current_runs import (
    CurrentResult,
    current_predictions,
    current_results,
    current_runs_of,
)
from trainer.cases.records import Case, Run
from trainer.cases.review_classes import (
    ReviewClass,
    read_review_classes,
    review_classes_file,
)
from trainer.cases.store import CaseStore
from trainer.domain import CellId, Prediction
from trainer.errors import UserError
from trainer.jobs.common.case.summary import FILES_NOT_READ
from trainer.jobs.common.opened_model import ModelFacts
from trainer.jobs.common.source_scale import SourceScale
from trainer.locations import STORE_NAME, data_folder
from trainer.models.package.registry import registry_of

_HINT_CLASSIFY = "Classify the folder first."


@dataclass(frozen=True, eq=False)
class CaseReader:
    """Predictions of a case that are counted together.

    Attributes:
        root: the case's folder, as it was given.
        runs: those whose predictions count, oldest first; one at least.
        all_runs: all runs over the case, oldest first.
        model: what is known of their model.
        review_classes: of the lab, those of the model among them.
    """

    store: CaseStore
    case: Case
    root: Path
    runs: tuple[Run, ...]
    all_runs: tuple[Run, ...]
    model: ModelFacts
    review_classes: tuple[ReviewClass, ...] = ()

    @property
    def newest_run(self) -> Run:
        """The run whose settings describe how the predictions were made."""
        return self.runs[-1]

    def predictions(self) -> Iterator[Prediction]:
        """By image and number, without heat maps; of each cell the newest that counts."""
        return (prediction for _, prediction in current_predictions(self.store, self.runs))

    def results(self) -> Iterator[CurrentResult]:
        """As `predictions`, with the fields that were searched before their cells."""
        return (result for _, result in self.results_of_runs())

    def predictions_of_runs(self) -> Iterator[tuple[Run, Prediction]]:
        """As `predictions`, each with the run that it is of."""
        return current_predictions(self.store, self.runs)

    def results_of_runs(self) -> Iterator[tuple[Run, CurrentResult]]:
        """As `results`, each with the run that it is of."""
        return current_results(self.store, self.runs)

    def files_not_read(self) -> dict[str, int]:
        """How many files were not read, by kind, by the newest run that searched a folder."""
        for run in reversed(self.runs):
            if isinstance(found := run.settings.get(FILES_NOT_READ), dict):
                return found
        return {}

    def source(self) -> dict[str, object]:
        """The source profile of the newest run, as in summary.json."""
        settings = self.newest_run.settings
        return SourceScale.from_json(settings).to_json() if "profile" in settings else {}


@contextmanager
def open_case_reader(folder: str, run: int | None, data_dir: str | None) -> Iterator[CaseReader]:
    """Find a case, and hold the store open for the block.

    Args:
        folder: the case's folder.
        run: number of one of its runs; None: all that count together with the newest.
        data_dir: where cases and models are kept; None: the user's data folder.

    Raises:
        UserError: the folder has no run, or not that one, or its model is not known; or the list
            of review classes cannot be read.
        StoreError: the store cannot be read.
    """
    data, root = data_folder(data_dir), Path(folder)
    with ExitStack() as stack:
        store = CaseStore.open_if_made(data / STORE_NAME)
        case = stack.enter_context(store).cases.find(root) if store is not None else None
        if store is None or case is None:
            raise UserError(f"{root} was not classified yet.", _HINT_CLASSIFY)
        yield read_case(store, case, root, run, data)


def read_case(store: CaseStore, case: Case, root: Path, run: int | None, data: Path) -> CaseReader:
    """Return the reader of a case of an open store.

    Args:
        root: the case's folder, as it was given.
        run: as of `open_case_reader`.
        data: where models and review classes are kept.

    Raises:
        UserError: as `open_case_reader`.
        StoreError: the store cannot be read.
    """
    every = store.runs.list_of_case(case.id)
    if not every:
        raise UserError(f"{root} was not classified yet.", _HINT_CLASSIFY)
    runs = _select_runs(every, run, root)
    model = _read_model_facts(runs[-1], data)
    classes = read_review_classes(review_classes_file(data), model.classes, model.roles)
    return CaseReader(store, case, root, tuple(runs), tuple(every), model, classes)


def _select_runs(runs: list[Run], run_id: int | None, root: Path) -> list[Run]:
    if run_id is None:
        return current_runs_of(runs)
    chosen = [run for run in runs if run.id == run_id]
    if not chosen:
        known = ", ".join(str(run.id) for run in runs)
        raise UserError(f"There is no run {run_id} over {root}.", f"Its runs: {known}.")
    return chosen


def _read_model_facts(run: Run, data: Path) -> ModelFacts:
    """Read the facts that the run stored of its model, else those of the model's card."""
    stored = run.settings.get("model_facts")
    if isinstance(stored, dict):
        return ModelFacts.from_json(stored)
    for entry in registry_of(data).entries():
        if entry.card is not None and sha256_of(entry.path / "card.json") == run.model_sha256:
            return ModelFacts.of(entry.card, run.model_sha256)
    raise UserError(
        f"The model {run.model} of run {run.id} is not on this computer any more.",
        "Import it again, or classify the folder with another model.",
    )


def find_prediction(reader: CaseReader, cell: CellId) -> tuple[Run, Prediction]:
    """Find the newest run that counts and holds a cell, with its prediction.

    Raises:
        UserError: there is none; the hint names the cells that its image has.
    """
    for each in reversed(reader.runs):
        prediction = reader.store.predictions.get(each.id, cell.image, cell.number)
        if prediction is not None:
            return each, prediction
        if reader.store.fields.get(each.id, cell.image) is not None:
            raise UserError(
                f"{cell.image} is a field and has no cell {cell.letters or 'of its own'}.",
                f"Its cells: {_list_letters(reader, each, cell.image)}.",
            )
    raise UserError(f"{cell.image} was not classified yet.", "Classify it first.")


def _list_letters(reader: CaseReader, run: Run, image: str) -> str:
    cells = reader.store.predictions.list_of_image(run.id, image)
    return ", ".join(each.cell_id.letters for each in cells) or "none"


def name_in_case(image: str, folder: Path) -> str:
    """Return an image's name within the case of a folder; a path into it will do.

    Raises:
        UserError: the path does not lie in the folder.
    """
    path = Path(image)
    if not path.is_absolute():
        return image
    for root in (folder, folder.resolve()):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    raise UserError(f"{path} does not lie in {folder}.", "Name an image of the case.")
