"""The models that can be chosen: their cards, read on a thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.threads.repeated_task import RepeatedTask
from trainer.atomic_files import sha256_of
from trainer.errors import UserError

if TYPE_CHECKING:
    from trainer.models.package.card import Card


class ModelList(QObject):
    """Knows the cards of all models.

    Args:
        user: folder of the user's models.
        bundled: folder of those that ship with the program.
    """

    loaded = Signal()
    failed = Signal(object)  # UserError
    _read = Signal(list, str, object)

    def __init__(self, user: Path, bundled: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders = (user, bundled)
        self._cards: tuple[Card, ...] = ()
        self._serving = ""
        self._digests: dict[str, str] = {}
        self._read_task = RepeatedTask("models", self._load)
        self._read.connect(self._set_cards)

    @property
    def cards(self) -> tuple[Card, ...]:
        """What was read last."""
        return self._cards

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

        try:
            entries = Registry(*self._folders).entries()
        except UserError as error:
            self.failed.emit(error)
            return
        for entry in entries:
            if entry.problem:
                self.failed.emit(UserError(entry.problem))
        cards = [entry.card for entry in entries if entry.card is not None]
        serving = [entry.card.id for entry in entries if entry.serving and entry.card is not None]
        digests = {
            entry.card.id: sha256_of(entry.path / "card.json")
            for entry in entries
            if entry.card is not None
        }
        self._read.emit(cards, serving[0] if serving else "", digests)

    def _set_cards(self, cards: list[Card], serving: str, digests: dict[str, str]) -> None:
        self._cards, self._serving, self._digests = tuple(cards), serving, digests
        self.loaded.emit()
