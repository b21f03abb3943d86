"""The registry of models: those that ship with the program and the user's own.

Light: the window lists models through it, so nothing here loads a deep-learning
framework."""

from __future__ import annotations

import builtins
import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trainer.atomic_files import ensure_space, write_text
from trainer.errors import PackageError, UserError
from trainer.file_names import escape_file_name
from trainer.locations import resources_folder
from trainer.models.package.archive import pack, unpack, unpacked_size
from trainer.models.package.card import Card, read_card
from trainer.models.package.layout import CARD, Package, open_package
from trainer.models.safe_files.keras import refuse_foreign_model

SERVING = "serving.json"


@dataclass(frozen=True)
class ModelEntry:
    """A folder that holds a model, or should.

    Attributes:
        card: None where it cannot be read; `problem` is the reason.
        bundled: ships with the program, and cannot be deleted.
        serving: used where no model is named.
    """

    name: str
    path: Path
    card: Card | None
    bundled: bool
    serving: bool
    problem: str = ""


@dataclass(frozen=True)
class Promotion:
    """That a model was made the serving one, and when (UTC)."""

    model: str
    at: datetime


class Registry:
    """Models in two folders; the user's folder need not exist yet.

    Args:
        user: where models are imported, trained and deleted.
        bundled: models that ship with the program; only read.
    """

    def __init__(self, user: Path, bundled: Path) -> None:
        self.user = user
        self.bundled = bundled

    def entries(self) -> builtins.list[ModelEntry]:
        """All models, the user's first, each folder by name; broken ones too."""
        serving = self._serving_id()
        folders = [*_model_folders(self.user), *_model_folders(self.bundled)]
        return [_read_entry(path, path.parent == self.bundled, serving) for path in folders]

    def list(self) -> builtins.list[Card]:
        """Cards of the models that can be read; files are not verified."""
        return [entry.card for entry in self.entries() if entry.card is not None]

    def find(self, name: str | Path = "") -> Package:
        """A model by its id or its folder, verified; the serving one where `name` is empty.

        Raises:
            UserError: there is none of that name; the hint lists those that there are.
            PackageError: it is damaged.
        """
        text = str(name).strip()
        if not text:
            return self.default()
        for entry in self.entries():
            if text == entry.name:
                return open_package(entry.path)
        folder = Path(text)
        if (folder / CARD).is_file():
            return open_package(folder)
        raise UserError(f"There is no model “{text}”.", self._describe_choices())

    def verify(self, name: str | Path = "") -> Package:
        """Check every file of a model against its card; as `find`."""
        return self.find(name)

    def default(self) -> Package:
        """The serving model: the one promoted last, else the newest bundled one.

        Raises:
            UserError: there is no model, or the promoted one is gone.
        """
        serving = self._serving_id()
        if not serving:
            raise UserError("There is no model yet.", "Train one, or import one.")
        return self.find(serving)

    def import_archive(self, source: Path) -> Package:
        """Copy a package, a zip archive or a folder, into the user's models.

        Verified before it is registered; refused archives leave nothing behind.

        Raises:
            PackageError: not a package, unsafe, damaged, or a model file of another
                kind; the message gives the reason.
            UserError: there is already a model of that id.
        """
        if source.is_file() and source.suffix.lower() != ".zip":
            refuse_foreign_model(source)
        with ensure_space(self.user, unpacked_size(source)):
            return self._import(source)

    def export_archive(self, name: str | Path, path: Path) -> Path:
        """Write a verified model to a zip archive; a folder as `path` gets `<id>.zip`.

        Raises:
            UserError: no such model, or the file cannot be written.
            PackageError: the model is damaged.
        """
        package = self.find(name)
        target = path / f"{escape_file_name(package.card.id)}.zip" if path.is_dir() else path
        pack(package, target)
        return target

    def promote(self, name: str) -> Package:
        """Make a model of the registry the serving one; the one before is remembered.

        Raises:
            UserError: no such model; a folder elsewhere must be imported first.
            PackageError: it is damaged.
        """
        entry = self._find_entry(name)
        package = open_package(entry.path)
        self._write_history([*self.history(), Promotion(package.card.id, datetime.now(UTC))])
        return package

    def rollback(self) -> Package:
        """Let the model serve again that served before the last promotion.

        Raises:
            UserError: nothing was promoted.
        """
        history = self.history()
        if not history:
            raise UserError("No model was promoted, so there is nothing to go back to.")
        self._write_history(history[:-1])
        return self.default()

    def history(self) -> builtins.list[Promotion]:
        """Promotions, oldest first.

        Raises:
            UserError: the record is damaged.
        """
        path = self.user / SERVING
        if not path.is_file():
            return []
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            return [Promotion(row["model"], datetime.fromisoformat(row["at"])) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"The record of the serving model ({path}) is damaged.",
                "Delete the file; the bundled model then serves again.",
            ) from error

    def delete(self, name: str) -> None:
        """Delete one of the user's models.

        Raises:
            UserError: no such model, bundled, or serving.
        """
        entry = self._find_entry(name)
        if entry.bundled:
            raise UserError(f"“{name}” ships with the program and cannot be deleted.")
        if entry.serving:
            raise UserError(
                f"“{name}” is the serving model.", "Promote another one, or roll back, first."
            )
        # Renamed first, so that a crash midway leaves no half of a model in the list.
        doomed = entry.path.with_name(f".deleted-{uuid.uuid4().hex[:8]}")
        with ensure_space(self.user, 0):
            entry.path.rename(doomed)
            shutil.rmtree(doomed)

    def _import(self, source: Path) -> Package:
        """Copy, verify, and only then give it its name in the list."""
        staging = self.user / f".import-{uuid.uuid4().hex[:8]}"
        # Named as its source is, because error messages name the folder.
        copied = staging / (source.stem or "model")
        try:
            unpack(source, copied)
            package = open_package(copied)
            target = self._free_folder(package.card.id)
            copied.rename(target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return Package(target, package.card)

    def _find_entry(self, name: str) -> ModelEntry:
        for entry in self.entries():
            if entry.name == name:
                return entry
        raise UserError(f"There is no model “{name}” in the list.", self._describe_choices())

    def _describe_choices(self) -> str:
        names = [entry.name for entry in self.entries()]
        return f"There are: {', '.join(names)}." if names else "There are none yet."

    def _free_folder(self, model: str) -> Path:
        target = self.user / escape_file_name(model)
        if target.exists() or any(entry.name == model for entry in self.entries()):
            raise UserError(
                f"There is already a model “{model}”.", "Delete it first, or keep the one you have."
            )
        return target

    def _serving_id(self) -> str:
        history = self.history()
        if history:
            return history[-1].model
        cards = []
        for path in _model_folders(self.bundled):
            entry = _read_entry(path, bundled=True, serving="")
            if entry.card is not None:
                cards.append(entry.card)
        newest = max(cards, key=lambda card: card.created.timestamp(), default=None)
        return newest.id if newest else ""

    def _write_history(self, history: builtins.list[Promotion]) -> None:
        rows = [{"model": item.model, "at": item.at.isoformat()} for item in history]
        write_text(self.user / SERVING, json.dumps(rows, indent=2) + "\n")


def registry_of(data: Path) -> Registry:
    """The models of a data folder (see `data_folder`), and those that ship with the program."""
    return Registry(data / "models", resources_folder() / "models")


def _model_folders(parent: Path) -> Iterator[Path]:
    """Folders with a card, by name; unfinished ones start with a dot and are left out."""
    if not parent.is_dir():
        return
    for path in sorted(parent.iterdir()):
        if not path.name.startswith(".") and (path / CARD).is_file():
            yield path


def _read_entry(path: Path, bundled: bool, serving: str) -> ModelEntry:
    try:
        card = read_card(path / CARD)
    except PackageError as error:
        return ModelEntry(path.name, path, None, bundled, path.name == serving, str(error))
    return ModelEntry(card.id, path, card, bundled, card.id == serving)
