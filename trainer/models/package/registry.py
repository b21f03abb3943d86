"""The registry of models: those that ship with the program and the user's own.

Light: the window lists models through it, so nothing here loads a deep-learning
framework."""

from __future__ import annotations

import builtins
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.atomic_files import ensure_space
from trainer.errors import PackageError, UserError
from trainer.file_names import escape_file_name
from trainer.locations import resources_folder
from trainer.models.package.archive import pack, unpack, unpacked_size
from trainer.models.package.card import Card, read_card
from trainer.models.package.layout import CARD, Package, open_package
from trainer.models.package.promotion import promotion_concerns
from trainer.models.package.trail import (
    ActKind,
    ModelAct,
    Trail,
    append_act,
    new_act,
    read_trail,
)
from trainer.models.safe_files.keras import refuse_foreign_model

MAX_TITLE = 120


@dataclass(frozen=True)
class ModelEntry:
    """A folder that holds a model, or should.

    Attributes:
        card: None where it cannot be read; `problem` is the reason.
        bundled: ships with the program, and cannot be deleted.
        serving: used where no model is named.
        archived: put away: it is in no list to choose from, but is still there.
        title: as the lab calls it, else as its card does; empty where neither does.
    """

    name: str
    path: Path
    card: Card | None
    bundled: bool
    serving: bool
    problem: str = ""
    archived: bool = False
    title: str = ""

    @property
    def bytes(self) -> int:
        """Return how much its files take on the disk."""
        return sum(path.stat().st_size for path in self.path.iterdir() if path.is_file())


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
        trail = self.trail()
        serving = self._serving_id(trail)
        folders = [*_model_folders(self.user), *_model_folders(self.bundled)]
        return [_read_entry(path, path.parent == self.bundled, serving, trail) for path in folders]

    def trail(self) -> Trail:
        """All acts on the models.

        Raises:
            UserError: the record is damaged.
        """
        return read_trail(self.user)

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
        serving = self._serving_id(self.trail())
        if not serving:
            raise UserError("There is no model yet.", "Train one, or import one.")
        return self.find(serving)

    def import_archive(self, source: Path, *, person: str = "") -> Package:
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
            package = self._import(source)
        self._record("import", package.card.id, person, file=source.name)
        return package

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

    def promote(self, name: str, *, person: str = "", reason: str = "") -> Package:
        """Make a model of the registry the serving one; the one before is remembered.

        Raises:
            UserError: no such model, or an archived one; a folder elsewhere must be imported
                first; or something speaks against it, and no reason is given.
            PackageError: it is damaged.
        """
        entry = self._find_entry(name)
        if entry.archived:
            raise UserError(f"“{name}” is archived.", "Restore it first.")
        package = open_package(entry.path)
        promotions = self.trail().promotions
        if promotions and promotions[-1].model == package.card.id:
            return package
        concerns = self.concerns(package.card)
        if concerns and not reason.strip():
            raise UserError(
                " ".join(concerns),
                "It can serve nevertheless: give the reason, which is kept in the trail.",
            )
        before = self._serving_id(self.trail())
        self._record("promote", package.card.id, person, reason, before=before)
        return package

    def concerns(self, candidate: Card) -> tuple[str, ...]:
        """What speaks against promoting a model, a sentence each (see `promotion_concerns`)."""
        serving = next((each.card for each in self.entries() if each.serving), None)
        return promotion_concerns(candidate, serving, self.trail())

    def rollback(self, *, person: str = "", reason: str = "") -> Package:
        """Let the model serve again that served before the last promotion.

        One that is gone or archived by now is passed over.

        Raises:
            UserError: nothing was promoted, or no other model is there.
        """
        promotions = self.trail().promotions
        if not promotions:
            raise UserError("No model was promoted, so there is nothing to go back to.")
        serving = promotions[-1].model
        usable = {each.name for each in self.entries() if each.card and not each.archived}
        stack = [act.model for act in promotions if act.model in usable - {serving}]
        model = stack[-1] if stack else self._bundled_id()
        if model in ("", serving):
            raise UserError("There is no other model to go back to.", "Import or train one first.")
        self._record("roll_back", model, person, reason, before=serving)
        return self.default()

    def history(self) -> builtins.list[ModelAct]:
        """Promotions that were not rolled back, oldest first.

        Raises:
            UserError: the record is damaged.
        """
        return list(self.trail().promotions)

    def rename(self, name: str, title: str, *, person: str = "") -> str:
        """Give a model the name under which the lab knows it; its id stays. Return the name.

        Args:
            title: empty for that of its card.

        Raises:
            UserError: no such model, the name is too long, or another model has it.
        """
        entry, title = self._find_entry(name), " ".join(title.split())
        if len(title) > MAX_TITLE:
            raise UserError(f"The name is longer than {MAX_TITLE} characters.", "Shorten it.")
        others = (each for each in self.entries() if each.name != entry.name)
        if title and any(title in (each.name, each.title) for each in others):
            raise UserError(f"Another model is called “{title}” already.", "Choose another name.")
        self._record("rename", entry.name, person, title=title)
        return title or (entry.card.title if entry.card else "") or entry.name

    def archive(self, name: str, *, person: str = "", reason: str = "") -> None:
        """Put a model away: it is in no list to choose from any more, but stays on the disk.

        Raises:
            UserError: no such model, or the serving one.
        """
        entry = self._find_entry(name)
        if entry.serving:
            raise _serving_error(name)
        if not entry.archived:
            self._record("archive", entry.name, person, reason)

    def restore(self, name: str, *, person: str = "") -> None:
        """Take a model out of the archive.

        Raises:
            UserError: no such model.
        """
        entry = self._find_entry(name)
        if entry.archived:
            self._record("restore", entry.name, person)

    def delete(self, name: str, *, person: str = "", reason: str = "") -> None:
        """Delete one of the user's models.

        Raises:
            UserError: no such model, bundled, or serving.
        """
        entry = self._find_entry(name)
        if entry.bundled:
            raise UserError(f"“{name}” ships with the program and cannot be deleted.")
        if entry.serving:
            raise _serving_error(name)
        # Renamed first, so that a crash midway leaves no half of a model in the list.
        doomed = entry.path.with_name(f".deleted-{uuid.uuid4().hex[:8]}")
        with ensure_space(self.user, 0):
            entry.path.rename(doomed)
            shutil.rmtree(doomed)
        self._record("delete", entry.name, person, reason, title=entry.title)

    def record_judgement(self, candidate: str, details: Mapping[str, Any]) -> None:
        """Keep what was found of a model against another (see `ModelAct.details`)."""
        append_act(self.user, new_act("judge", candidate, details=details))

    def _record(
        self, kind: ActKind, model: str, person: str = "", reason: str = "", **details: object
    ) -> None:
        append_act(self.user, new_act(kind, model, person, reason, details))

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

    def _serving_id(self, trail: Trail) -> str:
        promotions = trail.promotions
        return promotions[-1].model if promotions else self._bundled_id()

    def _bundled_id(self) -> str:
        """The newest model that ships with the program; empty where there is none."""
        cards = []
        for path in _model_folders(self.bundled):
            entry = _read_entry(path, True, "", Trail())
            if entry.card is not None:
                cards.append(entry.card)
        newest = max(cards, key=lambda card: card.created.timestamp(), default=None)
        return newest.id if newest else ""


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


def _read_entry(path: Path, bundled: bool, serving: str, trail: Trail) -> ModelEntry:
    try:
        card = read_card(path / CARD)
    except PackageError as error:
        return ModelEntry(path.name, path, None, bundled, path.name == serving, str(error))
    return ModelEntry(
        card.id,
        path,
        card,
        bundled,
        card.id == serving,
        archived=card.id in trail.archived,
        title=trail.titles.get(card.id, card.title),
    )


def _serving_error(name: str) -> UserError:
    return UserError(f"“{name}” is the serving model.", "Promote another one, or roll back, first.")
