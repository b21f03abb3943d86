"""One life of the program: from an empty process to a window and back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from leukogui.app import App, open_settings
from leukogui.settings.table import LANGUAGE, THEME
from leukogui.start.application import build_application, install_translators
from leukogui.start.arguments import Arguments
from leukogui.start.exception_hook import ExceptionHook
from leukogui.start.garbage_collection import GarbageCollector
from leukogui.start.signals import quit_on_signals
from leukogui.start.single_instance import SingleInstance
from leukogui.theme.theme import Theme
from trainer import locations

_THREAD_SWITCH_SECONDS = 0.001
"""How long a thread that reads may go on while the window's thread wants to: Python's own
five milliseconds add up to a stall where it wants to several times for one key."""


def run(arguments: Arguments, on_ready: Callable[[App], object] = lambda _: None) -> int:
    """Show the window until it is closed.

    Args:
        arguments: of the command line.
        on_ready: is given the program before its window is shown, to watch or drive it.

    Returns:
        exit code: 0, or 1 if another window has the data folder.
    """
    sys.setswitchinterval(_THREAD_SWITCH_SECONDS)
    app = build_application(sys.argv[:1])
    hook = ExceptionHook(app)
    hook.install()
    data = locations.data_folder()
    instance = SingleInstance(data, app)
    if not instance.acquire():
        return _hand_over_to(instance, arguments)
    with ExitStack() as stack:
        stack.callback(instance.release)
        stack.callback(GarbageCollector(app).stop)
        program = _build_app(app, data)
        stack.callback(program.shut_down)
        _connect(program, hook, instance)
        stack.enter_context(quit_on_signals(program.leave, app))
        on_ready(program)
        program.window.show()
        QTimer.singleShot(0, program, lambda: _after_showing(program, hook, stack, arguments))
        return app.exec()


def _build_app(app: QApplication, data: Path) -> App:
    settings = open_settings(data)
    install_translators(app, settings.value(LANGUAGE))
    return App(
        Theme(app, settings.value(THEME)),
        settings,
        data=data,
        cache=locations.cache_folder(),
        logs=locations.log_folder(),
        resources=locations.resources_folder(),
    )


def _after_showing(
    program: App, hook: ExceptionHook, stack: ExitStack, arguments: Arguments
) -> None:
    """What can wait until the window is on the screen."""
    from leukogui.start.last_session import find_crashed_session
    from trainer.protocol.diagnostics import dump_stack_on_crash, log_to_file

    died = find_crashed_session(locations.log_folder())
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    log = locations.log_folder() / f"window-{stamp}-{os.getpid()}.log"
    stack.enter_context(log_to_file(log))
    stack.enter_context(dump_stack_on_crash(log))
    hook.keep_log()
    program.thumbnails.prepare()
    program.model_list.load()
    program.look_at_trainings()
    if died:
        program.crash_report_controller.notify_last_session(died)
    if arguments.paths:
        program.case_controller.open_paths(list(arguments.paths))
    elif arguments.demo:
        program.case_controller.open_demo()


def _connect(program: App, hook: ExceptionHook, instance: SingleInstance) -> None:
    window = program.window

    def show_error(message: str, hint: str) -> None:
        window.notifications.show(message, hint, stays=True)

    def show_report(message: str, report: str) -> None:
        words = _tr("The program made a mistake and went on. {what}").format(what=message)
        where = _tr("A report is in {path}.").format(path=report) if report else ""
        action = (_tr("Show the report"), program.crash_report_controller.show_last)
        window.notifications.show(words, where, stays=True, action=action)

    def open_paths_in_front(paths: list[str]) -> None:
        window.show()
        window.raise_()
        window.activateWindow()
        if paths:
            program.case_controller.open_paths(paths)

    hook.user_error.connect(show_error)
    hook.reported.connect(show_report)
    instance.open_requested.connect(open_paths_in_front)


def _hand_over_to(instance: SingleInstance, arguments: Arguments) -> int:
    """Another window has the data: bring it to the front, and report who it is."""
    shown = instance.show_other(list(arguments.paths))
    who = instance.holder() or "another program"
    sys.stderr.write(f"The window is open already: {who}.\n")
    return 0 if shown else 1


def _tr(text: str) -> str:
    return QCoreApplication.translate("Program", text)
