"""Starting and ending the window. The context comes from outside and is closed outside."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from console import __version__
from console.commands.catalogue import COMMANDS
from console.core.home import shipped
from console.core.notify import Level, Notice
from console.operations.plan import Work
from console.ui import clock, i18n, picture
from console.ui.pages.catalogue import PAGES
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme

if TYPE_CHECKING:
    from console.context import Context

_log = logging.getLogger("console.ui")


def run(
    context: Context,
    *,
    round_work: Callable[[], Work[object]] | None = None,
    argv: Sequence[str] = (),
) -> int:
    """Show the window until it is closed; returns the exit code.

    Args:
        round_work: prepares the demo's guided round; the button is there only then.
    """
    application = make_application(argv)
    with clock.collecting_here():
        return _show(application, context, round_work)


def _show(application: QApplication, context: Context, round_work: Callable[[], Work[object]] | None) -> int:
    installed = i18n.install(application, str(context.options.get("ui.language")), application)
    theme = Theme(application, str(context.options.get("ui.theme")), application)
    window = Window(context, theme, PAGES, COMMANDS, round_work=round_work)
    hooks = _Hooks(window)
    window.go("fleet")
    window.show()
    window.worker.run(lambda: context.fleet.watch())
    window.worker.run(lambda: _serve_metrics(context))
    window.worker.run(context.sources.start)
    context.alerts.start()
    window.worker.run(lambda: context.server_copies.resume(context.operations))
    picture.take_if_asked(window, application.quit)
    window.clock.start()
    try:
        return int(application.exec())
    finally:
        window.shut_down()
        hooks.restore()
        i18n.uninstall(application, installed)


def _serve_metrics(context: Context) -> None:
    """The Prometheus endpoint, where it is switched on."""
    problem = context.endpoint.follow().problem
    if problem is not None:
        context.notifier.tell_problem(problem)


def make_application(argv: Sequence[str] = ()) -> QApplication:
    """The one QApplication, with the names that desktops want."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setDesktopFileName("io.tandem.Console")
    application = QApplication([sys.argv[0], *argv])
    application.setApplicationName("tandem")
    application.setApplicationDisplayName("Tandem")
    application.setApplicationVersion(__version__)
    application.setWindowIcon(QIcon(str(shipped("resources") / "icons" / "tandem.svg")))
    return application


class _Hooks:
    """What is not caught anywhere is a bug of ours: it is logged and said, and the window goes on."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._before = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread
        qInstallMessageHandler(_on_qt_message)

    def restore(self) -> None:
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(None)

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        _log.error("bug in the window", exc_info=(kind, error, trace))
        self._window.worker.post(lambda: self._say(str(error) or kind.__name__))

    def _on_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_error(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _say(self, what: str) -> None:
        text = i18n.translate("Crash", "Something in Tandem itself went wrong: {what}").format(what=what)
        remedy = i18n.translate("Crash", "What runs on servers goes on. The log holds the details: {path}")
        path = self._window.desk.context.home.logs
        self._window.tell(Notice(text, Level.CRITICAL, key="crash", remedy=remedy.format(path=path)))


def _on_qt_message(kind: QtMsgType, _where: object, text: str) -> None:
    level = logging.WARNING if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) else logging.DEBUG
    _log.log(level, "Qt: %s", text)
