"""One name for a file or folder of a server: rename, new folder, save under another name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from console.ui.desk import Desk
from console.ui.kit.fields import Field
from console.ui.sheets.form_sheet import After, Arguments, FormSheet


class NameSheet(FormSheet):
    """A field with a name that stays in its folder.

    Args:
        name: to begin with; as it is shown, where it holds what cannot be typed.
        given: the command's arguments for a name.
        hint: stands under the field.
    """

    def __init__(
        self,
        desk: Desk,
        title: str,
        text: str,
        *,
        command: str,
        act: str,
        given: Callable[[str], Arguments],
        name: str = "",
        hint: str = "",
        after: After | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, title, text, command, act, after=after, parent=parent)
        self._given = given
        self._before = name
        self.field = Field(desk.theme, fixed=True)
        self.field.setText(name)
        stem = name.rfind(".")
        self.field.setSelection(0, stem if stem > 0 else len(name))
        self.field.returnPressed.connect(self.submit)
        self.form.row(self.tr("Name"), self.field, hint)

    def arguments(self) -> Arguments | None:
        name = self.field.text()
        fault = self._fault(name)
        self.form.fault(self.field, fault)
        return None if fault else self._given(name)

    def _fault(self, name: str) -> str:
        if not name.strip():
            return self.tr("Enter a name.")
        if name in (".", "..") or "/" in name or not name.isprintable():
            return self.tr("A name has no slash and no control characters in it.")
        if len(name.encode()) > 255:
            return self.tr("It is too long: 255 bytes are the most.")
        if name == self._before:
            return self.tr("That is its name already.")
        return ""
