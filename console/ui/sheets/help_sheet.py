"""A section of a help page, as it ships with Tandem. Our own text alone is shown by this."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from console.core.home import shipped
from console.core.problems import Problem
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.scroll import slim
from console.ui.kit.sheet import Sheet


class HelpSheet(Sheet):
    """`page` is "alerts" or "alerts#default-rules"; read off the window's thread."""

    def __init__(self, desk: Desk, page: str, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, translate("HelpSheet", "Help"), parent=parent)
        self.text = QTextBrowser()
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setAccessibleName(translate("HelpSheet", "Help"))
        self.text.setOpenExternalLinks(True)
        self.text.viewport().setAutoFillBackground(False)
        slim(self.text, desk.theme)
        self.body.addWidget(self.text, 1)
        close = Button(desk.theme, translate("HelpSheet", "Close"))
        close.clicked.connect(self.close_sheet)
        self.footer.addWidget(close)
        folder = shipped("resources") / "help"
        desk.worker.run(
            lambda: section(folder, page), self.text.setMarkdown, failed=self.problem.set_problem, owner=self
        )


def section(folder: Path, page: str) -> str:
    """The text of a page from its anchor on; the whole page where it names none, or one that is not there.

    Raises:
        Problem: `file.unreadable`.
    """
    name, _, anchor = page.partition("#")
    path = folder / f"{name}.md"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("file.unreadable", path=path, reason=error) from error
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if line.startswith("#")]
    first = next((at for at in heads if anchor and _anchor(lines[at]) == anchor), None)
    if first is None:
        return text
    level = _level(lines[first])
    last = next((at for at in heads if at > first and _level(lines[at]) <= level), len(lines))
    return "\n".join(lines[first:last])


def _level(line: str) -> int:
    return len(line) - len(line.lstrip("#"))


def _anchor(line: str) -> str:
    words = "".join(each for each in line.lstrip("# ").casefold() if each.isalnum() or each in " -")
    return words.strip().replace(" ", "-")
