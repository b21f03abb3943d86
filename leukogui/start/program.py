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

from leukogui.app import Assembly, open_settings
from leukogui.settings.table import LANGUAGE, THEME
from leukogui.start.application import make_application, speak
from leukogui.start.arguments import Asked
from leukogui.start.exception_hook import FaultFunnel
from leukogui.start.garbage_collection import Collector
from leukogui.start.signals import ending_on_signals
from leukogui.start.single_instance import SingleInstance
from leukogui.theme.theme import Theme
from trainer import locations

_SECONDS_OF_A_THREAD = 0.001
"""How long a thread that reads may go on while the window's thread wants to: Python's own
five milliseconds add up to a stall where it wants to several times for one key."""


def run(asked: Asked, on_assembled: Callable[[Assembly], object] = lambda _: None) -> int:
    """Show the window until it is closed.

    Args:
        asked: what the command line asked for.
        on_assembled: is given the window's parts before it is shown, to watch or drive it.

    Returns:
        exit code: 0, or 1 if another window has the data folder.
    """
    sys.setswitchinterval(_SECONDS_OF_A_THREAD)
    app = make_application(sys.argv[:1])
    funnel = FaultFunnel(app)
    funnel.install()
    data = locations.data_folder()
    instance = SingleInstance(data, app)
    if not instance.take():
        return _leave_it_to(instance, asked)
    with ExitStack() as stack:
        stack.callback(instance.release)
        stack.callback(Collector(app).stop)
        assembly = _assemble(app, data)
        stack.callback(assembly.shut_down)
        _connect(assembly, funnel, instance)
        stack.enter_context(ending_on_signals(assembly.running.leave, app))
        on_assembled(assembly)
        assembly.window.show()
        QTimer.singleShot(0, assembly, lambda: _after_showing(assembly, funnel, stack, asked))
        return app.exec()


def _assemble(app: QApplication, data: Path) -> Assembly:
    settings = open_settings(data)
    speak(app, settings.value(LANGUAGE))
    return Assembly(
        Theme(app, settings.value(THEME)),
        settings,
        data=data,
        cache=locations.cache_folder(),
        logs=locations.log_folder(),
        resources=locations.resources_folder(),
    )


def _after_showing(assembly: Assembly, funnel: FaultFunnel, stack: ExitStack, asked: Asked) -> None:
    """What can wait until the window is on the screen."""
    from leukogui.start.last_session import ended_unexpectedly
    from trainer.protocol.diagnostics import dump_stack_on_crash, log_to_file

    died = ended_unexpectedly(locations.log_folder())
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    log = locations.log_folder() / f"window-{stamp}-{os.getpid()}.log"
    stack.enter_context(log_to_file(log))
    stack.enter_context(dump_stack_on_crash(log))
    funnel.keep_log()
    assembly.shop.prepare()
    assembly.shelf.load()
    if died:
        assembly.reporting.tell_of_last_session(died)
    if asked.paths:
        assembly.opening.open_paths(list(asked.paths))
    elif asked.demo:
        assembly.opening.open_demo()


def _connect(assembly: Assembly, funnel: FaultFunnel, instance: SingleInstance) -> None:
    window = assembly.window

    def on_told(message: str, hint: str) -> None:
        window.notices.tell(message, hint, stays=True)

    def on_reported(message: str, report: str) -> None:
        words = _tr("The program made a mistake and went on. {what}").format(what=message)
        where = _tr("A report is in {path}.").format(path=report) if report else ""
        action = (_tr("Show the report"), assembly.reporting.show_last)
        window.notices.tell(words, where, stays=True, action=action)

    def on_asked(paths: list[str]) -> None:
        window.show()
        window.raise_()
        window.activateWindow()
        if paths:
            assembly.opening.open_paths(paths)

    funnel.told.connect(on_told)
    funnel.reported.connect(on_reported)
    instance.asked.connect(on_asked)


def _leave_it_to(instance: SingleInstance, asked: Asked) -> int:
    """Another window has the data: bring it to the front, and say who it is."""
    shown = instance.show_other(list(asked.paths))
    who = instance.holder() or "another program"
    sys.stderr.write(f"The window is open already: {who}.\n")
    return 0 if shown else 1


def _tr(text: str) -> str:
    return QCoreApplication.translate("Program", text)
