"""A lab's own review classes in the window: keys, conflicts, the editor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.leukogui.notification_steps import find_notification
from tests.leukogui.window_fixtures import Program
from trainer.cases.review_classes import FILE_NAME, build_default_classes, read_review_classes
from trainer.cases.review_classes import write_review_classes as write

LEFT = Qt.MouseButton.LeftButton


def test_a_class_is_named_gets_a_key_and_is_kept(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    assembly = program()
    controller, window = assembly.review_class_controller, assembly.window
    count = len(controller.classes)
    window.commands["review_classes"].trigger()
    editor = controller.editor
    assert editor is not None
    editor.add()
    qtbot.keyClicks(editor.name, "Hairy cell")
    editor.set_key("F")  # fits the image into the viewer
    assert "already does" in editor.message.text()
    editor.set_key("T")
    assert "Metamyelocyte" in editor.message.text()
    editor.set_key("Y")
    assert editor.message.text() == ""
    letter = editor.letter.text()
    editor.letter.setText("L")
    editor.letter.textEdited.emit("L")
    editor.save()
    assert "letter" in editor.message.text()
    editor.letter.textEdited.emit(letter)
    editor.move_current(-1)
    editor.save()
    new = controller.classes[-2]
    assert (new.name, new.id, new.key) == ("Hairy cell", "hairy_cell", "Y")
    assert read_review_classes(data / FILE_NAME) == controller.classes
    assert window.review.class_palette.button("hairy_cell").text() == "Hairy cell  Y"
    # No action of the window can have that key now, and the page of keys lists it.
    window.commands["keys"].trigger()
    assembly.shortcut_controller.choose("heat", "Y")
    shown = {label.text() for label in window.keys.findChildren(QLabel)}
    assert "Hairy cell" in shown
    assert any("already does: Hairy cell" in text for text in shown)
    controller.reset()
    assert len(controller.classes) == count
    assert not (data / FILE_NAME).exists()


def test_a_key_that_an_action_has_is_not_given_to_a_class(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    classes = build_default_classes(("basophil",), {})
    write(data / FILE_NAME, (replace(classes[0], key="G"), *classes[1:]))
    controller = program().review_class_controller
    assert controller.actions["basophil"].shortcut().isEmpty()
    assert not controller.actions[classes[1].id].shortcut().isEmpty()


def test_a_damaged_list_is_reported_and_the_usual_one_taken(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    data.mkdir()
    (data / FILE_NAME).write_text("{", "utf-8")
    assembly = program()
    assert find_notification(assembly, "cannot be read") is not None
    assert assembly.review_class_controller.classes == build_default_classes((), {})
    assert (data / FILE_NAME).read_text("utf-8") == "{"
