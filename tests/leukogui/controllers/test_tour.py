"""The tour: once by itself, on real parts of the window, by keyboard, out of the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App, open_settings
from leukogui.controllers.case import DEMO_NAME
from leukogui.pages.tour.card import TourCard, find_place
from leukogui.settings.table import TOUR_ENDED
from tests.leukogui.case_steps import open_case
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.data.synthetic import write_demo


@pytest.fixture
def demo(data: Path) -> Path:
    """The drawn cells, few and small, where the program looks for them."""
    folder = data / DEMO_NAME
    write_demo(folder, per_kind=1, size=64)
    return folder


def card_of(assembly: App) -> TourCard | None:
    return assembly.case_controller.tour.card


def open_demo(qtbot: QtBot, assembly: App) -> TourCard:
    """Open the drawn cells as from the welcome page, and wait for the tour."""
    assembly.window.commands["try_demo"].trigger()
    qtbot.waitUntil(lambda: card_of(assembly) is not None, timeout=PATIENCE)
    card = card_of(assembly)
    assert card is not None
    return card


def press(qtbot: QtBot, key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, key)


def test_five_steps_by_keyboard_and_then_never_again(
    qtbot: QtBot, program: Program, demo: Path, data: Path
) -> None:
    assembly = program()
    window, tour = assembly.window, assembly.case_controller.tour
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    card = open_demo(qtbot, assembly)
    seen = []
    while card_of(assembly) is not None:
        assert QApplication.focusWidget() is card.next
        assert card.accessibleName() == card.words == card.next.accessibleDescription()
        assert window.rect().contains(card.geometry())
        seen.append((card.words[:12], tour.areas, window.pages.currentWidget()))
        press(qtbot, Qt.Key.Key_Return)
    pages = [window.review] * 3 + [window.pages.page("summary")] * 2
    assert [step[0] for step in seen] == [f"Step {n} of 5." for n in range(1, 6)]
    assert [step[1] for step in seen] == [2, 2, 1, 0, 2]  # nothing is counted before a run
    assert [step[2] for step in seen] == pages
    assert window.pages.currentWidget() is window.review
    assembly.settings.save()
    assert open_settings(data).value(TOUR_ENDED)

    window.commands["close_case"].trigger()
    window.commands["try_demo"].trigger()
    qtbot.waitUntil(lambda: not assembly.session.is_listing, timeout=PATIENCE)
    assert card_of(assembly) is None


def test_it_is_skipped_by_esc_and_shown_again_from_the_menu(
    qtbot: QtBot, program: Program, demo: Path, drawn: Path
) -> None:
    assembly = program()
    assembly.window.activateWindow()
    qtbot.waitUntil(assembly.window.isActiveWindow, timeout=PATIENCE)
    open_demo(qtbot, assembly)
    press(qtbot, Qt.Key.Key_Escape)
    assert card_of(assembly) is None and assembly.settings.value(TOUR_ENDED)

    open_case(qtbot, assembly, drawn)
    assembly.window.commands["tour"].trigger()
    card = card_of(assembly)
    assert card is not None and assembly.session.root == drawn  # nobody's case is taken away
    card.next.click()
    assert "U is for what cannot be named" in card.words
    card.back.click()
    assert "Ctrl+R" in card.words
    assembly.window.commands["close_case"].trigger()
    assert card_of(assembly) is None


def test_the_window_works_behind_it(qtbot: QtBot, program: Program, demo: Path) -> None:
    assembly = program()
    open_demo(qtbot, assembly)
    review = assembly.window.review
    qtbot.waitUntil(lambda: review.gallery.currentIndex().isValid(), timeout=PATIENCE)
    palette = review.class_palette
    button = palette.action_buttons[1]
    over = assembly.window.childAt(button.mapTo(assembly.window, button.rect().center()))
    assert over is button
    assembly.window.resize(900, 560)
    card = card_of(assembly)
    assert card is not None
    qtbot.waitUntil(lambda: assembly.window.rect().contains(card.geometry()), timeout=PATIENCE)


@pytest.mark.parametrize(
    ("area", "place"),
    [
        (QRect(0, 0, 300, 300), QPoint(307, 8)),
        (QRect(700, 0, 300, 300), QPoint(492, 8)),
        (QRect(0, 500, 1000, 100), QPoint(399, 392)),
        (QRect(0, 0, 1000, 60), QPoint(399, 67)),
        (QRect(0, 0, 1000, 600), QPoint(399, 491)),
    ],
)
def test_the_card_hides_little_of_what_it_is_about(area: QRect, place: QPoint) -> None:
    room = QRect(8, 8, 984, 584)
    assert find_place([area], QSize(200, 100), room) == place
    assert room.contains(QRect(place, QSize(200, 100)))


def test_without_anything_to_see_the_card_stands_in_the_corner() -> None:
    assert find_place([], QSize(200, 100), QRect(8, 8, 984, 584)) == QPoint(792, 492)
