"""Sentences of Problems in the person's language: the catalogue's templates are looked up as they are.

The templates are not literals here, so catalogue_*.ts is made from the catalogue (tests.ui.translations).
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from console.core.problems import Problem, text_for

CONTEXT = "problem"


def texts_of(problem: Problem) -> tuple[str, str]:
    """Sentence and remedy, translated where the language has them."""
    text = text_for(problem.code)
    return _filled(text.sentence, problem), _filled(text.remedy, problem)


def _filled(template: str, problem: Problem) -> str:
    translated = QCoreApplication.translate(CONTEXT, template)
    return translated.format_map(problem.attrs)
