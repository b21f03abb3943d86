"""The models that can be chosen: their cards, read on a thread."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.threads.repeated_task import RepeatedTask
from trainer.atomic_files import sha256_of
from trainer.errors import UserError

if TYPE_CHECKING:
    from trainer.models.package.card import Card
    from trainer.models.package.registry import ModelEntry
    from trainer.models.package.trail import Trail


class ModelList(QObject):
    """Knows the cards of all models.

    Args:
        user: folder of the user's models.
        bundled: folder of those that ship with the program.

    Attributes:
        entries: all models, also those that are archived or cannot be read.
        sizes: bytes on the disk, by id.
        trail: what was done with the models; None until it was read.
    """

    loaded = Signal()
    failed = Signal(object)  # UserError
    _read = Signal(object, object, object, object)  # entries, trail, sizes, digests

    def __init__(self, user: Path, bundled: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders = (user, bundled)
        self._cards: tuple[Card, ...] = ()
        self._serving = ""
        self.entries: tuple[ModelEntry, ...] = ()
        self.sizes: dict[str, int] = {}
        self.trail: Trail | None = None
        self._digests: dict[str, str] = {}
        self._read_task = RepeatedTask("models", self._load)
        self._read.connect(self._set_entries)

    @property
    def cards(self) -> tuple[Card, ...]:
        """Those that can be chosen, each under the name that the lab gave it."""
        return self._cards

    @property
    def serving(self) -> str:
        """The id of the model that serves; empty where there is none."""
        return self._serving

    def entry(self, model: str) -> ModelEntry | None:
        """What is known of a model by its id, also of one that cannot be chosen."""
        return next((entry for entry in self.entries if entry.name == model), None)

    def card(self, model: str) -> Card | None:
        """The card of a model by its id; of the active one for an empty id."""
        wanted = model or self._serving
        found = next((card for card in self._cards if card.id == wanted), None)
        only = self._cards[0] if not wanted and len(self._cards) == 1 else None
        return found or only

    def digest(self, model: str) -> str:
        """The SHA-256 of a model's card, as runs keep it; empty where there is no such model."""
        return self._digests.get(model, "")

    def load(self) -> None:
        """Read the cards again."""
        self._read_task.start()

    def close(self) -> None:
        """Wait for the thread."""
        self._read_task.close()

    def _load(self) -> None:
        from trainer.models.package.registry import Registry  # brings pydantic

        registry = Registry(*self._folders)
        try:
            entries, trail = registry.entries(), registry.trail()
        except UserError as error:
            self.failed.emit(error)
            return
        for entry in entries:
            if entry.problem:
                self.failed.emit(UserError(entry.problem))
        sizes: dict[str, int] = {}
        digests: dict[str, str] = {}
        for entry in entries:
            with contextlib.suppress(OSError):  # deleted meanwhile
                sizes[entry.name] = entry.bytes
                if entry.card is not None:
                    digests[entry.name] = sha256_of(entry.path / "card.json")
        self._read.emit(entries, trail, sizes, digests)

    def _set_entries(
        self,
        entries: list[ModelEntry],
        trail: Trail,
        sizes: dict[str, int],
        digests: dict[str, str],
    ) -> None:
        self.entries, self.trail, self.sizes, self._digests = tuple(entries), trail, sizes, digests
        shown = [entry for entry in entries if entry.card is not None]
        self._serving = next((entry.name for entry in shown if entry.serving), "")
        self._cards = tuple(
            entry.card.model_copy(update={"title": entry.title})
            for entry in shown
            if entry.card is not None and not entry.archived
        )
        self.loaded.emit()
