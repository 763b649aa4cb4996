"""Titles and step names of plans in the person's language: their templates are looked up as they are.

They are no literals here: catalogue_*.ts gets them from operations/plan_words.py. What fits none stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from console.core.text import safe_line
from console.operations.plan_words import STEPS, TITLES, matched

_OF_A_PLAN = "Cancel: {what}"


def plan_title(title: str) -> str:
    """A plan's title, on one line."""
    return safe_line(_told(TITLES, title))


def step_name(name: str) -> str:
    """The name of one of its steps, on one line."""
    return safe_line(_told(STEPS, name))


def _told(templates: Sequence[str], text: str) -> str:
    found = matched(templates, text)
    if found is None:
        return text
    template, values = found
    if template == _OF_A_PLAN:
        values["what"] = _told(templates, values["what"])
    return QCoreApplication.translate("plan", template).format(**values)
