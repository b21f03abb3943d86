"""What the controllers of the window share."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from leukogui.backend.run_queue import RunQueue
from leukogui.pages.review import ReviewPage
from leukogui.panels.model_chooser import ModelChooser
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import Settings
from leukogui.window.action_set import Actions
from leukogui.window.notifications import Notifications
from leukogui.window.page_stack import PageStack


@dataclass(frozen=True)
class WindowParts:
    """The parts that most controllers use; what one or two need is given to them beside it.

    Attributes:
        session: the open case.
        queue: the runs.
        settings: what a person has chosen.
        actions: the actions of menus, buttons and keys.
        notifications: over the pages.
        pages: the pages, of which one is in front.
        review: the page of the gallery and the inspector.
        chooser: the button that chooses the model.
        parent: owner of the controllers and of their dialogs.
    """

    session: CaseSession
    queue: RunQueue
    settings: Settings
    actions: Actions
    notifications: Notifications
    pages: PageStack
    review: ReviewPage
    chooser: ModelChooser
    parent: QWidget
