"""A field for a path of this machine with a button that chooses one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field
from console.ui.sheets.files import choose_file, choose_folder, choose_new_file
from console.ui.theme.theme import Theme


class PathField(QWidget):
    """The field and its button in one row; put it into a form by `Form.add` after its label.

    With `either` there are two buttons: no native dialog offers files and folders at once.
    With `new` it is a file to write.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        folder: bool = False,
        either: bool = False,
        new: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._new = new
        self._name = name
        self.field = Field(theme, name, fixed=True)
        self.button = Button(theme, self.tr("File…") if either else self.tr("Choose…"))
        self.button.clicked.connect(lambda: self._choose(folder=self._folder))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        if either:
            self.folder_button = Button(theme, self.tr("Folder…"))
            self.folder_button.clicked.connect(lambda: self._choose(folder=True))
            row.addWidget(self.folder_button)
        self.setFocusProxy(self.field)

    @property
    def path(self) -> Path | None:
        """What was entered, "~" resolved; None for nothing."""
        text = self.field.text().strip()
        return Path(text).expanduser() if text else None

    def _choose(self, *, folder: bool) -> None:
        start = self.path or Path.home()
        if self._new:
            choose_new_file(
                self,
                self._name,
                start,
                start.suffix.lstrip("."),
                lambda path: self.field.setText(str(path)),
            )
            return
        choose = choose_folder if folder else choose_file
        choose(self, self._name, start, lambda path: self.field.setText(str(path)))
