"""A Problem where it happened: one sentence, what to do, Details for the rest, Copy, and what helps."""

from __future__ import annotations

import json

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.ui.kit.buttons import Button
from console.ui.kit.labels import label, set_text
from console.ui.kit.scroll import slim
from console.ui.kit.tones import Tone, paint_shape
from console.ui.problem_texts import texts_of
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class ProblemView(QWidget):
    """Hidden while there is no problem."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problem: Problem | None = None
        self._shown = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(34, 10, 12, 10)
        layout.setSpacing(4)
        self._sentence = label(wrap=True, weight=fonts.medium().weight(), selectable=True)
        self._remedy = label(role="dim", size=fonts.SMALL, wrap=True, selectable=True)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setAccessibleName(self.tr("Details of the problem"))
        self._details.setFont(fonts.fixed_font(fonts.LABEL))
        self._details.setFixedHeight(110)
        slim(self._details, theme)
        self._details.hide()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(6)
        self._more = Button(theme, self.tr("Details"), "ghost")
        self._more.clicked.connect(self._toggle)
        self._copy = Button(theme, self.tr("Copy"), "ghost", icon="copy")
        self._copy.clicked.connect(self._on_copy)
        self._buttons.addWidget(self._more)
        self._buttons.addWidget(self._copy)
        self._buttons.addStretch(1)
        layout.addWidget(self._sentence)
        layout.addWidget(self._remedy)
        layout.addLayout(self._buttons)
        layout.addWidget(self._details)
        self.hide()

    @property
    def problem(self) -> Problem | None:
        return self._problem

    def add_action(self, button: Button) -> None:
        """What helps, before Details."""
        self._buttons.insertWidget(0, button)

    def set_problem(self, problem: Problem | None) -> None:
        """Show a problem, or nothing."""
        shown = "" if problem is None else f"{problem.code} {problem.sentence}"
        if shown == self._shown:
            return
        self._shown, self._problem = shown, problem
        self.setVisible(problem is not None)
        if problem is None:
            return
        sentence, remedy = texts_of(problem)
        set_text(self._sentence, sentence)
        set_text(self._remedy, remedy)
        self.setAccessibleName(sentence)
        self._details.setPlainText(json.dumps(problem.as_dict(), indent=1, ensure_ascii=False))

    def _toggle(self) -> None:
        self._details.setVisible(not self._details.isVisible())

    def _on_copy(self) -> None:
        if self._problem is not None:
            text = f"{self._sentence.text()}\n{self._remedy.text()}\n\n{self._details.toPlainText()}\n"
            QGuiApplication.clipboard().setText(text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("critical", 0.5), 1))
        painter.setBrush(self._theme.color("critical", 0.08))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        paint_shape(painter, self._theme, Tone.CRITICAL, QPointF(18, 20), 9)
