"""The pages of the window, of which one is in front."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from leukogui.window.action_set import Actions


class PageStack(QStackedWidget):
    """Shows one page at a time, and marks the action that leads to it.

    Args:
        actions: those of the group "page" in the table bring a page to the front.
        home: the page that is shown while no case is open.
    """

    def __init__(self, actions: Actions, home: QWidget) -> None:
        super().__init__()
        self._actions, self.home = actions, home
        self._page_of: dict[str, QWidget] = {}
        self.addWidget(home)

    def add_page(self, action_id: str, page: QWidget) -> None:
        """Add the page of an action of the group "page"."""
        self._page_of[action_id] = page
        self.addWidget(page)

    def page(self, action_id: str) -> QWidget:
        """The page of an action."""
        return self._page_of[action_id]

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front, and give it the keyboard."""
        self.setCurrentWidget(page)
        shown = (action for action, each in self._page_of.items() if each is page)
        self._actions[next(shown, "review")].setChecked(True)
        page.setFocus()
