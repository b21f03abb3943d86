"""The models that can be chosen: their cards, read on a thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.threads.repeated_task import RepeatedTask
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
    _read = Signal(list, str)

    def __init__(self, user: Path, bundled: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders = (user, bundled)
        self._cards: tuple[Card, ...] = ()
        self._serving = ""
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
        self._read.emit(cards, serving[0] if serving else "")

    def _set_cards(self, cards: list[Card], serving: str) -> None:
        self._cards, self._serving = tuple(cards), serving
        self.loaded.emit()
