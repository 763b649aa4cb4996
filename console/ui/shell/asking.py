"""Brings the questions of connecting threads to the person, one sheet at a time, over whatever is open."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from console.core.prompt import Asked, Prompt
from console.ui import clock
from console.ui.desk import Desk
from console.ui.kit.sheet import SheetHost
from console.ui.sheets.question_sheet import QuestionSheet


class Asking(QObject):
    """Listens to the Prompt for as long as the window lives. Its sheets lie over the others, so that a form
    that is half filled in is still there after the answer."""

    def __init__(self, desk: Desk, over: QWidget) -> None:
        super().__init__(over)
        self._desk = desk
        self._over = over
        self._prompt: Prompt = desk.context.prompt
        self._host = SheetHost(over)
        self._lock = threading.Lock()
        self._waiting: list[Asked] = []
        self._ended = False
        self._prompt.listen(self._on_asked)
        desk.clock.every(clock.TABLES, over, self.look)

    @property
    def sheet(self) -> QuestionSheet | None:
        """The question in front."""
        shown = self._host.sheet
        return shown if isinstance(shown, QuestionSheet) else None

    def _on_asked(self, asked: Asked) -> None:
        """On the thread that connects: it only enqueues, and waits elsewhere."""
        with self._lock:
            ended = self._ended
            if not ended:
                self._waiting.append(asked)
        if ended:
            asked.answer(None)
        else:
            self._desk.worker.post(self.look)

    def look(self) -> None:
        """Take away what nobody waits for any more, and show what comes next."""
        shown = self.sheet
        if shown is not None:
            if shown.asked.is_open:
                return
            self._host.drop()
        with self._lock:
            self._waiting = [each for each in self._waiting if each.is_open]
            asked = self._waiting[0] if self._waiting and not self._ended else None
        if asked is not None:
            self._show(asked)

    def _show(self, asked: Asked) -> None:
        sheet = QuestionSheet(self._desk.theme, asked)
        sheet.closed.connect(lambda: self._desk.worker.post(self.look))
        # Who is typing elsewhere goes on typing there: not the half of it into a masked field.
        focus = self._over.window().focusWidget()
        typing = isinstance(focus, QLineEdit | QPlainTextEdit) and focus.isVisible()
        self._host.show_sheet(sheet, take_focus=not typing)
        QApplication.alert(self._over.window())

    def raise_sheet(self) -> None:
        """Something else was laid over the window: a question stays in front."""
        if self.sheet is not None:
            self.sheet.raise_()

    def end(self) -> None:
        """The window closes: all that wait get no answer, now and later."""
        with self._lock:
            self._ended = True
            waiting, self._waiting = self._waiting, []
        self._prompt.listen(None)
        for asked in waiting:
            asked.answer(None)
        self._host.drop()
